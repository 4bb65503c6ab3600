"""Decays and moving averages give what TensorFlow 1.15.5 gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from tests.frontend.decay_runs import AVERAGES, DECAYS, averages, rates

RECORDED = json.loads((Path(__file__).parent / "decays.json").read_text())


@pytest.mark.parametrize("code", DECAYS)
def test_rates(code: str) -> None:
    np.testing.assert_allclose(rates(tf, code), RECORDED[code], rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize(("code", "items"), AVERAGES)
def test_averages(code: str, items: str) -> None:
    found, recorded = averages(tf, code, items), RECORDED[f"{code} of {items}"]
    assert sorted(found) == sorted(recorded)
    for name, wanted in recorded.items():
        np.testing.assert_allclose(found[name], wanted, rtol=2e-6, err_msg=name)


def test_average_names() -> None:
    with tf.Graph().as_default():
        v = tf.Variable([1.0], name="v")
        w = tf.Variable([1.0], name="w", trainable=False)
        ema = tf.train.ExponentialMovingAverage(0.9)
        assert ema.average(v) is None
        assert ema.average_name(v) == "v/ExponentialMovingAverage"
        ema.apply()
        assert ema.average(v).name == "v/ExponentialMovingAverage:0"
        assert tf.moving_average_variables() == [v]
        restored = ema.variables_to_restore()
        mean = ema.average(v)
        assert restored == {"v/ExponentialMovingAverage": v, "w": w} | (
            {} if mean.op.name in restored else {mean.op.name: mean}
        )


def test_integers_have_no_average() -> None:
    with tf.Graph().as_default():
        v = tf.Variable(1, name="v")
        with pytest.raises(TypeError, match="The variables must be half, float, or double: v:0"):
            tf.train.ExponentialMovingAverage(0.9).apply([v])


def test_weighted_moving_average() -> None:
    from jitgraph.python.training import moving_averages

    with tf.Graph().as_default():
        value, weight = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
        slow = moving_averages.weighted_moving_average(value, 0.9, weight)
        fast = moving_averages.weighted_moving_average(value, 0.5, weight, False, name="fast")
        names = [variable.name for variable in tf.global_variables()]
        assert names[:2] == ["WeightedMovingAvg/value_x_weight:0", "WeightedMovingAvg/weight:0"]
        assert names[2:] == ["fast/value_x_weight:0", "fast/weight:0"]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = [session.run([slow, fast], {value: k, weight: k + 1}) for k in range(3)]
        np.testing.assert_allclose(found, [[0, 0], [0.68966, 0.8], [1.3904, 1.6471]], rtol=1e-4)
