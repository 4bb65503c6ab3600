"""check_numerics fails the run in which something isn't finite, and names what and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf

BAD = [
    ([1.0, np.nan], "NaN"),
    ([-np.inf, 1.0], "Inf"),
    ([np.nan, np.inf], "Inf and NaN"),
]


def fed(values: Any) -> dict[str, Any]:
    return {"x:0": np.array(values, np.float32)}


@pytest.mark.parametrize(("values", "kinds"), BAD)
def test_what_is_not_finite_is_said(values: Any, kinds: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        checked = tf.check_numerics(x, "the loss", name="check")
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(checked, fed(values))
    assert f"the loss : Tensor had {kinds} values" in caught.value.message
    assert caught.value.op is checked.op


def test_a_check_runs_although_only_controls_ask_for_it() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        checked = tf.check_numerics(x * 2.0, "twice")
        with tf.control_dependencies([checked]):
            result = tf.exp(x)
        assert session.run(result, fed([0.0])).tolist() == [1.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="twice : Tensor had Inf"):
            session.run(result, fed([3e38]))


def test_a_run_that_fails_leaves_variables_alone() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2], name="x")
        variable = tf.Variable([1.0, 2.0])
        update = variable.assign(tf.verify_tensor_all_finite(x, "the gradient"))
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="the gradient"):
            session.run(update, fed([3.0, np.nan]))
        assert session.run(variable).tolist() == [1.0, 2.0]


def test_all_tensors_of_a_graph_are_checked_in_order() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        root = tf.sqrt(x, name="root")
        tf.log(root, name="log")
        checks = tf.add_check_numerics_ops()
        session.run(checks, fed([1.0]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="root:0 : Tensor had NaN"):
            session.run(checks, fed([-1.0]))


def test_gradients_are_checked_too() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        (grad,) = tf.gradients(tf.check_numerics(x, "loss") / 0.0, x)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"detected in gradient\. loss"):
            session.run(grad, fed([1.0]))
