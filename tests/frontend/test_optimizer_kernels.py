"""An optimizer's update of a variable is one kernel, in place, shared by all variables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf

OPTIMIZERS = (
    (lambda: tf.train.GradientDescentOptimizer(0.1), 1),
    (lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True), 2),
    (lambda: tf.train.AdagradOptimizer(0.1), 2),
    (lambda: tf.train.AdadeltaOptimizer(0.1), 3),
    (lambda: tf.train.RMSPropOptimizer(0.1, centered=True), 4),
    (lambda: tf.train.AdamOptimizer(0.1), 3),
    (lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01), 3),
    (lambda: tf.train.ProximalAdagradOptimizer(0.1, 0.1, 0.01, 0.01), 2),
)
SIZES = (300, 40, 7)


def steps(make: Any, change: Any = lambda grads: grads) -> list[Any]:
    """The kernels of a step for some vectors whose gradients are fed."""
    with tf.Graph().as_default():
        variables = [tf.Variable(np.ones(size, np.float32)) for size in SIZES]
        grads = [tf.placeholder(tf.float32, [size]) for size in SIZES]
        step = make().apply_gradients(zip(change(grads), variables, strict=True))
        feeds = {grad: np.ones(grad.shape.as_list(), np.float32) for grad in grads}
        found = tf.explain(step, feeds).compiled.linked.steps
    return [step for step in found if step.count in SIZES and len(step.writes) > 0]


@pytest.mark.parametrize(("make", "written"), OPTIMIZERS)
def test_one_kernel_a_variable(make: Any, written: int) -> None:
    found = steps(make)
    assert [step.count for step in found] == list(SIZES)
    assert [len(step.writes) for step in found] == [written] * len(SIZES)
    assert len({step.code for step in found}) == 1


@pytest.mark.parametrize(("make", "written"), OPTIMIZERS)
def test_new_contents_are_written_over_the_old(make: Any, written: int) -> None:
    for step in steps(make):
        old = {read.name for _, read in step.inplace}
        assert len(old & {read.name for read in step.reads}) >= written


def test_clipping_by_a_norm_is_part_of_the_update() -> None:
    found = steps(
        lambda: tf.train.AdamOptimizer(0.1), lambda grads: tf.clip_by_global_norm(grads, 1.0)[0]
    )
    assert [step.count for step in found] == list(SIZES)
    assert all(len(step.writes) == 3 for step in found)
