"""Programs of random numbers that run in both libraries: the same seeds, the same numbers.

An op's own seed is given: the one that it gets otherwise counts the ops of the graph, and those
that a call makes are not the same in TensorFlow 2 as in 1.15.

In: a module with TensorFlow 1's names, whose default graph is empty. Out: arrays to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Arrays = list[Any]
RUNS = 2


def _random_numbers(tf: Any) -> Arrays:
    tf.set_random_seed(1)
    drawn = [
        tf.random_uniform([1000], seed=1),
        tf.random_uniform([1000], -5, 1000, dtype=tf.int32, seed=2),
        tf.random_uniform([7, 9], seed=3, dtype=tf.float64),
        tf.random_normal([1000], 1.0, 2.0, seed=4),
        tf.truncated_normal([1000], seed=5),
        tf.random_shuffle(tf.range(100), seed=6),
        tf.multinomial([[0.1, 0.5, 2.0], [1.0, 1.0, 0.0]], 500, seed=7),
        tf.random_gamma([500], [0.5, 3.0], seed=8),
        tf.random_poisson([0.5, 30.0], [500], seed=9),
    ]
    with tf.Session() as session:
        return [numbers for _ in range(RUNS) for numbers in session.run(drawn)]


def _candidates(tf: Any) -> Arrays:
    tf.set_random_seed(2)
    true = tf.constant([[3], [7]], tf.int64)
    samplers = (tf.nn.log_uniform_candidate_sampler, tf.nn.uniform_candidate_sampler)
    fetches = [sampler(true, 1, 20, True, 100, seed=3) for sampler in samplers]
    fetches.append(
        tf.nn.fixed_unigram_candidate_sampler(
            true, 1, 5, False, 8, unigrams=[1.0] * 7 + [4.0], seed=4
        )
    )
    with tf.Session() as session:
        return [part for _ in range(RUNS) for found in session.run(fetches) for part in found]


def _parts_of_pictures(tf: Any) -> Arrays:
    boxes = tf.constant([[[0.2, 0.3, 0.4, 0.5], [0.5, 0.5, 0.9, 0.9]]])
    sample = tf.image.sample_distorted_bounding_box
    fetches = [
        sample([64, 93, 3], boxes, seed=5, min_object_covered=0.9, area_range=[0.3, 1.0]),
        sample([300, 217, 3], boxes, seed=1, seed2=3, min_object_covered=0.1),
    ]
    with tf.Session() as session:
        return [part for _ in range(RUNS) for found in session.run(fetches) for part in found]


RANDOM_PROGRAMS: dict[str, Callable[[Any], Arrays]] = {
    "random numbers": _random_numbers,
    "candidates": _candidates,
    "parts of pictures": _parts_of_pictures,
}
