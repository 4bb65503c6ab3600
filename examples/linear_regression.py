"""Fits a line to Forbes' boiling points of 1857 by gradient descent, and draws it.

In: seventeen measurements of the boiling point of water (degrees Fahrenheit) and the pressure of
the air (inches of mercury) in the Alps and the Himalayas: J. D. Forbes, "Further experiments and
remarks on the measurement of heights by the boiling point of water", Trans. R. Soc. Edinburgh 21.
Out: the line, beside the one of least squares; with --plot, a picture.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from command_line import Progress, positive

import jitgraph as tf

BOILING_POINT = np.array(
    [194.5, 194.3, 197.9, 198.4, 199.4, 199.9, 200.9, 201.1, 201.4, 201.3, 203.6, 204.6, 209.5,
     208.6, 210.7, 211.9, 212.2], np.float32,
)  # fmt: skip
PRESSURE = np.array(
    [20.79, 20.79, 22.40, 22.67, 23.15, 23.35, 23.89, 23.99, 24.02, 24.01, 25.14, 26.57, 28.49,
     27.76, 29.04, 29.88, 30.06], np.float32,
)  # fmt: skip


def fit(x: np.ndarray, y: np.ndarray, steps: int, rate: float) -> tuple[float, float]:
    """Slope and intercept of the line through x and y, by gradient descent on the mean square."""
    points = tf.placeholder(tf.float32, [None], name="x")
    values = tf.placeholder(tf.float32, [None], name="y")
    slope = tf.Variable(0.0, name="slope")
    intercept = tf.Variable(0.0, name="intercept")
    loss = tf.reduce_mean(tf.square(slope * points + intercept - values))
    train_step = tf.train.GradientDescentOptimizer(rate).minimize(loss)
    feed = {points: x, values: y}
    progress = Progress("fitting", steps)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, steps + 1):
            _, found = session.run([train_step, loss], feed)
            progress.show(step, found)
        progress.finish(f"{steps} steps, mean square {found:.5f}")
        fitted = session.run([slope, intercept])
    return float(fitted[0]), float(fitted[1])


def draw(path: Path, slope: float, intercept: float) -> None:
    """Points and line as a picture; needs matplotlib."""
    try:
        import matplotlib
    except ImportError:
        sys.exit("linear_regression: --plot needs matplotlib: pip install 'jitgraph[plot]'")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    ends = np.array([BOILING_POINT.min() - 1, BOILING_POINT.max() + 1])
    axes.plot(ends, slope * ends + intercept, color="tab:orange", label="fitted line")
    axes.plot(BOILING_POINT, PRESSURE, "o", color="tab:blue", label="Forbes, 1857")
    axes.set(xlabel="boiling point of water (°F)", ylabel="pressure of the air (inHg)")
    axes.legend()
    figure.savefig(path, dpi=150)
    print(f"picture in {path}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=positive, default=200)
    parser.add_argument("--rate", type=float, default=0.1, help="learning rate")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the line into FILE")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    mean, spread = BOILING_POINT.mean(), BOILING_POINT.std()
    scaled = (BOILING_POINT - mean) / spread
    slope, intercept = fit(scaled, PRESSURE, options.steps, options.rate)
    slope, intercept = slope / spread, intercept - slope * mean / spread
    exact = np.polyfit(BOILING_POINT.astype(np.float64), PRESSURE.astype(np.float64), 1)
    print(f"gradient descent  pressure = {slope:.4f} * boiling point {intercept:+.3f}")
    print(f"least squares     pressure = {exact[0]:.4f} * boiling point {exact[1]:+.3f}")
    if options.plot:
        draw(options.plot, slope, intercept)


if __name__ == "__main__":
    main()
