"""Tensors of one value: fill, zeros, ones, zeros_like, ones_like.

In: a shape, or a tensor of that shape. Out: a constant where it is small, else a Fill op.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, dims_from_vector
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import TensorShape

MOST_CONSTANT_ELEMENTS = 1000
"""Tensors with fewer elements than this are constants."""


def _fill_shape(q: ShapeQuery) -> list[Dims | None]:
    if q.shapes[1] not in (None, ()):
        raise ValueError(f"Shape must be rank 0 but is rank {len(q.shapes[1])}")
    sizes = q.value(0)
    if sizes is not None and any(item is not None and item < 0 for item in sizes.reshape(-1)):
        raise ValueError("Fill dimensions must be >= 0")
    return [dims_from_vector(sizes, q.shapes[0])]


def _fill(dims: Any, value: Any) -> np.ndarray:
    return np.broadcast_to(np.asarray(value), as_ints(dims)).copy()


def _decompose_fill(b: Any, instr: Any) -> list[Any]:
    return [b.emit("BroadcastTo", instr.inputs[1], b.sizes(instr.outputs[0].type.dims))]


def _fill_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.masking import all_axes
    from jitgraph.ops.registry import REGISTRY

    return [None, apply(REGISTRY["Sum"], [grad, all_axes(grad)], {"keep_dims": False})]


def _fill_samples(rng: np.random.Generator) -> Any:
    size = np.array([2, 3], np.int32)
    for value in (np.float32(1.5), np.float64(-2), np.int32(7), np.bool_(True)):
        yield Sample((size, value))
    yield Sample((np.array([0, 2], np.int64), np.float64(1)))
    yield Sample((np.zeros(0, np.int32), np.complex64(1j)))


FILL = OpDef(
    "Fill",
    "dims: index_type, value: T -> output: T",
    _fill_shape,
    misfit=misfits.fill,
    types={"T": ANY, "index_type": (INDEX, dtypes.int32)},
    reference=_fill,
    decompose=_decompose_fill,
    host=(0,),
    gradient=_fill_gradient,
    samples=_fill_samples,
)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """A tensor that holds one value everywhere.

    Args:
      dims: the shape.
      value: a scalar.
      name: the op's name.

    Raises:
      ValueError: a negative dimension, or a value that isn't a scalar.

    Example:
      >>> tf.fill([2, 3], 9)
      <tf.Tensor 'Fill:0' shape=(2, 3) dtype=int32>
    """
    return apply(FILL, [dims, value], name=name)


def _emit_filled(b: Any, instr: Any, value: int) -> list[Any]:
    output = instr.outputs[0].type
    filler: Any = "" if output.dtype.name == "string" else value
    item = b.constant(filler, output.dtype)
    return [b.emit("BroadcastTo", item, b.sizes(output.dims))]


def _like_samples(rng: np.random.Generator) -> Any:
    for dtype in (np.float32, np.float64, np.int32, np.bool_, np.complex64, np.float16):
        yield Sample((np.ones((2, 3), dtype),))
    yield Sample((np.zeros((), np.int64),))
    yield Sample((np.zeros((0, 2)),))


def _zeros_like_array(x: np.ndarray) -> np.ndarray:
    return np.full(x.shape, b"" if x.dtype == object else 0, x.dtype)


ZEROS_LIKE = OpDef(
    "ZerosLike",
    "x: T -> y: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    reference=_zeros_like_array,
    decompose=lambda b, instr: _emit_filled(b, instr, 0),
    gradient=no_gradient,
    samples=_like_samples,
)

_WITH_ONE = tuple(
    dtypes.as_dtype(name)
    for name in (
        *("bfloat16", "float16", "float32", "float64", "int8", "uint8", "int16", "uint16"),
        *("int32", "int64", "complex64", "complex128", "bool"),
    )
)

ONES_LIKE = OpDef(
    "OnesLike",
    "x: T -> y: T",
    lambda q: [q.shapes[0]],
    types={"T": _WITH_ONE},
    reference=lambda x: np.ones(x.shape, x.dtype),
    decompose=lambda b, instr: _emit_filled(b, instr, 1),
    gradient=no_gradient,
    samples=_like_samples,
)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of zeros (False, or empty strings).

    Args:
      shape: a list, TensorShape or vector tensor.
      dtype: the dtype.
      name: the op's name.

    Example:
      >>> tf.zeros([2, 3])
      <tf.Tensor 'zeros:0' shape=(2, 3) dtype=float32>
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    value: Any = "" if wanted == dtypes.string else False if wanted == dtypes.bool else 0
    return _filled("zeros", shape, wanted, value, name)


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of ones (or True).

    Args:
      shape: a list, TensorShape or vector tensor.
      dtype: the dtype.
      name: the op's name.

    Example:
      >>> tf.ones([2, 3])
      <tf.Tensor 'ones:0' shape=(2, 3) dtype=float32>
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    return _filled("ones", shape, wanted, True if wanted == dtypes.bool else 1, name)


def _filled(default_name: str, shape: Any, dtype: DType, value: Any, name: str | None) -> Tensor:
    with name_scope(name, default_name, [shape]) as scope:
        if not isinstance(shape, Tensor):
            try:
                small = _small_constant(value, shape, dtype, scope)
                if small is not None:
                    return small
                shape = _static_shape_tensor(shape)
            except (TypeError, ValueError):
                shape = convert_to_tensor(shape, dtype=dtypes.int32)
        if not shape._dims:
            from jitgraph.ops.reshaping import reshape

            shape = reshape(shape, [-1])
        return fill(shape, constant(value, dtype=dtype), name=scope)


def _small_constant(value: Any, shape: Any, dtype: DType, name: str) -> Tensor | None:
    """A Const, where the number of elements is known and small.

    A shape that holds tensors leaves a product and a comparison in the graph, as TensorFlow's does.
    """
    try:
        sizes = list(shape)
        if any(size is None for size in sizes):
            return None
        if functools.reduce(operator.mul, sizes, 1 if not sizes else sizes.pop(0)) < (
            MOST_CONSTANT_ELEMENTS
        ):
            return constant(value, dtype=dtype, shape=shape, name=name)
    except TypeError:
        pass
    return None


def _static_shape_tensor(shape: Any) -> Tensor:
    dims = TensorShape(shape).as_list()
    if any(dim is None for dim in dims):
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {shape}")
    wide = any(dim > dtypes.int32.max for dim in dims)
    kind = dtypes.int64 if wide else dtypes.int32
    return constant(dims, dtype=kind, name="shape_as_tensor")


def zeros_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Zeros in the shape of a tensor.

    Args:
      tensor: a tensor.
      dtype: another dtype than the tensor's.
      name: the op's name.
      optimize: make a constant where the shape is known.

    Example:
      >>> tf.zeros_like([1.0, 2.0])
      <tf.Tensor 'zeros_like:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "zeros_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        kind = tensor.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype)
        if optimize and tensor.shape.is_fully_defined():
            return zeros(tensor.shape, dtype=kind, name=scope)
        if kind != tensor.dtype.base_dtype:
            return zeros(_shape_vector(tensor, optimize), dtype=kind, name=scope)
        return apply(ZEROS_LIKE, [tensor], name=scope)


def ones_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Ones in the shape of a tensor.

    Args:
      tensor: a tensor.
      dtype: another dtype than the tensor's.
      name: the op's name.
      optimize: make the shape a constant where it is known.

    Example:
      >>> tf.ones_like([1.0, 2.0])
      <tf.Tensor 'ones_like:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        kind = tensor.dtype.base_dtype if dtype is None else dtypes.as_dtype(dtype)
        result = ones(_shape_vector(tensor, optimize), dtype=kind, name=scope)
        result.set_shape(tensor.get_shape())
        return result


def _shape_vector(tensor: Tensor, optimize: bool) -> Tensor:
    from jitgraph.ops.shapes_of import SHAPE

    return shape_of(tensor) if optimize else apply(SHAPE, [tensor])
