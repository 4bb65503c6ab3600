"""MNIST digits from TFRecords: written once, then read through a queue by the training step.

In: the four MNIST files of a folder (a sixth of them comes with the repository).
Out, on the screen: records a second, progress, accuracy on the held-out digits.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from command_line import Progress, positive
from mnist import CLASSES, SIDE, add_data_option, load_both

import jitgraph as tf

PIXELS = SIDE * SIDE


def write_records(path: str, images: np.ndarray, digits: np.ndarray) -> None:
    """A record for each digit: its pixels as bytes, and which one it is."""
    with tf.python_io.TFRecordWriter(path) as writer:
        for image, digit in zip(np.round(images * 255).astype(np.uint8), digits, strict=True):
            features = {
                "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image.tobytes()])),
                "digit": tf.train.Feature(int64_list=tf.train.Int64List(value=[int(digit)])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())


def batches(path: str, size: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Images and digits, in random order, without end: records are parsed a batch at a time."""
    queue = tf.train.string_input_producer([path])
    _, records = tf.TFRecordReader().read_up_to(queue, size)
    features = {
        "image": tf.FixedLenFeature([], tf.string),
        "digit": tf.FixedLenFeature([], tf.int64),
    }
    found = tf.parse_example(records, features)
    pixels = tf.reshape(tf.decode_raw(found["image"], tf.uint8), [-1, PIXELS])
    both = [tf.cast(pixels, tf.float32) / 255.0, found["digit"]]
    return tf.train.shuffle_batch(both, size, 20 * size, 10 * size, enqueue_many=True)


def scores(images: tf.Tensor) -> tf.Tensor:
    """A score for each digit; the second call shares the first one's variables."""
    with tf.variable_scope("network", reuse=tf.AUTO_REUSE):
        hidden = tf.layers.dense(images, 128, tf.nn.relu, name="hidden")
        return tf.layers.dense(hidden, CLASSES, name="scores")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_data_option(parser)
    parser.add_argument("--steps", type=positive, default=1500, help="(default: 1500)")
    parser.add_argument("--batch-size", type=positive, default=100, help="(default: 100)")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    (images, digits), (test_images, test_digits) = load_both(options.data)
    tf.set_random_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "train.tfrecords")
        begin = time.perf_counter()
        write_records(path, images, digits)
        print(f"{len(images) / (time.perf_counter() - begin):,.0f} records written a second")
        x, y = batches(path, options.batch_size)
        loss = tf.losses.sparse_softmax_cross_entropy(y, scores(x))
        step = tf.train.AdamOptimizer().minimize(loss)
        is_right = tf.equal(tf.argmax(scores(tf.constant(test_images)), 1), test_digits)
        accuracy = tf.reduce_mean(tf.cast(is_right, tf.float32))
        progress = Progress("training", options.steps)
        with tf.train.MonitoredSession() as session:
            begin = time.perf_counter()
            for number in range(1, options.steps + 1):
                _, now = session.run([step, loss])
                progress.show(number, float(now))
            rate = options.steps * options.batch_size / (time.perf_counter() - begin)
            progress.finish(f"{options.steps} steps, {rate:,.0f} digits a second")
            print(f"accuracy on {len(test_images)} held-out digits: {session.run(accuracy):.1%}")


if __name__ == "__main__":
    main()
