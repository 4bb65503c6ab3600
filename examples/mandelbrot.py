"""The Mandelbrot set: how soon z*z + c flees, for each c of a piece of the plane.

In: the middle and the width of the piece. Out: text on the screen; with --picture, a file. All
iterations are one `while_loop` over a grid of complex numbers, and one native call: the loop ends
when the last point has fled, or after `--steps` iterations.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from command_line import positive
from shades import as_text, save_grey

import jitgraph as tf

FLED = 4.0
"""The square of a modulus from which on nothing comes back."""


def fleeing(steps: int) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]:
    """The graph: placeholders for the grid's real and imaginary parts, for each point after how
    many iterations it has fled, and the number of iterations made."""
    across = tf.placeholder(tf.float64, [None], name="across")
    down = tf.placeholder(tf.float64, [None], name="down")
    rows, columns = tf.expand_dims(down, 1), tf.expand_dims(across, 0)
    c_real, c_imag = columns + 0 * rows, rows + 0 * columns

    def goes_on(step: tf.Tensor, x: tf.Tensor, y: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        return tf.logical_and(step < steps, tf.reduce_any(x * x + y * y <= FLED))

    def once(step: tf.Tensor, x: tf.Tensor, y: tf.Tensor, count: tf.Tensor) -> list[tf.Tensor]:
        inside = x * x + y * y <= FLED
        new_x = tf.where(inside, x * x - y * y + c_real, x)
        new_y = tf.where(inside, 2 * x * y + c_imag, y)
        return [step + 1, new_x, new_y, count + tf.cast(inside, tf.int32)]

    start = [0, tf.zeros_like(c_real), tf.zeros_like(c_real), tf.zeros_like(c_real, tf.int32)]
    made, _, _, count = tf.while_loop(goes_on, once, start)
    return across, down, count, made


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=float, default=-0.75, help="of the middle")
    parser.add_argument("--imaginary", type=float, default=0.0, help="of the middle")
    parser.add_argument("--width", type=float, default=3.0, help="of the piece of the plane")
    parser.add_argument("--pixels", type=positive, default=720, help="across; two thirds down")
    parser.add_argument("--steps", type=positive, default=200, help="iterations at most")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where to write a picture")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    across, down, count, made = fleeing(options.steps)
    half = options.width / 2
    real = np.linspace(options.real - half, options.real + half, options.pixels)
    height = max(2, options.pixels * 2 // 3)
    reach = half * height / options.pixels
    imaginary = np.linspace(options.imaginary + reach, options.imaginary - reach, height)
    feed = {across: real, down: imaginary}
    with tf.Session() as session:
        session.run([count, made], {across: real[:1], down: imaginary[:1]})
        began = time.perf_counter()
        counts, done = session.run([count, made], feed)
        seconds = time.perf_counter() - began
    shades = np.log1p(counts) / np.log1p(options.steps)
    print(as_text(shades))
    points = counts.size
    print(f"{done} steps, {points} points, {(counts == options.steps).mean():.1%} of them stay")
    rate = points * done / seconds / 1e6
    print(f"{seconds * 1e3:.1f} ms, {rate:.0f} million iterations a second")
    if options.picture:
        save_grey(options.picture, shades)


if __name__ == "__main__":
    main()
