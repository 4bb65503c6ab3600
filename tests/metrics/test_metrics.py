"""tf.metrics: figures, operations and variables of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("metrics_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())
OTHER_OPERATIONS = ("mean_iou", "sensitivity", "specificity")
"""The confusion matrix is scattered here, where TensorFlow adds a sparse tensor to zeros; the
threshold's counts are gathered, where it slices."""


@pytest.mark.parametrize("name", cases.NAMES)
def test_metrics_are_tensorflows(name: str) -> None:
    found, recorded = cases.described(tf, name), RECORDED[name]
    for ours, theirs in zip(found["results"], recorded["results"], strict=True):
        for mine, wanted in zip(ours, theirs, strict=True):
            assert np.allclose(mine, wanted, rtol=2e-5, atol=1e-6, equal_nan=True)
    assert found["variables"] == recorded["variables"]
    if name not in OTHER_OPERATIONS:
        assert found["operations"] == recorded["operations"]


def test_metrics_join_collections_and_begin_anew() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        value, update = tf.metrics.mean(x, None, ["values"], ["updates"])
        assert tf.get_collection("values") == [value]
        assert tf.get_collection("updates") == [update]
        assert len(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)) == 2
        assert not tf.trainable_variables()
        for _ in range(2):
            session.run(tf.local_variables_initializer())
            session.run(update, {x: [1, 2]})
            assert session.run(update, {x: [6]}) == 3
            assert session.run(value) == 3


def test_confusion_matrix() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        matrix = tf.confusion_matrix([1, 2, 4], [2, 2, 4])
        assert (
            session.run(matrix).tolist()
            == np.array(
                [[0] * 5, [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0] * 5, [0, 0, 0, 0, 1]]
            ).tolist()
        )
        weighted = tf.confusion_matrix(
            [0, 1], [1, 1], num_classes=2, dtype=tf.float32, weights=[0.5, 2.0]
        )
        assert session.run(weighted).tolist() == [[0, 0.5], [0, 2]]
        x = tf.placeholder(tf.int64, [None])
        for bad, text in ([3], "out of bound"), ([-1], "negative values"):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                session.run(tf.confusion_matrix(x, [0], 3), {x: bad})


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda m, y: m.auc(y, y, curve="x"), "curve must be either ROC or PR"),
        (lambda m, y: m.auc(y, y, summation_method="x"), "Invalid summation_method"),
        (lambda m, y: m.sensitivity_at_specificity(y, y, 2.0), "must be in the range"),
        (lambda m, y: m.accuracy(y, y[:1]), "not compatible|incompatible"),
        (lambda m, y: m.mean(y, weights=[1.0] * 7), "weights can not be broadcast"),
    ],
)
def test_arguments_are_checked(call, text) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
        call(tf.metrics, tf.constant(cases.Y[0]))


def test_predictions_out_of_range() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        p = tf.placeholder(tf.float32, [None])
        _, update = tf.metrics.auc([1.0, 0.0], p)
        session.run(tf.local_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be in"):
            session.run(update, {p: [0.5, 1.5]})
