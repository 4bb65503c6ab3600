"""Encoding pictures: tf.image.encode_jpeg, encode_png. It runs on the host, between programs.

In: pixels. Out: the contents of a file, a string.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.errors import InternalError
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import OpDef, ShapeQuery, no_gradient
from jitgraph.ops.picture_jpeg import JpegEncoding, encode_jpeg as encoded_jpeg
from jitgraph.ops.picture_png import encode_png as encoded_png
from jitgraph.ops.string_arrays import bytes_of, refused, strings_of, text_of
from jitgraph.ops.window_attributes import chosen_text

_FORMATS = {"": 0, "grayscale": 1, "rgb": 3}
_UNITS = ("in", "cm")
_MOST_QUALITY = 100


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 3)
    return [()]


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _text(contents: bytes) -> np.ndarray:
    return strings_of([contents], ())


def _shown(image: np.ndarray) -> str:
    return f"[{','.join(map(str, image.shape))}]"


def _jpeg(image: np.ndarray, format: Any, quality: int, **attrs: Any) -> np.ndarray:
    name = text_of(format)
    _check_jpeg(image, name, quality)
    attrs["density_unit"] = text_of(attrs["density_unit"])
    attrs["xmp_metadata"] = bytes_of(attrs["xmp_metadata"])
    return _text(encoded_jpeg(np.ascontiguousarray(image), JpegEncoding(quality, **attrs)))


def _check_jpeg(image: np.ndarray, name: str, quality: int) -> None:
    if not 0 <= quality <= _MOST_QUALITY:
        raise refused(f"quality must be in [0,100], got {quality}")
    channels, wanted = image.shape[2], _FORMATS[name]
    if wanted and channels != wanted:
        raise refused(f"format {name} expects {wanted} channels, got {_shown(image)}")
    if channels not in (1, 3):
        raise refused(f"image must have 1 or 3 channels, got {_shown(image)}")
    if not image.size:
        raise InternalError(None, None, "JPEG encoding failed")


def _png(image: np.ndarray, compression: int) -> np.ndarray:
    if not -1 <= compression <= 9:
        raise refused(f"compression should be in [-1,9], got {compression}")
    if not 1 <= image.shape[2] <= 4:
        raise refused(f"image must have 1, 2, 3, or 4 channels, got {image.shape[2]}")
    if not image.size:
        raise refused(f"a PNG picture has one pixel or more, got {_shown(image)}")
    return _text(encoded_png(image, compression))


ENCODE_JPEG = OpDef(
    "EncodeJpeg",
    "image: uint8 -> contents: string",
    _shape,
    attrs={
        "format": "",
        "quality": 95,
        "progressive": False,
        "optimize_size": False,
        "chroma_downsampling": True,
        "density_unit": "in",
        "x_density": 300,
        "y_density": 300,
        "xmp_metadata": "",
    },
    reference=_jpeg,
    gradient=no_gradient,
    calls_python=True,
    samples=_no_samples,
)

ENCODE_JPEG_VARIABLE_QUALITY = OpDef(
    "EncodeJpegVariableQuality",
    "images: uint8, quality: int32 -> contents: string",
    _shape,
    reference=lambda images, quality: _jpeg(
        images, "", int(quality), density_unit="in", xmp_metadata=""
    ),
    gradient=no_gradient,
    calls_python=True,
    samples=_no_samples,
)

ENCODE_PNG = OpDef(
    "EncodePng",
    "image: T -> contents: string",
    _shape,
    types={"T": ((dtypes.uint8, dtypes.uint16), dtypes.uint8)},
    attrs={"compression": -1},
    reference=_png,
    gradient=no_gradient,
    calls_python=True,
    samples=_no_samples,
)


def encode_jpeg(
    image: Any,
    format: str = "",
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: str = "",
    name: str | None = None,
) -> Tensor:
    """A picture as the contents of a JPEG file.

    Args:
      image: uint8 [height, width, channels], 1 channel of brightness or 3 of red, green and blue.
      format: "" by the channels, or "grayscale" or "rgb", which must fit them.
      quality: 0 to 100.
      progressive: whether a viewer that loads it slowly shows all of it at once.
      optimize_size: whether time is spent on making it smaller.
      chroma_downsampling: whether four pixels share their colour.
      density_unit: "in" or "cm".
      x_density: pixels in a unit, across.
      y_density: likewise, down.
      xmp_metadata: what else the file is to hold.
      name: the op's name.

    Returns:
      A string. A run raises errors.InvalidArgumentError for other channels or another quality.

    Raises:
      ValueError: another format or unit, or not three dimensions.

    Example:
      >>> tf.Session().run(tf.image.encode_jpeg(tf.zeros([2, 3, 3], tf.uint8)))[:3]
      b'\\xff\\xd8\\xff'
    """
    attrs = {
        "format": chosen_text("EncodeJpeg", "format", format, tuple(_FORMATS)),
        "quality": quality,
        "progressive": progressive,
        "optimize_size": optimize_size,
        "chroma_downsampling": chroma_downsampling,
        "density_unit": chosen_text("EncodeJpeg", "density_unit", density_unit, _UNITS),
        "x_density": x_density,
        "y_density": y_density,
        "xmp_metadata": xmp_metadata,
    }
    found: Tensor = apply(ENCODE_JPEG, [image], attrs, name)
    return found


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Tensor:
    """A picture as the contents of a PNG file.

    Args:
      image: uint8 or uint16 [height, width, channels]: 1 brightness, 2 with opacity, 3 red, green
        and blue, 4 with opacity.
      compression: 0 for none to 9 for the smallest file; -1 as zlib likes.
      name: the op's name.

    Returns:
      A string. A run raises errors.InvalidArgumentError for other channels or another compression.

    Raises:
      ValueError: not three dimensions.

    Example:
      >>> tf.Session().run(tf.image.encode_png(tf.zeros([2, 3, 3], tf.uint8)))[1:4]
      b'PNG'
    """
    found: Tensor = apply(ENCODE_PNG, [image], {"compression": compression}, name)
    return found
