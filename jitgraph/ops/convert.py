"""Python values to tensors, by TensorFlow 1's rules.

In: anything a user may pass where a tensor is expected. Out: a Tensor of the default graph.
1 becomes int32, 1.0 float32, NumPy arrays keep their dtype; a wanted dtype is never reached by
losing information, and tensors are never cast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Operation, Tensor, get_default_graph
from jitgraph.shapes import Dimension, TensorShape

Conversion = Callable[..., Any]

_conversions: list[tuple[Any, Conversion]] = []

_PYTHON_KINDS = {
    bool: ("bool", "int", "float", "complex"),
    int: ("int", "float", "complex"),
    float: ("float", "complex"),
    complex: ("complex",),
    str: ("string",),
    bytes: ("string",),
}


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Conversion, priority: int = 100
) -> None:
    """Lets instances of `base_type` be used as tensors.

    Args:
      base_type: a type or tuple of types.
      conversion_func: `f(value, dtype=None, name=None, as_ref=False)` giving a Tensor or
        NotImplemented.
      priority: accepted for compatibility; later registrations are asked first.
    """
    _conversions.insert(0, (base_type, conversion_func))


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:
    """Converts a value to a Tensor.

    Args:
      value: a Tensor, Variable, number, string, NumPy array or nested list of these.
      dtype: the dtype wanted; when None it is inferred.
      name: name of the constant made, if one is made.
      preferred_dtype: a dtype taken if the value can be converted to it, ignored otherwise.
      dtype_hint: the same as `preferred_dtype`.

    Raises:
      TypeError: the value can't be a tensor of that dtype.
      ValueError: a Tensor of another dtype was given.

    Example:
      >>> tf.convert_to_tensor([1.0, 2.0])
      <tf.Tensor 'Const:0' shape=(2,) dtype=float32>
    """
    return internal_convert(value, dtype, name, preferred_dtype or dtype_hint)


def internal_convert(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """`convert_to_tensor` that may also keep a variable's reference (`as_ref`)."""
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if type(value) is Tensor:
        return _checked_tensor(value, wanted, name)
    if wanted is None and preferred_dtype is not None:
        try:
            return _convert_other(value, dtypes.as_dtype(preferred_dtype), name, as_ref)
        except (TypeError, ValueError):
            pass
    return _convert_other(value, wanted, name, as_ref)


def _checked_tensor(tensor: Tensor, wanted: DType | None, name: str | None) -> Tensor:
    if wanted is not None and not wanted.is_compatible_with(tensor.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {wanted.name} for Tensor with dtype "
            f"{tensor.dtype.name}: {tensor!r}"
        )
    return tensor


def _convert_other(value: Any, wanted: DType | None, name: str | None, as_ref: bool) -> Tensor:
    for base_type, conversion in _conversions:
        if isinstance(value, base_type):
            result = conversion(value, dtype=wanted, name=name, as_ref=as_ref)
            if result is not NotImplemented:
                return result
    if isinstance(value, (list, tuple)) and _holds_tensors(value):
        from jitgraph.ops.packing import auto_pack

        return auto_pack(value, wanted, name)
    if isinstance(value, Operation):
        target = f"target dtype={wanted}, name={name!r}, as_ref={as_ref}"
        raise TypeError(f"Can't convert Operation {value.name!r} to Tensor ({target})")
    default_name = "shape_as_tensor" if isinstance(value, TensorShape) else "Const"
    return constant_tensor(to_array(value, wanted), name or default_name)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_holds_tensors(item) for item in value)
    return isinstance(value, Tensor) or _is_convertible(value)


def _is_convertible(value: Any) -> bool:
    return any(isinstance(value, base_type) for base_type, _ in _conversions)


def constant_tensor(array: np.ndarray, name: str) -> Tensor:
    """A Const op holding `array`."""
    from jitgraph.ops.constants import CONST

    dtype = array_dtype(array)
    attrs = {"value": array, "dtype": dtype}
    graph = get_default_graph()
    op = graph.create_op("Const", (), (dtype,), (array.shape,), name, attrs, CONST)
    return op._outputs[0]


def array_dtype(array: np.ndarray) -> DType:
    """The tensor dtype of a NumPy array (strings are object or bytes arrays)."""
    return dtypes.string if array.dtype.kind in "OSU" else dtypes.as_dtype(array.dtype)


def to_array(value: Any, dtype: DType | None = None, shape: Any = None) -> np.ndarray:
    """The NumPy array that a constant of `value` holds, by TensorFlow's rules.

    Args:
      value: a number, string, array or nested list of these.
      dtype: the dtype wanted, or None to infer it.
      shape: ignored here; see `constant`.

    Raises:
      TypeError: the value holds something else, or would lose information in `dtype`.
      ValueError: the nested lists are ragged, None was given, or a number doesn't fit.
    """
    if value is None:
        raise ValueError("None values not supported.")
    wanted = None if dtype is None else dtype.base_dtype
    if isinstance(value, (np.ndarray, np.generic)):
        return _from_numpy(value, wanted)
    if isinstance(value, (TensorShape, Dimension)):
        wanted = wanted or dtypes.int32
    if type(value) not in _PYTHON_KINDS:
        value = _with_plain_sizes(value)
    if wanted is not None:
        _check_elements(value, wanted)
    return _from_python(value, wanted)


