"""Non-maximum suppression of many pictures and classes at once, on the host.

In: boxes [batch, number, 1 or classes, 4], scores [batch, number, classes]. Out: for each picture
the best boxes of all classes, with scores and classes, filled up with zeros; and their number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.box_suppression import kept_boxes, overlaps_of
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery

_SIDES = 4
_ATTRS = {"pad_per_class": False, "clip_boxes": True}


def _combined(
    boxes: np.ndarray,
    scores: np.ndarray,
    size: Any,
    total: Any,
    limit: Any,
    least: Any,
    pad_per_class: bool,
    clip_boxes: bool,
) -> tuple[np.ndarray, ...]:
    if boxes.shape[2] not in (1, scores.shape[2]):
        raise ValueError("third dimension of boxes must be either 1 or num classes")
    if not 0 <= float(limit) <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")
    if int(size) <= 0 or int(total) <= 0:
        raise ValueError("max_size_per_class and max_total_size must be > 0")
    most = min(int(total), int(size) * scores.shape[2]) if pad_per_class else int(total)
    batch = len(boxes)
    found = np.zeros((batch, most, _SIDES), np.float32)
    values, classes = np.zeros((2, batch, most), np.float32)
    counts = np.zeros(batch, np.int32)
    for number in range(batch):
        best = _best(boxes[number], scores[number], int(size), limit, least)[:most]
        for place, (score, kind, box) in enumerate(best):
            found[number, place], values[number, place] = box, score
            classes[number, place] = kind
        counts[number] = len(best)
    return (np.clip(found, 0, 1) if clip_boxes else found), values, classes, counts


def _best(
    boxes: np.ndarray, scores: np.ndarray, size: int, limit: Any, least: Any
) -> list[tuple[float, int, np.ndarray]]:
    """The kept boxes of all classes, the best first: (score, class, box)."""
    found = []
    for kind in range(scores.shape[1]):
        own = boxes[:, kind if boxes.shape[1] > 1 else 0]
        numbers = kept_boxes(scores[:, kind], size, overlaps_of(own), limit, least)
        found += [(float(scores[number, kind]), kind, own[number]) for number in numbers]
    return sorted(found, key=lambda each: -each[0])


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    require_rank(q.shapes[1], 3)
    for scalar in q.shapes[2:]:
        require_rank(scalar, 0)
    batch, _, _, sides = q.shapes[0] or (None,) * 4
    if sides not in (None, _SIDES):
        raise ValueError(f"Dimension must be {_SIDES} but is {sides}")
    classes = (q.shapes[1] or (None,))[-1]
    size, total = (None if v is None else v.item() for v in (q.value(2), q.value(3)))
    most = total
    if q.attrs["pad_per_class"]:
        known = None not in (size, total, classes)
        most = min(total, size * classes) if known else None
    return [(batch, most, _SIDES), (batch, most), (batch, most), (batch,)]


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    corners = rng.uniform(0, 0.7, (2, 9, 1, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(0.2, 0.6, corners.shape)], axis=3)
    scores = rng.permutation(2 * 9 * 3).reshape(2, 9, 3) / 54
    given = (boxes.astype(np.float32), scores.astype(np.float32))
    for size, total in ((2, 5), (4, 20)):
        numbers = (np.int32(size), np.int32(total), np.float32(0.3), np.float32(0.2))
        for pads in (False, True):
            yield Sample((*given, *numbers), {"pad_per_class": pads, "clip_boxes": not pads})


COMBINED_NON_MAX_SUPPRESSION = OpDef(
    "CombinedNonMaxSuppression",
    "boxes: float32, scores: float32, max_output_size_per_class: int32, max_total_size: int32, "
    "iou_threshold: float32, score_threshold: float32 -> nmsed_boxes: float32, "
    "nmsed_scores: float32, nmsed_classes: float32, valid_detections: int32",
    _shape,
    attrs=_ATTRS,
    reference=_combined,
    samples=_samples,
)
