"""Boxes of which the best are kept: non-maximum suppression, on the host.

In: boxes [number, 4] with two opposite corners (y, x) each, scores. Out: numbers of the boxes that
are kept, the best first. A box goes where it overlaps one that is kept too much; or its score is
lowered by a Gaussian of the overlap, after N. Bodla et al., "Soft-NMS", 2017.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient

Overlaps = Callable[[int, Any], np.ndarray]
"""How much a box overlaps some boxes, from 0 to 1."""

_FLOATS = ((dtypes.float16, dtypes.float32), dtypes.float32)
_SIDES = 4


def overlaps_of(boxes: np.ndarray) -> Overlaps:
    """The intersections of boxes as shares of their unions."""
    y1, x1, y2, x2 = np.asarray(boxes, np.float32).T
    bottom, top = np.minimum(y1, y2), np.maximum(y1, y2)
    left, right = np.minimum(x1, x2), np.maximum(x1, x2)
    areas = (top - bottom) * (right - left)

    def overlaps(one: int, others: Any) -> np.ndarray:
        high = np.minimum(top[one], top[others]) - np.maximum(bottom[one], bottom[others])
        wide = np.minimum(right[one], right[others]) - np.maximum(left[one], left[others])
        both = np.maximum(high, np.float32(0)) * np.maximum(wide, np.float32(0))
        either = areas[one] + areas[others] - both
        has_area = (areas[one] > 0) & (areas[others] > 0)
        return np.where(has_area, both / np.where(has_area, either, 1), np.float32(0))

    return overlaps


def kept_boxes(
    scores: np.ndarray, most: int, overlaps: Overlaps, limit: Any, least: Any
) -> list[int]:
    """The best boxes, of which none overlaps a better one by more than `limit`."""
    numbers = np.flatnonzero(scores > least)
    rest = numbers[np.argsort(-scores[numbers], kind="stable")]
    found: list[int] = []
    while len(rest) and len(found) < most:
        best, rest = int(rest[0]), rest[1:]
        found.append(best)
        rest = rest[~(overlaps(best, rest) > limit)]
    return found


def _softly_kept(
    scores: np.ndarray, most: int, overlaps: Overlaps, limit: Any, least: Any, sigma: Any
) -> tuple[list[int], list[Any]]:
    """The best boxes after each score was lowered by better boxes that it overlaps."""
    scale = np.float32(-0.5) / np.float32(sigma)
    waiting = [(-scores[n], int(n), 0) for n in np.flatnonzero(scores > least)]
    heapq.heapify(waiting)
    found: list[int] = []
    kept: list[Any] = []
    while waiting and len(found) < most:
        negative, number, seen = heapq.heappop(waiting)
        score = old = -negative
        for other in reversed(found[seen:]):
            (overlap,) = overlaps(number, [other])
            weight = np.exp(scale * overlap * overlap) if overlap <= limit else np.float32(0)
            score = np.float32(score * weight)
            if score <= least:
                break
        if score == old:
            found.append(number)
            kept.append(score)
        elif score > least:
            heapq.heappush(waiting, (-score, number, len(found)))
    return found, kept


def _checked(scores: np.ndarray, count: int, threshold: Any) -> np.ndarray:
    if len(scores) != count:
        raise ValueError("scores has incompatible shape")
    if not 0 <= float(threshold) <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")
    return np.asarray(scores, np.float32)


def _filled(items: list[Any], size: int, dtype: Any) -> np.ndarray:
    return np.array([*items, *[0] * max(size - len(items), 0)], dtype)


def _third(boxes: Any, scores: Any, size: Any, limit: Any, least: Any) -> np.ndarray:
    scores = _checked(scores, len(boxes), limit)
    return np.array(kept_boxes(scores, int(size), overlaps_of(boxes), limit, least), np.int32)


def _fourth(
    boxes: Any, scores: Any, size: Any, limit: Any, least: Any, pad_to_max_output_size: bool
) -> tuple[np.ndarray, np.ndarray]:
    found = _third(boxes, scores, size, limit, least).tolist()
    length = int(size) if pad_to_max_output_size else 0
    return _filled(found, length, np.int32), np.array(len(found), np.int32)


def _fifth(
    boxes: Any,
    scores: Any,
    size: Any,
    limit: Any,
    least: Any,
    sigma: Any,
    pad_to_max_output_size: bool,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    dtype = np.asarray(scores).dtype
    scores = _checked(scores, len(boxes), limit)
    given = (scores, int(size), overlaps_of(boxes), limit, least)
    if float(sigma) < 0:
        raise ValueError("soft_nms_sigma_ must be >= 0")
    if float(sigma) > 0:
        found, kept = _softly_kept(*given, sigma)
    else:
        found = kept_boxes(*given)
        kept = scores[found].tolist()
    length = int(size) if pad_to_max_output_size else 0
    numbers = _filled(found, length, np.int32)
    return numbers, _filled(kept, length, dtype), np.array(len(found), np.int32)


def _by_table(overlaps: Any, scores: Any, size: Any, limit: Any, least: Any) -> np.ndarray:
    scores = np.asarray(scores, np.float32)
    if len(scores) != len(overlaps):
        raise ValueError("scores has incompatible shape")
    found = kept_boxes(scores, int(size), lambda one, others: overlaps[one, others], limit, least)
    return np.array(found, np.int32)


def _check(q: ShapeQuery, first: int) -> None:
    require_rank(q.shapes[0], 2)
    require_rank(q.shapes[1], 1)
    for scalar in q.shapes[2:]:
        require_rank(scalar, 0)
    rows, columns = q.shapes[0] or (None, None)
    (scores,) = q.shapes[1] or (None,)
    merge_dim(rows, scores)
    if columns is not None and columns != (first or rows or columns):
        raise ValueError(f"Dimension must be {first or rows} but is {columns}")


def _numbers_shape(q: ShapeQuery) -> list[Dims | None]:
    _check(q, _SIDES)
    return [(None,)]


def _padded_length(q: ShapeQuery) -> Any:
    _check(q, _SIDES)
    size = q.value(2)
    if not q.attrs["pad_to_max_output_size"] or size is None or size.item() is None:
        return None
    return size.item()


def _fourth_shape(q: ShapeQuery) -> list[Dims | None]:
    return [(_padded_length(q),), ()]


def _fifth_shape(q: ShapeQuery) -> list[Dims | None]:
    length = _padded_length(q)
    return [(length,), (length,), ()]


def _table_shape(q: ShapeQuery) -> list[Dims | None]:
    _check(q, 0)
    return [(None,)]


def _boxes(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    corners = rng.uniform(0, 1, (9, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(0.2, 0.6, (9, 2))], axis=1)
    boxes[4] = boxes[1, [2, 3, 0, 1]]
    return boxes.astype(np.float32), rng.permutation(9).astype(np.float32) / 9


def _samples(
    limit: float, *more: float, **attrs: Any
) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def made(rng: np.random.Generator) -> Iterator[Sample]:
        for size in (3, 20):
            numbers = (np.float32(each) for each in (limit, 0.1, *more))
            yield Sample((*_boxes(rng), np.int32(size), *numbers), attrs)

    return made


def _table_samples(rng: np.random.Generator) -> Iterator[Sample]:
    table = rng.uniform(0, 1, (7, 7)).astype(np.float32)
    scores = rng.permutation(7).astype(np.float32)
    numbers = (np.float32(0.5), np.float32(1))
    yield Sample((np.maximum(table, table.T), scores, np.int32(4), *numbers))


def _suppression(version: int, outputs: str, shape: Any, reference: Any, **more: Any) -> OpDef:
    kind = "T" if version > 4 else "T_threshold"
    sigma = f", soft_nms_sigma: {kind}" if version > 4 else ""
    return OpDef(
        f"NonMaxSuppressionV{version}",
        "boxes: T, scores: T, max_output_size: int32, "
        f"iou_threshold: {kind}, score_threshold: {kind}{sigma} -> {outputs}",
        shape,
        types={"T": _FLOATS} if sigma else {"T": _FLOATS, "T_threshold": _FLOATS},
        reference=reference,
        **more,
    )


_PADS = {"pad_to_max_output_size": False}

NON_MAX_SUPPRESSION_V3 = _suppression(
    3, "selected_indices: int32", _numbers_shape, _third, samples=_samples(0.2)
)
NON_MAX_SUPPRESSION_V4 = _suppression(
    4,
    "selected_indices: int32, valid_outputs: int32",
    _fourth_shape,
    _fourth,
    attrs=_PADS,
    samples=_samples(0.2, pad_to_max_output_size=True),
)
NON_MAX_SUPPRESSION_V5 = _suppression(
    5,
    "selected_indices: int32, selected_scores: T, valid_outputs: int32",
    _fifth_shape,
    _fifth,
    attrs=_PADS,
    samples=_samples(1.0, 0.5),
)
NON_MAX_SUPPRESSION_WITH_OVERLAPS = OpDef(
    "NonMaxSuppressionWithOverlaps",
    "overlaps: float32, scores: float32, max_output_size: int32, overlap_threshold: float32, "
    "score_threshold: float32 -> selected_indices: int32",
    _table_shape,
    reference=_by_table,
    gradient=no_gradient,
    samples=_table_samples,
)
