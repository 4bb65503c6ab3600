"""Hashes of strings, many at once: Fingerprint64, the 64-bit Murmur hash, SipHash.

In: equally long strings as rows of bytes. Out: a 64-bit number each. The algorithms are public:
FarmHash's `farmhashna::Hash64` (https://github.com/google/farmhash), MurmurHash64A
(https://github.com/aappleby/smhasher) and SipHash-2-4 (Aumasson and Bernstein, 2012).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Words = np.ndarray
"""A vector of uint64: one of each string; arithmetic wraps."""

_K0 = np.uint64(0xC3A5C85C97CB3127)
_K1 = np.uint64(0xB492B66FBE98F273)
_K2 = np.uint64(0x9AE16A3B2F90404F)


def hashes_of(texts: Sequence[bytes], function: Callable[[np.ndarray], Words]) -> Words:
    """`function` of each string; it is given strings of one length at a time."""
    result = np.zeros(len(texts), np.uint64)
    lengths = np.array([len(text) for text in texts], np.int64)
    for length in np.unique(lengths):
        places = np.flatnonzero(lengths == length)
        joined = b"".join([texts[place] for place in places.tolist()])
        result[places] = function(np.frombuffer(joined, np.uint8).reshape(len(places), length))
    return result


def fingerprints(rows: np.ndarray) -> Words:
    """FarmHash's Fingerprint64 of each row."""
    length = rows.shape[1]
    if length <= 16:
        return _to_16(rows)
    if length <= 32:
        return _to_32(rows)
    return _to_64(rows) if length <= 64 else _longer(rows)


def _word(rows: np.ndarray, place: int, size: int = 8) -> Words:
    """The little-endian number in the bytes from `place` on."""
    part = np.ascontiguousarray(rows[:, place : place + size])
    return part.view(f"<u{size}")[:, 0].astype(np.uint64)


def _rotated(x: Words, count: int) -> Words:
    """The bits turned to the right."""
    return (x >> count) | (x << (64 - count))


def _shifted(x: Words) -> Words:
    return x ^ (x >> 47)


def _mixed(u: Words, v: Words, factor: Any) -> Words:
    a = _shifted((u ^ v) * factor)
    return _shifted((v ^ a) * factor) * factor


def _factor(length: int) -> np.uint64:
    return np.uint64((int(_K2) + 2 * length) % 2**64)


def _to_16(rows: np.ndarray) -> Words:
    count, length = rows.shape
    if length >= 8:
        factor = _factor(length)
        a, b = _word(rows, 0) + _K2, _word(rows, length - 8)
        c = _rotated(b, 37) * factor + a
        return _mixed(c, (_rotated(a, 25) + b) * factor, factor)
    if length >= 4:
        first, last = _word(rows, 0, 4), _word(rows, length - 4, 4)
        return _mixed((first << 3) + length, last, _factor(length))
    if not length:
        return np.full(count, _K2)
    first, middle, last = (_word(rows, at, 1) for at in (0, length >> 1, length - 1))
    y, z = first + (middle << 8), (last << 2) + length
    return _shifted((y * _K2) ^ (z * _K0)) * _K2


def _to_32(rows: np.ndarray) -> Words:
    length = rows.shape[1]
    factor = _factor(length)
    a, b = _word(rows, 0) * _K1, _word(rows, 8)
    c, d = _word(rows, length - 8) * factor, _word(rows, length - 16) * _K2
    first = _rotated(a + b, 43) + _rotated(c, 30) + d
    return _mixed(first, a + _rotated(b + _K2, 18) + c, factor)


def _to_64(rows: np.ndarray) -> Words:
    length = rows.shape[1]
    factor = _factor(length)
    a, b = _word(rows, 0) * _K2, _word(rows, 8)
    c, d = _word(rows, length - 8) * factor, _word(rows, length - 16) * _K2
    y = _rotated(a + b, 43) + _rotated(c, 30) + d
    z = _mixed(y, a + _rotated(b + _K2, 18) + c, factor)
    e, f = _word(rows, 16) * factor, _word(rows, 24)
    g = (y + _word(rows, length - 32)) * factor
    h = (z + _word(rows, length - 24)) * factor
    first = _rotated(e + f, 43) + _rotated(g, 30) + h
    return _mixed(first, e + _rotated(f + a, 18) + g, factor)


Pair = tuple[Words, Words]


