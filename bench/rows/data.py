"""Rows: elements through datasets: mapped and batched, shuffled, chosen, from a generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

COUNT, WIDTH, BATCH = 20_000, 784, 100
GENERATED = 2_000


def _images() -> np.ndarray:
    return np.random.RandomState(0).rand(COUNT, WIDTH).astype(np.float32)


def _mapped(tf: Any) -> Any:
    data = tf.data.Dataset.from_tensor_slices(_images())
    return data.map(lambda image: image / 255.0 - 0.5).batch(BATCH)


def _mapped_in_parallel(tf: Any) -> Any:
    data = tf.data.Dataset.from_tensor_slices(_images())
    data = data.map(lambda image: image / 255.0 - 0.5, num_parallel_calls=2)
    return data.batch(BATCH).prefetch(2)


def _shuffled(tf: Any) -> Any:
    pairs = (_images(), np.arange(COUNT))
    data = tf.data.Dataset.from_tensor_slices(pairs).shuffle(5000, seed=1)
    return data.batch(BATCH).prefetch(2)


def _chosen(tf: Any) -> Any:
    return tf.data.Dataset.range(COUNT).filter(lambda number: number % 2 > 0).batch(BATCH)


def _generated(tf: Any) -> Any:
    numbers = range(GENERATED)
    return tf.data.Dataset.from_generator(lambda: iter(numbers), tf.int64, []).batch(BATCH)


def _passed_through(make: Callable[[Any], Any]) -> Callable[[Any], Work]:
    def side(tf: Any) -> Work:
        """All elements, from the iterator's beginning."""
        iterator = tf.data.make_initializable_iterator(make(tf))
        element = iterator.get_next()
        taken = (element[0] if isinstance(element, tuple) else element).op
        session = tf.Session()

        def run() -> int:
            session.run(iterator.initializer)
            batches = 0
            try:
                while True:
                    session.run(taken)
                    batches += 1
            except tf.errors.OutOfRangeError:
                return batches

        return Work(run, lambda: [np.asarray(run())])

    return side


def _row(name: str, title: str, make: Callable[[Any], Any]) -> Row:
    side = _passed_through(make)
    sides = {"jitgraph": side, "tensorflow": side}
    return Row(name, title, sides, (times_faster("tensorflow", 1),))


ROWS = (
    _row("data_mapped", "tf.data: 20,000 rows of 784 mapped, in batches of 100", _mapped),
    _row(
        "data_parallel", "tf.data: the same by 2 calls at a time, prefetched", _mapped_in_parallel
    ),
    _row("data_shuffled", "tf.data: 20,000 rows of 784 shuffled, in batches of 100", _shuffled),
    _row("data_filtered", "tf.data: 20,000 numbers filtered, in batches of 100", _chosen),
    _row("data_generated", "tf.data: 2,000 numbers of a generator, in batches", _generated),
)
