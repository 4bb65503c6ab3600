"""The definitions of SpaceToBatchND and BatchToSpaceND: blocks of space, into the batch and back.

In: a tensor [batch, space..., rest...], the shape of a block, padding or cropping of each spatial
axis. Out: the tensor rearranged. Neither arithmetic nor loss: pad, reshape, transpose, slice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, product, require_rank_at_least
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.ops.padding import emit_zero_pad

_TYPES_IN = {"T": ANY, "Tblock_shape": (INDEX, dtypes.int32), "Tpaddings": (INDEX, dtypes.int32)}
_TYPES_OUT = {"T": ANY, "Tblock_shape": (INDEX, dtypes.int32), "Tcrops": (INDEX, dtypes.int32)}


def _block_axes(q: ShapeQuery, what: str) -> tuple[int, list[Any], list[Any]] | None:
    """The number of spatial axes, the block's sizes and the pairs, None where not known."""
    block_dims, blocks, pairs = q.shapes[1], q.value(1), q.value(2)
    if block_dims is not None and len(block_dims) != 1:
        raise ValueError("block_shape must have rank 1.")
    if block_dims is None or block_dims[0] is None:
        return None
    count = block_dims[0] if blocks is None else blocks.size
    _check_pairs(q.shapes[2], count)
    require_rank_at_least(q.shapes[0], count + 1)
    sizes = [None] * count if blocks is None else list(blocks.reshape(-1))
    ends = [(None, None)] * count if pairs is None else [tuple(row) for row in pairs]
    if any(size is not None and size < 1 for size in sizes):
        raise ValueError("block_shape must be positive")
    if any(end is not None and end < 0 for row in ends for end in row):
        raise ValueError(f"{what} cannot be negative")
    return count, sizes, ends


def _check_pairs(dims: Dims | None, count: int) -> None:
    if dims is None:
        return
    if len(dims) != 2:
        raise ValueError(f"Shapes must be equal rank, but are {len(dims)} and 2")
    for axis, (found, wanted) in enumerate(zip(dims, (count, 2), strict=True)):
        if found is not None and found != wanted:
            text = ",".join("?" if dim is None else str(dim) for dim in dims)
            raise ValueError(
                f"Dimension {axis} in both shapes must be equal, but are {found} and {wanted}. "
                f"Shapes are [{text}] and [{count},2]."
            )


def divided(size: Any, by: Any) -> Any:
    """size / by, None where one isn't known.

    Raises:
      ValueError: it isn't a whole number.
    """
    if size is None or by is None:
        return None
    if size % by != 0:
        raise ValueError(f"Dimension size must be evenly divisible by {by} but is {size}")
    return size // by


def _space_to_batch_shape(q: ShapeQuery) -> list[Dims | None]:
    found, dims = _block_axes(q, "paddings"), q.shapes[0]
    if found is None or dims is None:
        return [None]
    count, blocks, pads = found
    space = (
        divided(None if None in (size, *ends) else size + ends[0] + ends[1], block)
        for size, block, ends in zip(dims[1:], blocks, pads, strict=False)
    )
    return [(product([dims[0], *blocks]), *space, *dims[count + 1 :])]


def _batch_to_space_shape(q: ShapeQuery) -> list[Dims | None]:
    found, dims = _block_axes(q, "crops"), q.shapes[0]
    if found is None or dims is None:
        return [None]
    count, blocks, crops = found
    space = (
        _cropped(product([size, block]), ends)
        for size, block, ends in zip(dims[1:], blocks, crops, strict=False)
    )
    batch = dims[0]
    for block in blocks:
        batch = divided(batch, block)
    return [(batch, *space, *dims[count + 1 :])]


def _cropped(size: Any, ends: tuple[Any, Any]) -> Any:
    for end in ends:
        if size is None or end is None:
            return None
        if size - end < 0:
            raise ValueError(f"Negative dimension size caused by subtracting {end} from {size}")
        size = size - end
    return size


def _split_order(count: int, rank: int) -> list[int]:
    """Of [batch, space 1, block 1, space 2, block 2, ..., rest]: blocks first, then batch."""
    blocks = [2 + 2 * k for k in range(count)]
    space = [1 + 2 * k for k in range(count)]
    return [*blocks, 0, *space, *range(2 * count + 1, rank + count)]


def _merge_order(count: int, rank: int) -> list[int]:
    """Of [block..., batch, space..., rest]: each block behind its space."""
    pairs = [axis for k in range(count) for axis in (count + 1 + k, k)]
    return [count, *pairs, *range(2 * count + 1, rank + count)]


def _interleaved(space: Any, blocks: Any) -> list[Any]:
    return [each for pair in zip(space, blocks, strict=True) for each in pair]


