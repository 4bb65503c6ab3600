"""Test cases of matrix products. In: pairs of shapes. Out: samples for the op sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.definition import COMPLEX, FLOATS, Sample

MATRIX_TYPES = (*FLOATS, dtypes.int32, dtypes.int64, *COMPLEX)
"""The dtypes that TensorFlow multiplies matrices of."""


def _random(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    kind = dtype.as_numpy_dtype
    if dtype.is_complex:
        return (rng.uniform(-2, 2, shape) + 1j * rng.uniform(-2, 2, shape)).astype(kind)
    if dtype.is_integer:
        return rng.integers(-4, 5, shape).astype(kind)
    return rng.uniform(-2, 2, shape).astype(kind)


def samples_of(
    pairs: Any, first: str, second: str
) -> Callable[[np.random.Generator], Iterator[Sample]]:
    """Samples with every combination of the two flags, over all dtypes."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for left, right in pairs:
            for flags in range(4):
                turn = bool(flags & 1), bool(flags & 2)
                arrays = [
                    _random(rng, _turned(shape) if flag else shape, dtypes.float64)
                    for shape, flag in zip((left, right), turn, strict=True)
                ]
                yield Sample(tuple(arrays), {first: turn[0], second: turn[1]})
        left, right = pairs[0]
        for dtype in MATRIX_TYPES:
            arrays = [_random(rng, left, dtype), _random(rng, _turned(right), dtype)]
            yield Sample(tuple(arrays), {second: True})

    return samples


def _turned(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[:-2], shape[-1], shape[-2])
