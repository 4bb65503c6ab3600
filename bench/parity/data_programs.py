"""Programs of datasets that run in both libraries.

In: a module with TensorFlow 1's names, whose default graph is empty. Out: arrays to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = list[Any]


def _all_of(tf: Any, data: Any) -> Arrays:
    """The components of all elements, one behind the other."""
    iterator = tf.data.make_initializable_iterator(data)
    element = iterator.get_next()
    found: Arrays = []
    with tf.Session() as session:
        session.run(iterator.initializer)
        try:
            while True:
                got = session.run(element)
                found += got if isinstance(got, tuple) else [got]
        except tf.errors.OutOfRangeError:
            return found


def _steps(tf: Any) -> Arrays:
    numbers = tf.data.Dataset.range(12)
    rows = tf.data.Dataset.from_tensor_slices(np.arange(12, dtype=np.float32).reshape(6, 2))
    first = numbers.skip(1).take(8).shard(2, 1).concatenate(numbers.take(2)).repeat(2).batch(5)
    second = tf.data.Dataset.zip((rows, numbers)).batch(4, drop_remainder=True).prefetch(2)
    third = tf.data.Dataset.from_tensors(3).cache().repeat(2).enumerate(4)
    windows = numbers.window(3, 2, 2, True).flat_map(lambda window: window.batch(3))
    parts = (first, second, third, windows, rows.batch(4).unbatch())
    return [array for part in parts for array in _all_of(tf, part)]


def _functions(tf: Any) -> Arrays:
    numbers = tf.data.Dataset.range(9)
    two = tf.constant(2, tf.int64)
    rows = numbers.map(lambda n: tf.fill([n], n * two), num_parallel_calls=2)
    chosen = numbers.map(lambda n: (n, n % two)).filter(lambda n, rest: tf.equal(rest, 0))

    def some(n: Any) -> Any:
        return tf.data.Dataset.from_tensors(n).repeat(n)

    turns = numbers.interleave(some, cycle_length=3, block_length=2)
    parallel = numbers.interleave(some, cycle_length=2, num_parallel_calls=2)
    groups = numbers.apply(
        tf.data.experimental.group_by_window(
            lambda n: n % 3, lambda key, group: group.batch(4), window_size=2
        )
    )
    parts = (rows.padded_batch(4, [None]), chosen, turns, parallel, groups)
    return [array for part in parts for array in _all_of(tf, part)]


def _sums(tf: Any) -> Arrays:
    numbers = tf.data.Dataset.range(7)
    zero = tf.constant(0, tf.int64)
    running = numbers.apply(tf.data.experimental.scan(zero, lambda s, n: (s + n, s * n)))
    few = running.apply(tf.data.experimental.take_while(lambda n: n < 40))
    single = tf.data.experimental.get_single_element(numbers.skip(6))
    with tf.Session() as session:
        total, last = session.run([numbers.reduce(zero, lambda s, n: s + n), single])
    return [total, last, *_all_of(tf, few), *_all_of(tf, numbers.apply(_rests(tf)))]


def _rests(tf: Any) -> Callable[[Any], Any]:
    unique = tf.data.experimental.unique()
    return lambda data: data.map(lambda n: n * n % 5).apply(unique)


DATA_PROGRAMS: dict[str, Callable[[Any], Arrays]] = {
    "datasets": _steps,
    "datasets with functions": _functions,
    "datasets summed up": _sums,
}
