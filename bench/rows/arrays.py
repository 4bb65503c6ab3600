"""Rows: elementwise work on 4 million float32: Black-Scholes, and s*k + t*2 - 1 beside a copy."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from bench.row import Goal, Row, Work, least, times_faster

SIZE = 4_000_000
RATE = 0.02
VOLATILITY = 0.3


def _options() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    spot = random.uniform(10, 50, SIZE).astype(np.float32)
    strike = random.uniform(10, 50, SIZE).astype(np.float32)
    years = random.uniform(0.5, 2, SIZE).astype(np.float32)
    return spot, strike, years


def _black_scholes(m: Any, spot: Any, strike: Any, years: Any) -> Any:
    spread = VOLATILITY * m.sqrt(years)
    d1 = (m.log(spot / strike) + (RATE + 0.5 * VOLATILITY**2) * years) / spread
    d2 = d1 - spread
    below1 = 0.5 + 0.5 * m.erf(d1 * 0.5**0.5)
    below2 = 0.5 + 0.5 * m.erf(d2 * 0.5**0.5)
    return spot * below1 - strike * m.exp(-RATE * years) * below2


def price(tf: Any) -> Work:
    """Call prices, inputs fed as NumPy arrays, the answer a NumPy array."""
    arrays = _options()
    feeds = [tf.placeholder(tf.float32, [None]) for _ in arrays]
    return _called(tf, _black_scholes(tf, *feeds), feeds, arrays)


def _called(tf: Any, fetch: Any, feeds: list[Any], arrays: tuple[Any, ...]) -> Work:
    call = tf.Session().make_callable(fetch, feed_list=feeds)

    def run() -> Any:
        return call(*arrays)

    return Work(run, lambda: [run()])


def price_jax(_: Any) -> Work:
    """JAX on arrays that are already its own."""
    import types

    import jax
    import jax.numpy as jnp

    names = {"sqrt": jnp.sqrt, "log": jnp.log, "exp": jnp.exp, "erf": jax.scipy.special.erf}
    return _jitted(lambda *args: _black_scholes(types.SimpleNamespace(**names), *args), _options())


def _jitted(function: Any, arrays: tuple[Any, ...]) -> Work:
    import jax
    import jax.numpy as jnp

    step = jax.jit(function)
    owned = [jnp.asarray(array) for array in arrays]

    def run() -> Any:
        return step(*owned).block_until_ready()

    return Work(run, lambda: [np.asarray(run())])


def _pair() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    s = random.uniform(-1, 1, SIZE).astype(np.float32)
    t = random.uniform(-1, 1, SIZE).astype(np.float32)
    return s, t, np.float32(1.5)


def scale(tf: Any) -> Work:
    """s*k + t*2 - 1: 32 MB read, 16 MB written."""
    s, t, k = _pair()
    feeds = [tf.placeholder(tf.float32, shape) for shape in ([None], [None], [])]
    fetch = feeds[0] * feeds[2] + feeds[1] * 2.0 - 1.0
    return _called(tf, fetch, feeds, (s, t, k))


def scale_jax(_: Any) -> Work:
    """The same under JAX."""
    return _jitted(lambda s, t, k: s * k + t * 2.0 - 1.0, _pair())


def copy(_: Any) -> Work:
    """NumPy copies of 24 MB to 24 MB, the same 48 MB moved, half on each thread of a pool."""
    threads = len(os.sched_getaffinity(0))
    source = np.ones(SIZE * 3 // 2, np.float32)
    target = np.zeros_like(source)
    halves = list(
        zip(np.array_split(target, threads), np.array_split(source, threads), strict=True)
    )
    pool = ThreadPoolExecutor(threads)

    def run() -> None:
        list(pool.map(lambda half: np.copyto(*half), halves))

    return Work(run, list)


ROWS = (
    Row(
        "black_scholes",
        "Black-Scholes, 4M float32",
        {"jitgraph": price, "tensorflow": price, "jax": price_jax},
        (times_faster("tensorflow", 4), times_faster("jax", 1)),
        rtol=2e-4,
        atol=2e-4,
    ),
    Row(
        "scale",
        "s*k + t*2 - 1, 4M float32",
        {"jitgraph": scale, "copy": copy, "tensorflow": scale, "jax": scale_jax},
        (
            Goal(
                "the speed of a copy (within 10 %)",
                lambda figures: least(figures, "jitgraph") <= 1.1 * least(figures, "copy"),
            ),
        ),
    ),
)
