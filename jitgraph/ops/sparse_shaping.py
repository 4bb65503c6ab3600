"""Sparse tensors reshaped, cut and joined, with rows filled: ops on places, on the host.

In: the three tensors of a sparse tensor. Out: those of another one.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.ops.array_dims import Dims, dims_text, merge_dim, require_rank
from jitgraph.ops.definition import ANY, NUMBERS, REQUIRED, OpDef, Sample, ShapeQuery, no_gradient

_PLACES = np.array([[0, 1], [0, 3], [2, 0]])
_SIZES = np.array([4, 4])


def _rank(shape: Dims | None) -> Any:
    return None if shape is None else shape[0]


def _reshaped_shape(q: ShapeQuery) -> list[Dims | None]:
    places, old, new = q.shapes
    require_rank(places, 2)
    require_rank(old, 1)
    require_rank(new, 1)
    return [(None if places is None else places[0], _rank(new)), (_rank(new),)]


def _reshaped(input_indices: Any, input_shape: Any, new_shape: Any) -> tuple[Any, Any]:
    old, new = (tuple(np.asarray(each).tolist()) for each in (input_shape, new_shape))
    if new.count(-1) > 1:
        raise ValueError("only one output dimension may be -1")
    count, rest = int(np.prod(old)), int(np.prod([size for size in new if size != -1]))
    if -1 in new and (rest == 0 or count % rest):
        raise ValueError(
            f"Input to reshape is a SparseTensor with {count} dense values, but the requested "
            f"shape requires a multiple of {rest}. input_shape={dims_text(old)} "
            f"output_shape={dims_text(new)}"
        )
    sizes = tuple(count // rest if size == -1 else size for size in new)
    if int(np.prod(sizes)) != count:
        raise ValueError(
            f"Input to reshape is a tensor with {count} dense values, but the requested shape "
            f"has {int(np.prod(sizes))}. input_shape={dims_text(old)} "
            f"output_shape={dims_text(sizes)}"
        )
    if not len(input_indices):
        return np.zeros((0, len(sizes)), np.int64), np.array(sizes, np.int64)
    flat = np.ravel_multi_index(tuple(np.asarray(input_indices).T), old)
    return np.stack(np.unravel_index(flat, sizes), 1), np.array(sizes, np.int64)


def _reshape_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for new in ([2, 8], [16], [2, -1, 4]):
        yield Sample((_PLACES, _SIZES, np.array(new)))
    yield Sample((np.zeros((0, 2), np.int64), _SIZES, np.array([8, 2])))


SPARSE_RESHAPE = OpDef(
    "SparseReshape",
    "input_indices: int64, input_shape: int64, new_shape: int64 -> "
    "output_indices: int64, output_shape: int64",
    _reshaped_shape,
    reference=_reshaped,
    gradient=no_gradient,
    samples=_reshape_samples,
)


def _sliced_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims, rank in zip(q.shapes, (2, 1, 1, 1, 1), strict=True):
        require_rank(dims, rank)
    return [(None, _rank(q.shapes[2])), (None,), q.shapes[2]]


def _inside(indices: Any, start: Any, size: Any) -> np.ndarray:
    places = np.asarray(indices)
    found: np.ndarray = ((places >= start) & (places < start + size)).all(1)
    return found


def _sliced(indices: Any, values: Any, shape: Any, start: Any, size: Any) -> tuple[Any, Any, Any]:
    is_kept = _inside(indices, start, size)
    sizes = np.maximum(np.minimum(size, shape - start), 0)
    return (indices - start)[is_kept], values[is_kept], sizes


def _slice_gradient(op: Any, *grads: Any) -> list[Any]:
    from jitgraph.ops.apply import apply

    indices, _, _, start, _ = op.inputs
    inputs = [grads[1], indices, start, op.outputs[0]]
    return [None, apply(SPARSE_SLICE_GRAD, inputs), None, None, None]


def _slice_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for start, size in (([0, 1], [3, 2]), ([1, 0], [9, 9])):
            values = rng.uniform(1, 9, 3).astype(kind)
            yield Sample((_PLACES, values, _SIZES, np.array(start), np.array(size)))


SPARSE_SLICE = OpDef(
    "SparseSlice",
    "indices: int64, values: T, shape: int64, start: int64, size: int64 -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    _sliced_shape,
    types={"T": ANY},
    reference=_sliced,
    gradient=_slice_gradient,
    samples=_slice_samples,
)


def _slice_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims, rank in zip(q.shapes, (1, 2, 1, 2), strict=True):
        require_rank(dims, rank)
    return [(None if q.shapes[1] is None else q.shapes[1][0],)]


def _slice_grad(
    backprop_val_grad: Any, input_indices: Any, input_start: Any, output_indices: Any
) -> np.ndarray:
    places = (output_indices + input_start).tolist()
    kept = {tuple(place): number for number, place in enumerate(places)}
    found = np.zeros(len(input_indices), backprop_val_grad.dtype)
    for number, place in enumerate(np.asarray(input_indices).tolist()):
        if tuple(place) in kept:
            found[number] = backprop_val_grad[kept[tuple(place)]]
    return found


def _slice_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        grad = rng.uniform(1, 9, 2).astype(kind)
        start = np.array([0, 1])
        yield Sample((grad, _PLACES, start, _PLACES[:2] - start))


SPARSE_SLICE_GRAD = OpDef(
    "SparseSliceGrad",
    "backprop_val_grad: T, input_indices: int64, input_start: int64, output_indices: int64 -> "
    "val_grad: T",
    _slice_grad_shape,
    types={"T": NUMBERS},
    reference=_slice_grad,
    samples=_slice_grad_samples,
)


def _split_shape(q: ShapeQuery) -> list[Dims | None]:
    sizes, count = q.shapes[3], q.attrs["num_split"]
    return [(None, _rank(sizes))] * count + [(None,)] * count + [sizes] * count


def _split(
    split_dim: Any, indices: Any, values: Any, shape: Any, num_split: int
) -> tuple[np.ndarray, ...]:
    """The first pieces are larger by one where the size is no multiple."""
    axis, sizes = int(split_dim), np.asarray(shape)
    if not -len(sizes) <= axis < len(sizes):
        raise ValueError(f"Input split_dim should be between 0 and rank, got {axis}")
    if num_split > sizes[axis]:
        raise ValueError(
            f"Input num_split should be between 1 and the splitting dimension size "
            f"({sizes[axis]}), got {num_split}"
        )
    base, more = divmod(int(sizes[axis]), num_split)
    starts = np.cumsum([0] + [base + (number < more) for number in range(num_split)])
    pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    along = np.arange(len(sizes)) == axis % len(sizes)
    for start, end in itertools.pairwise(starts.tolist()):
        is_kept = (indices[:, axis] >= start) & (indices[:, axis] < end)
        moved = indices[is_kept] - start * along
        pieces.append((moved, values[is_kept], np.where(along, end - start, sizes)))
    return tuple(each for part in zip(*pieces, strict=True) for each in part)


def _split_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for axis, count in ((0, 2), (1, 3), (1, 1)):
            values = rng.uniform(1, 9, 3).astype(kind)
            yield Sample((np.int64(axis), _PLACES, values, _SIZES), {"num_split": count})


SPARSE_SPLIT = OpDef(
    "SparseSplit",
    "split_dim: int64, indices: int64, values: T, shape: int64 -> "
    "output_indices: num_split*int64, output_values: num_split*T, output_shape: num_split*int64",
    _split_shape,
    types={"T": ANY},
    attrs={"num_split": REQUIRED},
    reference=_split,
    samples=_split_samples,
)


def _joined_shape(q: ShapeQuery) -> list[Dims | None]:
    number = len(q.shapes) // 3
    places, values, sizes = (q.shapes[k * number : (k + 1) * number] for k in range(3))
    for dims in places:
        require_rank(dims, 2)
    rank: Any = None
    for dims in sizes:
        require_rank(dims, 1)
        rank = merge_dim(rank, _rank(dims))
    counts = [None if dims is None else dims[0] for dims in values]
    total = None if None in counts else sum(count for count in counts if count is not None)
    return [(total, rank), (total,), (rank,)]


def _joined(indices: Any, values: Any, shapes: Any, concat_dim: int) -> tuple[Any, Any, Any]:
    rank = len(shapes[0])
    axis = concat_dim % rank if -rank <= concat_dim < rank else None
    if axis is None:
        raise ValueError(f"Concat dimension must be in range [{-rank}, {rank}), got {concat_dim}")
    moved, before = [], 0
    for number, (places, sizes) in enumerate(zip(indices, shapes, strict=True)):
        for place in range(rank):
            if place != axis and sizes[place] != shapes[0][place]:
                raise ValueError(
                    f"Input shapes must match: expected {shapes[0][place]} for dimension {place} "
                    f"but got {sizes[place]} at position {number}"
                )
        moved.append(np.array(places) + before * np.eye(rank, dtype=np.int64)[axis])
        before += sizes[axis]
    together, given = np.concatenate(moved), np.concatenate(values)
    order = np.lexsort(together.T[::-1])
    total = np.array(shapes[0])
    total[axis] = before
    return together[order], given[order], total


def _join_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for axis in (0, 1, -1):
            values = [rng.uniform(1, 9, 3).astype(kind) for _ in range(2)]
            yield Sample(([_PLACES, _PLACES], values, [_SIZES, _SIZES]), {"concat_dim": axis})


SPARSE_CONCAT = OpDef(
    "SparseConcat",
    "indices: N*int64, values: N*T, shapes: N*int64 -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    _joined_shape,
    types={"T": ANY},
    attrs={"concat_dim": 0},
    reference=_joined,
    gradient=no_gradient,
    samples=_join_samples,
)


def _filled_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims, rank in zip(q.shapes, (2, 1, 1, 0), strict=True):
        require_rank(dims, rank)
    known = q.value(2)
    rows = None if known is None else known[0]
    given = None if q.shapes[1] is None else q.shapes[1][0]
    return [(None, _rank(q.shapes[2])), (None,), (rows,), (given,)]


def _filled(indices: Any, values: Any, dense_shape: Any, default_value: Any) -> tuple[Any, ...]:
    rows, rank = int(dense_shape[0]), len(dense_shape)
    places = np.asarray(indices).reshape(-1, rank)
    for number, place in enumerate(places.tolist()):
        if not 0 <= place[0] < rows:
            raise ValueError(f"indices({number}, 0) is invalid: {place[0]} >= {rows}")
    is_empty = np.bincount(places[:, 0], minlength=rows) == 0
    added = np.zeros((int(is_empty.sum()), rank), np.int64)
    added[:, 0] = np.flatnonzero(is_empty)
    together = np.concatenate([places, added])
    given = np.concatenate([values, np.full(len(added), default_value, values.dtype)])
    order = np.argsort(together[:, 0], kind="stable")
    reverse = np.empty(len(order), np.int64)
    reverse[order] = np.arange(len(order))
    return together[order], given[order], is_empty, reverse[: len(places)]


def _fill_gradient(op: Any, *grads: Any) -> list[Any]:
    from jitgraph.ops.apply import apply

    by_values, by_default = apply(SPARSE_FILL_EMPTY_ROWS_GRAD, [op.outputs[3], grads[1]])
    return [None, by_values, None, by_default]


def _fill_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        yield Sample((_PLACES, rng.uniform(1, 9, 3).astype(kind), _SIZES, kind(7)))


SPARSE_FILL_EMPTY_ROWS = OpDef(
    "SparseFillEmptyRows",
    "indices: int64, values: T, dense_shape: int64, default_value: T -> output_indices: int64, "
    "output_values: T, empty_row_indicator: bool, reverse_index_map: int64",
    _filled_shape,
    types={"T": ANY},
    reference=_filled,
    gradient=_fill_gradient,
    samples=_fill_samples,
)


def _fill_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 1)
    require_rank(q.shapes[1], 1)
    return [q.shapes[0], ()]


def _fill_grad(reverse_index_map: Any, grad_values: Any) -> tuple[Any, Any]:
    is_added = np.ones(len(grad_values), bool)
    is_added[reverse_index_map] = False
    return grad_values[reverse_index_map], grad_values[is_added].sum(dtype=grad_values.dtype)


def _fill_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        yield Sample((np.array([0, 1, 3]), rng.uniform(1, 9, 5).astype(kind)))


SPARSE_FILL_EMPTY_ROWS_GRAD = OpDef(
    "SparseFillEmptyRowsGrad",
    "reverse_index_map: int64, grad_values: T -> d_values: T, d_default_value: T",
    _fill_grad_shape,
    types={"T": ANY},
    reference=_fill_grad,
    samples=_fill_grad_samples,
)
