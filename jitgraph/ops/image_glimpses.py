"""Glimpses of images: tf.image.extract_glimpse. It runs on the host.

In: images, a size, and where each glimpse has its middle. Out: windows of the images; what is
outside of an image is noise, which is drawn anew in every run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.string_arrays import text_of

_noise = np.random.default_rng()


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    require_rank(q.shapes[1], 1)
    require_rank(q.shapes[2], 2)
    batch, _, _, channels = q.shapes[0] or (None,) * 4
    number, two = q.shapes[2] or (None, None)
    for given in ((q.shapes[1] or (None,))[0], two):
        if given is not None and given != 2:
            raise ValueError(f"Dimension must be 2 but is {given}")
    value = q.value(1)
    size = [None, None] if value is None else value.tolist()
    return [(merge_dim(batch, number), *size, channels)]


def _corner(offset: Any, size: int, window: int, centered: bool, normalized: bool) -> int:
    """Where a window begins along an axis; rounded to float32 as TensorFlow rounds it."""
    place = np.float32(offset) * np.float32(size if normalized else 1)
    if centered:
        place = place / np.float32(2) + np.float32(size / 2)
    return int(place - np.float32(window / 2))


def _glimpses(
    input: np.ndarray,
    size: np.ndarray,
    offsets: np.ndarray,
    centered: bool,
    normalized: bool,
    uniform_noise: bool,
    noise: Any,
) -> np.ndarray:
    rows, columns = (int(each) for each in size)
    kind = "uniform" if uniform_noise else text_of(noise)
    made = np.empty((len(input), rows, columns, input.shape[3]), np.float32)
    for image, offset, window in zip(input, offsets, made, strict=True):
        top = _corner(offset[0], image.shape[0], rows, centered, normalized)
        left = _corner(offset[1], image.shape[1], columns, centered, normalized)
        window[...] = _drawn(kind, image, window.shape)
        down, up = max(top, 0), min(top + rows, image.shape[0])
        begin, end = max(left, 0), min(left + columns, image.shape[1])
        if down < up and begin < end:
            seen = image[down:up, begin:end]
            window[down - top : up - top, begin - left : end - left] = seen
    return made


def _drawn(kind: str, image: np.ndarray, shape: Any) -> Any:
    if kind == "zero" or not image.size:
        return 0
    if kind == "gaussian":
        return _noise.normal(image.mean(), image.std(), shape)
    return _noise.uniform(image.min(), image.max(), shape)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    image = rng.uniform(-3, 3, (2, 7, 6, 3)).astype(np.float32)
    offsets = np.array([[0.25, -0.5], [-0.9, 0.75]], np.float32)
    for centered in (True, False):
        for normalized in (True, False):
            attrs = {
                "centered": centered,
                "normalized": normalized,
                "uniform_noise": False,
                "noise": "zero",
            }
            for size in ((3, 2), (4, 5)):
                places = offsets if normalized else np.array([[1, -1], [2, 0]], np.float32)
                yield Sample((image, np.array(size, np.int32), places), attrs)


EXTRACT_GLIMPSE = OpDef(
    "ExtractGlimpse",
    "input: float32, size: int32, offsets: float32 -> glimpse: float32",
    _shape,
    attrs={"centered": True, "normalized": True, "uniform_noise": True, "noise": "uniform"},
    reference=_glimpses,
    host=(1,),
    gradient=no_gradient,
    samples=_samples,
)


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:
    """Windows of images; what is outside of an image is noise.

    Args:
      input: float32 [batch, height, width, channels].
      size: int32 [2], the height and width of a window.
      offsets: float32 [batch, 2], the row and column where each window has its middle.
      centered: whether offsets count from the middle of an image.
      normalized: whether they are parts of an image: -1 to 1 from the middle, 0 to 1 from the
        corner.
      uniform_noise: whether noise is uniform, not normal, over what the image has.
      name: the op's name.

    Returns:
      A float32 tensor [batch, rows, columns, channels].

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.image.extract_glimpse(tf.zeros([1, 8, 8, 3]), [3, 3], [[0.0, 0.0]])
      <tf.Tensor 'ExtractGlimpse:0' shape=(1, 3, 3, 3) dtype=float32>
    """
    attrs = {"centered": centered, "normalized": normalized, "uniform_noise": uniform_noise}
    found: Tensor = apply(EXTRACT_GLIMPSE, [input, size, offsets], attrs, name)
    return found
