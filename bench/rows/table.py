"""Rows: steps that train some rows of a large table, by optimizers that keep slots."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

ROWS_OF_TABLE, WIDTH, BATCH = 10_000, 128, 128
BATCHES = 10


def _step(make: Callable[[Any], Any]) -> Callable[[Any], Work]:
    def train(tf: Any) -> Work:
        """gather, matmul, mean of squares; other rows in every run."""
        random = np.random.RandomState(0)
        indices = tf.placeholder(tf.int32, [None], name="indices")
        table = tf.Variable(random.randn(ROWS_OF_TABLE, WIDTH).astype(np.float32), name="table")
        weights = tf.Variable(random.randn(WIDTH, 1).astype(np.float32), name="weights")
        loss = tf.reduce_mean(tf.square(tf.matmul(tf.gather(table, indices), weights)))
        step = make(tf).minimize(loss)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        shape = (BATCHES, BATCH)
        batches = random.randint(0, ROWS_OF_TABLE, shape).astype(np.int32)
        following = itertools.cycle(batches)

        def run() -> None:
            session.run(step, feed_dict={indices: next(following)})

        def result() -> list[Any]:
            for batch in batches:
                session.run(step, feed_dict={indices: batch})
            return session.run([weights, loss], feed_dict={indices: batches[0]})

        return Work(run, result)

    return train


_ADAGRAD = _step(lambda tf: tf.train.AdagradOptimizer(0.1))
_ADAM = _step(lambda tf: tf.train.AdamOptimizer(0.001))

ROWS = (
    Row(
        "rows_adagrad",
        "128 rows of a table of 10,000 x 128, Adagrad step",
        {"jitgraph": _ADAGRAD, "tensorflow": _ADAGRAD},
        (times_faster("tensorflow", 5),),
        rtol=1e-3,
        atol=1e-4,
    ),
    Row(
        "rows_adam",
        "128 rows of a table of 10,000 x 128, Adam step (moves all rows)",
        {"jitgraph": _ADAM, "tensorflow": _ADAM},
        (times_faster("tensorflow", 1),),
        rtol=1e-3,
        atol=1e-4,
        batch_seconds=0.02,
    ),
)
