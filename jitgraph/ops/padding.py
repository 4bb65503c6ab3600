"""tf.pad: zeros or a value around a tensor.

In: a tensor and how many elements to put before and after it along each axis.
Out: the larger tensor.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    add_dims,
    as_ints,
    require_rank,
    unknown_dims,
)
from jitgraph.ops.definition import (
    ANY,
    INDEX,
    Assembly,
    OpDef,
    Piece,
    Sample,
    ShapeQuery,
)
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of

Pairs = list[tuple[Any, Any]]


def pad_rank(q: ShapeQuery) -> int | None:
    dims, padding_dims = q.shapes[:2]
    require_rank(padding_dims, 2)
    rank = None if dims is None else len(dims)
    if padding_dims is None or padding_dims[0] is None:
        return rank
    if rank is not None and padding_dims[0] != rank:
        raise ValueError(f"Shape must be rank {padding_dims[0]} but is rank {rank}")
    return padding_dims[0]


def padding_pairs(value: np.ndarray | None, rank: int) -> Pairs:
    if value is None:
        return [(None, None)] * rank
    return [(before, after) for before, after in value]


def padded_shape(q: ShapeQuery) -> list[Dims | None]:
    rank = pad_rank(q)
    if rank is None:
        return [None]
    dims = unknown_dims(rank) if q.shapes[0] is None else q.shapes[0]
    pairs = padding_pairs(q.value(1), rank)
    _require_nonnegative(pairs)
    return [
        tuple(
            add_dims(add_dims(before, dim), after)
            for dim, (before, after) in zip(dims, pairs, strict=True)
        )
    ]


def _require_nonnegative(pairs: Pairs) -> None:
    for size in itertools.chain.from_iterable(pairs):
        if size is not None and size < 0:
            raise ValueError("Paddings must be non-negative")


def _constant_assembly(q: ShapeQuery, fill: Any) -> Assembly:
    dims = q.known_dims(0)
    befores = tuple(before for before, _ in padding_pairs(q.value(1), len(dims)))
    return Assembly((Piece(0, befores, dims),), fill)


def numpy_pairs(paddings: Any) -> list[tuple[int, int]]:
    flat = as_ints(paddings)
    return list(zip(flat[::2], flat[1::2], strict=True))


def _pad_with(input: np.ndarray, paddings: Any, constant_values: Any) -> np.ndarray:
    pairs = numpy_pairs(paddings)
    sizes = [sum(pair) + dim for pair, dim in zip(pairs, input.shape, strict=True)]
    result = np.full(sizes, constant_values, input.dtype)
    inside = zip(pairs, input.shape, strict=True)
    result[tuple(np.s_[before : before + dim] for (before, _), dim in inside)] = input
    return result


def _pad(input: np.ndarray, paddings: Any) -> np.ndarray:
    nothing = b"" if _holds_texts(input) else np.zeros((), input.dtype)[()]
    return _pad_with(input, paddings, nothing)


def _holds_texts(array: np.ndarray) -> bool:
    """Whether it is an array of strings; sizes of which some are unknown are objects, too."""
    return array.dtype == object and (not array.size or isinstance(array.flat[0], (bytes, str)))


def _pad_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.assembling import stack
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.slicing import slice as slice_of

    x, paddings = op.inputs[:2]
    before = slice_of(paddings, [0, 0], stack([rank_of(x), 1]))
    begin = reshape(before, [-1])
    return [slice_of(grad, begin, shape_of(x)), *[None] * (len(op.inputs) - 1)]


def _pad_cases(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (3, 4))
    paddings = np.array([[1, 0], [2, 1]], np.int32)
    for kind in (np.float32, np.float64, np.int32, np.complex64, np.float16):
        yield x.astype(kind), paddings
    yield x > 0, np.zeros((2, 2), np.int64)
    yield x[0], np.array([[1, 2]], np.int64)


def _pad_samples(rng: np.random.Generator) -> Any:
    for x, paddings in _pad_cases(rng):
        yield Sample((x, paddings))
    yield Sample((np.zeros((0, 2)), np.array([[1, 1], [0, 1]], np.int32)))
    yield Sample((np.float64(2.0), np.zeros((0, 2), np.int32)))


def _pad_v2_samples(rng: np.random.Generator) -> Any:
    for x, paddings in _pad_cases(rng):
        yield Sample((x, paddings, x.dtype.type(1)))


PAD = OpDef(
    "Pad",
    "input: T, paddings: Tpaddings -> output: T",
    padded_shape,
    misfit=misfits.pad,
    types={"T": ANY, "Tpaddings": (INDEX, dtypes.int32)},
    reference=_pad,
    assemble=lambda q: _constant_assembly(q, 0),
    host=(1,),
    gradient=_pad_gradient,
    samples=_pad_samples,
)

PAD_V2 = OpDef(
    "PadV2",
    "input: T, paddings: Tpaddings, constant_values: T -> output: T",
    padded_shape,
    misfit=misfits.pad,
    types={"T": ANY, "Tpaddings": (INDEX, dtypes.int32)},
    reference=_pad_with,
    assemble=lambda q: _constant_assembly(q, "constant_values"),
    host=(1,),
    gradient=_pad_gradient,
    samples=_pad_v2_samples,
)


def emit_zero_pad(b: Any, value: Any, before: Sequence[Any], after: Sequence[Any]) -> Any:
    """Instructions that put zeros around `value`; none where there is nothing to put."""
    pairs = list(zip(before, after, strict=True))
    if all(isinstance(size, int) and size == 0 for pair in pairs for size in pair):
        return value
    paddings = b.sizes([size for pair in pairs for size in pair])
    paddings.items = paddings.items.reshape(-1, 2)
    return b.emit("Pad", value, paddings)


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """A tensor with elements put around it.

    Args:
      tensor: a tensor.
      paddings: [[before, after], ...], one pair a dimension.
      mode: "CONSTANT", "REFLECT" (mirrored, the border not repeated) or "SYMMETRIC" (repeated).
      name: the op's name.
      constant_values: what CONSTANT puts there.

    Raises:
      ValueError: an unknown mode, or paddings that don't fit.

    Example:
      >>> tf.pad(tf.zeros([2, 3]), [[1, 1], [0, 2]])
      <tf.Tensor 'Pad:0' shape=(4, 5) dtype=float32>
    """
    from jitgraph.ops.mirror_padding import MIRROR_PAD

    kind = mode.upper()
    if kind in ("REFLECT", "SYMMETRIC"):
        return apply(MIRROR_PAD, [tensor, paddings], {"mode": kind}, name)
    if kind != "CONSTANT":
        raise ValueError(f"Unknown padding mode: {kind}")
    if not isinstance(constant_values, Tensor) and constant_values == 0:
        return apply(PAD, [tensor, paddings], name=name)
    return apply(PAD_V2, [tensor, paddings, constant_values], name=name)