def _space_to_batch(input: np.ndarray, block_shape: Any, paddings: Any) -> np.ndarray:
    blocks = [int(size) for size in block_shape]
    count, rank = len(blocks), input.ndim
    pads = [(0, 0), *(tuple(map(int, row)) for row in paddings), *[(0, 0)] * (rank - count - 1)]
    padded = np.pad(input, pads)
    dims = padded.shape
    space = [size // block for size, block in zip(dims[1:], blocks, strict=False)]
    split = padded.reshape(dims[0], *_interleaved(space, blocks), *dims[count + 1 :])
    moved = split.transpose(_split_order(count, rank))
    return moved.reshape(product([dims[0], *blocks]), *space, *dims[count + 1 :])


def _batch_to_space(input: np.ndarray, block_shape: Any, crops: Any) -> np.ndarray:
    blocks = [int(size) for size in block_shape]
    count, rank, dims = len(blocks), input.ndim, input.shape
    batch = dims[0] // product(blocks)
    moved = input.reshape(*blocks, batch, *dims[1:]).transpose(_merge_order(count, rank))
    space = [size * block for size, block in zip(dims[1:], blocks, strict=False)]
    whole = moved.reshape(batch, *space, *dims[count + 1 :])
    kept = (slice(int(a), size - int(b)) for (a, b), size in zip(crops, space, strict=True))
    return whole[(slice(None), *kept)]


def _decompose_space_to_batch(b: Any, instr: Any) -> list[Any]:
    input, blocks, pads = instr.inputs[0], list(b.host(instr.inputs[1])), b.host(instr.inputs[2])
    count, rank = len(blocks), len(input.type.dims)
    rest = [0] * (rank - count - 1)
    padded = emit_zero_pad(b, input, [0, *pads[:, 0], *rest], [0, *pads[:, 1], *rest])
    dims = padded.type.dims
    out = instr.outputs[0].type.dims
    space = out[1 : count + 1]
    split = b.emit(
        "Reshape", padded, b.sizes([dims[0], *_interleaved(space, blocks), *dims[count + 1 :]])
    )
    moved = b.emit("Transpose", split, b.sizes(_split_order(count, rank)))
    return [b.emit("Reshape", moved, b.sizes(out))]


def _decompose_batch_to_space(b: Any, instr: Any) -> list[Any]:
    input, blocks, crops = instr.inputs[0], list(b.host(instr.inputs[1])), b.host(instr.inputs[2])
    dims, out = input.type.dims, instr.outputs[0].type.dims
    count, rank = len(blocks), len(dims)
    split = b.emit("Reshape", input, b.sizes([*blocks, out[0], *dims[1:]]))
    moved = b.emit("Transpose", split, b.sizes(_merge_order(count, rank)))
    space = [size * block for size, block in zip(dims[1:], blocks, strict=False)]
    whole = b.emit("Reshape", moved, b.sizes([out[0], *space, *dims[count + 1 :]]))
    begin = [0, *crops[:, 0], *[0] * (rank - count - 1)]
    return [b.emit("Slice", whole, b.sizes(begin), b.sizes(out))]


def _space_cases(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    def array(*dims: int, dtype: Any = np.float64) -> np.ndarray:
        return rng.integers(0, 50, dims).astype(dtype)

    yield array(2, 4, 6, 3), [2, 3], [[0, 0], [0, 0]]
    yield array(1, 3, 5, 2), [2, 3], [[1, 0], [2, 2]]
    yield array(2, 5, dtype=np.float32), [3], [[0, 1]]
    yield array(2, 3, dtype=np.int32), [1], [[1, 1]]
    yield array(0, 4, 2, dtype=np.uint8), [2], [[0, 0]]


def _space_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for index, (array, block, pads) in enumerate(_space_cases(rng)):
        kind = np.int64 if index == 1 else np.int32
        yield Sample((array, np.array(block, kind), np.array(pads, kind)))


def _batch_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for array, block, pads in _space_cases(rng):
        moved = _space_to_batch(array, block, pads)
        yield Sample((moved, np.array(block, np.int32), np.array(pads, np.int32)))


def _opposite(kind: Callable[[], OpDef]) -> Callable[..., Any]:
    return lambda op, grad: [apply(kind(), [grad, *op.inputs[1:]]), None, None]


SPACE_TO_BATCH_ND = OpDef(
    "SpaceToBatchND",
    "input: T, block_shape: Tblock_shape, paddings: Tpaddings -> output: T",
    _space_to_batch_shape,
    types=_TYPES_IN,
    misfit=window_misfits.space_to_batch,
    reference=_space_to_batch,
    decompose=_decompose_space_to_batch,
    host=(1, 2),
    gradient=_opposite(lambda: BATCH_TO_SPACE_ND),
    samples=_space_samples,
)

BATCH_TO_SPACE_ND: OpDef = OpDef(
    "BatchToSpaceND",
    "input: T, block_shape: Tblock_shape, crops: Tcrops -> output: T",
    _batch_to_space_shape,
    types=_TYPES_OUT,
    misfit=window_misfits.batch_to_space,
    reference=_batch_to_space,
    decompose=_decompose_batch_to_space,
    host=(1, 2),
    gradient=_opposite(lambda: SPACE_TO_BATCH_ND),
    samples=_batch_samples,
)
