"""Trains an LSTM that reads handwritten digits row by row, and shows how sure it is after each row.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: progress, accuracy, and for one digit what it takes it for, row by row.
S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9, 1997.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, SIDE, Digits, add_data_option, endless_batches, load_both

import jitgraph as tf

SHADES = " .:-=+*#%@"


class Reader(NamedTuple):
    """The tensors and operations of the graph that the training loop runs."""

    images: tf.Tensor
    labels: tf.Tensor
    loss: tf.Tensor
    guesses: tf.Tensor
    sureness: tf.Tensor
    train_step: tf.Operation


def build_reader(units: int, is_loop: bool) -> Reader:
    """An LSTM over the 28 rows of an image, and a layer that names the digit after each row."""
    images = tf.placeholder(tf.float32, [None, SIDE * SIDE], name="images")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    rows = tf.reshape(images, [-1, SIDE, SIDE])
    cell = tf.nn.rnn_cell.BasicLSTMCell(units)
    if is_loop:
        outputs, _ = tf.nn.dynamic_rnn(cell, rows, dtype=tf.float32)
        after_row = tf.unstack(outputs, axis=1)
    else:
        after_row, _ = tf.nn.static_rnn(cell, tf.unstack(rows, axis=1), dtype=tf.float32)
    named = [
        tf.layers.dense(output, CLASSES, name="digit", reuse=tf.AUTO_REUSE) for output in after_row
    ]
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=named[-1])
    loss = tf.reduce_mean(each)
    guesses = tf.argmax(named[-1], 1, output_type=tf.int32)
    sureness = tf.nn.softmax(tf.stack([logits[0] for logits in named]))
    train_step = tf.train.AdamOptimizer(2e-3).minimize(loss)
    return Reader(images, labels, loss, guesses, sureness, train_step)


def accuracy(session: tf.Session, reader: Reader, digits: Digits) -> float:
    """The share of digits that are named rightly."""
    guesses = session.run(reader.guesses, {reader.images: digits.images})
    return float(np.mean(guesses == digits.labels))


def show_reading(session: tf.Session, reader: Reader, digits: Digits) -> None:
    """One digit, and beside each row what it was taken for when that row had been read."""
    sureness = session.run(reader.sureness, {reader.images: digits.images[:1]})
    print(f"\na {digits.labels[0]}, read from the top:")
    for row, shares in zip(digits.images[0].reshape(SIDE, SIDE), sureness, strict=True):
        picture = "".join(SHADES[int(value * (len(SHADES) - 1))] for value in row)
        print(f"  {picture}  {int(shares.argmax())}  {shares.max():4.0%}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=1500)
    parser.add_argument("--batch-size", type=positive, default=128)
    parser.add_argument("--units", type=positive, default=128, help="of the LSTM")
    parser.add_argument("--loop", action="store_true", help="dynamic_rnn instead of static_rnn")
    parser.add_argument("--seed", type=int, default=1, help="of the weights and the shuffling")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    data, held_out = load_both(options.data)
    tf.set_random_seed(options.seed)
    reader = build_reader(options.units, options.loop)
    batched = endless_batches(data, options.batch_size, np.random.default_rng(options.seed))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        progress = Progress(f"{options.steps} steps", options.steps)
        began = time.perf_counter()
        for step in range(1, options.steps + 1):
            batch = next(batched)
            feeds = {reader.images: batch.images, reader.labels: batch.labels}
            _, loss = session.run([reader.train_step, reader.loss], feeds)
            progress.show(step, float(loss))
        seconds = time.perf_counter() - began
        progress.finish(f"in {seconds:.1f} s, the last loss {loss:.4f}")
        print(f"accuracy on held-out digits  {accuracy(session, reader, held_out):.2%}")
        show_reading(session, reader, held_out)


if __name__ == "__main__":
    main()
