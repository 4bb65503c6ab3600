"""Decoding pictures: tf.image.decode_jpeg, decode_png, decode_gif, decode_bmp and their kin.

In: the contents of a file, a string. Out: pixels. Pillow decodes: `pip install 'jitgraph[image]'`.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import as_dtype
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.image_decoding_definitions import (
    DECODE_AND_CROP_JPEG,
    DECODE_BMP,
    DECODE_GIF,
    DECODE_JPEG,
    DECODE_PNG,
    EXTRACT_JPEG_SHAPE,
)


def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """The pixels of a JPEG picture; a PNG file and a GIF file of one frame are decoded as well.

    Args:
      contents: a string, the contents of a file.
      channels: 0 as many as there are, 1 brightness, 3 red, green and blue.
      ratio: 1, 2, 4 or 8: the picture is made smaller by this while it is decoded.
      fancy_upscaling: whether colours, of which there are fewer, are spread smoothly.
      try_recover_truncated: whether what is there of a file that ends early is decoded.
      acceptable_fraction: has no effect, as in TensorFlow where nothing is recovered.
      dct_method: "INTEGER_ACCURATE", or "INTEGER_FAST", which is the default.
      name: the op's name.

    Returns:
      A uint8 tensor [height, width, channels].

    Raises:
      ValueError: `contents` is no scalar. A run raises errors.InvalidArgumentError for what is no
        picture, is damaged, ends early or has more pixels than JITGRAPH_MAX_PIXELS.

    Example:
      >>> picture = tf.image.encode_jpeg(tf.zeros([2, 3, 3], tf.uint8))
      >>> tf.Session().run(tf.image.decode_jpeg(picture)).shape
      (2, 3, 3)
    """
    attrs = {
        "channels": channels,
        "ratio": ratio,
        "fancy_upscaling": fancy_upscaling,
        "try_recover_truncated": try_recover_truncated,
        "acceptable_fraction": acceptable_fraction,
        "dct_method": dct_method,
    }
    found: Tensor = apply(DECODE_JPEG, [contents], attrs, name)
    return found


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """A part of a JPEG picture; arguments and errors as `decode_jpeg`'s.

    Args:
      contents: a string.
      crop_window: int32 [4]: the row and column where the part begins, its height and width.
      channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method,
        name: as `decode_jpeg`'s.

    Returns:
      A uint8 tensor [height, width, channels].

    Example:
      >>> picture = tf.image.encode_jpeg(tf.zeros([4, 4, 3], tf.uint8))
      >>> tf.image.decode_and_crop_jpeg(picture, [1, 0, 2, 3], channels=3)
      <tf.Tensor 'DecodeAndCropJpeg:0' shape=(2, 3, 3) dtype=uint8>
    """
    attrs = {
        "channels": channels,
        "ratio": ratio,
        "fancy_upscaling": fancy_upscaling,
        "try_recover_truncated": try_recover_truncated,
        "acceptable_fraction": acceptable_fraction,
        "dct_method": dct_method,
    }
    found: Tensor = apply(DECODE_AND_CROP_JPEG, [contents, crop_window], attrs, name)
    return found


def decode_png(
    contents: Any, channels: int = 0, dtype: Any = dtypes.uint8, name: str | None = None
) -> Tensor:
    """The pixels of a PNG picture; a JPEG file and a GIF file of one frame are decoded as well.

    Args:
      contents: a string, the contents of a file.
      channels: 0 as many as there are, 1 brightness, 3 red, green and blue, 4 with opacity.
      dtype: uint8, or uint16 for all 16 bits.
      name: the op's name.

    Returns:
      A tensor [height, width, channels]; errors as `decode_jpeg`'s.

    Example:
      >>> picture = tf.image.encode_png(tf.fill([1, 1, 1], tf.constant(7, tf.uint8)))
      >>> tf.Session().run(tf.image.decode_png(picture))
      array([[[7]]], dtype=uint8)
    """
    attrs = {"channels": channels, "dtype": as_dtype(dtype)}
    found: Tensor = apply(DECODE_PNG, [contents], attrs, name)
    return found


def decode_gif(contents: Any, name: str | None = None) -> Tensor:
    """The pixels of all frames of a GIF picture; a JPEG or PNG file has one.

    Args:
      contents: a string, the contents of a file.
      name: the op's name.

    Returns:
      A uint8 tensor [frames, height, width, 3]; errors as `decode_jpeg`'s.

    Example:
      >>> tf.image.decode_gif(tf.read_file("moving.gif"))
      <tf.Tensor 'DecodeGif:0' shape=(?, ?, ?, 3) dtype=uint8>
    """
    found: Tensor = apply(DECODE_GIF, [contents], {}, name)
    return found


def decode_bmp(contents: Any, channels: int = 0, name: str | None = None) -> Tensor:
    """The pixels of a BMP picture without compression.

    Args:
      contents: a string, the contents of a file.
      channels: 0, or as many as there are.
      name: the op's name.

    Returns:
      A uint8 tensor [height, width, channels]. A run raises errors.InvalidArgumentError for what
      is no such picture.

    Example:
      >>> tf.image.decode_bmp(tf.read_file("icon.bmp"))
      <tf.Tensor 'DecodeBmp:0' shape=(?, ?, ?) dtype=uint8>
    """
    found: Tensor = apply(DECODE_BMP, [contents], {"channels": channels}, name)
    return found


def extract_jpeg_shape(
    contents: Any, output_type: Any = dtypes.int32, name: str | None = None
) -> Tensor:
    """What the header of a JPEG picture says of its shape; nothing is decoded.

    Args:
      contents: a string, the contents of a file.
      output_type: int32 or int64.
      name: the op's name.

    Returns:
      A tensor [3]: height, width, channels. A run raises errors.InvalidArgumentError for what has
      no such header.

    Example:
      >>> picture = tf.image.encode_jpeg(tf.zeros([4, 5, 3], tf.uint8))
      >>> tf.Session().run(tf.image.extract_jpeg_shape(picture))
      array([4, 5, 3], dtype=int32)
    """
    attrs = {"output_type": as_dtype(output_type)}
    found: Tensor = apply(EXTRACT_JPEG_SHAPE, [contents], attrs, name)
    return found
