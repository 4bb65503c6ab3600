"""Boxes in pictures: drawn, chosen by their scores, taken by chance.

In: boxes, (top, left, bottom, right) in parts of a picture. Out: pictures, numbers of boxes, boxes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.box_drawing import DRAW_BOUNDING_BOXES, DRAW_BOUNDING_BOXES_V2
from jitgraph.ops.box_sampling import SAMPLE_DISTORTED_BOUNDING_BOX
from jitgraph.ops.box_suppression import (
    NON_MAX_SUPPRESSION_V3,
    NON_MAX_SUPPRESSION_V4,
    NON_MAX_SUPPRESSION_V5,
    NON_MAX_SUPPRESSION_WITH_OVERLAPS,
)
from jitgraph.ops.box_suppression_combined import COMBINED_NON_MAX_SUPPRESSION
from jitgraph.ops.convert import convert_to_tensor

_ASPECTS = (0.75, 1.33)
_AREAS = (0.05, 1.0)


def draw_bounding_boxes(
    images: Any, boxes: Any, name: str | None = None, colors: Any = None
) -> Tensor:
    """Pictures with boxes drawn on them.

    Args:
      images: floats, [batch, height, width, 1, 3 or 4].
      boxes: float32, [batch, number, 4]: (top, left, bottom, right) from 0 to 1.
      name: a name for the operation.
      colors: float32, [number, channels]: used one after the other.

    Returns:
      Pictures of the same shape and dtype.

    Raises:
      ValueError: the shapes don't fit.
      errors.InvalidArgumentError: another number of channels.
    """
    if colors is None:
        return apply(DRAW_BOUNDING_BOXES, [images, boxes], name=name)
    return apply(DRAW_BOUNDING_BOXES_V2, [images, boxes, colors], name=name)


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """The boxes with the best scores, of which no two overlap too much.

    Args:
      boxes: floats, [number, 4]: two opposite corners, (y, x) each.
      scores: floats, [number].
      max_output_size: int32, how many at most.
      iou_threshold: how much two may overlap: intersection over union, from 0 to 1.
      score_threshold: boxes with no better score are left out.
      name: a name for the operations.

    Returns:
      int32, [kept]: the boxes' numbers, the best first.

    Raises:
      ValueError: the shapes don't fit.
      errors.InvalidArgumentError: `iou_threshold` is out of range.

    Example:
      >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.9], [2.0, 2.0, 3.0, 3.0]]
      >>> kept = tf.image.non_max_suppression(boxes, [0.8, 0.9, 0.3], 3)
      >>> tf.Session().run(kept)
      array([1, 2], dtype=int32)
    """
    with name_scope(name, "non_max_suppression"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        given = [boxes, scores, max_output_size, iou_threshold, score_threshold]
        return apply(NON_MAX_SUPPRESSION_V3, given)


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """As `non_max_suppression`, with the scores, which overlapping boxes may lower.

    Args:
      boxes, scores, max_output_size, iou_threshold, score_threshold, name: as there.
      soft_nms_sigma: how much an overlap lowers a score (Soft-NMS); 0 for not at all.

    Returns:
      (the boxes' numbers, their scores).
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        soft_nms_sigma = convert_to_tensor(soft_nms_sigma, name="soft_nms_sigma")
        given = [boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma]
        numbers, kept, _ = apply(NON_MAX_SUPPRESSION_V5, given, {"pad_to_max_output_size": False})
        return numbers, kept


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """As `non_max_suppression`, with a result of one size.

    Args:
      boxes, scores, max_output_size, iou_threshold, score_threshold, name: as there.
      pad_to_max_output_size: whether there are always as many numbers, with zeros at the end.

    Returns:
      (the boxes' numbers, how many of them are valid).
    """
    with name_scope(name, "non_max_suppression_padded"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        given = [boxes, scores, max_output_size, iou_threshold, score_threshold]
        attrs = {"pad_to_max_output_size": pad_to_max_output_size}
        numbers, valid = apply(NON_MAX_SUPPRESSION_V4, given, attrs)
        return numbers, valid


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """As `non_max_suppression`, with a table of how much boxes overlap.

    Args:
      overlaps: float32, [number, number].
      scores, max_output_size, score_threshold, name: as there.
      overlap_threshold: how much two boxes may overlap.

    Returns:
      int32, [kept]: the boxes' numbers, the best first.
    """
    with name_scope(name, "non_max_suppression_overlaps"):
        overlap_threshold = convert_to_tensor(overlap_threshold, name="overlap_threshold")
        given = [overlaps, scores, max_output_size, overlap_threshold, score_threshold]
        return apply(NON_MAX_SUPPRESSION_WITH_OVERLAPS, given)


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The best boxes of each picture, of all classes; boxes suppress others of their class alone.

    Args:
      boxes: float32, [batch, number, 1 or classes, 4].
      scores: float32, [batch, number, classes].
      max_output_size_per_class: int32, how many of a class at most.
      max_total_size: int32, how many of a picture at most.
      iou_threshold, score_threshold: as for `non_max_suppression`.
      pad_per_class: whether there is room for no more than all classes can have.
      clip_boxes: whether boxes are cut off at the picture's sides.
      name: a name for the operations.

    Returns:
      (boxes, scores, classes, how many are valid); zeros fill up the rest.
    """
    with name_scope(name, "combined_non_max_suppression"):
        limit = convert_to_tensor(iou_threshold, dtype=dtypes.float32, name="iou_threshold")
        least = convert_to_tensor(score_threshold, dtype=dtypes.float32, name="score_threshold")
        given = [boxes, scores, max_output_size_per_class, max_total_size, limit, least]
        attrs = {"pad_per_class": pad_per_class, "clip_boxes": clip_boxes}
        found, values, classes, valid = apply(COMBINED_NON_MAX_SUPPRESSION, given, attrs)
        return found, values, classes, valid


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int | None = None,
    seed2: int | None = None,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Sequence[float] | None = None,
    area_range: Sequence[float] | None = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """A part of a picture by chance, that holds enough of an object.

    Args:
      image_size: integers, (height, width, channels).
      bounding_boxes: float32, [batch, number, 4]: boxes around objects.
      seed, seed2: make the part; both 0 or None for another one each time.
      min_object_covered: how much of one of the objects it holds, from 0 to 1.
      aspect_ratio_range: the least and the greatest width over height.
      area_range: the least and the greatest share of the picture.
      max_attempts: after so many the whole picture is taken.
      use_image_if_no_bounding_boxes: whether the whole picture is the object if there is none.
      name: a name for the operations.

    Returns:
      (begin, size, box): two vectors for `tf.slice`, and a box, [1, 1, 4], to draw.

    Raises:
      errors.InvalidArgumentError: no boxes, or boxes out of range.
    """
    attrs = {
        "seed": seed or 0,
        "seed2": seed2 or 0,
        "aspect_ratio_range": tuple(_ASPECTS if aspect_ratio_range is None else aspect_ratio_range),
        "area_range": tuple(_AREAS if area_range is None else area_range),
        "max_attempts": 100 if max_attempts is None else max_attempts,
        "use_image_if_no_bounding_boxes": bool(use_image_if_no_bounding_boxes),
    }
    with name_scope(name, "sample_distorted_bounding_box"):
        given = [image_size, bounding_boxes, min_object_covered]
        begin, size, boxes = apply(SAMPLE_DISTORTED_BOUNDING_BOX, given, attrs, name=name)
        return begin, size, boxes
