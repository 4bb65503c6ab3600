"""JPEG pictures: decoding as libjpeg does it for TensorFlow, encoding, the shape in the header.

In: the contents of a file, or pixels. Out: pixels, or contents. Pillow's decoder has two settings,
(accurate, smooth) and (fast, plain); fast and smooth, TensorFlow's default, is the second with the
colours made smooth here, by the formulas of libjpeg: the same numbers.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.ops.deferred import Deferred
from jitgraph.ops.picture_colours import JPEG_COLOURS
from jitgraph.ops.picture_files import format_of, new_picture, opened
from jitgraph.ops.picture_memory import pixels_of
from jitgraph.ops.string_arrays import refused

_BLOCK = 8
_NARROW = 4
_UNIT = 13
_END = b"\xff\xd9"


@dataclass(frozen=True)
class JpegChoices:
    """How a JPEG picture is decoded: the attributes of DecodeJpeg."""

    channels: int = 0
    ratio: int = 1
    fancy_upscaling: bool = True
    try_recover_truncated: bool = False
    acceptable_fraction: float = 1.0
    dct_method: str = ""

    @property
    def is_fast(self) -> bool:
        """Whether the transformation may be imprecise."""
        return self.dct_method != "INTEGER_ACCURATE"


def decode_jpeg(contents: bytes, choices: JpegChoices) -> np.ndarray | Deferred:
    """The pixels, [height, width, channels]; their colours may be left to a kernel.

    Raises:
      errors.InvalidArgumentError: it is damaged, cut off or too large.
    """
    try:
        return _decoded(contents, choices)
    except (OSError, SyntaxError, ValueError, IndexError):
        if not choices.try_recover_truncated:
            raise _damaged(contents) from None
    try:
        return _decoded(contents + _END, choices)
    except (OSError, SyntaxError, ValueError, IndexError):
        raise _damaged(contents) from None


def _damaged(contents: bytes) -> Exception:
    return refused(f"Invalid JPEG data or crop window, data size {len(contents)}")


def _decoded(contents: bytes, choices: JpegChoices) -> np.ndarray | Deferred:
    picture = opened("JpegImagePlugin", "JpegImageFile", contents)
    wanted = choices.channels or (1 if picture.mode == "L" else 3)
    layers, is_colour = picture.layer, picture.mode == "RGB"
    apart = _apart(layers, choices.ratio) if is_colour and wanted == 3 else None
    if apart is not None and apart[1] > 1 and picture.size[0] <= _NARROW * choices.ratio:
        apart = None
    smooths = apart is not None and choices.fancy_upscaling and choices.is_fast
    picture.draft("L" if is_colour and wanted == 1 else "YCbCr" if smooths else None, None)
    _decode_with(picture, choices.ratio, is_fast=choices.is_fast)
    if smooths and apart is not None:
        return _smooth(pixels_of(picture), *apart)
    pixels = np.asarray(picture)
    return _with_channels(pixels, wanted, picture.mode)


def _smooth(pixels: np.ndarray, down: int, across: int) -> Deferred:
    colours = (np.ascontiguousarray(pixels[::down, ::across, k]) for k in (1, 2))
    attrs = {"down": down, "across": across, "channels": pixels.shape[2]}
    return Deferred(JPEG_COLOURS, (pixels, *colours), attrs)


def _decode_with(picture: Any, ratio: int, *, is_fast: bool) -> None:
    """Sets how Pillow decodes: the size is divided by `ratio`."""
    width, height = (-(-size // ratio) for size in picture.size)
    picture._size = (width, height)
    picture.tile = [picture.tile[0]._replace(extents=(0, 0, width, height))]
    picture.decoderconfig = (ratio, int(is_fast))


def _apart(layers: list[Any], ratio: int) -> tuple[int, int] | None:
    """How many pixels down and across share a colour where libjpeg makes colours smooth."""
    most = [max(layer[axis] for layer in layers) for axis in (1, 2)]
    least = _BLOCK // ratio
    sizes = [_scaled(layer[1:3], most, least) for layer in layers]
    if least < 2 or sizes[0] != (1, 1) or sizes[1] != sizes[2]:
        return None
    across, down = sizes[1]
    return (down, across) if (down, across) in ((1, 2), (2, 1), (2, 2)) else None


def _scaled(samples: Any, most: list[int], least: int) -> tuple[int, int]:
    """How many pixels across and down a sample of a component stands for."""
    size = least
    while size < _BLOCK and all(
        of_all * least % (own * size * 2) == 0 for own, of_all in zip(samples, most, strict=True)
    ):
        size *= 2
    across, down = (
        of_all * least // (own * size) for own, of_all in zip(samples, most, strict=True)
    )
    return across, down


def _with_channels(pixels: np.ndarray, wanted: int, mode: str) -> np.ndarray:
    if mode == "CMYK":
        if wanted == 1:
            raise ValueError("inks have no brightness")
        pixels = _from_inks(pixels)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.shape[2] == 1 and wanted == 3:
        return np.repeat(pixels, 3, axis=2)
    return pixels


def _from_inks(pixels: np.ndarray) -> np.ndarray:
    """Red, green and blue from cyan, magenta, yellow and black, which say how much is not there."""
    light = np.invert(pixels).astype(np.int32)
    return (light[..., :3] * light[..., 3:] // 255).astype(np.uint8)


def jpeg_shape(contents: bytes) -> tuple[int, int, int]:
    """(height, width, channels) as the header says.

    Raises:
      errors.InvalidArgumentError: there is no such header.
    """
    if format_of(contents) == "JPEG":
        try:
            picture = opened("JpegImagePlugin", "JpegImageFile", contents)
        except (OSError, SyntaxError, ValueError, IndexError):
            pass
        else:
            return picture.size[1], picture.size[0], len(picture.layer)
    raise refused(f"Invalid JPEG data, size {len(contents)}")


@dataclass(frozen=True)
class JpegEncoding:
    """How a JPEG picture is written: the attributes of EncodeJpeg."""

    quality: int = 95
    progressive: bool = False
    optimize_size: bool = False
    chroma_downsampling: bool = True
    density_unit: str = "in"
    x_density: int = 300
    y_density: int = 300
    xmp_metadata: bytes = b""


def encode_jpeg(pixels: np.ndarray, encoding: JpegEncoding) -> bytes:
    """The contents of a JPEG file.

    Args:
      pixels: [height, width, channels] of uint8; 1 or 3 channels.
    """
    file = io.BytesIO()
    new_picture(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(
        file,
        "JPEG",
        quality=max(encoding.quality, 1),
        progressive=encoding.progressive,
        optimize=encoding.optimize_size,
        subsampling=2 if encoding.chroma_downsampling and pixels.shape[2] == 3 else 0,
        dpi=(encoding.x_density, encoding.y_density),
        **({"xmp": encoding.xmp_metadata} if encoding.xmp_metadata else {}),
    )
    found = bytearray(file.getvalue())
    found[_UNIT] = 2 if encoding.density_unit == "cm" else 1
    return bytes(found)
