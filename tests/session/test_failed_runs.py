"""A run that fails leaves every variable as it was, whatever stood before the failing step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf


def _graph() -> dict[str, Any]:
    table = tf.Variable(np.arange(6, dtype=np.float32).reshape(3, 2), name="table")
    count = tf.Variable(5, name="count")
    rows = tf.placeholder(tf.int32, [None], name="rows")
    divisor = tf.placeholder(tf.int32, [], name="divisor")
    return {
        "table": table,
        "count": count,
        "rows": rows,
        "divisor": divisor,
        "step": count.assign_add(1),
        "scatter": tf.scatter_add(table, rows, tf.ones([tf.shape(rows)[0], 2]), name="scatter"),
        "gather": tf.gather(table, rows, name="gather"),
        "quotient": tf.floordiv(tf.constant([7, 8]), divisor, name="quotient"),
    }


@pytest.mark.parametrize(
    ("fetches", "feeds", "message"),
    [
        (["scatter"], {"rows": [0, 9]}, r"indices.*\n.*node scatter"),
        (["step", "scatter"], {"rows": [0, -1]}, r"indices.*\n.*node scatter"),
        (["step", "gather"], {"rows": [1, 3]}, r"indices.*\n.*node gather"),
        (["step", "quotient"], {"divisor": 0}, r"division by zero.*\n.*node quotient"),
    ],
)
def test_nothing_is_written(fetches: list[str], feeds: dict[str, Any], message: str) -> None:
    with tf.Graph().as_default():
        graph = _graph()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            before = session.run([graph["table"], graph["count"]])
            wanted = [graph[name] for name in fetches]
            fed = {graph[name]: value for name, value in feeds.items()}
            for _ in range(2):
                with pytest.raises(tf.errors.InvalidArgumentError, match=message):
                    session.run(wanted, fed)
            after = session.run([graph["table"], graph["count"]])
    np.testing.assert_array_equal(after[0], before[0])
    assert after[1] == before[1]


def test_the_session_goes_on() -> None:
    with tf.Graph().as_default():
        graph = _graph()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            wanted = [graph["step"], graph["quotient"]]
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(wanted, {graph["divisor"]: 0})
            count, quotient = session.run(wanted, {graph["divisor"]: 2})
    assert count == 6
    np.testing.assert_array_equal(quotient, [3, 4])
