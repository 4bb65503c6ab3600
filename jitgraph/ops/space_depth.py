"""Blocks of space moved into the depth of images and back: space_to_depth, depth_to_space.

In: images, channels last or first, and the size of a square block. Out: the images rearranged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, multiply_dims, require_rank
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.space_batch_definitions import divided
from jitgraph.ops.window_attributes import chosen_text

_FORMATS = ("NHWC", "NCHW", "NCHW_VECT_C")
_ATTRS = {"block_size": REQUIRED, "data_format": "NHWC"}


def _image(q: ShapeQuery) -> tuple[Any, Any, Any, Any]:
    """Batch, rows, columns, depth."""
    require_rank(q.shapes[0], 4)
    return _in_last_order(q.shapes[0] or (None,) * 4, q.attrs["data_format"])


def _in_last_order(dims: Dims, data_format: str) -> Any:
    if data_format == "NHWC":
        return dims
    if data_format == "NCHW":
        return (dims[0], dims[2], dims[3], dims[1])
    raise ValueError(f"{data_format} is for quantised numbers, which are not supported")


def _ordered(batch: Any, rows: Any, columns: Any, depth: Any, data_format: str) -> Dims:
    if data_format == "NHWC":
        return (batch, rows, columns, depth)
    return (batch, depth, rows, columns)


def _space_to_depth_shape(q: ShapeQuery) -> list[Dims | None]:
    batch, rows, columns, depth = _image(q)
    size = q.attrs["block_size"]
    found = divided(rows, size), divided(columns, size), multiply_dims(depth, size * size)
    return [_ordered(batch, *found, q.attrs["data_format"])]


def _depth_to_space_shape(q: ShapeQuery) -> list[Dims | None]:
    batch, rows, columns, depth = _image(q)
    size = q.attrs["block_size"]
    found = multiply_dims(rows, size), multiply_dims(columns, size), divided(depth, size * size)
    return [_ordered(batch, *found, q.attrs["data_format"])]


def _to_depth(dims: Dims, size: int, data_format: str) -> tuple[list[Any], list[int]]:
    """The shape that takes blocks apart, and the order of its axes that puts them into depth."""
    batch, rows, columns, depth = _in_last_order(dims, data_format)
    space = [rows // size, size, columns // size, size]
    if data_format == "NHWC":
        return [batch, *space, depth], [0, 1, 3, 2, 4, 5]
    return [batch, depth, *space], [0, 3, 5, 1, 2, 4]


def _to_space(dims: Dims, size: int, data_format: str) -> tuple[list[Any], list[int]]:
    """The shape that takes depth apart, and the order of its axes that puts it into blocks."""
    batch, rows, columns, depth = _in_last_order(dims, data_format)
    parts = [size, size, depth // (size * size)]
    if data_format == "NHWC":
        return [batch, rows, columns, *parts], [0, 1, 3, 2, 4, 5]
    return [batch, *parts, rows, columns], [0, 3, 4, 1, 5, 2]


Taking = Callable[[Dims, int, str], tuple[list[Any], list[int]]]


def _rearranged(take: Taking) -> Callable[..., np.ndarray]:
    def reference(input: np.ndarray, block_size: int, data_format: str) -> np.ndarray:
        parts, order = take(input.shape, block_size, data_format)
        moved = input.reshape(parts).transpose(order)
        return moved.reshape(_merged(moved.shape, take, data_format))

    return reference


def _merged(dims: Dims, take: Taking, data_format: str) -> list[Any]:
    """The shape of the result from that of its parts in order."""
    joins_depth = take is _to_depth
    batch, a, b, c, d, e = dims
    if data_format == "NHWC":
        return [batch, a, b, c * d * e] if joins_depth else [batch, a * b, c * d, e]
    return [batch, a * b * c, d, e] if joins_depth else [batch, a, b * c, d * e]


def _decompose(take: Taking) -> Callable[..., list[Any]]:
    def rule(b: Any, instr: Any) -> list[Any]:
        (input,), attrs = instr.inputs, instr.attrs
        parts, order = take(input.type.dims, attrs["block_size"], attrs["data_format"])
        moved = b.emit("Transpose", b.emit("Reshape", input, b.sizes(parts)), b.sizes(order))
        return [b.emit("Reshape", moved, b.sizes(instr.outputs[0].type.dims))]

    return rule


def _cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    """Images of which rows, columns and depth have a block's size as divisor."""
    for kind in (np.float64, np.float32, np.int32, np.uint8, np.bool_):
        array = rng.integers(0, 90, (2, 4, 6, 8)).astype(kind)
        yield array, {"block_size": 2, "data_format": "NHWC"}
    yield rng.uniform(-1, 1, (1, 8, 2, 4)), {"block_size": 2, "data_format": "NCHW"}
    yield rng.uniform(-1, 1, (1, 3, 6, 9)), {"block_size": 3, "data_format": "NHWC"}
    yield np.zeros((0, 2, 2, 4), np.float32), {"block_size": 2, "data_format": "NHWC"}


