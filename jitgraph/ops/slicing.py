"""tf.slice: a block of a tensor by begin and size.

In: a tensor, where the block begins and its size. Out: the block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, require_rank, unknown_dims
from jitgraph.ops.definition import ANY, INDEX, AffineMap, OpDef, Sample, ShapeQuery
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of


def _slice_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, begin_dims, size_dims = q.shapes
    rank = _slice_rank(dims, begin_dims, size_dims)
    if rank is None:
        return [None]
    begin = _items(q.value(1), rank)
    size = _items(q.value(2), rank)
    dims = unknown_dims(rank) if dims is None else dims
    return [tuple(_block_dim(*each) for each in zip(dims, begin, size, strict=True))]


def _slice_rank(dims: Any, begin_dims: Any, size_dims: Any) -> int | None:
    require_rank(begin_dims, 1)
    require_rank(size_dims, 1)
    rank = None if dims is None else len(dims)
    for vector in (begin_dims, size_dims):
        length = None if vector is None else vector[0]
        if length is None:
            continue
        if rank is not None and length != rank:
            raise ValueError(f"Shape must be rank {length} but is rank {rank}")
        rank = length
    return rank


def _items(value: np.ndarray | None, rank: int) -> list[Any]:
    return [None] * rank if value is None else list(value.reshape(-1))


def _block_dim(dim: Any, begin: Any, size: Any) -> Any:
    """The size of one dimension of a block; size -1 means all that is left."""
    if size is None or begin is None:
        return None if size is None or size == -1 else _checked_size(size)
    if size == -1:
        return None if dim is None else _rest(dim, begin)
    size = _checked_size(size)
    if dim is not None and _outside(dim, begin, size):
        raise ValueError(
            f"Expected size in [0, {dim - begin}], but got {size}, "
            f"for a slice that begins at {begin}"
        )
    return size


def _checked_size(size: Any) -> Any:
    if size < 0:
        raise ValueError(f"Invalid value in tensor used for shape: {size}")
    return size


def _rest(dim: Any, begin: Any) -> Any:
    if begin > dim:
        raise ValueError(f"Negative dimension size caused by subtracting {begin} from {dim}")
    return dim - begin


def _outside(dim: Any, begin: Any, size: Any) -> bool:
    return begin < 0 or begin + size > dim


def _slice_map(q: ShapeQuery) -> AffineMap:
    begin = tuple(q.known_value(1).reshape(-1))
    return AffineMap(begin, tuple((axis, 1) for axis in range(len(begin))))


def _slice(input: np.ndarray, begin: Any, size: Any) -> np.ndarray:
    starts, sizes = as_ints(begin), as_ints(size)
    blocks = []
    for start, count, dim in zip(starts, sizes, input.shape, strict=True):
        _block_dim(dim, start, count)
        blocks.append(np.s_[start:] if count == -1 else np.s_[start : start + count])
    return input[tuple(blocks)]


def _slice_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.assembling import concat, stack
    from jitgraph.ops.padding import pad
    from jitgraph.ops.reshaping import reshape

    input_rank = rank_of(op.inputs[0])
    slice_size = shape_of(op.outputs[0])
    column = stack([input_rank, 1])
    before = reshape(op.inputs[1], column)
    after = reshape(shape_of(op.inputs[0]) - slice_size - op.inputs[1], column)
    return [pad(grad, concat([before, after], 1)), None, None]


def _slice_samples(rng: np.random.Generator) -> Any:
    def vectors(begin: Any, size: Any, dtype: Any = np.int32) -> tuple[Any, Any]:
        return np.array(begin, dtype), np.array(size, dtype)

    x = rng.uniform(-3, 3, (3, 4))
    yield Sample((x.astype(np.float32), *vectors([1, 0], [2, 3])))
    yield Sample((x, *vectors([0, 2], [-1, -1], np.int64)))
    yield Sample((x > 0, *vectors([3, 0], [0, 4])))
    yield Sample((x.astype(np.int32), *vectors([0, 0], [3, 4])))
    yield Sample((np.float64(1.0), *vectors([], [])))
    yield Sample((x.astype(np.float16)[0], *vectors([2], [1])))


SLICE = OpDef(
    "Slice",
    "input: T, begin: Index, size: Index -> output: T",
    _slice_shape,
    misfit=misfits.slice_block,
    types={"T": ANY, "Index": INDEX},
    reference=_slice,
    view=_slice_map,
    host=(1, 2),
    gradient=_slice_gradient,
    samples=_slice_samples,
)


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """A block of a tensor.

    Args:
      input_: a tensor.
      begin: where the block begins, one number a dimension.
      size: its size, one number a dimension; -1 is all that is left.
      name: the op's name.

    Raises:
      ValueError: the block isn't inside the tensor.

    Example:
      >>> tf.slice(tf.zeros([3, 4]), [1, 0], [2, -1])
      <tf.Tensor 'Slice:0' shape=(2, 4) dtype=float32>
    """
    return apply(SLICE, [input_, begin, size], name=name)