def _with_plain_sizes(value: Any) -> Any:
    """`value` with ints for the Dimensions and lists for the TensorShapes that it holds."""
    if isinstance(value, Dimension):
        if value.value is None:
            raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
        return value.value
    if isinstance(value, TensorShape):
        if not value.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
        return value.as_list()
    if isinstance(value, (list, tuple)):
        return [_with_plain_sizes(item) for item in value]
    return value


def _from_numpy(value: Any, wanted: DType | None) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind in "OSU":
        if wanted is not None and wanted != dtypes.string:
            raise TypeError(f"Expected {wanted.name}, got {value!r} of type 'str' instead.")
        return _strings(array)
    if wanted is None or wanted == dtypes.as_dtype(array.dtype):
        return _frozen_copy(array)
    if wanted == dtypes.string:
        raise TypeError(f"Expected string, got {value!r} of type '{type(value).__name__}' instead.")
    return array.astype(wanted.as_numpy_dtype)


def _frozen_copy(array: np.ndarray) -> np.ndarray:
    copy = np.array(array, order="C", copy=True)
    return copy.astype(copy.dtype.newbyteorder("="), copy=False)


def _strings(array: np.ndarray) -> np.ndarray:
    result = np.empty(array.shape, object)
    flat = result.reshape(-1)
    for index, item in enumerate(array.reshape(-1)):
        if not isinstance(item, (str, bytes)):
            raise TypeError(
                f"Failed to convert object of type {type(item)} to Tensor. "
                f"Contents: {item!r}. Consider casting elements to a supported type."
            )
        flat[index] = item.encode() if isinstance(item, str) else bytes(item)
    return result


def _from_python(value: Any, wanted: DType | None) -> np.ndarray:
    if wanted is not None and wanted != dtypes.string:
        return _typed(value, wanted)
    array = _ragged_checked(value)
    if array.dtype.kind in "OSU":
        return _texts(value)
    if wanted == dtypes.string:
        if array.size == 0:
            return np.empty(array.shape, object)
        raise TypeError(f"Expected string, got {value!r} of type '{type(value).__name__}' instead.")
    return _narrowed(array, value)


def _texts(value: Any) -> np.ndarray:
    try:
        return _strings(_object_array(value))
    except TypeError:
        raise TypeError(
            f"Failed to convert object of type {type(value)} to Tensor. "
            f"Contents: {value!r}. Consider casting elements to a supported type."
        ) from None


def _narrowed(array: np.ndarray, value: Any) -> np.ndarray:
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype in (np.int64, np.uint64):
        narrow = array.astype(np.int32)
        return narrow if np.array_equal(narrow, array) else array
    return array


def _typed(value: Any, wanted: DType) -> np.ndarray:
    try:
        return np.array(value, dtype=wanted.as_numpy_dtype)
    except OverflowError:
        raise ValueError(
            f"Value {value!r} is outside the range of {wanted.name}: [{wanted.min}, {wanted.max}]"
        ) from None
    except ValueError as error:
        raise ValueError(f"Can't convert {value!r} to Tensor: {error}") from None


def _ragged_checked(value: Any) -> np.ndarray:
    try:
        return np.array(value)
    except UnicodeDecodeError:
        return _object_array(value)
    except ValueError as error:
        raise ValueError(
            f"Can't convert non-rectangular Python sequence to Tensor: {error} "
            f"Argument must be a dense tensor: {value!r}"
        ) from None


def _object_array(value: Any) -> np.ndarray:
    return np.array(value, dtype=object)


def _check_elements(value: Any, wanted: DType) -> None:
    from jitgraph.ops.definition import dtype_class

    target = dtype_class(wanted)
    bad = _first_misfit(value, target)
    if bad is not None:
        item = bad[0]
        raise TypeError(
            f"Expected {wanted.name}, got {item!r} of type '{type(item).__name__}' instead."
        )


def _first_misfit(value: Any, target: str) -> tuple[Any] | None:
    if isinstance(value, (list, tuple)):
        found = (_first_misfit(item, target) for item in value)
        return next((bad for bad in found if bad is not None), None)
    if isinstance(value, (np.ndarray, np.generic)):
        return None
    kinds = _PYTHON_KINDS.get(type(value))
    if kinds is None or target in kinds:
        return None if kinds is not None or hasattr(value, "__array__") else (value,)
    return (value,)
