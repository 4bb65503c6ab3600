"""Optimizers before they are run: pairs, update ops, the train op, slots, the global step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def names() -> list[str]:
    return [op.name for op in tf.get_default_graph().get_operations()]


def test_compute_gradients_pairs_in_order() -> None:
    v = tf.Variable(1.0, name="v")
    w = tf.Variable(2.0, name="w")
    pairs = tf.train.GradientDescentOptimizer(0.1).compute_gradients(v * 3.0)
    assert [variable for _, variable in pairs] == [v, w]
    assert pairs[0][0].name == "gradients/mul_grad/tuple/control_dependency:0"
    assert pairs[1][0] is None


def test_variables_without_gradients_are_left_alone() -> None:
    v = tf.Variable(1.0, name="v")
    tf.Variable(2.0, name="w")
    step = tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
    assert [op.name for op in step.control_inputs] == [
        "GradientDescent/update_v/ApplyGradientDescent"
    ]


def test_var_list_may_be_nested() -> None:
    v = tf.Variable(1.0)
    w = tf.Variable(2.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    pairs = optimizer.compute_gradients(v * w, var_list=[(w,), [v]])
    assert [variable for _, variable in pairs] == [w, v]


def test_the_train_op_is_collected_once() -> None:
    v = tf.Variable(1.0)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [step]


def test_global_step_is_increased_after_the_updates() -> None:
    v = tf.Variable(1.0, name="v")
    count = tf.train.get_or_create_global_step()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(v * v, global_step=count)
    assert step.type == "AssignAdd"
    assert step.inputs[1].op.name == "GradientDescent/value"
    assert step.inputs[1].op.control_inputs[0].name == "GradientDescent/update"


def test_learning_rate_is_one_constant_for_all() -> None:
    v = tf.Variable(1.0)
    w = tf.Variable(1.0)
    tf.train.GradientDescentOptimizer(0.1).minimize(v * w)
    assert [name for name in names() if "learning_rate" in name] == [
        "GradientDescent/learning_rate"
    ]


def test_learning_rate_is_cast_to_the_variable_dtype() -> None:
    v = tf.Variable(np.float64(1.0), name="v")
    tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
    assert "GradientDescent/update_v/Cast" in names()


def test_learning_rate_may_be_a_function() -> None:
    v = tf.Variable(1.0, name="v")
    step = tf.train.GradientDescentOptimizer(lambda: tf.constant(0.5, name="rate")).minimize(v * v)
    assert step.control_inputs[0].inputs[1].name == "GradientDescent/rate:0"


def test_constraint_is_applied_after_the_update() -> None:
    v = tf.Variable(1.0, name="v", constraint=lambda value: tf.minimum(value, 1.0))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
    (update,) = step.control_inputs
    assert update.name == "GradientDescent/update_v/Assign"
    limit = update.inputs[1].op
    assert limit.name == "GradientDescent/update_v/Minimum"
    assert [op.type for op in limit.inputs[1].op.control_inputs] == ["ApplyGradientDescent"]


def test_gate_graph_makes_all_gradients_wait_for_each_other() -> None:
    v = tf.Variable(1.0)
    w = tf.Variable(1.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    gate = tf.train.Optimizer.GATE_GRAPH
    pairs = optimizer.compute_gradients(v * w, gate_gradients=gate)
    assert [grad.name for grad, _ in pairs] == [
        "tuple/control_dependency:0",
        "tuple/control_dependency_1:0",
    ]


def test_gate_none_makes_no_tuples() -> None:
    v = tf.Variable(1.0)
    w = tf.Variable(1.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    optimizer.compute_gradients(v * w, gate_gradients=tf.train.Optimizer.GATE_NONE)
    assert [name for name in names() if "tuple" in name] == []


def test_gradients_given_as_numbers_are_converted() -> None:
    v = tf.Variable([1.0, 2.0], name="v")
    step = tf.train.GradientDescentOptimizer(0.1).apply_gradients([([1.0, 1.0], v)])
    assert step.control_inputs[0].inputs[2].op.type == "Const"


def test_name_of_an_optimizer() -> None:
    assert tf.train.GradientDescentOptimizer(0.1).get_name() == "GradientDescent"
    assert tf.train.GradientDescentOptimizer(0.1, name="SGD").get_name() == "SGD"


def test_gradient_descent_keeps_no_slots() -> None:
    v = tf.Variable(1.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    optimizer.minimize(v * v)
    assert optimizer.get_slot_names() == []
    assert optimizer.get_slot(v, "momentum") is None
    assert optimizer.variables() == []


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: tf.train.GradientDescentOptimizer(0.1, name=""), ValueError, "optimizer name"),
        (
            lambda: tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0)),
            ValueError,
            "No variables to optimize.",
        ),
        (
            lambda: tf.train.GradientDescentOptimizer(0.1).compute_gradients(
                tf.Variable(1.0) * 2.0, gate_gradients=5
            ),
            ValueError,
            "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
            "Optimizer.GATE_GRAPH.  Not 5",
        ),
        (
            lambda: tf.train.GradientDescentOptimizer(0.1).apply_gradients(
                [(None, tf.Variable(1.0, name="v"))]
            ),
            ValueError,
            "No gradients provided for any variable: "
            "[\"<tf.Variable 'v:0' shape=() dtype=float32_ref>\"].",
        ),
        (
            lambda: tf.train.GradientDescentOptimizer(0.1).compute_gradients(
                tf.Variable(1.0) * 2.0, var_list=[3]
            ),
            NotImplementedError,
            "Trying to optimize unsupported type ",
        ),
    ],
)
def test_errors(make: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        make()  # type: ignore[operator]
    assert text in str(caught.value)


def test_global_step_is_made_once() -> None:
    assert tf.train.get_global_step() is None
    step = tf.train.get_or_create_global_step()
    assert tf.train.get_or_create_global_step() is step
    assert tf.train.get_global_step() is step
    assert step.dtype.base_dtype == tf.int64
    assert not step.trainable
    with pytest.raises(ValueError, match='"global_step" already exists'):
        tf.train.create_global_step()


def test_global_step_is_outside_name_scopes() -> None:
    with tf.name_scope("model"):
        assert tf.train.get_or_create_global_step().name == "global_step:0"


def test_global_step_may_be_found_by_name() -> None:
    tf.Variable(0, trainable=False, name="global_step")
    assert tf.train.get_global_step().name == "global_step:0"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (3, 'Existing "global_step" must be a Variable or Tensor: 3.'),
        (1.5, 'Existing "global_step" must be a Variable or Tensor: 1.5.'),
    ],
)
def test_a_global_step_must_be_a_tensor(step: float, text: str) -> None:
    with pytest.raises(TypeError) as caught:
        tf.train.assert_global_step(step)
    assert str(caught.value) == text


def test_a_global_step_must_be_an_integer_scalar() -> None:
    with pytest.raises(TypeError, match='"global_step" does not have integer type'):
        tf.train.assert_global_step(tf.constant(1.0))
    with pytest.raises(TypeError, match='"global_step" is not scalar: '):
        tf.train.assert_global_step(tf.constant([1]))


@pytest.mark.parametrize(
    ("make", "left"),
    [
        (lambda: tf.train.AdamOptimizer(0.1), [0.8004126, 1.8001668]),
        (lambda: tf.train.AdagradOptimizer(0.1), [0.8347373, 1.831543]),
        (lambda: tf.train.RMSPropOptimizer(0.1), [0.6872513, 1.5594707]),
        (lambda: tf.train.MomentumOptimizer(0.1, 0.9), [0.46, 0.92]),
    ],
)
def test_slots_of_a_variable_of_unknown_shape(make: Any, left: list[float]) -> None:
    given = tf.placeholder(tf.float32)
    v = tf.Variable(given, validate_shape=False)
    step = make().minimize(tf.reduce_sum(v * v))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer(), {given: [1.0, 2.0]})
        session.run(step)
        session.run(step)
        np.testing.assert_allclose(session.run(v), left, rtol=1e-5)


def test_slots_by_name() -> None:
    v = tf.Variable([1.0], name="v")
    optimizer = tf.train.AdamOptimizer(0.1)
    optimizer.minimize(v * v)
    assert optimizer.get_slot_names() == ["m", "v"]
    assert optimizer.get_slot(v, "m").name == "v/Adam:0"
    assert optimizer.get_slot(v, "v").name == "v/Adam_1:0"
    assert optimizer.get_slot(v, "x") is None
    assert [variable.name for variable in optimizer.variables()] == [
        "beta1_power:0",
        "beta2_power:0",
        "v/Adam:0",
        "v/Adam_1:0",
    ]


def test_one_optimizer_for_two_losses_has_one_set_of_slots() -> None:
    v = tf.Variable([1.0], name="v")
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.minimize(v * v)
    optimizer.minimize(v * 2.0)
    assert [variable.name for variable in optimizer.variables()] == ["v/Momentum:0"]


def test_an_optimizer_of_ones_own() -> None:
    class Signs(tf.train.Optimizer):
        def __init__(self) -> None:
            super().__init__(use_locking=False, name="Signs")

        def _create_slots(self, var_list: Any) -> None:
            for variable in var_list:
                self._zeros_slot(variable, "count", self._name)

        def _apply_dense(self, grad: Any, var: Any) -> Any:
            counted = self.get_slot(var, "count").assign_add(tf.ones_like(grad))
            return tf.group(counted, var.assign_sub(0.5 * tf.sign(grad)))

    v = tf.Variable([1.0, -2.0], name="v")
    step = Signs().minimize(tf.reduce_sum(v * v))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        session.run(step)
        assert session.run(v).tolist() == [0.0, -1.0]
        assert session.run("v/Signs:0").tolist() == [2.0, 2.0]