def _weak(rows: np.ndarray, place: int, a: Words, b: Words) -> Pair:
    w, x, y, z = (_word(rows, place + at) for at in (0, 8, 16, 24))
    start = a + w
    b = _rotated(b + start + z, 21)
    a = start + x + y
    return a + z, b + _rotated(a, 44) + start


def _longer(rows: np.ndarray) -> Words:
    count, length = rows.shape
    zeros = np.zeros(count, np.uint64)
    v: Pair = (zeros, zeros)
    w: Pair = (zeros, zeros)
    x = np.full(count, 81, np.uint64)
    y = x * _K1 + 113
    z = _shifted(y * _K2 + 113) * _K2
    x = x * _K2 + _word(rows, 0)
    for place in range(0, (length - 1) // 64 * 64, 64):
        x = _rotated(x + y + v[0] + _word(rows, place + 8), 37) * _K1
        y = _rotated(y + v[1] + _word(rows, place + 48), 42) * _K1
        x, y = x ^ w[1], y + v[0] + _word(rows, place + 40)
        z = _rotated(z + w[0], 33) * _K1
        v = _weak(rows, place, v[1] * _K1, x + w[0])
        w = _weak(rows, place + 32, z + w[1], y + _word(rows, place + 16))
        x, z = z, x
    factor = _K1 + ((z & 0xFF) << 1)
    last = length - 64
    w = (w[0] + ((length - 1) & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x = _rotated(x + y + v[0] + _word(rows, last + 8), 37) * factor
    y = _rotated(y + v[1] + _word(rows, last + 48), 42) * factor
    x, y = x ^ (w[1] * 9), y + v[0] * 9 + _word(rows, last + 40)
    z = _rotated(z + w[0], 33) * factor
    v = _weak(rows, last, v[1] * factor, x + w[0])
    w = _weak(rows, last + 32, z + w[1], y + _word(rows, last + 16))
    x, z = z, x
    first = _mixed(v[0], w[0], factor) + _shifted(y) * _K0 + z
    return _mixed(first, _mixed(v[1], w[1], factor) + x, factor)


_MURMUR = np.uint64(0xC6A4A7935BD1E995)
_SEED = 0xDECAFCAFFE


def murmurs(rows: np.ndarray) -> Words:
    """MurmurHash64A of each row, with TensorFlow's seed."""
    count, length = rows.shape
    found = np.full(count, np.uint64(_SEED)) ^ (np.full(count, length, np.uint64) * _MURMUR)
    whole = length // 8 * 8
    for place in range(0, whole, 8):
        word = _word(rows, place) * _MURMUR
        found = (found ^ ((word ^ (word >> 47)) * _MURMUR)) * _MURMUR
    if length > whole:
        found = (found ^ _word(_filled(rows[:, whole:]), 0)) * _MURMUR
    found = (found ^ (found >> 47)) * _MURMUR
    return found ^ (found >> 47)


def _filled(rest: np.ndarray) -> np.ndarray:
    """Rows of less than eight bytes with zeros behind them."""
    return np.pad(rest, ((0, 0), (0, 8 - rest.shape[1])))


def sip_hashes(rows: np.ndarray, key: Sequence[int]) -> Words:
    """SipHash-2-4 of each row, for a key of two numbers."""
    count, length = rows.shape
    first, second = (np.full(count, np.uint64(part % 2**64)) for part in key)
    state = [
        first ^ 0x736F6D6570736575,
        second ^ 0x646F72616E646F6D,
        first ^ 0x6C7967656E657261,
        second ^ 0x7465646279746573,
    ]
    whole = length // 8 * 8
    last = _filled(rows[:, whole:])
    last[:, 7] = length % 256
    for word in (*(_word(rows, place) for place in range(0, whole, 8)), _word(last, 0)):
        state[3] = state[3] ^ word
        state = _sip_round(_sip_round(state))
        state[0] = state[0] ^ word
    state[2] = state[2] ^ 0xFF
    for _ in range(4):
        state = _sip_round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_round(state: Sequence[Words]) -> list[Words]:
    a, b, c, d = state
    a, c = a + b, c + d
    b, d = _turned(b, 13) ^ a, _turned(d, 16) ^ c
    a = _turned(a, 32)
    c, a = c + b, a + d
    b, d = _turned(b, 17) ^ c, _turned(d, 21) ^ a
    return [a, b, _turned(c, 32), d]


def _turned(x: Words, count: int) -> Words:
    """The bits turned to the left."""
    return _rotated(x, 64 - count)
