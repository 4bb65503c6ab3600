"""The definitions of ops that decode pictures. They run on the host, between programs.

In: the contents of a file. Out: pixels, whose number only the run knows. As TensorFlow's do, they
look at how a file begins: DecodeJpeg decodes a PNG file as well.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import INDEX, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.picture_bmp import decode_bmp
from jitgraph.ops.picture_files import format_of, unknown_format
from jitgraph.ops.picture_gif import decode_gif
from jitgraph.ops.picture_jpeg import JpegChoices, decode_jpeg, jpeg_shape
from jitgraph.ops.picture_png import decode_png
from jitgraph.ops.string_arrays import bytes_of, refused, text_of

_METHODS = ("", "INTEGER_FAST", "INTEGER_ACCURATE")
_CROP = 4

JPEG_ATTRS = {
    "channels": 0,
    "ratio": 1,
    "fancy_upscaling": True,
    "try_recover_truncated": False,
    "acceptable_fraction": 1.0,
    "dct_method": "",
}


def _scalar(contents: Any) -> bytes:
    if np.shape(contents):
        shown = ",".join(map(str, np.shape(contents)))
        raise refused(f"contents must be scalar, got shape [{shown}]")
    return bytes_of(contents)


def _image_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    channels = q.attrs["channels"]
    if channels < 0:
        raise ValueError(f"channels must be non-negative, got {channels}")
    return [(None, None, channels or None)]


def _check_channels(channels: int, of_format: str, allowed: tuple[int, ...]) -> None:
    if channels not in (0, 1, 3, 4):
        raise refused(f"channels must be 0, 1, 3, or 4, got {channels}")
    if channels not in allowed:
        *first, last = map(str, allowed)
        named = f"{', '.join(first)}{',' if len(first) > 1 else ''} or {last}"
        raise refused(f"channels must be {named} for {of_format}, got {channels}")


def _pixels(contents: Any, choices: JpegChoices, *, is_wide: bool = False) -> np.ndarray:
    """The pixels of a picture in whatever format it is, [height, width, channels]."""
    data = _scalar(contents)
    kind = format_of(data)
    if kind == "PNG":
        _check_channels(choices.channels, kind, (0, 1, 3, 4))
        return decode_png(data, choices.channels, is_wide=is_wide)
    if kind in ("JPEG", "GIF") and is_wide:
        raise refused(f"{kind} does not support uint16 output")
    if kind == "JPEG":
        _check_channels(choices.channels, kind, (0, 1, 3))
        return decode_jpeg(data, choices)
    if kind == "GIF":
        _check_channels(choices.channels, kind, (0, 3))
        return _only(decode_gif(data))
    raise unknown_format(data)


def _only(frames: np.ndarray) -> np.ndarray:
    if len(frames) > 1:
        raise refused(
            f"Got {len(frames)} frames, but animated gifs can only be decoded by "
            "tf.image.decode_gif or tf.image.decode_image"
        )
    pixels: np.ndarray = frames[0]
    return pixels


@lru_cache
def _choices(dct_method: Any, ratio: int, **attrs: Any) -> JpegChoices:
    if ratio not in (1, 2, 4, 8):
        raise refused(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    method = text_of(dct_method)
    if method not in _METHODS:
        raise refused("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")
    return JpegChoices(dct_method=method, ratio=ratio, **attrs)


def _from_jpeg(contents: Any, **attrs: Any) -> np.ndarray:
    return _pixels(contents, _choices(**attrs))


def _from_png(contents: Any, channels: int, dtype: Any) -> np.ndarray:
    return _pixels(contents, JpegChoices(channels), is_wide=dtype == dtypes.uint16)


def _from_gif(contents: Any) -> np.ndarray:
    data = _scalar(contents)
    if format_of(data) == "GIF":
        return decode_gif(data)
    return _pixels(contents, JpegChoices(3))[None]


def _cropped_shape(q: ShapeQuery) -> list[Dims | None]:
    ((*_, channels),) = [dims or () for dims in _image_shape(q)]
    require_rank(q.shapes[1], 1)
    (given,) = q.shapes[1] or (None,)
    if given not in (None, _CROP):
        raise ValueError(f"Dimension must be 4 but is {given}")
    window = q.value(1)
    if window is None:
        return [(None, None, channels)]
    return [(*window.tolist()[2:], channels)]


def _cropped(contents: Any, crop_window: np.ndarray, **attrs: Any) -> np.ndarray:
    data = _scalar(contents)
    choices = _choices(**attrs)
    pixels = _pixels(contents, choices)
    if format_of(data) != "JPEG":
        return pixels
    top, left, rows, columns = (int(number) for number in crop_window)
    height, width, _ = pixels.shape
    fits = top >= 0 and left >= 0 and top + rows <= height and left + columns <= width
    if not fits or rows <= 0 or columns <= 0:
        raise refused(f"Invalid JPEG data or crop window, data size {len(data)}")
    return pixels[top : top + rows, left : left + columns]


def _shape_of_three(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    return [(3,)]


def _jpeg_shape(contents: Any, output_type: Any) -> np.ndarray:
    return np.array(jpeg_shape(_scalar(contents)), output_type.as_numpy_dtype)


def _frames_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    return [(None, None, None, 3)]


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _decoding(
    name: str, signature: str, shape: Callable[[ShapeQuery], Any], reference: Any, **more: Any
) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        reference=reference,
        gradient=no_gradient,
        calls_python=True,
        samples=_no_samples,
        **more,
    )


DECODE_JPEG = _decoding(
    "DecodeJpeg", "contents: string -> image: uint8", _image_shape, _from_jpeg, attrs=JPEG_ATTRS
)

DECODE_AND_CROP_JPEG = _decoding(
    "DecodeAndCropJpeg",
    "contents: string, crop_window: int32 -> image: uint8",
    _cropped_shape,
    _cropped,
    attrs=JPEG_ATTRS,
)

DECODE_PNG = _decoding(
    "DecodePng",
    "contents: string -> image: dtype",
    _image_shape,
    _from_png,
    types={"dtype": ((dtypes.uint8, dtypes.uint16), dtypes.uint8)},
    attrs={"channels": 0, "dtype": dtypes.uint8},
)

DECODE_GIF = _decoding("DecodeGif", "contents: string -> image: uint8", _frames_shape, _from_gif)

DECODE_BMP = _decoding(
    "DecodeBmp",
    "contents: string -> image: uint8",
    _image_shape,
    lambda contents, channels: decode_bmp(_scalar(contents), channels),
    attrs={"channels": 0},
)

EXTRACT_JPEG_SHAPE = _decoding(
    "ExtractJpegShape",
    "contents: string -> image_shape: output_type",
    _shape_of_three,
    _jpeg_shape,
    types={"output_type": (INDEX, dtypes.int32)},
    attrs={"output_type": dtypes.int32},
)
