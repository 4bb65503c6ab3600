"""Variable scopes: every operation, collection, name and error of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
import threading
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("scopes_snippets", HERE / "snippets.py")
snippets = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(snippets)
RECORDED = json.loads((HERE / "recorded.json").read_text())


@pytest.mark.parametrize("snippet", snippets.SNIPPETS, ids=lambda each: each.__name__)
def test_scopes_are_tensorflows(snippet) -> None:
    assert snippets.described(tf, snippet) == RECORDED[snippet.__name__]


def test_the_error_names_where_the_variable_was_made() -> None:
    with tf.Graph().as_default():
        tf.get_variable("v", [1])
        with pytest.raises(ValueError, match=r"Originally defined at:\s+File .*test_scopes\.py"):
            tf.get_variable("v", [1])


def test_shared_variables_are_trained_once() -> None:
    def layer(x):
        with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
            return x * tf.get_variable("w", [], initializer=tf.ones_initializer())

    with tf.Graph().as_default(), tf.Session() as session:
        loss = layer(2.0) + layer(3.0)
        step = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
        session.run(tf.global_variables_initializer())
        session.run(step)
        (w,) = tf.trainable_variables()
        assert session.run(w) == -4.0


def test_parts_are_joined_and_assigned() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        divided = tf.fixed_size_partitioner(3, axis=1)
        whole = np.arange(14, dtype=np.float32).reshape(2, 7)
        start = tf.constant(whole)
        v = tf.get_variable("v", initializer=start, partitioner=divided)
        session.run(tf.global_variables_initializer())
        assert [part.shape.as_list() for part in v] == [[2, 3], [2, 2], [2, 2]]
        assert session.run(v.as_tensor()).tolist() == whole.tolist()
        session.run(v.assign(start + 1))
        assert session.run(tf.reduce_sum(v)) == whole.sum() + 14


@pytest.mark.parametrize(
    ("partitioner", "shape", "expected"),
    [
        (tf.fixed_size_partitioner(4), [10, 3], [4, 1]),
        (tf.fixed_size_partitioner(4), [2, 3], [2, 1]),
        (tf.variable_axis_size_partitioner(64), [100, 4], [25, 1]),
        (tf.variable_axis_size_partitioner(64, max_shards=3), [100, 4], [3, 1]),
        (tf.min_max_variable_partitioner(5, min_slice_size=160), [100, 4], [5, 1]),
        (tf.min_max_variable_partitioner(5, min_slice_size=1 << 20), [100, 4], [1, 1]),
    ],
)
def test_partitioners(partitioner, shape, expected) -> None:
    assert partitioner(shape=tf.TensorShape(shape), dtype=tf.float32) == expected


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (3, "must return a sequence"),
        ([2], "does not match the Variable's rank"),
        ([0, 1], "zero partitions"),
        ([2, 2], "Can only slice a variable along one dimension"),
    ],
)
def test_partitioners_are_checked(answer, text) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
        tf.get_variable("v", [4, 4], partitioner=lambda **_: answer)


def test_each_thread_has_its_own_scope() -> None:
    names = []
    with tf.Graph().as_default() as graph, tf.variable_scope("outer"):

        def other() -> None:
            with graph.as_default():
                names.append(tf.get_variable_scope().name)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        names.append(tf.get_variable_scope().name)
    assert names == ["", "outer"]


def test_the_scope_is_left_after_an_error() -> None:
    def fails() -> None:
        with tf.variable_scope("a"):
            raise KeyError("stop")

    with tf.Graph().as_default() as graph:
        with pytest.raises(KeyError):
            fails()
        assert tf.get_variable_scope().name == ""
        assert graph.get_name_scope() == ""
