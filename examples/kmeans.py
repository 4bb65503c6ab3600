"""k-means on handwritten digits: finds what they look like, without being told their names.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: progress, how many digits each cluster holds and which; how pure they are.
One run of the graph is one step of Lloyd's algorithm (S. P. Lloyd, "Least squares quantization in
PCM", IEEE Trans. Information Theory 28, 1982).
"""

from __future__ import annotations

import argparse

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, SIDE, add_data_option, load_both

import jitgraph as tf

SHADES = " .:-=+*#%@"


class Clusters:
    """The graph: nearest centre of each point, and the step that moves the centres."""

    def __init__(self, first: np.ndarray) -> None:
        count, width = first.shape
        self.points = tf.placeholder(tf.float32, [None, width], name="points")
        self.centres = tf.Variable(first, name="centres")
        squares = tf.reduce_sum(tf.square(self.points), 1, keepdims=True)
        products = tf.matmul(self.points, self.centres, transpose_b=True)
        distances = squares - 2.0 * products + tf.reduce_sum(tf.square(self.centres), 1)
        self.nearest = tf.argmin(distances, 1, output_type=tf.int32)
        self.loss = tf.reduce_mean(tf.reduce_min(distances, 1))
        sums = tf.unsorted_segment_sum(self.points, self.nearest, count)
        sizes = tf.unsorted_segment_sum(tf.ones_like(self.points[:, :1]), self.nearest, count)
        moved = tf.where(tf.tile(sizes > 0, [1, width]), sums / tf.maximum(sizes, 1), self.centres)
        self.step = self.centres.assign(moved)


def spread_out(points: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """First centres, each far from those before: k-means++ (Arthur and Vassilvitskii, 2007)."""
    chosen = [points[rng.integers(len(points))]]
    nearest = np.full(len(points), np.inf)
    while len(chosen) < count:
        nearest = np.minimum(nearest, ((points - chosen[-1]) ** 2).sum(1))
        chosen.append(points[rng.choice(len(points), p=nearest / nearest.sum())])
    return np.stack(chosen)


def picture(rows: list[np.ndarray]) -> str:
    """Images side by side, as text: one character for two pixels' height."""
    shades = np.array(list(SHADES))
    images = [row.reshape(SIDE, SIDE)[::2] for row in rows]
    lines = np.concatenate(images, axis=1)
    indices = np.clip((lines * len(SHADES)).astype(int), 0, len(SHADES) - 1)
    return "\n".join("".join(line).rstrip() for line in shades[indices])


def report(nearest: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> None:
    """Which digits are in which cluster, and the share of the commonest."""
    right = 0
    for cluster in range(len(centres)):
        counts = np.bincount(labels[nearest == cluster], minlength=CLASSES)
        digit = int(counts.argmax())
        right += int(counts[digit])
        share = counts[digit] / max(1, counts.sum())
        print(f"cluster {cluster:2d}  {counts.sum():5d} digits, {share:6.1%} of them a {digit}")
    print(f"purity on held-out digits  {right / len(labels):.1%}\n")
    print(picture(list(centres[:4])))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--clusters", type=positive, default=20)
    parser.add_argument("--steps", type=positive, default=40)
    parser.add_argument("--seed", type=int, default=1, help="of the first centres")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    rng = np.random.default_rng(options.seed)
    model = Clusters(spread_out(data.images, options.clusters, rng))
    progress = Progress("clustering", options.steps)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            _, loss = session.run([model.step, model.loss], {model.points: data.images})
            progress.show(step, loss)
        progress.finish(f"{options.steps} steps, mean squared distance {loss:.3f}")
        nearest, centres = session.run(
            [model.nearest, model.centres], {model.points: held_out.images}
        )
    report(nearest, held_out.labels, centres)


if __name__ == "__main__":
    main()
