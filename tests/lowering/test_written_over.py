"""A kernel writes over what it reads only where what it writes is made of that: LLVM is told that
operands lie apart, and may store before it loads."""

from __future__ import annotations

import numpy as np

import jitgraph as tf


def test_only_what_is_made_of_it_is_written_over_it() -> None:
    start = np.arange(9.0).reshape(3, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [3, 3])
        v = tf.placeholder(tf.float64, [3])
        unit = tf.matrix_diag(v)
        added = tf.matmul(x, x, name="product") + unit
        result = tf.matmul(tf.matmul(added, x), unit)
        feeds = {x: start, v: np.ones(3)}
        over = tf.explain(result, feeds).plan.in_place
        assert [written for written, read in over if read == "product"] == ["add"]
        for _ in range(2):
            np.testing.assert_allclose(
                session.run(result, feeds), (start @ start + np.eye(3)) @ start
            )
