"""Conway's Game of Life on a torus, with Gosper's glider gun, or cells thrown at random.

In: the size of the field. Out, on the screen: the field after all steps, and how many cells live.
The rules: M. Gardner, "The fantastic combinations of John Conway's new solitaire game 'life'",
Scientific American 223, 1970. One run of the graph is many generations in one `while_loop`.
"""

from __future__ import annotations

import argparse

import numpy as np
from command_line import Progress, positive

import jitgraph as tf

GUN = """
........................O...........
......................O.O...........
............OO......OO............OO
...........O...O....OO............OO
OO........O.....O...OO..............
OO........O...O.OO....O.O...........
..........O.....O.......O...........
...........O...O....................
............OO......................
"""


class Field:
    """The graph: the field of zeros and ones, and many generations of it."""

    def __init__(self, first: np.ndarray) -> None:
        self.cells = tf.Variable(first, name="cells")
        self.steps = tf.placeholder(tf.int32, [], name="steps")
        self.living = tf.reduce_sum(self.cells)

        def once(step: tf.Tensor, cells: tf.Tensor) -> list[tf.Tensor]:
            rows = cells + tf.roll(cells, 1, 0) + tf.roll(cells, -1, 0)
            block = rows + tf.roll(rows, 1, 1) + tf.roll(rows, -1, 1)
            stays = tf.logical_and(tf.equal(cells, 1), tf.equal(block, 4))
            return [step + 1, tf.cast(tf.logical_or(tf.equal(block, 3), stays), tf.int32)]

        start = [0, self.cells.read_value()]
        _, cells = tf.while_loop(lambda step, _: step < self.steps, once, start)
        self.advance = self.cells.assign(cells).op


def gun(height: int, width: int) -> np.ndarray:
    """A field with the gun in its upper left corner."""
    lines = GUN.split()
    pattern = np.array([[letter == "O" for letter in line] for line in lines], np.int32)
    field = np.zeros((height, width), np.int32)
    field[1 : 1 + len(pattern), 1 : 1 + len(pattern[0])] = pattern
    return field


def as_text(cells: np.ndarray) -> str:
    """Two rows of cells in a line of text."""
    pairs = cells[: len(cells) // 2 * 2].reshape(-1, 2, cells.shape[1])
    places = pairs[:, 0] + 2 * pairs[:, 1]
    return "\n".join("".join(line).rstrip() for line in np.array(list(" ▀▄█"))[places])


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--height", type=positive, default=60)
    parser.add_argument("--width", type=positive, default=100)
    parser.add_argument("--steps", type=positive, default=200, help="generations")
    parser.add_argument("--random", type=float, metavar="SHARE", help="so many of the cells live")
    parser.add_argument("--seed", type=int, default=1, help="of the random cells")
    options = parser.parse_args()
    if options.random is None and (options.height < 11 or options.width < 38):
        parser.error("the gun needs a field of at least 11 by 38")
    return options


def main() -> None:
    options = parse_options()
    shape = (options.height, options.width)
    if options.random is None:
        first = gun(*shape)
    else:
        chances = np.random.default_rng(options.seed).random(shape)
        first = (chances < options.random).astype(np.int32)
    model = Field(first)
    progress = Progress("living", options.steps, measure="cells")
    together = max(1, options.steps // 50)
    done = 0
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        while done < options.steps:
            count = min(together, options.steps - done)
            session.run(model.advance, {model.steps: count})
            done += count
            progress.show(done, session.run(model.living))
        cells, living = session.run([model.cells, model.living])
        progress.finish(f"{done} steps, {living} cells live, {first.sum()} did at first")
    print(as_text(cells))


if __name__ == "__main__":
    main()
