"""Rows: a fresh process: import, build, first training step; kernels are on disk, or none is.

The models are those of the rows `adam` (a perceptron of three layers), `cnn` (the tutorial's
convolutional network) and `lstm_unrolled`, `lstm_dynamic`. Peers compile, too: TensorFlow links
kernels that came with it, JAX compiles. Results are the weights after that step.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.row import Fresh, Goal, Row, Work, at_most, middle
from bench.rows import cnn, lstm, mlp
from bench.rows.start import FIRST, IMPORT, NUMBA, since_spawned

COMPILED = "compiled"
PROCESSOR = "processor time"


def first_step(model: Callable[[Any], Work], import_module: Any) -> Fresh:
    """Seconds from the start of the process to the end of the first step."""
    begin = time.perf_counter()
    module = import_module()
    imported = time.perf_counter() - begin
    work = model(module)
    work.run()
    figures = {FIRST: since_spawned(), IMPORT: imported, PROCESSOR: time.process_time()}
    if module is not None and module.__name__ == "jitgraph":
        from jitgraph.kernels.cache import default_cache

        figures[COMPILED] = float(default_cache().stats().compiled)
        figures[NUMBA] = float("numba" in sys.modules)
    return Fresh(figures, work.result())


def mlp_adam(import_module: Any) -> Fresh:
    """The perceptron, by Adam."""
    return first_step(mlp.train_adam, import_module)


def mlp_adam_jax(import_module: Any) -> Fresh:
    """The same under JAX's jit."""
    return first_step(mlp.train_adam_jax, import_module)


def deep_mnist(import_module: Any) -> Fresh:
    """The convolutional network, by Adam."""
    return first_step(cnn.train, import_module)


def deep_mnist_jax(import_module: Any) -> Fresh:
    """The same under JAX's jit."""
    return first_step(cnn.train_jax, import_module)


def lstm_first_step(import_module: Any, is_loop: bool) -> Fresh:
    """The LSTM of 28 steps: unrolled, or as a loop."""
    return first_step(partial(lstm.train, is_loop=is_loop), import_module)


def lstm_first_step_jax(import_module: Any, is_loop: bool) -> Fresh:
    """The same under JAX's jit."""
    return first_step(partial(lstm.train_jax, is_loop=is_loop), import_module)


def _lstm_row(name: str, is_loop: bool, warm_cache: bool, seconds: float) -> Row:
    ours = partial(lstm_first_step, is_loop=is_loop)
    kernels = "kernels on disk" if warm_cache else "nothing on disk"
    form = "a loop" if is_loop else "unrolled"
    return Row(
        name,
        f"fresh process, {kernels}: LSTM, 28 steps × 128, {form}, first step of SGD",
        {
            "jitgraph": ours,
            "tensorflow": ours,
            "jax": partial(lstm_first_step_jax, is_loop=is_loop),
        },
        (at_most(FIRST, seconds, f"{seconds} s"),),
        fresh=True,
        warm_cache=warm_cache,
        lazy_import=True,
        rtol=2e-3,
        atol=1e-4,
    )


ROWS = (
    Row(
        "warm",
        "fresh process, kernels on disk: MLP 784-256-256-10, first step by Adam",
        {"jitgraph": mlp_adam, "tensorflow": mlp_adam, "jax": mlp_adam_jax},
        (
            at_most(FIRST, 0.4, "0.4 s"),
            Goal("Numba not imported", lambda f: middle(f, "jitgraph", NUMBA) == 0),
            Goal("nothing compiled", lambda f: middle(f, "jitgraph", COMPILED) == 0),
        ),
        fresh=True,
        warm_cache=True,
        lazy_import=True,
        rtol=1e-3,
        atol=1e-4,
    ),
    Row(
        "cold",
        "fresh process, nothing on disk: MLP 784-256-256-10, first step by Adam",
        {"jitgraph": mlp_adam, "tensorflow": mlp_adam, "jax": mlp_adam_jax},
        (at_most(FIRST, 2.0, "2 s"),),
        fresh=True,
        lazy_import=True,
        rtol=1e-3,
        atol=1e-4,
    ),
    Row(
        "cold_cnn",
        "fresh process, nothing on disk: Deep MNIST for Experts, first step",
        {"jitgraph": deep_mnist, "tensorflow": deep_mnist, "jax": deep_mnist_jax},
        (at_most(FIRST, 4.0, "4 s"),),
        fresh=True,
        lazy_import=True,
        rtol=1e-2,
        atol=3e-5,
    ),
    _lstm_row("warm_lstm", is_loop=False, warm_cache=True, seconds=0.3),
    _lstm_row("warm_lstm_dynamic", is_loop=True, warm_cache=True, seconds=0.3),
    _lstm_row("cold_lstm", is_loop=False, warm_cache=False, seconds=1.5),
    _lstm_row("cold_lstm_dynamic", is_loop=True, warm_cache=False, seconds=1.5),
)
