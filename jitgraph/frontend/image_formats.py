"""Pictures of any format: is_jpeg, decode_image, which looks at how a file begins.

In: the contents of a file. Out: whether they begin as a format does; pixels.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Operation, Tensor, control_dependencies, name_scope
from jitgraph.ops.comparison import equal, not_equal
from jitgraph.ops.gathering import gather
from jitgraph.ops.image_decoding import decode_bmp, decode_gif, decode_jpeg, decode_png
from jitgraph.ops.image_dtypes import convert_image_dtype
from jitgraph.ops.logical import logical_and
from jitgraph.ops.string_parts import substr


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether something begins as a JPEG picture does.

    Args:
      contents: a string.
      name: a name for the operation.

    Returns:
      A boolean; what is no picture at all may begin so, too.

    Example:
      >>> tf.Session().run(tf.image.is_jpeg(b"GIF89a"))
      False
    """
    with name_scope(name, "is_jpeg"):
        return equal(substr(contents, 0, 3), b"\xff\xd8\xff", name=name)


def is_png(contents: Any, name: str | None = None) -> Tensor:
    """Whether something begins as a PNG picture does."""
    with name_scope(name, "is_png"):
        return equal(substr(contents, 0, 3), b"\211PN", name=name)


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """The pixels of a JPEG, PNG, GIF or BMP picture.

    Args:
      contents: a string, the contents of a file.
      channels: None or 0 as many as there are, 1, 3 or 4.
      dtype: the dtype; floats are from 0 to 1.
      name: a name for the operations.
      expand_animations: whether a GIF file gives all of its frames, [frames, height, width, 3], or
        only the first.

    Returns:
      A tensor, mostly [height, width, channels], of unknown shape. A run raises
      errors.InvalidArgumentError for what is no such picture.

    Raises:
      ValueError: another number of channels.

    Example:
      >>> picture = tf.image.encode_png(tf.zeros([2, 3, 3], tf.uint8))
      >>> tf.Session().run(tf.image.decode_image(picture)).shape
      (2, 3, 3)
    """
    with name_scope(name, "decode_image"):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError("channels must be in (None, 0, 1, 3, 4)")
        start = substr(contents, 0, 3)
        wanted = channels or 0

        def bmp() -> Tensor:
            signature = substr(contents, 0, 2)
            is_bmp = equal(signature, "BM", name="is_bmp")
            tests = [
                Assert(is_bmp, ["Unable to decode bytes as JPEG, PNG, GIF, or BMP"]),
                _refused("BMP", "(None, 0, 3)", not_equal(wanted, 1, name="check_channels")),
            ]
            with control_dependencies(tests):
                return convert_image_dtype(decode_bmp(contents), dtype)

        def gif() -> Tensor:
            fits = logical_and(
                not_equal(wanted, 1, name="check_gif_channels"),
                not_equal(wanted, 4, name="check_gif_channels"),
            )
            with control_dependencies([_refused("GIF", "(None, 0, 3)", fits)]):
                frames = convert_image_dtype(decode_gif(contents), dtype)
                return frames if expand_animations else gather(frames, 0)

        def gif_or_bmp() -> Tensor:
            is_gif = equal(start, b"GIF", name="is_gif")
            return cond(is_gif, gif, bmp, name="cond_gif")

        def png() -> Tensor:
            depth = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return convert_image_dtype(decode_png(contents, wanted, dtype=depth), dtype)

        def png_or_other() -> Tensor:
            return cond(is_png(contents), png, gif_or_bmp, name="cond_png")

        def jpeg() -> Tensor:
            fits = not_equal(wanted, 4, name="check_jpeg_channels")
            with control_dependencies([_refused("JPEG", "(None, 0, 1, 3)", fits)]):
                return convert_image_dtype(decode_jpeg(contents, wanted), dtype)

        return cond(is_jpeg(contents), jpeg, png_or_other, name="cond_jpeg")


def _refused(kind: str, allowed: str, fits: Tensor) -> Operation:
    return Assert(fits, [f"Channels must be in {allowed} when decoding {kind} images"])
