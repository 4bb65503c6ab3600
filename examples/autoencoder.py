"""An autoencoder: digits squeezed through a few numbers, and drawn again from them.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out: progress and the error on held-out digits; with --picture, digits above their copies.
G. E. Hinton and R. R. Salakhutdinov, "Reducing the dimensionality of data with neural networks",
Science 313, 2006.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from mnist import add_data_option, endless_batches, load_both
from pictures import save_grid

import jitgraph as tf

HIDDEN = (256, 128)


def dense(inputs: tf.Tensor, size: int, name: str) -> tf.Tensor:
    """inputs · weights + bias, with Glorot's initial weights."""
    with tf.variable_scope(name):
        weights = tf.get_variable("weights", [int(inputs.shape[1]), size])
        bias = tf.get_variable("bias", [size], initializer=tf.zeros_initializer())
    return tf.matmul(inputs, weights) + bias


class Autoencoder:
    """The graph: pixels → code → pixels, trained on the cross entropy of each pixel."""

    def __init__(self, pixels: int, code: int, rate: float) -> None:
        self.images = tf.placeholder(tf.float32, [None, pixels], name="images")
        layer = self.images
        for number, size in enumerate(HIDDEN):
            layer = tf.nn.relu(dense(layer, size, f"encoder{number}"))
        self.code = layer = dense(layer, code, "code")
        for number, size in enumerate(reversed(HIDDEN)):
            layer = tf.nn.relu(dense(layer, size, f"decoder{number}"))
        logits = dense(layer, pixels, "pixels")
        self.copies = tf.sigmoid(logits)
        entropy = tf.nn.sigmoid_cross_entropy_with_logits(labels=self.images, logits=logits)
        self.loss = tf.reduce_mean(tf.reduce_sum(entropy, 1))
        self.error = tf.reduce_mean(tf.square(self.copies - self.images))
        self.train_step = tf.train.AdamOptimizer(rate).minimize(self.loss)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=2000)
    parser.add_argument("--batch-size", type=positive, default=128)
    parser.add_argument("--code", type=positive, default=16, help="numbers that a digit becomes")
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw digits and copies")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    tf.set_random_seed(options.seed)
    model = Autoencoder(data.images.shape[1], options.code, options.rate)
    batched = endless_batches(data, options.batch_size, np.random.default_rng(options.seed))
    progress = Progress("training", options.steps)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(1, options.steps + 1):
            feed = {model.images: next(batched).images}
            _, loss = session.run([model.train_step, model.loss], feed)
            progress.show(step, loss)
        progress.finish(f"{options.steps} steps, loss {loss:.2f}")
        copies, error = session.run([model.copies, model.error], {model.images: held_out.images})
    plain = float(np.mean((held_out.images - data.images.mean(0)) ** 2))
    print(f"mean squared error on held-out digits  {error:.4f}")
    print(f"of the mean digit, for comparison      {plain:.4f}")
    if options.picture:
        save_grid(options.picture, np.concatenate([held_out.images[:20], copies[:20]]), 20)


if __name__ == "__main__":
    main()