def _opposite(kind: Callable[[], OpDef]) -> Callable[..., Any]:
    def gradient(op: Any, grad: Tensor) -> list[Tensor]:
        attrs = {name: op.get_attr(name) for name in _ATTRS}
        return [apply(kind(), [grad], attrs)]

    return gradient


def _definition(name: str, shape: Any, take: Taking, gradient: Any, misfit: Any) -> OpDef:
    return OpDef(
        name,
        "input: T -> output: T",
        shape,
        types={"T": ANY},
        attrs=_ATTRS,
        misfit=misfit,
        reference=_rearranged(take),
        decompose=_decompose(take),
        gradient=gradient,
        samples=lambda rng: (Sample((array,), attrs) for array, attrs in _cases(rng)),
    )


SPACE_TO_DEPTH = _definition(
    "SpaceToDepth",
    _space_to_depth_shape,
    _to_depth,
    _opposite(lambda: DEPTH_TO_SPACE),
    window_misfits.space_to_depth,
)
DEPTH_TO_SPACE: OpDef = _definition(
    "DepthToSpace",
    _depth_to_space_shape,
    _to_space,
    _opposite(lambda: SPACE_TO_DEPTH),
    window_misfits.depth_to_space,
)


def _applied(kind: OpDef, input: Any, block_size: Any, data_format: Any, name: Any) -> Tensor:
    size, op = int(block_size), kind.name
    if size < 2:
        raise ValueError(f"Attr 'block_size' of '{op}' Op passed {size} less than minimum 2.")
    attrs = {
        "block_size": size,
        "data_format": chosen_text(op, "data_format", data_format, _FORMATS),
    }
    result: Tensor = apply(kind, [input], attrs, name)
    return result


def space_to_depth(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Moves square blocks of rows and columns into the depth.

    Args:
      input: images of rank 4.
      block_size: rows and columns of a block, at least 2; it must divide those of the images.
      name: the op's name.
      data_format: "NHWC" or "NCHW".

    Raises:
      ValueError: sizes that don't fit.

    Example:
      >>> tf.space_to_depth(tf.zeros([1, 4, 4, 3]), 2)
      <tf.Tensor 'SpaceToDepth:0' shape=(1, 2, 2, 12) dtype=float32>
    """
    return _applied(SPACE_TO_DEPTH, input, block_size, data_format, name)


def depth_to_space(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Moves depth into square blocks of rows and columns: sub-pixel convolution's last step.

    Args:
      input: images of rank 4.
      block_size: rows and columns of a block, at least 2; its square must divide the depth.
      name: the op's name.
      data_format: "NHWC" or "NCHW".

    Raises:
      ValueError: sizes that don't fit.

    Example:
      >>> tf.depth_to_space(tf.zeros([1, 2, 2, 12]), 2)
      <tf.Tensor 'DepthToSpace:0' shape=(1, 4, 4, 3) dtype=float32>
    """
    return _applied(DEPTH_TO_SPACE, input, block_size, data_format, name)
