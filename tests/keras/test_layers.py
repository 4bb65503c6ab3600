"""Keras layers: graphs as TensorFlow 1.15 makes them, weights, shapes, bad input."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from tests.keras.layer_graphs import CASES, operations

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "recorded_layer_graphs.json").read_text(encoding="utf-8"))
layers = tf.keras.layers


@pytest.mark.parametrize("case", sorted(CASES))
def test_operations_are_tensorflows(case: str) -> None:
    names = [f"{name} {kind}" for name, kind in operations(tf, case)]
    assert len(names) == RECORDED[case]["count"]
    assert hashlib.sha256("\n".join(names).encode()).hexdigest() == RECORDED[case]["digest"]


def test_layers_in_a_graph_script() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 4])
        dense = layers.Dense(3, activation="relu", kernel_initializer="ones")
        y = layers.Dropout(0.5)(dense(x))
        assert [v.name for v in tf.trainable_variables()] == ["dense/kernel:0", "dense/bias:0"]
        session.run(tf.global_variables_initializer())
        assert session.run(y, {x: np.ones((2, 4))}).tolist() == [[4.0] * 3] * 2
        dropped = session.run(y, {x: np.ones((2, 4)), tf.keras.backend.learning_phase(): True})
        assert set(dropped.ravel().tolist()) <= {0.0, 8.0}


def test_weights_are_set_and_read() -> None:
    with tf.Graph().as_default(), tf.Session():
        dense = layers.Dense(2)
        dense(layers.Input((3,)))
        assert dense.count_params() == 8
        kernel = np.arange(6, dtype=np.float32).reshape(3, 2)
        dense.set_weights([kernel, np.ones(2)])
        assert dense.get_weights()[0].tolist() == kernel.tolist()
        with pytest.raises(ValueError, match=r"shape \(3, 2\) not compatible .* shape \(2, 2\)"):
            dense.set_weights([np.ones((2, 2)), np.ones(2)])
        with pytest.raises(ValueError, match="length 1, but the layer was expecting 2 weights"):
            dense.set_weights([kernel])


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Dense(2)(tf.zeros([3])), ValueError, "min_ndim=2, found ndim=1"),
        (lambda: layers.Dense(2, activation="rel"), ValueError, "Unknown activation function"),
        (lambda: layers.Dense(2, kernel_initializer="x"), ValueError, "Unknown initializer: x"),
        (lambda: layers.Dense(2, colour=1), TypeError, "colour"),
        (lambda: layers.Add()([tf.zeros([2, 3])]), ValueError, "at least 2 inputs"),
        (lambda: layers.Reshape((5,))(tf.zeros([2, 3])), ValueError, "must be unchanged"),
        (lambda: layers.Input(), ValueError, "either a `shape` or a `tensor`"),
    ],
)
def test_bad_input(make: object, error: type[Exception], text: str) -> None:
    with tf.Graph().as_default(), pytest.raises(error, match=text):
        make()
