"""Colours of JPEG pictures: what several pixels share is spread smoothly, then turned to RGB.

In: pixels of brightness and two colours. Out: pixels of red, green and blue. The weights, the
rounding and the integers are those of libjpeg: a sample counts three times its neighbour.
https://github.com/libjpeg-turbo/libjpeg-turbo
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ops.definition import REQUIRED, OpDef, Sample, no_gradient

_BITS = 16
_HALF = 1 << (_BITS - 1)
_MIDDLE = 128


def _fixed(number: float) -> int:
    return int(number * (1 << _BITS) + 0.5)


_RED, _BLUE = _fixed(1.402), _fixed(1.772)
_GREEN_OF_BLUE, _GREEN_OF_RED = _fixed(0.34414), _fixed(0.71414)


def smooth_colours(
    pixels: np.ndarray,
    blue: np.ndarray,
    red: np.ndarray,
    down: int,
    across: int,
    channels: int = 3,
) -> np.ndarray:
    """Pixels of red, green and blue.

    Args:
      pixels: [height, width, channels], of which the first channel is brightness.
      blue: one of two colours, a sample for each `down` × `across` pixels.
      red: the other one.
      down: 1 or 2.
      across: 1 or 2.
      channels: 3 or 4.
    """
    height, width, _ = pixels.shape
    samples = np.stack([blue, red], axis=2).astype(np.int16)
    if (down, across) == (2, 2):
        smooth = _across(_down(samples), 4, 8, 7)
    elif across == 2:
        smooth = _across(samples, 2, 1, 2)
    else:
        smooth = _down_alone(samples)
    return _as_rgb(pixels[:, :, 0], smooth[:height, :width])


def _down(samples: np.ndarray) -> np.ndarray:
    """Twice the rows: each sample three times, and its neighbour above or below."""
    found = np.empty((2 * len(samples), *samples.shape[1:]), np.int16)
    thrice = samples * np.int16(3)
    found[0::2] = thrice
    found[1::2] = thrice
    found[2::2] += samples[:-1]
    found[0] += samples[0]
    found[1:-1:2] += samples[1:]
    found[-1] += samples[-1]
    return found


def _down_alone(samples: np.ndarray) -> np.ndarray:
    found = _down(samples)
    found[0::2] += 1
    found[1::2] += 2
    found >>= 2
    return found


def _across(sums: np.ndarray, shift: int, first: int, second: int) -> np.ndarray:
    """Twice the columns, likewise; `first` and `second` are what left and right ones round by."""
    found = np.empty((sums.shape[0], 2 * sums.shape[1], 2), np.int16)
    thrice = sums * np.int16(3)
    left, right = found[:, 0::2], found[:, 1::2]
    np.add(thrice[:, 1:], sums[:, :-1], out=left[:, 1:])
    np.add(thrice[:, :-1], sums[:, 1:], out=right[:, :-1])
    left[:, 0] = sums[:, 0] * 4
    right[:, -1] = sums[:, -1] * 4
    left += first
    right += second
    found >>= shift
    return found


def _as_rgb(brightness: np.ndarray, colours: np.ndarray) -> np.ndarray:
    blue, red = (colours[:, :, k].astype(np.int32) - _MIDDLE for k in (0, 1))
    light = brightness.astype(np.int32)
    found = np.empty((*brightness.shape, 3), np.uint8)
    parts = (
        (red * _RED + _HALF) >> _BITS,
        (red * -_GREEN_OF_RED + (blue * -_GREEN_OF_BLUE + _HALF)) >> _BITS,
        (blue * _BLUE + _HALF) >> _BITS,
    )
    for k, part in enumerate(parts):
        part += light
        found[:, :, k] = np.clip(part, 0, 255, out=part)
    return found


def _samples(rng: np.random.Generator) -> Any:
    for dims in ((7, 9), (6, 8), (1, 5)):
        for down, across in ((1, 2), (2, 1), (2, 2)):
            channels = down + across
            halves = [-(-size // part) for size, part in zip(dims, (down, across), strict=True)]
            planes = [
                rng.integers(0, 256, each).astype(np.uint8)
                for each in ((*dims, channels), halves, halves)
            ]
            yield Sample(tuple(planes), {"down": down, "across": across, "channels": channels})


JPEG_COLOURS = OpDef(
    "JpegColours",
    "pixels: uint8, blue: uint8, red: uint8 -> colours: uint8",
    lambda q: [None if q.shapes[0] is None else (*q.shapes[0][:2], 3)],
    attrs={"down": REQUIRED, "across": REQUIRED, "channels": REQUIRED},
    reference=smooth_colours,
    library="jpeg_colours",
    gradient=no_gradient,
    samples=_samples,
    internal=True,
)
"""What Pillow decodes as far as it can, made pixels."""
