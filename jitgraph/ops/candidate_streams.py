"""Candidate classes as pure functions of a generator's state, on NumPy arrays.

In: the state of a Philox generator, how many classes to pick, and of how many. Out: the classes
that TensorFlow's CPU kernels pick with that state, and how often each is expected among them.
Published sources: TensorFlow's range_sampler.cc, distribution_sampler.cc, exact_uniform_int.h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from jitgraph.ops import philox

Drawer = Callable[[np.ndarray, int], Iterator[np.ndarray]]
"""(state, how many to begin with) -> ever more candidates, in blocks."""


class Picked(NamedTuple):
    """Candidates in the order in which they were drawn, and how many draws that took."""

    classes: np.ndarray
    tries: int


def picked(drawn: Iterator[np.ndarray], count: int, is_unique: bool) -> Picked:
    """The first `count` candidates, or the first `count` different ones."""
    found = next(drawn)
    while True:
        first = np.sort(np.unique(found, return_index=True)[1]) if is_unique else None
        places = np.arange(len(found)) if first is None else first
        if len(places) >= count:
            chosen = places[:count]
            return Picked(found[chosen], int(chosen[-1]) + 1 if count else 0)
        found = np.concatenate([found, next(drawn)])


def _word_blocks(state: np.ndarray, steps: int) -> Iterator[np.ndarray]:
    """The words of a generator in their order, `steps` steps at a time."""
    first = 0
    while True:
        yield philox.words(state, np.arange(first, first + steps)).reshape(-1)
        first += steps


def log_uniform(state: np.ndarray, count: int, range_max: int) -> Iterator[np.ndarray]:
    """Class k with probability log((k + 2) / (k + 1)) / log(range_max + 1)."""
    for words in _word_blocks(state, count):
        unit = philox.uniform_float64(words)
        yield (np.exp(unit * np.log1p(range_max)).astype(np.int64) - 1) % range_max


def uniform(state: np.ndarray, count: int, range_max: int) -> Iterator[np.ndarray]:
    """All classes alike: 64 random bits modulo their number, but for those that would favour
    small classes."""
    least = _least_accepted(range_max, 64)
    for words in _word_blocks(state, count):
        bits = philox.word_pairs(words)
        yield (bits[bits >= np.uint64(least)] % np.uint64(range_max)).astype(np.int64)


def _least_accepted(count: int, bits: int) -> int:
    """Random bits below this are drawn again."""
    return 0 if count & (count - 1) == 0 else (2**bits - 1) % count + 1


@lru_cache(maxsize=8)
def buckets(weights: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Walker's alias method: a bucket a class, with the probability of that class in it and the
    other class that shares it. M. D. Vose, "A linear algorithm for generating random numbers with
    a given distribution", 1991."""
    single = np.array(weights, np.float32)
    count = len(single)
    total = np.cumsum(single, dtype=np.float64)[-1]
    share = (single * np.float32(count)).astype(np.float64) / total
    other = np.arange(count)
    low = [k for k in range(count) if share[k] < 1]
    high = [k for k in range(count) if share[k] >= 1]
    probability = np.ones(count, np.float32)
    while high and low:
        small, large = low.pop(), high.pop()
        probability[small], other[small] = share[small], large
        share[large] -= 1 - share[small]
        (low if share[large] < 1 else high).append(large)
    return probability, other


def unigram(state: np.ndarray, count: int, weights: tuple[float, ...]) -> Iterator[np.ndarray]:
    """Class k with a probability in proportion to `weights[k]`."""
    probability, other = buckets(weights)
    least = _least_accepted(len(weights), 32)
    blocks = _word_blocks(state, count)
    words = (int(word) for block in blocks for word in block)
    while True:
        yield np.array([_unigram(words, probability, other, least) for _ in range(count)])


def _unigram(words: Iterator[int], probability: np.ndarray, other: np.ndarray, least: int) -> int:
    unit = (next(words) & 0x7FFFFF) / 2**23
    bits = next(words)
    while bits < least:
        bits = next(words)
    bucket = bits % len(probability)
    return bucket if unit < probability[bucket] else int(other[bucket])


def log_uniform_probability(classes: Any, range_max: int) -> np.ndarray:
    """How likely `log_uniform` draws each class."""
    found = np.log((classes + 2.0) / (classes + 1.0)) / np.log1p(range_max)
    return np.asarray(found, np.float32)


def expected_count(probability: np.ndarray, count: int, tries: int) -> np.ndarray:
    """How often a class is expected among `count` candidates that took so many draws."""
    single = np.float32
    if tries == count:
        return probability * single(count)
    found: np.ndarray = -np.expm1(single(tries) * np.log1p(-probability))
    return found.astype(single)
