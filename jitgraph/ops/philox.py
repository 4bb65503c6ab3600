"""Philox 4x32-10, TensorFlow's generator of random bits, on NumPy arrays.

In: the two seeds of an op. Out: the state of its generator, the words that it gives from any step
on, and numbers between 0 and 1 made of them. J. Salmon and others, "Parallel random numbers: as
easy as 1, 2, 3", 2011.

A state is three 64-bit integers: how many steps were made (the low half of the counter), the
second seed (its high half) and the first one (the key). A step gives four 32-bit words, and any
step is computed without those before it.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

STATE_SIZE = 3
WORDS = 4
"""So many words a step gives."""

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
RAISES = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10

SCRAMBLING_KEY = 0x02461E29 << 32 | 0x3EC8F720
"""The key of the generator that makes states of the seeds of stateless ops."""

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def initial_state(seed: int, seed2: int) -> np.ndarray:
    """The state of a generator that has made no step.

    Args:
      seed, seed2: the seeds; where both are 0 they are drawn from the machine's entropy.
    """
    if not seed and not seed2:
        drawn = np.frombuffer(os.urandom(16), np.int64)
        return np.array([0, drawn[0], drawn[1]], np.int64)
    return np.array([0, seed2, seed], np.int64)


def seeded_state(seed: np.ndarray) -> np.ndarray:
    """The state of the generator that two integers stand for."""
    first, second = (int(item) for item in np.asarray(seed).reshape(-1))
    scrambler = np.array([first, second, SCRAMBLING_KEY], np.int64)
    key, high = word_pairs(words(scrambler, 0))
    return np.array([0, high.view(np.int64), key.view(np.int64)], np.int64)


def words(state: np.ndarray, steps: Any) -> np.ndarray:
    """What a generator gives at `steps`, counted from `state`: uint32 of shape [..., 4]."""
    first, high, key = (np.asarray(item, np.int64).view(np.uint64) for item in state)
    with np.errstate(over="ignore"):
        low = np.asarray(steps).astype(np.int64).view(np.uint64) + first
        high = high + (low < first).astype(np.uint64)
        counter = (low & _LOW, low >> _HALF, high & _LOW, high >> _HALF)
        keys: tuple[Any, ...] = (key & _LOW, key >> _HALF)
        for _ in range(ROUNDS):
            counter = _round(counter, keys)
            keys = tuple((k + np.uint64(r)) & _LOW for k, r in zip(keys, RAISES, strict=True))
    return np.stack(np.broadcast_arrays(*counter), axis=-1).astype(np.uint32)


def _round(counter: tuple[Any, ...], keys: tuple[Any, ...]) -> tuple[Any, ...]:
    left, right = (
        c * np.uint64(m) for c, m in zip((counter[0], counter[2]), MULTIPLIERS, strict=True)
    )
    return (
        (right >> _HALF) ^ counter[1] ^ keys[0],
        right & _LOW,
        (left >> _HALF) ^ counter[3] ^ keys[1],
        left & _LOW,
    )


def in_pairs(given: np.ndarray) -> np.ndarray:
    """Two neighbours each along a last axis of their own."""
    return given.reshape(*given.shape[:-1], given.shape[-1] // 2, 2)


def word_pairs(given: np.ndarray) -> np.ndarray:
    """Every two words as one of 64 bits, the first one low."""
    pairs = in_pairs(given).astype(np.uint64)
    joined: np.ndarray = pairs[..., 0] | pairs[..., 1] << _HALF
    return joined


def uniform_float32(given: np.ndarray) -> np.ndarray:
    """A number of [0, 1) for each word, of its low 23 bits."""
    bits = (given & np.uint32(0x7FFFFF)) | np.uint32(127 << 23)
    unit: np.ndarray = bits.view(np.float32) - np.float32(1)
    return unit


def uniform_float64(given: np.ndarray) -> np.ndarray:
    """A number of [0, 1) for each two words, of the low 20 bits of the first and the second."""
    pairs = in_pairs(given).astype(np.uint64)
    bits = (pairs[..., 0] & np.uint64(0xFFFFF)) << _HALF | pairs[..., 1] | np.uint64(1023 << 52)
    unit: np.ndarray = bits.view(np.float64) - 1.0
    return unit


def uniform_narrow(given: np.ndarray, dtype: np.dtype[Any]) -> np.ndarray:
    """A float16 or bfloat16 of [0, 1) for each word, of as many low bits as it has a fraction."""
    fraction, bias = (10, 15) if dtype == np.float16 else (7, 127)
    bits = (given & np.uint32((1 << fraction) - 1)) | np.uint32(bias << fraction)
    unit = bits.astype(np.uint16).view(dtype).astype(np.float32) - np.float32(1)
    return unit.astype(dtype)
