"""tf.losses: values, operations, collections and errors of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("losses_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_losses_are_tensorflows(name: str) -> None:
    found, recorded = cases.described(tf, cases.CASES[name]), RECORDED[name]
    assert found["operations"] == recorded["operations"]
    assert found["losses"] == recorded["losses"]
    if isinstance(recorded["result"], str):
        assert found["result"] == recorded["result"]
    else:
        assert np.allclose(found["result"], recorded["result"], rtol=2e-5, atol=1e-6)


def test_weights_whose_shape_is_fed() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.placeholder(tf.float32, None)
        loss = tf.losses.mean_squared_error(cases.Y, cases.P, weights=weights)
        errors = (cases.Y - cases.P) ** 2
        for given in (np.float32(2), np.ones((4, 1)), np.ones((1, 3)), cases.WEIGHTS):
            expected = (errors * given).sum() / (np.broadcast_to(given, (4, 3)) != 0).sum()
            assert np.allclose(session.run(loss, {weights: given}), expected, rtol=1e-5)
        for bad in (np.ones((2, 1)), np.ones(3)):
            with pytest.raises(tf.errors.InvalidArgumentError, match=r"broadcast|Incompatible"):
                session.run(loss, {weights: bad})


def test_losses_have_gradients() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(cases.P)
        for loss in (tf.losses.huber_loss, tf.losses.mean_pairwise_squared_error):
            (slope,) = tf.gradients(loss(cases.Y, x), x)
            assert np.isfinite(session.run(slope)).all()
