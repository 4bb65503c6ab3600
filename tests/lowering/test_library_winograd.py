"""Winograd's convolutions and gradients against direct ones, with tiles that are half empty."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.lowering.library import winograd
from jitgraph.lowering.library.transforms import factor

GEOMETRIES = [
    (3, (2, 9, 11, 33), 40, "SAME"),
    (3, (3, 14, 8, 36), 70, "VALID"),
    (3, (1, 4, 4, 64), 32, [[0, 0], [1, 2], [0, 3], [0, 0]]),
    (5, (2, 9, 11, 33), 40, "SAME"),
    (5, (3, 14, 8, 36), 70, "VALID"),
]


@pytest.fixture(autouse=True)
def _whatever_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "LEAST_TILES", 0)


def _convolved(x, w, dy, padding, is_known: bool = True):
    """The convolution and its two gradients, and the kernels that made them."""
    with tf.Graph().as_default(), tf.Session() as session:
        arrays = (x, w, dy)
        given = [
            tf.placeholder(
                a.dtype, a.shape if is_known or a is w else [None, None, None, a.shape[3]]
            )
            for a in arrays
        ]
        y = tf.nn.conv2d(given[0], given[1], [1, 1, 1, 1], padding)
        fetches = [y, *tf.gradients(y, given[:2], given[2])]
        feeds = dict(zip(given, arrays, strict=True))
        kernels = str(tf.explain(fetches, feeds))
        return session.run(fetches, feeds), kernels


def _arrays(window: int, dims: tuple[int, ...], filters: int, padding, dtype: str):
    random = np.random.RandomState(3)
    x = random.randn(*dims).astype(dtype)
    w = random.randn(window, window, dims[3], filters).astype(dtype)
    pads = padding[1:3] if isinstance(padding, list) else [(0, 0)] * 2
    if padding == "SAME":
        pads = [(window // 2, window // 2)] * 2
    sides = [size + sum(pad) - window + 1 for size, pad in zip(dims[1:3], pads, strict=True)]
    return x, w, random.randn(dims[0], *sides, filters).astype(dtype)


@pytest.mark.parametrize(("window", "dims", "filters", "padding"), GEOMETRIES)
def test_results_are_those_of_a_direct_convolution(
    window: int, dims: tuple[int, ...], filters: int, padding, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = _arrays(window, dims, filters, padding, "float64")
    monkeypatch.setenv("JITGRAPH_WINOGRAD", "off")
    expected, kernels = _convolved(*wide, padding)
    assert "winograd" not in kernels
    monkeypatch.delenv("JITGRAPH_WINOGRAD")
    for dtype, bound in (("float64", 1e-13), ("float32", 2e-5)):
        for is_known in (True, False):
            arrays = (array.astype(dtype) for array in wide)
            found, kernels = _convolved(*arrays, padding, is_known)
            assert {"winograd", "winograd_gradient", "winograd_taps"} <= set(kernels.split())
            for ours, theirs in zip(found, expected, strict=True):
                assert np.abs(ours - theirs).max() <= bound * np.abs(theirs).max()


@pytest.mark.parametrize("window", [3, 5])
def test_float32_errors_are_of_the_order_of_a_direct_convolution(
    window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wide = _arrays(window, (4, 16, 16, 64), 64, "SAME", "float64")
    narrow = [array.astype(np.float32) for array in wide]
    ours, _ = _convolved(*narrow, "SAME")
    monkeypatch.setenv("JITGRAPH_WINOGRAD", "off")
    exact, _ = _convolved(*wide, "SAME")
    direct, _ = _convolved(*narrow, "SAME")
    for found, plain, right, times in zip(ours, direct, exact, (3, 3, 12), strict=True):
        assert np.abs(found - right).max() <= times * np.abs(plain - right).max()


@pytest.mark.parametrize(("made", "taps"), [(2, 3), (4, 3), (2, 5)])
def test_the_matrices_convolve_exactly(made: int, taps: int) -> None:
    side = made + taps - 1
    seen = [Fraction(k * k - 3 * k + 1) for k in range(side)]
    weights = [Fraction(2 * k - 1) for k in range(taps)]

    def times(kind: str, vector: list[Fraction]) -> list[Fraction]:
        rows = factor(kind, made, taps)
        return [sum(a * b for a, b in zip(row, vector, strict=True)) for row in rows]

    products = [a * b for a, b in zip(times("input", seen), times("filter", weights), strict=True)]
    expected = [sum(seen[i + k] * weights[k] for k in range(taps)) for i in range(made)]
    assert times("output", products) == expected
    assert factor("gradient", made, taps) == tuple(zip(*factor("output", made, taps), strict=True))
    assert factor("taps", made, taps) == tuple(zip(*factor("filter", made, taps), strict=True))
