"""Array ops that tell shapes: shape, shape_n, size, rank.

In: a tensor. Out: its shape or a part of it, as a constant where it is known while building.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, product
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery, no_gradient


def _rank_vector(dims: Any) -> tuple[Any, ...]:
    return (None,) if dims is None else (len(dims),)


def _samples(rng: np.random.Generator) -> Any:
    for shape in ((2, 3), (), (0, 4), (1,)):
        yield Sample((rng.uniform(size=shape).astype(np.float32),))
    yield Sample((np.zeros((2, 2), np.int64),), {"out_type": dtypes.int64})


SHAPE = OpDef(
    "Shape",
    "input: T -> output: out_type",
    lambda q: [_rank_vector(q.shapes[0])],
    types={"T": ANY, "out_type": (INDEX, dtypes.int32)},
    reference=lambda input: np.array(input.shape, np.int64),
    contents=lambda q: q.shapes[0],
    gradient=no_gradient,
    samples=_samples,
)


def _shape_n_contents(q: ShapeQuery) -> Any:
    if any(dims is None for dims in q.shapes):
        return None
    return q.shapes[0] if len(q.shapes) == 1 else list(q.shapes)


def _shape_n_samples(rng: np.random.Generator) -> Any:
    yield Sample(([np.zeros((2, 3), np.float32), np.zeros((), np.float32)],))
    yield Sample(([np.zeros((2, 0), np.int32)],), {"out_type": dtypes.int64})


SHAPE_N = OpDef(
    "ShapeN",
    "input: N*T -> output: N*out_type",
    lambda q: [_rank_vector(dims) for dims in q.shapes],
    types={"T": ANY, "out_type": (INDEX, dtypes.int32)},
    reference=lambda input: tuple(np.array(item.shape, np.int64) for item in input),
    contents=_shape_n_contents,
    gradient=no_gradient,
    samples=_shape_n_samples,
)

SIZE = OpDef(
    "Size",
    "input: T -> output: out_type",
    lambda q: [()],
    types={"T": ANY, "out_type": (INDEX, dtypes.int32)},
    reference=lambda input: np.int64(input.size),
    contents=lambda q: None if q.shapes[0] is None else product(q.shapes[0]),
    gradient=no_gradient,
    samples=_samples,
)

RANK = OpDef(
    "Rank",
    "input: T -> output: int32",
    lambda q: [()],
    types={"T": ANY},
    reference=lambda input: np.int32(input.ndim),
    contents=lambda q: None if q.shapes[0] is None else len(q.shapes[0]),
    gradient=no_gradient,
    samples=lambda rng: list(_samples(rng))[:4],
)


def shape(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """The shape of a tensor, as a vector.

    Args:
      input: a tensor, or a SparseTensor.
      name: the op's name.
      out_type: int32 or int64.

    Example:
      >>> tf.shape(tf.zeros([2, 3]))
      <tf.Tensor 'Shape:0' shape=(2,) dtype=int32>
    """
    sizes = getattr(input, "dense_shape", None)
    with name_scope(name, "Shape", [input]) as scope:
        if sizes is not None:
            from jitgraph.ops.casting import cast

            return cast(sizes, out_type)
        tensor = convert_to_tensor(input)
        dims = _static_dims(tensor)
        if dims is not None:
            return constant(list(dims), out_type, name=scope)
        return apply(SHAPE, [tensor], {"out_type": dtypes.as_dtype(out_type)}, scope)


def _static_dims(tensor: Tensor) -> Dims | None:
    dims = tensor._dims
    return None if dims is None or None in dims else dims


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """The shapes of several tensors of one dtype.

    Args:
      input: a list of tensors.
      out_type: int32 or int64.
      name: the op's name.

    Example:
      >>> tf.shape_n([tf.zeros([2, 3])])
      [<tf.Tensor 'ShapeN:0' shape=(2,) dtype=int32>]
    """
    return apply(SHAPE_N, [input], {"out_type": dtypes.as_dtype(out_type)}, name)


def size(input: Any, name: str | None = None, out_type: Any = dtypes.int32) -> Tensor:
    """The number of elements of a tensor.

    Args:
      input: a tensor.
      name: the op's name.
      out_type: int32 or int64.

    Example:
      >>> tf.size(tf.zeros([2, 3]))
      <tf.Tensor 'Size:0' shape=() dtype=int32>
    """
    with name_scope(name, "Size", [input]) as scope:
        tensor = convert_to_tensor(input)
        dims = _static_dims(tensor)
        if dims is not None:
            return constant(product(dims), out_type, name=scope)
        if tensor._dims is not None and 0 in tensor._dims:
            return constant(0, out_type, name=scope)
        return apply(SIZE, [tensor], {"out_type": dtypes.as_dtype(out_type)}, scope)


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of dimensions of a tensor.

    Args:
      input: a tensor.
      name: the op's name.

    Example:
      >>> tf.rank(tf.zeros([2, 3]))
      <tf.Tensor 'Rank:0' shape=() dtype=int32>
    """
    with name_scope(name, "Rank", [input]) as scope:
        tensor = convert_to_tensor(input)
        if tensor._dims is not None:
            return constant(len(tensor._dims), dtypes.int32, name=scope)
        return apply(RANK, [tensor], name=scope)
