"""The mirroring modes of tf.pad, and their gradient.

In: a tensor and how many elements of its mirror image to put before and after it along each axis.
Out: the larger tensor. The gradient folds the images back onto what they show.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, unknown_dims
from jitgraph.ops.definition import (
    ANY,
    INDEX,
    REQUIRED,
    AffineMap,
    Assembly,
    OpDef,
    Piece,
    Sample,
    ShapeQuery,
)
from jitgraph.ops.padding import (
    emit_zero_pad,
    numpy_pairs,
    pad_rank,
    padded_shape,
    padding_pairs,
)

_NUMPY_MODES: dict[str, Literal["reflect", "symmetric"]] = {
    "REFLECT": "reflect",
    "SYMMETRIC": "symmetric",
}


def _mirror_shape(q: ShapeQuery) -> list[Dims | None]:
    found = padded_shape(q)
    if q.shapes[0] is None or q.value(1) is None:
        return found
    pairs = padding_pairs(q.value(1), len(q.shapes[0]))
    for axis, (dim, pair) in enumerate(zip(q.shapes[0], pairs, strict=True)):
        for size in pair:
            _require_mirrored(axis, dim, size, _edge(q))
    return found


def _edge(q: ShapeQuery) -> int:
    """How many elements at each border the mirror image leaves out."""
    return 1 if q.attrs["mode"] == "REFLECT" else 0


def _require_mirrored(axis: int, dim: Any, size: Any, edge: int) -> None:
    if size is None or dim is None or (isinstance(size, int) and size == 0):
        return
    if size > dim - edge:
        limit = "less than" if edge else "no greater than"
        raise ValueError(
            f"paddings must be {limit} the dimension size: {size} is not for {dim} "
            f"(dimension {axis})"
        )


def _mirror_parts(dim: Any, before: Any, after: Any, edge: int) -> list[Any]:
    """(offset, size, first element, step) of the image before, the middle, the image after."""
    parts = [(before, dim, 0, 1)]
    if not (isinstance(before, int) and before == 0):
        parts.insert(0, (0, before, before - 1 + edge, -1))
    if not (isinstance(after, int) and after == 0):
        parts.append((before + dim, after, dim - 1 - edge, -1))
    return parts


def _mirror_assembly(q: ShapeQuery) -> Assembly:
    dims = q.known_dims(0)
    pairs = padding_pairs(q.value(1), len(dims))
    axes = [_mirror_parts(dim, *pair, _edge(q)) for dim, pair in zip(dims, pairs, strict=True)]
    return Assembly(tuple(_mirror_piece(parts) for parts in itertools.product(*axes)))


def _mirror_piece(parts: Sequence[Any]) -> Piece:
    sources = tuple((axis, part[3]) for axis, part in enumerate(parts))
    offsets, sizes, first = (tuple(part[i] for part in parts) for i in range(3))
    return Piece(0, offsets, sizes, AffineMap(first, sources))


def _mirror_pad(input: np.ndarray, paddings: Any, mode: str) -> np.ndarray:
    return np.pad(input, numpy_pairs(paddings), mode=_NUMPY_MODES[mode])


def _mirror_gradient(op: Any, grad: Tensor) -> list[Any]:
    mode = {"mode": op.get_attr("mode")}
    return [apply(MIRROR_PAD_GRAD, [grad, op.inputs[1]], mode), None]


def _mirror_samples(rng: np.random.Generator) -> Any:
    paddings = np.array([[1, 2], [0, 3]], np.int32)
    for mode in ("REFLECT", "SYMMETRIC"):
        for kind in (np.float32, np.float64, np.int32):
            x = rng.uniform(-3, 3, (3, 4)).astype(kind)
            yield Sample((x, paddings), {"mode": mode})
        yield Sample((np.arange(3.0), np.array([[2, 2]], np.int64)), {"mode": mode})


MIRROR_PAD = OpDef(
    "MirrorPad",
    "input: T, paddings: Tpaddings -> output: T",
    _mirror_shape,
    misfit=misfits.mirror_pad,
    types={"T": ANY, "Tpaddings": (INDEX, dtypes.int32)},
    attrs={"mode": REQUIRED},
    reference=_mirror_pad,
    assemble=_mirror_assembly,
    host=(1,),
    gradient=_mirror_gradient,
    samples=_mirror_samples,
)


def _unpadded_shape(q: ShapeQuery) -> list[Dims | None]:
    rank = pad_rank(q)
    if rank is None:
        return [None]
    dims = unknown_dims(rank) if q.shapes[0] is None else q.shapes[0]
    pairs = padding_pairs(q.value(1), rank)
    return [tuple(_unpadded(dim, *pair) for dim, pair in zip(dims, pairs, strict=True))]


def _unpadded(dim: Any, before: Any, after: Any) -> Any:
    if dim is None or before is None or after is None:
        return None
    return dim - before - after


def _mirror_pad_grad(input: np.ndarray, paddings: Any, mode: str) -> np.ndarray:
    pairs = numpy_pairs(paddings)
    sizes = [dim - sum(pair) for dim, pair in zip(input.shape, pairs, strict=True)]
    places = np.pad(np.arange(int(np.prod(sizes))).reshape(sizes), pairs, mode=_NUMPY_MODES[mode])
    result = np.zeros(int(np.prod(sizes)), input.dtype)
    np.add.at(result, places.reshape(-1), input.reshape(-1))
    return result.reshape(sizes)


def _decompose_mirror_grad(b: Any, instr: Any) -> list[Any]:
    edge = 1 if instr.attrs["mode"] == "REFLECT" else 0
    value = instr.inputs[0]
    for axis, (before, after) in enumerate(b.host(instr.inputs[1])):
        value = _fold(b, value, axis, before, after, edge)
    return [value]


def _fold(b: Any, value: Any, axis: int, before: Any, after: Any, edge: int) -> Any:
    """Adds both mirror images along `axis` back onto the elements they show."""
    size = value.type.dims[axis] - before - after
    middle = size - 2 * edge - before - after
    if all(isinstance(each, int) for each in (before, after, size)) and middle >= 0:
        return _fold_apart(b, value, axis, (before, after), (edge, middle))
    total = _block(b, value, axis, before, size)
    for first, count, room in ((0, before, edge), (before + size, after, size - after - edge)):
        if isinstance(count, int) and count == 0:
            continue
        image = b.emit("ReverseV2", _block(b, value, axis, first, count), b.sizes([axis]))
        none = [0] * len(value.type.dims)
        lead = [*none[:axis], room, *none[axis + 1 :]]
        rest = [*none[:axis], size - count - room, *none[axis + 1 :]]
        total = b.emit("AddV2", total, emit_zero_pad(b, image, lead, rest))
    return total


def _fold_apart(b: Any, value: Any, axis: int, pair: tuple[int, int], kept: tuple[int, int]) -> Any:
    """The same where both images show different elements: only those are added to."""
    (before, after), (edge, middle) = pair, kept
    if before == 0 and after == 0:
        return value
    last = value.type.dims[axis] - after
    pieces = ((edge, None), (before, 0), (middle, None), (after, last), (edge, None))
    parts, place = [], before
    for count, image in pieces:
        part = _block(b, value, axis, place, count)
        if image is not None:
            shown = b.emit("ReverseV2", _block(b, value, axis, image, count), b.sizes([axis]))
            part = b.emit("AddV2", part, shown)
        if count:
            parts.append(part)
        place += count
    return b.emit("ConcatV2", parts, b.scalar_host(axis)) if len(parts) > 1 else parts[0]


def _block(b: Any, value: Any, axis: int, first: Any, count: Any) -> Any:
    dims = value.type.dims
    begin = [*[0] * axis, first, *[0] * (len(dims) - axis - 1)]
    return b.emit("Slice", value, b.sizes(begin), b.sizes([*dims[:axis], count, *dims[axis + 1 :]]))


def _mirror_grad_gradient(op: Any, grad: Tensor) -> list[Any]:
    return [apply(MIRROR_PAD, [grad, op.inputs[1]], {"mode": op.get_attr("mode")}), None]


def _mirror_grad_samples(rng: np.random.Generator) -> Any:
    for mode in ("REFLECT", "SYMMETRIC"):
        for kind in (np.float32, np.float64):
            x = rng.uniform(-3, 3, (6, 7)).astype(kind)
            yield Sample((x, np.array([[1, 2], [0, 3]], np.int32)), {"mode": mode})


MIRROR_PAD_GRAD = OpDef(
    "MirrorPadGrad",
    "input: T, paddings: Tpaddings -> output: T",
    _unpadded_shape,
    types={"T": ANY, "Tpaddings": (INDEX, dtypes.int32)},
    attrs={"mode": REQUIRED},
    reference=_mirror_pad_grad,
    decompose=_decompose_mirror_grad,
    host=(1,),
    gradient=_mirror_grad_gradient,
    samples=_mirror_grad_samples,
)
