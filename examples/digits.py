"""Trains a small classifier on handwritten digits, in TensorFlow 1's style, and shows how.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: progress, loss and accuracy, milliseconds a step, what was compiled.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, Digits, add_data_option, batches, load_both

import jitgraph as tf

HIDDEN = (256, 128)
FIRST_RATE = 0.2
RATE_DECAY = 0.85


class Classifier(NamedTuple):
    """The tensors and operations of the graph that the training loop runs."""

    images: tf.Tensor
    labels: tf.Tensor
    loss: tf.Tensor
    accuracy: tf.Tensor
    train_step: tf.Operation
    lower_rate: tf.Tensor


def dense(inputs: tf.Tensor, size_in: int, size_out: int, rng: np.random.Generator) -> tf.Tensor:
    """inputs · weights + bias, with weights scaled for relu."""
    values = rng.standard_normal((size_in, size_out)) * np.sqrt(2 / size_in)
    weights = tf.Variable(values.astype(np.float32), name="weights")
    bias = tf.Variable(np.zeros(size_out, np.float32), name="bias")
    return tf.matmul(inputs, weights) + bias


def build_classifier(pixels: int, seed: int) -> Classifier:
    """An MLP with a softmax cross entropy loss and plain gradient descent."""
    rng = np.random.default_rng(seed)
    images = tf.placeholder(tf.float32, [None, pixels], name="images")
    labels = tf.placeholder(tf.int32, [None], name="labels")

    activations, width = images, pixels
    for layer, size in enumerate(HIDDEN, start=1):
        with tf.name_scope(f"hidden{layer}"):
            activations = tf.nn.relu(dense(activations, width, size, rng))
        width = size
    with tf.name_scope("logits"):
        logits = dense(activations, width, CLASSES, rng)

    with tf.name_scope("loss"):
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_mean(losses)
    with tf.name_scope("accuracy"):
        guesses = tf.argmax(logits, 1, output_type=tf.int32)
        accuracy = tf.reduce_mean(tf.cast(tf.equal(guesses, labels), tf.float32))
    with tf.name_scope("train"):
        rate = tf.Variable(np.float32(FIRST_RATE), trainable=False, name="rate")
        train_step = tf.train.GradientDescentOptimizer(rate).minimize(loss)
        lower_rate = rate.assign(rate * RATE_DECAY)
    return Classifier(images, labels, loss, accuracy, train_step, lower_rate)


def feed(model: Classifier, digits: Digits) -> dict[tf.Tensor, np.ndarray]:
    """The feed_dict for these digits."""
    return {model.images: digits.images, model.labels: digits.labels}


def train_epoch(
    session: tf.Session, model: Classifier, batched: Iterator[Digits], progress: Progress
) -> tuple[float, list[float]]:
    """One pass over the training digits: the mean loss, and the seconds of each step."""
    losses, seconds = [], []
    for step, batch in enumerate(batched, start=1):
        feeds = feed(model, batch)
        start = time.perf_counter()
        _, loss = session.run([model.train_step, model.loss], feeds)
        seconds.append(time.perf_counter() - start)
        losses.append(float(loss))
        progress.show(step, losses[-1])
    return float(np.mean(losses)), seconds


def train(
    session: tf.Session,
    model: Classifier,
    data: Digits,
    held_out: Digits,
    options: argparse.Namespace,
) -> tuple[float, list[float]]:
    """Trains for all epochs: the last accuracy on the held-out digits, the seconds of each step."""
    rng = np.random.default_rng(options.seed)
    steps = -(-len(data.labels) // options.batch_size)
    accuracy, seconds = 0.0, []
    for epoch in range(1, options.epochs + 1):
        progress = Progress(f"epoch {epoch:2d}/{options.epochs}", steps)
        batched = batches(data, options.batch_size, rng)
        loss, taken = train_epoch(session, model, batched, progress)
        accuracy = float(session.run(model.accuracy, feed(model, held_out)))
        session.run(model.lower_rate)
        seconds += taken
        milliseconds = 1e3 * float(np.median(taken))
        progress.finish(f"loss {loss:.4f}  accuracy {accuracy:7.2%}  {milliseconds:.2f} ms a step")
    return accuracy, seconds


def report(model: Classifier, sample: Digits, accuracy: float, seconds: list[float]) -> None:
    """What the run came to, and what the compiler made of the training step."""
    first, later = seconds[0], seconds[1:] or seconds
    print(f"\naccuracy on held-out digits  {accuracy:.2%}")
    print(f"first step, compiling        {first:.2f} s")
    print(f"each later step              {1e3 * float(np.median(later)):.2f} ms (median)")
    print("\nWhat was compiled for a training step:\n")
    print(tf.explain([model.train_step, model.loss], feed(model, sample)))


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--epochs", type=positive, default=10)
    parser.add_argument("--batch-size", type=positive, default=64)
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the shuffling")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    model = build_classifier(data.images.shape[1], options.seed)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        accuracy, seconds = train(session, model, data, held_out, options)
    sample = Digits(data.images[: options.batch_size], data.labels[: options.batch_size])
    report(model, sample, accuracy, seconds)


if __name__ == "__main__":
    main()
