"""Unique by a table of numbers and by sorting: the same answer."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops.unique import UNIQUE_WITH_COUNTS

NEAR = [5, 2, 5, 9, 2, 2]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, np.int64, np.uint64, np.float32])
@pytest.mark.parametrize("scale", [1, 7])
def test_order_places_and_counts(kind, scale) -> None:
    given = (np.array(NEAR) * scale).astype(kind)
    y, places, counts = UNIQUE_WITH_COUNTS.reference(given, out_idx=tf.int32)
    assert y.dtype == kind
    assert y.tolist() == [5 * scale, 2 * scale, 9 * scale]
    assert places.tolist() == [0, 1, 0, 2, 1, 1]
    assert counts.tolist() == [2, 3, 1]


@pytest.mark.parametrize(
    "given",
    [
        np.array([2**63, 3, 2**63, 0], np.uint64),
        np.array([2**64 - 1, 2**64 - 2, 2**64 - 1], np.uint64),
        np.array([-(2**63), 2**63 - 1, -(2**63)], np.int64),
        np.array([-128, 127, -128], np.int8),
        np.array([-3, -1, -3], np.int64),
    ],
)
def test_numbers_at_the_ends_of_their_range(given) -> None:
    y, places, _ = UNIQUE_WITH_COUNTS.reference(given, out_idx=tf.int64)
    assert y.tolist() == list(dict.fromkeys(given.tolist()))
    assert y[places].tolist() == given.tolist()
