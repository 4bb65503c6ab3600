"""The logistic map x -> r x (1 - x): where it ends up for each r, order and chaos.

In: a range of r. Out: the bifurcation diagram as text (with --picture, in a file), and for each of
some r the length of the cycle and the Lyapunov exponent, which is positive where there is chaos.
R. M. May, "Simple mathematical models with very complicated dynamics", Nature 261, 1976.
All r go through all iterations in one `while_loop`, which is one kernel.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from command_line import positive
from shades import as_text, save_grey

import jitgraph as tf

SAMPLES = 256
"""Values after the last step, of which the diagram is made."""

Ends = tuple[tf.Tensor, tf.Tensor, tf.Tensor]


def iterated(rates: tf.Tensor, steps: tf.Tensor) -> Ends:
    """After so many steps: the next `SAMPLES` values for each r, and the Lyapunov exponent."""

    def slope(x: tf.Tensor) -> tf.Tensor:
        return tf.log(tf.maximum(tf.abs(rates * (1 - 2 * x)), 1e-12))

    def once(step: tf.Tensor, x: tf.Tensor, total: tf.Tensor) -> list[tf.Tensor]:
        return [step + 1, rates * x * (1 - x), total + slope(x)]

    start = [0, 0.3 + 0 * rates, 0 * rates]
    made, x, total = tf.while_loop(lambda step, *_: step < steps, once, start)
    values = [x]
    for _ in range(SAMPLES - 1):
        values.append(rates * values[-1] * (1 - values[-1]))
    return tf.stack(values), total / tf.cast(made, tf.float64), made


def cycle(values: np.ndarray) -> int:
    """The length of the cycle that a row of values goes through, 0 for none that is short."""
    for length in (1, 2, 3, 4, 5, 6, 7, 8, 16, 32):
        if np.allclose(values[length:], values[:-length], atol=1e-6):
            return length
    return 0


def diagram(values: np.ndarray, height: int) -> np.ndarray:
    """For each r (a column) how often its values fall into each of `height` parts of [0, 1]."""
    count = values.shape[1]
    rows = np.clip(((1 - values) * height).astype(int), 0, height - 1)
    found = np.zeros((height, count))
    np.add.at(found, (rows, np.arange(count)[None, :]), 1)
    return (found / found.max(0)) ** 0.5


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--low", type=float, default=2.8, help="the least r")
    parser.add_argument("--high", type=float, default=4.0, help="the greatest r")
    parser.add_argument("--count", type=positive, default=720, help="of r")
    parser.add_argument("--steps", type=positive, default=10_000)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where to write a picture")
    options = parser.parse_args()
    if not 0 <= options.low < options.high <= 4:
        parser.error("0 <= low < high <= 4 must hold")
    return options


def main() -> None:
    options = parse_options()
    rates = tf.placeholder(tf.float64, [None], name="rates")
    steps = tf.placeholder(tf.int32, [], name="steps")
    ends = iterated(rates, steps)
    given = np.linspace(options.low, options.high, options.count)
    with tf.Session() as session:
        session.run(ends, {rates: given, steps: 1})
        began = time.perf_counter()
        values, exponents, made = session.run(ends, {rates: given, steps: options.steps})
        seconds = time.perf_counter() - began
    shades = diagram(values, options.count // 2)
    print(as_text(shades, of_greatest=True))
    print(f"{made} steps for each of {len(given)} r in {seconds * 1e3:.1f} ms")
    for place in np.linspace(0, options.count - 1, 7).astype(int):
        length = cycle(values[:, place])
        told = f"a cycle of {length}" if length else "no short cycle"
        print(f"r = {given[place]:.4f}  {told:15s}  Lyapunov exponent {exponents[place]:+.3f}")
    if options.picture:
        save_grey(options.picture, shades)


if __name__ == "__main__":
    main()
