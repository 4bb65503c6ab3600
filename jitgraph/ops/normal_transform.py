"""The Box-Muller transform: pairs of uniform numbers to pairs of normal ones, on NumPy arrays.

In: words of a generator. Out: numbers of the standard normal distribution, the very ones that
TensorFlow computes with the C library. To this end log, sin and cos of float32 follow, step for
step in float64, the published method of GNU libc since 2.28 (Arm's "Optimized Routines"): tables
and polynomials below are its. Those of float64 are the C library's own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.ops.philox import in_pairs, uniform_float32, uniform_float64

LEAST = 1e-7
"""Smaller numbers are not given to log."""

TAU = 2 * math.pi

_LOG_TABLE = """
0x1.661ec79f8f3bep+0 -0x1.57bf7808caadep-2 0x1.571ed4aaf883dp+0 -0x1.2bef0a7c06ddbp-2
0x1.49539f0f010bp+0 -0x1.01eae7f513a67p-2 0x1.3c995b0b80385p+0 -0x1.b31d8a68224e9p-3
0x1.30d190c8864a5p+0 -0x1.6574f0ac07758p-3 0x1.25e227b0b8eap+0 -0x1.1aa2bc79c81p-3
0x1.1bb4a4a1a343fp+0 -0x1.a4e76ce8c0e5ep-4 0x1.12358f08ae5bap+0 -0x1.1973c5a611cccp-4
0x1.0953f419900a7p+0 -0x1.252f438e10c1ep-5 0x1p+0 0x0p+0
0x1.e608cfd9a47acp-1 0x1.aa5aa5df25984p-5 0x1.ca4b31f026aap-1 0x1.c5e53aa362eb4p-4
0x1.b2036576afce6p-1 0x1.526e57720db08p-3 0x1.9c2d163a1aa2dp-1 0x1.bc2860d22477p-3
0x1.886e6037841edp-1 0x1.1058bc8a07ee1p-2 0x1.767dcf5534862p-1 0x1.4043057b6ee09p-2
"""
_ENTRIES = [float.fromhex(text) for text in _LOG_TABLE.split()]
INVERSES, LOGS = _ENTRIES[::2], _ENTRIES[1::2]
"""Of 16 points of [0.7, 1.4): 1/c and log c."""

LOG_FIRST = 0x3F330000
"""The bits of the number at which the first of the 16 intervals begins."""

LN_2 = float.fromhex("0x1.62e42fefa39efp-1")
LOG_POLYNOMIAL = tuple(
    float.fromhex(text)
    for text in ("-0x1.00ea348b88334p-2", "0x1.5575b0be00b6ap-2", "-0x1.ffffef20a4123p-2")
)
SIN_POLYNOMIAL = tuple(
    float.fromhex(text)
    for text in ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")
)
COS_POLYNOMIAL = tuple(
    float.fromhex(text)
    for text in (
        "-0x1.ffffffd0c621cp-2",
        "0x1.55553e1068f19p-5",
        "-0x1.6c087e89a359dp-10",
        "0x1.99343027bf8c3p-16",
    )
)
QUADRANTS = float.fromhex("0x1.45F306DC9C883p+23")
"""2/pi times 2**24."""

HALF_PI = math.pi / 2


def log_float32(x: np.ndarray) -> np.ndarray:
    """log of positive normal float32, rounded as GNU libc rounds it."""
    bits = x.view(np.int32)
    from_first = bits - np.int32(LOG_FIRST)
    interval = (from_first >> 19) & 15
    exponent = from_first >> 23
    mantissa = (bits - (exponent << 23)).view(np.float32).astype(np.float64)
    r = mantissa * np.asarray(INVERSES)[interval] - 1
    base = np.asarray(LOGS)[interval] + exponent * LN_2
    high, middle, low = LOG_POLYNOMIAL
    square = r * r
    y = (high * square + (middle * r + low)) * square + (base + r)
    return y.astype(np.float32)


def sin_cos_float32(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """sin and cos of float32 of [0, 2 pi), rounded as GNU libc rounds them."""
    wide = x.astype(np.float64)
    quadrant = ((wide * QUADRANTS).astype(np.int64) + 0x800000) >> 24
    r = wide - quadrant * HALF_PI
    square = r * r
    s1, s2, s3 = SIN_POLYNOMIAL
    cube = r * square
    sine = (r + cube * s1) + (cube * square) * (s2 + square * s3)
    c1, c2, c3, c4 = COS_POLYNOMIAL
    fourth = square * square
    cosine = ((1 + square * c1) + fourth * c2) + (fourth * square) * (c3 + square * c4)
    is_odd = (quadrant & 1).astype(bool)
    sin_sign = np.where(quadrant & 2, -1.0, 1.0)
    cos_sign = np.where((quadrant + 1) & 2, -1.0, 1.0)
    sin = np.where(is_odd, cosine, sine) * sin_sign
    cos = np.where(is_odd, sine, cosine) * cos_sign
    return sin.astype(np.float32), cos.astype(np.float32)


def normal_float32(given: np.ndarray) -> np.ndarray:
    """Two normal numbers for each two words."""
    unit = in_pairs(uniform_float32(given))
    radius_of = np.maximum(unit[..., 0], np.float32(LEAST))
    angle = (TAU * unit[..., 1].astype(np.float64)).astype(np.float32)
    radius = np.sqrt(np.float32(-2) * log_float32(radius_of))
    sin, cos = sin_cos_float32(angle)
    return _pairs(sin * radius, cos * radius)


def normal_float64(given: np.ndarray) -> np.ndarray:
    """Two normal numbers for each four words."""
    unit = in_pairs(uniform_float64(given))
    radius = np.sqrt(-2.0 * _each(math.log, np.maximum(unit[..., 0], LEAST)))
    angle = TAU * unit[..., 1]
    return _pairs(_each(math.sin, angle) * radius, _each(math.cos, angle) * radius)


def _each(function: Any, x: np.ndarray) -> np.ndarray:
    """A function of the C library, not of NumPy, whose vector code rounds otherwise."""
    found = np.fromiter(map(function, x.reshape(-1).tolist()), np.float64, x.size)
    return found.reshape(x.shape)


def _pairs(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    return np.stack([left, right], axis=-1).reshape(*left.shape[:-1], 2 * left.shape[-1])
