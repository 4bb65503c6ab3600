"""A convolutional network for handwritten digits, as in "Deep MNIST for Experts".

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out: progress, accuracy on the digits held out, milliseconds a step. The network is that of
TensorFlow's tutorial: two convolutions of 5x5 with pooling, 1024 hidden units, dropout, Adam.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, SIDE, Digits, add_data_option, endless_batches, load_both, one_hot

import jitgraph as tf

FILTERS = (32, 64)
HIDDEN = 1024
BATCH = 50
RATE = 1e-4
HELD_OUT_AT_ONCE = 1000


def weight_variable(shape: list[int]) -> tf.Variable:
    """Weights with a little noise, so that no two units stay the same."""
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1), name="weights")


def bias_variable(shape: list[int]) -> tf.Variable:
    """Slightly positive biases, so that no relu is dead from the start."""
    return tf.Variable(tf.constant(0.1, shape=shape), name="bias")


def conv2d(images: tf.Tensor, filters: tf.Variable) -> tf.Tensor:
    """A convolution that keeps the size of the images."""
    return tf.nn.conv2d(images, filters, strides=[1, 1, 1, 1], padding="SAME")


def max_pool_2x2(images: tf.Tensor) -> tf.Tensor:
    """Half the rows and columns."""
    return tf.nn.max_pool(images, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")


def convolution_layer(images: tf.Tensor, filters: int, name: str) -> tf.Tensor:
    """Filters of 5x5, a bias, relu and pooling."""
    with tf.name_scope(name):
        weights = weight_variable([5, 5, int(images.shape[3]), filters])
        return max_pool_2x2(tf.nn.relu(conv2d(images, weights) + bias_variable([filters])))


def dense_layer(inputs: tf.Tensor, size: int, name: str) -> tf.Tensor:
    """inputs · weights + bias."""
    with tf.name_scope(name):
        weights = weight_variable([int(inputs.shape[1]), size])
        return tf.matmul(inputs, weights) + bias_variable([size])


class DeepMnist:
    """The graph: pixels → two convolutions → hidden units → ten scores, and how it learns."""

    def __init__(self) -> None:
        self.images = tf.placeholder(tf.float32, [None, SIDE * SIDE], name="images")
        self.labels = tf.placeholder(tf.float32, [None, CLASSES], name="labels")
        self.keep_prob = tf.placeholder(tf.float32, [], name="keep_prob")

        layer = tf.reshape(self.images, [-1, SIDE, SIDE, 1])
        for number, filters in enumerate(FILTERS, start=1):
            layer = convolution_layer(layer, filters, f"conv{number}")
        rows, columns, depth = layer.shape.as_list()[1:]
        flat = tf.reshape(layer, [-1, rows * columns * depth])
        hidden = tf.nn.relu(dense_layer(flat, HIDDEN, "hidden"))
        kept = tf.nn.dropout(hidden, self.keep_prob)
        scores = self.scores = dense_layer(kept, CLASSES, "scores")

        losses = tf.nn.softmax_cross_entropy_with_logits_v2(labels=self.labels, logits=scores)
        self.loss = tf.reduce_mean(losses)
        self.train_step = tf.train.AdamOptimizer(RATE).minimize(self.loss)
        is_right = tf.equal(tf.argmax(scores, 1), tf.argmax(self.labels, 1))
        self.accuracy = tf.reduce_mean(tf.cast(is_right, tf.float32))

    def feed(self, digits: Digits, keep_prob: float) -> dict[tf.Tensor, object]:
        """The feed_dict for these digits."""
        return {
            self.images: digits.images,
            self.labels: one_hot(digits.labels),
            self.keep_prob: keep_prob,
        }


def accuracy_on(session: tf.Session, model: DeepMnist, digits: Digits) -> float:
    """The part of `digits` that is told right, without dropout."""
    right = 0.0
    for start in range(0, len(digits.labels), HELD_OUT_AT_ONCE):
        part = Digits(*(array[start : start + HELD_OUT_AT_ONCE] for array in digits))
        accuracy = session.run(model.accuracy, model.feed(part, 1.0))
        right += float(accuracy) * len(part.labels)
    return right / len(digits.labels)


def train(
    session: tf.Session, model: DeepMnist, data: Digits, options: argparse.Namespace
) -> list[float]:
    """Takes all steps: the seconds of each."""
    progress = Progress("training", options.steps)
    batched = endless_batches(data, BATCH, np.random.default_rng(options.seed))
    seconds: list[float] = []
    for step in range(1, options.steps + 1):
        feeds = model.feed(next(batched), 0.5)
        start = time.perf_counter()
        _, loss = session.run([model.train_step, model.loss], feeds)
        seconds.append(time.perf_counter() - start)
        progress.show(step, float(loss))
    progress.finish(f"{options.steps} steps, loss {loss:.4f}")
    return seconds


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=1000, help="the tutorial takes 20000")
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the shuffling")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    tf.set_random_seed(options.seed)
    model = DeepMnist()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        seconds = train(session, model, data, options)
        accuracy = accuracy_on(session, model, held_out)
    later = seconds[1:] or seconds
    print(f"\naccuracy on held-out digits  {accuracy:.2%}")
    print(f"first step, compiling        {seconds[0]:.2f} s")
    print(f"each later step              {1e3 * float(np.median(later)):.2f} ms (median)")


if __name__ == "__main__":
    main()
