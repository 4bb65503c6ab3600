"""Library: the geometry of windows that slide over an image, as sizes and as kernel arguments.

In: an instruction with strides, padding and dilations, the shapes of the large side (the image),
of the small side (a position a window) and of the window. Out: `Windows`, whose sizes may be
symbolic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.ir.sizes import smax


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: position p's window element k is element p*stride + k*dilation - pad of the image.

    `image`, `positions` and `window` count elements.
    """

    image: Any
    positions: Any
    window: Any
    stride: int
    dilation: int
    pad: Any


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows over images of `depth` channels: rows and columns."""

    images: Any
    rows: Axis
    columns: Axis
    depth: Any


def windows_of(
    attrs: Any, image: Sequence[Any], positions: Sequence[Any], window: Sequence[Any]
) -> Windows:
    """The windows of an instruction: `image` and `positions` are NHWC, `window` is (rows, columns).

    Args:
      attrs: strides, padding and, where the op has them, explicit_paddings and dilations.
    """
    dilations = attrs.get("dilations") or (1, 1, 1, 1)
    rows, columns = (
        Axis(
            image[k],
            positions[k],
            window[k - 1],
            int(attrs["strides"][k]),
            int(dilations[k]),
            _pad(attrs, k, image[k], positions[k], window[k - 1], int(dilations[k])),
        )
        for k in (1, 2)
    )
    return Windows(image[0], rows, columns, image[3])


def _pad(attrs: Any, k: int, image: Any, positions: Any, window: Any, dilation: int) -> Any:
    """Elements of padding before the first one of the image."""
    padding = attrs["padding"]
    padding = padding.decode() if isinstance(padding, bytes) else str(padding)
    if padding == "EXPLICIT":
        return int(attrs["explicit_paddings"][2 * k])
    if padding == "VALID":
        return 0
    stride = int(attrs["strides"][k])
    total = (positions - 1) * stride + (window - 1) * dilation + 1 - image
    return smax(0, total) // 2
