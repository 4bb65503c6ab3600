"""Parts of a picture by chance, which hold enough of an object: SampleDistortedBoundingBoxV2.

In: the state of the op's generator, a picture's size, boxes around objects. Out: where a part
begins, its size, and its box. The numbers are those of TensorFlow's kernel, word by word of the
generator: sample_distorted_bounding_box_op.cc, exact_uniform_int.h.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import philox
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import Draw, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.random_definitions import SEEDS
from jitgraph.ops.random_streams import state_samples

_NO_BOXES = (
    "No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you "
    "wish to not provide any bounding boxes."
)
_ATTRS = {
    "aspect_ratio_range": (0.75, float(np.float32(1.33))),
    "area_range": (float(np.float32(0.05)), 1.0),
    "max_attempts": 100,
    "use_image_if_no_bounding_boxes": False,
}
_INTEGERS = tuple(getattr(dtypes, name) for name in ("uint8", "int8", "int16", "int32", "int64"))
_WORDS = 1 << 32
_STEPS_AT_ONCE = 16
_ALMOST_HALF = 0.5 - 1e-7


class _Box(NamedTuple):
    """Rows and columns of pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return max(self.right - self.left, 0) * max(self.bottom - self.top, 0)

    def shared(self, other: _Box) -> int:
        """The number of pixels that both have."""
        return _Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        ).area


class _Numbers:
    """Words of a generator, one by one."""

    def __init__(self, state: np.ndarray) -> None:
        self._state = state
        self._step = 0
        self._words: Iterator[int] = iter(())

    def word(self) -> int:
        found = next(self._words, None)
        if found is None:
            steps = np.arange(self._step, self._step + _STEPS_AT_ONCE)
            self._step += _STEPS_AT_ONCE
            self._words = iter(philox.words(self._state, steps).reshape(-1).tolist())
            found = next(self._words)
        return found

    def fraction(self) -> np.float32:
        """From 0 to 1."""
        return np.float32((self.word() & 0x7FFFFF) / 0x800000)

    def below(self, count: int) -> int:
        """An integer less than `count`."""
        if count & (count - 1) == 0:
            return self.word() & (count - 1)
        rest = (_WORDS - 1) % count + 1
        while True:
            found = self.word()
            if found >= rest:
                return found % count


def _sampled(
    state: np.ndarray,
    image_size: np.ndarray,
    bounding_boxes: np.ndarray,
    min_object_covered: Any,
    aspect_ratio_range: Sequence[float],
    area_range: Sequence[float],
    max_attempts: int,
    use_image_if_no_bounding_boxes: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    height, width = (int(each) for each in image_size[:2])
    whole = _Box(0, 0, width, height)
    objects = _objects(bounding_boxes, whole)
    if not objects:
        if not use_image_if_no_bounding_boxes:
            raise ValueError(_NO_BOXES)
        objects = [whole]
    numbers = _Numbers(state)
    low, high = (np.float32(each) for each in aspect_ratio_range)
    found = whole
    for _ in range(max_attempts):
        ratio = numbers.fraction() * (high - low) + low
        part = _part(whole, area_range, ratio, numbers)
        if part is not None and _holds_enough(part, objects, float(min_object_covered)):
            found = part
            break
    sides = [found.top / height, found.left / width, found.bottom / height, found.right / width]
    kind = image_size.dtype
    begin = np.array([found.top, found.left, 0]).astype(kind)
    size = np.array([found.bottom - found.top, found.right - found.left, -1]).astype(kind)
    return begin, size, np.array([[sides]], np.float32)


def _objects(boxes: np.ndarray, whole: _Box) -> list[_Box]:
    if boxes.size and not ((boxes >= 0) & (boxes <= 1)).all():
        worst = boxes[~((boxes >= 0) & (boxes <= 1))][0]
        raise ValueError(f"All bounding box coordinates must be in [0.0, 1.0]: {worst:g}")
    scaled = boxes.reshape(-1, 4) * np.array([whole.bottom, whole.right] * 2, np.float32)
    found = [
        _Box(left, top, right, bottom) for top, left, bottom, right in scaled.astype(int).tolist()
    ]
    for box in found:
        if box.right <= box.left and box.right < box.left:
            raise ValueError("a bounding box has its left side to the right")
    return found


def _holds_enough(part: _Box, objects: Sequence[_Box], least: float) -> bool:
    return part.area >= 1 and any(
        each.area >= 1 and np.float32(part.shared(each)) / np.float32(each.area) >= least
        for each in objects
    )


def _rounded(number: Any) -> int:
    return int(np.rint(np.float32(number)))


def _part(
    whole: _Box, area_range: Sequence[float], ratio: np.float32, numbers: _Numbers
) -> _Box | None:
    """A part of a picture, of a random size and at a random place; None where none fits."""
    columns, rows = whole.right, whole.bottom
    least, most = (np.float32(each) * np.float32(columns) * np.float32(rows) for each in area_range)
    if area_range[1] <= 0 or ratio <= 0 or area_range[0] > area_range[1]:
        return None
    height = _rounded(np.sqrt(least / ratio))
    highest = _rounded(np.sqrt(most / ratio))
    if _rounded(highest * ratio) > columns:
        highest = math.floor(np.float32(columns + _ALMOST_HALF) / ratio)
        if _rounded(highest * ratio) > columns:
            highest -= 1
    highest = min(highest, rows)
    height = min(height, highest)
    if height < highest:
        height += numbers.below(highest - height + 1)
    width = _rounded(height * ratio)
    if width * height < least:
        height += 1
        width = _rounded(height * ratio)
    if width * height > most:
        height -= 1
        width = _rounded(height * ratio)
    is_fine = least <= width * height <= most and 0 < width <= columns and 0 < height <= rows
    if not is_fine:
        return None
    top = numbers.below(rows - height) if height < rows else 0
    left = numbers.below(columns - width) if width < columns else 0
    return _Box(left, top, left + width, top + height)


def _shape(first: int) -> Any:
    def shape(q: ShapeQuery) -> list[Dims | None]:
        require_rank(q.shapes[first], 1)
        require_rank(q.shapes[first + 1], 3)
        require_rank(q.shapes[first + 2], 0)
        return [(3,), (3,), (1, 1, 4)]

    return shape


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    boxes = np.array([[[0.2, 0.3, 0.4, 0.5], [0.5, 0.5, 0.9, 0.9]]], np.float32)
    for state in state_samples():
        for size in ((100, 200, 3), (37, 51, 1)):
            yield Sample((state, np.array(size, np.int32), boxes, np.float32(0.4)), _ATTRS)


_OUTPUTS = "begin: T, size: T, bboxes: float32"
_TYPES = {"T": _INTEGERS}

PHILOX_BOX = OpDef(
    "PhiloxSampleDistortedBoundingBoxV2",
    "state: int64, image_size: T, bounding_boxes: float32, min_object_covered: float32 -> "
    + _OUTPUTS,
    _shape(1),
    types=_TYPES,
    attrs=_ATTRS,
    reference=_sampled,
    gradient=no_gradient,
    samples=_samples,
    internal=True,
)

SAMPLE_DISTORTED_BOUNDING_BOX = OpDef(
    "SampleDistortedBoundingBoxV2",
    "image_size: T, bounding_boxes: float32, min_object_covered: float32 -> " + _OUTPUTS,
    _shape(0),
    types=_TYPES,
    attrs={**SEEDS, **_ATTRS},
    gradient=no_gradient,
    stateful=True,
    draw=Draw(PHILOX_BOX, lambda dims, attrs: attrs["max_attempts"]),
)
