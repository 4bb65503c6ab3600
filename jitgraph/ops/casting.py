"""From one dtype to another."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.errors import UnimplementedError
from jitgraph.graph import Tensor, name_scope
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import (
    ANY,
    COMPLEX,
    FLOATS,
    NUMBERS,
    REQUIRED,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.shape_rules import same_shape

_MATH_OPS = "tensorflow.python.ops.math_ops"


def _cast(x: Any, DstT: DType, Truncate: bool = False) -> Any:
    if DstT is dtypes.string or _holds_text(x):
        source = "string" if x.dtype == object else _word(dtypes.as_dtype(x.dtype))
        raise UnimplementedError(None, None, f"Cast {source} to {_word(DstT)} is not supported")
    if x.dtype == object:
        return _cast_items(x, DstT)
    if x.dtype.kind == "c" and not DstT.is_complex and not DstT.is_bool:
        x = x.real
    return x.astype(DstT.as_numpy_dtype)


def _holds_text(x: np.ndarray) -> bool:
    return x.dtype == object and bool(x.size) and isinstance(x.flat[0], bytes)


def _word(dtype: DType) -> str:
    return {"float16": "half", "float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def _cast_items(x: np.ndarray, target: DType) -> np.ndarray:
    result = np.empty(x.shape, object)
    flat, items = result.reshape(-1), x.reshape(-1)
    for index in range(items.size):
        flat[index] = _cast_item(items[index], target)
    return result


def _cast_item(item: Any, target: DType) -> Any:
    """One element of a shape computation: sizes stay sizes, numbers become what `target` holds."""
    if target.is_bool:
        return item != 0
    if isinstance(item, (bool, float, np.bool_, np.floating)) and target.is_integer:
        return int(item)
    return item


def _cast_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    source = op.inputs[0].dtype.base_dtype
    differentiable = FLOATS + COMPLEX
    if source in differentiable and grad.dtype.base_dtype in differentiable:
        return [cast(grad, source)]
    return [None]


def _cast_samples(rng: np.random.Generator) -> Any:
    names = "float32 float64 int32 bool float16 complex64 bfloat16 uint8 int64".split()
    values = np.array([[0.0, 1.0, 2.75], [30.5, 0.3, 100.0]])
    for source in map(dtypes.as_dtype, names):
        given = values.astype(source.as_numpy_dtype)
        for target in (*NUMBERS, dtypes.bool):
            if target.is_complex or not source.is_complex:
                yield Sample((given,), {"DstT": target})
    yield Sample((np.zeros((0, 2), np.float32),), {"DstT": dtypes.int32})
    yield Sample((np.float32(-2.5),), {"DstT": dtypes.int64})


CAST = OpDef(
    "Cast",
    "x: SrcT -> y: DstT",
    same_shape,
    types={"SrcT": ANY, "DstT": ANY},
    attrs={"DstT": REQUIRED, "Truncate": False},
    reference=_cast,
    scalar=dict.fromkeys(("float", "int", "complex", "bool"), "cast(x)"),
    gradient=_cast_gradient,
    samples=_cast_samples,
)


def _bitcast_shape(query: ShapeQuery) -> list[Any]:
    dims = query.shapes[0]
    before, after = query.dtypes[0].size, query.attrs["type"].size
    if dims is None or before == after:
        return [dims]
    if before > after:
        return [(*dims, before // after)]
    last = dims[-1] if dims else None
    if isinstance(last, int) and last != after // before:
        needed = after // before
        raise ValueError(f"Cannot bitcast: the last dimension must be {needed}, got {last}")
    return [dims[:-1]]


def _bitcast(input: Any, type: DType) -> np.ndarray:
    target = np.dtype(type.as_numpy_dtype)
    array = np.ascontiguousarray(input).reshape(np.shape(input))
    if array.dtype.itemsize == target.itemsize:
        return array.view(target)
    if array.dtype.itemsize > target.itemsize:
        parts = array.dtype.itemsize // target.itemsize
        return array.reshape(-1).view(target).reshape(*array.shape, parts)
    return array.reshape(-1).view(target).reshape(array.shape[:-1])


def _bitcast_samples(rng: np.random.Generator) -> Any:
    yield Sample((rng.normal(size=(2, 3)).astype(np.float32),), {"type": dtypes.int32})
    yield Sample((rng.normal(size=(3,)).astype(np.float32),), {"type": dtypes.uint8})
    yield Sample((np.arange(8, dtype=np.int32).reshape(4, 2),), {"type": dtypes.int64})
    yield Sample((np.float64(2.5),), {"type": dtypes.int64})


BITCAST = OpDef(
    "Bitcast",
    "input: T -> output: type",
    _bitcast_shape,
    types={"T": NUMBERS, "type": NUMBERS},
    attrs={"type": REQUIRED},
    reference=_bitcast,
    gradient=no_gradient,
    samples=_bitcast_samples,
)


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """`x` as another dtype: floats lose what integers can't hold, complex lose the imaginary part.

    Args:
      x: a numeric tensor, SparseTensor or IndexedSlices.
      dtype: the dtype wanted.
      name: the op's name.

    Example:
      >>> tf.cast([1.8, 2.2], tf.int32)
      <tf.Tensor 'Cast:0' shape=(2,) dtype=int32>
    """
    from jitgraph.ops.indexed_slices import IndexedSlices
    from jitgraph.ops.sparse_tensor import SparseTensor

    target = dtypes.as_dtype(dtype).base_dtype
    if isinstance(x, Tensor) and x.dtype == target:
        return x
    with name_scope(name, "Cast", [x]) as scope:
        if isinstance(x, SparseTensor):
            return SparseTensor(x.indices, cast(x.values, target, scope), x.dense_shape)
        if isinstance(x, IndexedSlices):
            return IndexedSlices(cast(x.values, target, scope), x.indices, x.dense_shape)
        tensor = convert_to_tensor(x, name="x")
        if tensor.dtype.base_dtype == target:
            return tensor
        return apply(CAST, [tensor], {"DstT": target}, scope)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`cast` that gives the nearest value `dtype` can hold.

    Example:
      >>> tf.saturate_cast([300.0], tf.uint8)
      <tf.Tensor 'saturate_cast:0' shape=(1,) dtype=uint8>
    """
    from jitgraph.ops.elementwise_extrema import maximum, minimum

    with name_scope(name, "saturate_cast", [value]) as scope:
        tensor = convert_to_tensor(value, name="value")
        target = dtypes.as_dtype(dtype).base_dtype
        if tensor.dtype.min < target.min:
            tensor = maximum(tensor, convert_to_tensor(target.min, tensor.dtype, name="min"))
        if tensor.dtype.max > target.max:
            tensor = minimum(tensor, convert_to_tensor(target.max, tensor.dtype, name="max"))
        return cast(tensor, target, name=scope)


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The bits of `input` read as another dtype; the last dimension takes up the difference.

    Example:
      >>> tf.bitcast(tf.constant([1.0]), tf.uint8)
      <tf.Tensor 'Bitcast:0' shape=(1, 4) dtype=uint8>
    """
    return apply(BITCAST, [input], {"type": dtypes.as_dtype(type)}, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_float(x: Any, name: str = "ToFloat") -> Any:
    """`cast` to float32.

    Example:
      >>> tf.to_float([1, 2])
      <tf.Tensor 'ToFloat:0' shape=(2,) dtype=float32>
    """
    return cast(x, dtypes.float32, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_double(x: Any, name: str = "ToDouble") -> Any:
    """`cast` to float64.

    Example:
      >>> tf.to_double([1, 2])
      <tf.Tensor 'ToDouble:0' shape=(2,) dtype=float64>
    """
    return cast(x, dtypes.float64, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_int32(x: Any, name: str = "ToInt32") -> Any:
    """`cast` to int32.

    Example:
      >>> tf.to_int32([1.5])
      <tf.Tensor 'ToInt32:0' shape=(1,) dtype=int32>
    """
    return cast(x, dtypes.int32, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_int64(x: Any, name: str = "ToInt64") -> Any:
    """`cast` to int64.

    Example:
      >>> tf.to_int64([1.5])
      <tf.Tensor 'ToInt64:0' shape=(1,) dtype=int64>
    """
    return cast(x, dtypes.int64, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_bfloat16(x: Any, name: str = "ToBFloat16") -> Any:
    """`cast` to bfloat16.

    Example:
      >>> tf.to_bfloat16([1.5])
      <tf.Tensor 'ToBFloat16:0' shape=(1,) dtype=bfloat16>
    """
    return cast(x, dtypes.bfloat16, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_complex64(x: Any, name: str = "ToComplex64") -> Any:
    """`cast` to complex64.

    Example:
      >>> tf.to_complex64([1.5])
      <tf.Tensor 'ToComplex64:0' shape=(1,) dtype=complex64>
    """
    return cast(x, dtypes.complex64, name)


@deprecated(None, "Use `tf.cast` instead.", _MATH_OPS)
def to_complex128(x: Any, name: str = "ToComplex128") -> Any:
    """`cast` to complex128.

    Example:
      >>> tf.to_complex128([1.5])
      <tf.Tensor 'ToComplex128:0' shape=(1,) dtype=complex128>
    """
    return cast(x, dtypes.complex128, name)
