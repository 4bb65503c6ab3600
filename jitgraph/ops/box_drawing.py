"""Boxes drawn on pictures, a pixel wide. It runs on the host.

In: pictures [batch, height, width, 1, 3 or 4], boxes [batch, number, 4]: (top, left, bottom, right)
in parts of the picture. Out: pictures with the boxes' sides; what is outside is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient

_COLOURS = np.array(
    [
        [1, 1, 0, 1],
        [0, 0, 1, 1],
        [1, 0, 0, 1],
        [0, 1, 0, 1],
        [0.5, 0, 0.5, 1],
        [0.5, 0.5, 0, 1],
        [0.5, 0, 0, 1],
        [0, 0, 0.5, 1],
        [0, 1, 1, 1],
        [1, 0, 1, 1],
    ],
    np.float32,
)
"""Yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia."""

_DEPTHS = (1, 3, 4)
_SIDES = 4


def _drawn(images: np.ndarray, boxes: np.ndarray, colors: Any = ()) -> np.ndarray:
    depth = images.shape[3]
    if depth not in _DEPTHS:
        raise ValueError("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if len(images) != len(boxes):
        raise ValueError(
            f"The batch sizes should be the same: {len(images)} pictures, boxes of {len(boxes)}"
        )
    if not np.size(colors):
        colors = _COLOURS if depth > 1 else np.ones((1, 1), np.float32)
    if colors.shape[1] < depth:
        raise ValueError(f"colors have {colors.shape[1]} channels, the pictures {depth}")
    found = images.copy()
    for picture, own in zip(found, boxes, strict=True):
        for number, box in enumerate(own):
            _draw(picture, box, colors[number % len(colors), :depth])
    return found


def _draw(picture: np.ndarray, box: np.ndarray, colour: np.ndarray) -> None:
    height, width, _ = picture.shape
    lasts = np.array([height - 1, width - 1] * 2, np.float32)
    top, left, bottom, right = (int(place) for place in np.asarray(box, np.float32) * lasts)
    is_inverted = top > bottom or left > right
    if is_inverted or top >= height or bottom < 0 or left >= width or right < 0:
        return
    rows = slice(max(top, 0), min(bottom, height - 1) + 1)
    columns = slice(max(left, 0), min(right, width - 1) + 1)
    if top >= 0:
        picture[top, columns] = colour
    if bottom < height:
        picture[bottom, columns] = colour
    if left >= 0:
        picture[rows, left] = colour
    if right < width:
        picture[rows, right] = colour


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    require_rank(q.shapes[1], 3)
    for colours in q.shapes[2:]:
        require_rank(colours, 2)
    sides = (q.shapes[1] or (None,))[-1]
    if sides not in (None, _SIDES):
        raise ValueError(f"Dimension must be {_SIDES} but is {sides}")
    return [q.shapes[0]]


def _cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    boxes = np.array([[[0.1, 0.2, 0.7, 0.9], [-0.3, 0.5, 0.5, 1.4], [0.9, 0.1, 0.2, 0.3]]] * 2)
    for depth in _DEPTHS:
        pictures = rng.uniform(0, 1, (2, 9, 11, depth))
        yield pictures.astype(np.float32), boxes.astype(np.float32)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for inputs in _cases(rng):
        yield Sample(inputs)


def _coloured_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for inputs in _cases(rng):
        yield Sample((*inputs, rng.uniform(0, 1, (2, 4)).astype(np.float32)))


_TYPES = {"T": ((dtypes.float32, dtypes.float16), dtypes.float32)}

DRAW_BOUNDING_BOXES = OpDef(
    "DrawBoundingBoxes",
    "images: T, boxes: float32 -> output: T",
    _shape,
    types=_TYPES,
    reference=_drawn,
    gradient=no_gradient,
    samples=_samples,
)
DRAW_BOUNDING_BOXES_V2 = OpDef(
    "DrawBoundingBoxesV2",
    "images: T, boxes: float32, colors: float32 -> output: T",
    _shape,
    types=_TYPES,
    reference=_drawn,
    samples=_coloured_samples,
)
