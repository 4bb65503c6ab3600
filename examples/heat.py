"""Heat in a plate whose edges are kept at fixed temperatures: the heat equation, step by step.

In: the number of cells along a side. Out, on the screen: progress, the plate, and how far it is
from the state in which nothing changes any more. The plate is a variable; one run of the graph is
many explicit steps (R. Courant, K. Friedrichs, H. Lewy, "On the partial difference equations of
mathematical physics", 1928: they are stable up to a quarter) in one `while_loop`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from shades import as_text, save_grey

import jitgraph as tf

MOST_STABLE = 0.25


class Plate:
    """The graph: the plate, and many steps of it.

    Args:
      first: temperatures; those of the edges stay.
      rate: how much of the differences to its neighbours a cell takes on in a step.
    """

    def __init__(self, first: np.ndarray, rate: float) -> None:
        self.plate = tf.Variable(first, name="plate")
        self.steps = tf.placeholder(tf.int32, [], name="steps")

        def once(step: tf.Tensor, heat: tf.Tensor) -> list[tf.Tensor]:
            inner = heat[1:-1, 1:-1]
            around = heat[:-2, 1:-1] + heat[2:, 1:-1] + heat[1:-1, :-2] + heat[1:-1, 2:]
            change = rate * (around - 4 * inner)
            return [step + 1, heat + tf.pad(change, [[1, 1], [1, 1]])]

        start = [0, self.plate.read_value()]
        _, heat = tf.while_loop(lambda step, _: step < self.steps, once, start)
        self.change = tf.reduce_max(tf.abs(heat - self.plate))
        with tf.control_dependencies([self.change]):
            self.advance = self.plate.assign(heat)


def first_plate(cells: int) -> np.ndarray:
    """A cold plate with a hot upper edge and a warm left one."""
    plate = np.zeros((cells, cells), np.float32)
    plate[0] = 1.0
    plate[:, 0] = 0.5
    return plate


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=positive, default=144, help="along a side")
    parser.add_argument("--steps", type=positive, default=20_000)
    parser.add_argument("--rate", type=float, default=MOST_STABLE, help="at most a quarter")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="where to write a picture")
    options = parser.parse_args()
    if not 0 < options.rate <= MOST_STABLE:
        parser.error(f"--rate must be in (0, {MOST_STABLE}], got {options.rate}")
    if options.cells < 3:
        parser.error("--cells must be at least 3: edges and something between them")
    return options


def main() -> None:
    options = parse_options()
    model = Plate(first_plate(options.cells), options.rate)
    progress = Progress("heating", options.steps, measure="change")
    together = max(1, options.steps // 50)
    done, change = 0, np.inf
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        while done < options.steps:
            count = min(together, options.steps - done)
            _, change = session.run([model.advance, model.change], {model.steps: count})
            done += count
            progress.show(done, change)
        progress.finish(f"{done} steps, the last {count} of them changed it by {change:.2e}")
        plate = session.run(model.plate)
    print(as_text(plate))
    middle = plate[options.cells // 2, options.cells // 2]
    print(f"mean {plate.mean():.4f}, in the middle {middle:.4f}")
    if options.picture:
        save_grey(options.picture, plate)


if __name__ == "__main__":
    main()
