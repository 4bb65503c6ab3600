"""A perceptron learns digits from files that tf.data reads, decodes, shuffles and batches.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: progress, loss, accuracy on held-out digits after each pass.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from command_line import Progress, positive
from idx import TEST, TRAIN
from mnist import CLASSES, SIDE, add_data_option

import jitgraph as tf


def records(path: Path, size: int, header: int) -> tf.data.Dataset:
    """The pieces of an idx file behind its header, each as bytes."""
    return tf.data.FixedLengthRecordDataset(str(path), size, header, compression_type="GZIP")


def digits(directory: Path, names: tuple[str, str]) -> tf.data.Dataset:
    """Pairs of an image, as a row of float32 in [0, 1], and the digit that it shows."""
    images = records(directory / names[0], SIDE * SIDE, 16)
    labels = records(directory / names[1], 1, 8)

    def decoded(image: tf.Tensor, label: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        pixels = tf.cast(tf.decode_raw(image, tf.uint8), tf.float32) / 255.0
        number = tf.cast(tf.decode_raw(label, tf.uint8)[0], tf.int32)
        return tf.reshape(pixels, [SIDE * SIDE]), number

    return tf.data.Dataset.zip((images, labels)).map(decoded, num_parallel_calls=2).cache()


class Model:
    """Two layers; its input is whatever the iterator was begun with."""

    def __init__(self, iterator: tf.data.Iterator, units: int) -> None:
        images, labels = iterator.get_next()
        hidden = tf.layers.dense(images, units, tf.nn.relu)
        logits = tf.layers.dense(hidden, CLASSES)
        self.loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        self.train_step = tf.train.AdamOptimizer().minimize(self.loss)
        is_right = tf.equal(tf.argmax(logits, 1, output_type=tf.int32), labels)
        self.right = tf.reduce_sum(tf.cast(is_right, tf.float32)), tf.size(labels)


def accuracy(session: tf.Session, model: Model, begin: tf.Operation) -> float:
    """The share of held-out digits that the model tells."""
    session.run(begin)
    right = count = 0.0
    while True:
        try:
            found = session.run(model.right)
        except tf.errors.OutOfRangeError:
            return right / count
        right, count = right + found[0], count + found[1]


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=600, help="training steps (default: 600)")
    parser.add_argument("--batch-size", type=positive, default=100, help="(default: 100)")
    parser.add_argument("--units", type=positive, default=128, help="hidden units (default: 128)")
    parser.add_argument("--seed", type=int, default=1, help="(default: 1)")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    tf.set_random_seed(options.seed)
    training = digits(options.data, TRAIN).shuffle(10_000).repeat()
    training = training.batch(options.batch_size).prefetch(2)
    held_out = digits(options.data, TEST).batch(500)
    iterator = tf.data.Iterator.from_structure(held_out.output_types, held_out.output_shapes)
    begin_training = iterator.make_initializer(training)
    begin_test = iterator.make_initializer(held_out)
    model = Model(iterator, options.units)
    progress = Progress("training", options.steps)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        try:
            session.run(begin_training)
            for step in range(1, options.steps + 1):
                _, loss = session.run([model.train_step, model.loss])
                progress.show(step, loss)
            progress.finish(f"{options.steps} steps, loss {loss:.4f}")
            print(f"accuracy on held-out digits {accuracy(session, model, begin_test):.2%}")
        except tf.errors.NotFoundError as problem:
            sys.exit(f"{Path(sys.argv[0]).stem}: {problem.message.splitlines()[0]}")


if __name__ == "__main__":
    main()
