"""dtypes: the element types of tensors, as TensorFlow 1 names and orders them. A leaf module."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

_FLOATS = ("float16", "float32", "float64", "bfloat16")


class DType:
    """The element type of a tensor. One object per type: compared by identity or by `==`."""

    __slots__ = ("_base", "_is_ref", "_numpy", "_ref", "enum", "name")

    def __init__(self, name: str, enum: int, numpy_type: Any, base: DType | None = None) -> None:
        self.name = name
        self.enum = enum
        self._numpy = numpy_type
        self._base = base or self
        self._is_ref = base is not None
        self._ref: DType | None = None

    @property
    def as_numpy_dtype(self) -> Any:
        """The NumPy scalar type (bfloat16's comes from ml_dtypes)."""
        if self._numpy is None:
            import ml_dtypes

            self._numpy = ml_dtypes.bfloat16
        return self._numpy

    @property
    def as_datatype_enum(self) -> int:
        """TensorFlow's number of this type."""
        return self.enum

    @property
    def base_dtype(self) -> DType:
        """The type without reference."""
        return self._base

    @property
    def real_dtype(self) -> DType:
        """float32 for complex64, float64 for complex128, else the type itself."""
        return {"complex64": float32, "complex128": float64}.get(self._base.name, self._base)

    @property
    def _is_ref_dtype(self) -> builtins.bool:
        return self._is_ref

    @property
    def _as_ref(self) -> DType:
        if self._is_ref:
            return self
        if self._ref is None:
            self._ref = DType(f"{self.name}_ref", self.enum + 100, self._numpy, self)
        return self._ref

    @property
    def is_numpy_compatible(self) -> builtins.bool:
        return self._base.name != "resource"

    @property
    def is_bool(self) -> builtins.bool:
        return self._base.name == "bool"

    @property
    def is_integer(self) -> builtins.bool:
        return self._base.name.startswith(("int", "uint"))

    @property
    def is_unsigned(self) -> builtins.bool:
        return self._base.name.startswith("uint")

    @property
    def is_floating(self) -> builtins.bool:
        return self._base.name in _FLOATS

    @property
    def is_complex(self) -> builtins.bool:
        return self._base.name.startswith("complex")

    @property
    def is_quantized(self) -> builtins.bool:
        return False

    @property
    def size(self) -> int:
        """Bytes of one element; of a string, those of the reference that NumPy holds."""
        if self._base.name == "resource":
            return 1
        return int(np.dtype(self.as_numpy_dtype).itemsize)

    @property
    def min(self) -> Any:
        """The least finite value.

        Raises:
          TypeError: the type has none.
        """
        return self._range("minimum").min

    @property
    def max(self) -> Any:
        """The largest finite value.

        Raises:
          TypeError: the type has none.
        """
        return self._range("maximum").max

    def _range(self, what: str) -> Any:
        if self.is_integer:
            return np.iinfo(self.as_numpy_dtype)
        if self._base.name == "bfloat16":
            import ml_dtypes

            return ml_dtypes.finfo(self.as_numpy_dtype)
        if self.is_floating:
            return np.finfo(self.as_numpy_dtype)
        raise TypeError(f"Cannot find {what} value of {self}.")

    @property
    def limits(self) -> tuple[Any, Any]:
        """The intensities of black and white in an image of this type.

        Raises:
          TypeError: there are no such images.
        """
        if self.is_bool:
            return False, True
        return (0, 1) if self.is_floating else (0, self.max)

    def is_compatible_with(self, other: Any) -> builtins.bool:
        """Whether a tensor of type `other` may stand where this is wanted."""
        other = as_dtype(other)
        return self is other or self is other._base

    def __eq__(self, other: object) -> builtins.bool:
        if self is other:
            return True
        if other is None:
            return False
        try:
            return self is as_dtype(other)
        except TypeError:
            return False

    def __ne__(self, other: object) -> builtins.bool:
        return not self == other

    __hash__ = object.__hash__

    def __str__(self) -> str:
        return f"<dtype: {self.name!r}>"

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __int__(self) -> int:
        return self.enum

    def __reduce__(self) -> Any:
        return as_dtype, (self.name,)


float32 = DType("float32", 1, np.float32)
float64 = double = DType("float64", 2, np.float64)
int32 = DType("int32", 3, np.int32)
uint8 = DType("uint8", 4, np.uint8)
int16 = DType("int16", 5, np.int16)
int8 = DType("int8", 6, np.int8)
string = DType("string", 7, np.object_)
complex64 = DType("complex64", 8, np.complex64)
int64 = DType("int64", 9, np.int64)
bool = DType("bool", 10, np.bool_)
bfloat16 = DType("bfloat16", 14, None)
uint16 = DType("uint16", 17, np.uint16)
complex128 = DType("complex128", 18, np.complex128)
float16 = half = DType("float16", 19, np.float16)
resource = DType("resource", 20, np.object_)
variant = DType("variant", 21, np.object_)
uint32 = DType("uint32", 22, np.uint32)
uint64 = DType("uint64", 23, np.uint64)

_ALL = (
    float32, float64, int32, uint8, int16, int8, string, complex64, int64, bool, bfloat16, uint16,
    complex128, float16, resource, variant, uint32, uint64,
)  # fmt: skip
_KNOWN: dict[Any, DType] = {}
for _dtype in _ALL:
    _KNOWN[_dtype.name] = _KNOWN[_dtype.enum] = _dtype
    _KNOWN[_dtype._as_ref.name] = _KNOWN[_dtype._as_ref.enum] = _dtype._as_ref
    if _dtype._numpy not in (None, np.object_):
        _KNOWN[_dtype._numpy] = _KNOWN[np.dtype(_dtype._numpy)] = _dtype
_KNOWN.update({
    "half": float16, "float": float32, "double": float64,
    builtins.float: float32, builtins.bool: bool, builtins.object: string,
    np.dtype(object): string,
})  # fmt: skip
_NO_DTYPES = (None, builtins.int, builtins.complex, builtins.str, builtins.bytes, "int")


def as_dtype(value: Any) -> DType:
    """The DType that `value` names: a DType, NumPy dtype or type, name, or TensorFlow's number.

    Raises:
      TypeError: it names none.
    """
    if type(value) is DType:
        return value
    found = _known(value) or _from_numpy(value)
    if found is None:
        raise TypeError(f"Cannot convert value {value!r} to a TensorFlow DType.")
    return found


def _known(value: Any) -> DType | None:
    try:
        return _KNOWN.get(value)
    except TypeError:
        return None


def _from_numpy(value: Any) -> DType | None:
    if isinstance(value, list) or value in _NO_DTYPES:
        return None
    try:
        dtype = np.dtype(value)
    except TypeError:
        return None
    if dtype.kind in "SU":
        return string
    if dtype.name == "bfloat16":
        return bfloat16
    return _KNOWN.get(dtype.newbyteorder("="))
