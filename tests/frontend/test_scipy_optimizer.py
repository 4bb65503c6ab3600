"""Optimizers outside the graph: SciPy's, with bounds and constraints."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

pytest.importorskip("scipy")


def least(bounds: tuple[object, object] | None = None, **kwargs: object) -> list[float]:
    """Where (x - [1, 3])² is least."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable([7.0, 7.0])
        constraints = {name: [rule(x)] for name, rule in kwargs.items() if callable(rule)}
        rest = {name: given for name, given in kwargs.items() if not callable(given)}
        best = tf.contrib.opt.ScipyOptimizerInterface(
            tf.reduce_sum(tf.square(x - [1.0, 3.0])),
            var_to_bounds=None if bounds is None else {x: bounds},
            **constraints,
            **rest,
        )
        session.run(tf.global_variables_initializer())
        best.minimize(session)
        return np.round(session.run(x), 3).tolist()


def test_without_bounds() -> None:
    assert least(options={"maxiter": 50}) == [1.0, 3.0]


def test_with_bounds() -> None:
    assert least(bounds=([2.0, 0.0], [np.inf, 2.0])) == [2.0, 2.0]


def test_with_constraints() -> None:
    found = least(
        method="SLSQP", equalities=lambda x: x[0] - 0.5, inequalities=lambda x: x[1] - 4.0
    )
    assert found == [0.5, 4.0]


def test_bounds_have_an_argument_of_their_own() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable([7.0])
        best = tf.contrib.opt.ScipyOptimizerInterface(tf.reduce_sum(x * x), method="SLSQP")
        best.optimizer_kwargs["bounds"] = []
        session.run(tf.global_variables_initializer())
        with pytest.raises(ValueError, match="set using the var_to_bounds argument"):
            best.minimize(session)
