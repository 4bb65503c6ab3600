"""Softmax regression on handwritten digits: TensorFlow's tutorial "MNIST for ML Beginners".

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: progress, loss, accuracy on held-out digits, and the digits most confused.
"""

from __future__ import annotations

import argparse

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, Digits, add_data_option, endless_batches, load_both, one_hot

import jitgraph as tf


class Model:
    """The graph: y = softmax(x W + b), trained on the cross entropy."""

    def __init__(self, pixels: int, rate: float) -> None:
        self.x = tf.placeholder(tf.float32, [None, pixels], name="x")
        self.y_ = tf.placeholder(tf.float32, [None, CLASSES], name="labels")
        W = tf.Variable(tf.zeros([pixels, CLASSES]), name="W")
        b = tf.Variable(tf.zeros([CLASSES]), name="b")
        y = tf.matmul(self.x, W) + b
        self.loss = tf.reduce_mean(
            tf.nn.softmax_cross_entropy_with_logits_v2(labels=self.y_, logits=y)
        )
        self.train_step = tf.train.GradientDescentOptimizer(rate).minimize(self.loss)
        self.guess = tf.argmax(y, 1)
        is_right = tf.equal(self.guess, tf.argmax(self.y_, 1))
        self.accuracy = tf.reduce_mean(tf.cast(is_right, tf.float32))

    def feed(self, digits: Digits) -> dict[tf.Tensor, np.ndarray]:
        return {self.x: digits.images, self.y_: one_hot(digits.labels)}


def train(session: tf.Session, model: Model, data: Digits, options: argparse.Namespace) -> None:
    """Runs the training steps."""
    batched = endless_batches(data, options.batch_size, np.random.default_rng(options.seed))
    progress = Progress("training", options.steps)
    for step in range(1, options.steps + 1):
        _, loss = session.run([model.train_step, model.loss], model.feed(next(batched)))
        progress.show(step, loss)
    progress.finish(f"{options.steps} steps, loss {loss:.4f}")


def confusions(guesses: np.ndarray, labels: np.ndarray) -> list[tuple[int, int, int]]:
    """(how often, digit, taken for), most frequent first."""
    counts = np.zeros((CLASSES, CLASSES), int)
    np.add.at(counts, (labels, guesses), 1)
    np.fill_diagonal(counts, 0)
    found = [(int(n), *divmod(place, CLASSES)) for place, n in enumerate(counts.ravel()) if n]
    return sorted(found, reverse=True)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=1000)
    parser.add_argument("--batch-size", type=positive, default=100)
    parser.add_argument("--rate", type=float, default=0.5, help="learning rate")
    parser.add_argument("--seed", type=int, default=1, help="of the shuffling")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    model = Model(data.images.shape[1], options.rate)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        train(session, model, data, options)
        feed = model.feed(held_out)
        accuracy, guesses = session.run([model.accuracy, model.guess], feed)
    print(f"accuracy on held-out digits  {accuracy:.2%}")
    for count, digit, taken_for in confusions(guesses, held_out.labels)[:3]:
        print(f"{digit} was taken for {taken_for} {count} times")


if __name__ == "__main__":
    main()
