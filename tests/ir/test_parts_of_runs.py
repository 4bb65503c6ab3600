"""Runs of many stages: what they share is worked out once, constants stand where they are used."""

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ir import flow

STAGES = 12


def _many_stages(chosen):
    value = tf.placeholder(tf.float32, [None], name="x")
    for number in range(STAGES):
        scale = tf.constant([number + 1.0], name=f"scale_{number}")
        value = tf.cond(chosen, lambda v=value, s=scale: v * s, lambda v=value: -v)
        value = tf.py_func(lambda array: array + 1, [value], tf.float32)
        value.set_shape([None])
    return value


def _expected(value, is_chosen):
    for number in range(STAGES):
        value = (value * (number + 1) if is_chosen else -value) + 1
    return value


@pytest.mark.parametrize("is_chosen", [True, False])
def test_values_through_many_stages(is_chosen):
    chosen = tf.placeholder(tf.bool, [])
    value = _many_stages(chosen)
    given = np.float32([1, 2])
    with tf.Session() as session:
        found = session.run(value, {"x:0": given, chosen: is_chosen})
    np.testing.assert_allclose(found, _expected(given, is_chosen), rtol=1e-6)


def test_paths_are_worked_out_once(monkeypatch):
    made = []
    original = flow.FlowPaths
    monkeypatch.setattr(flow, "FlowPaths", lambda *args: made.append(1) or original(*args))
    chosen = tf.placeholder(tf.bool, [])
    value = _many_stages(chosen)
    with tf.Session() as session:
        session.run(value, {"x:0": np.float32([1]), chosen: True})
    assert len(made) == 2  # for all at once, which can't be, and for all stages


def test_programs_hold_the_constants_that_they_use():
    chosen = tf.placeholder(tf.bool, [])
    value = _many_stages(chosen)
    with tf.Session() as session:
        session.run(value, {"x:0": np.float32([1]), chosen: True})
        stages = session._engine.functions.executables()
        counts = [
            sum(instr.definition.name == "Const" for instr in each.compiled.traced.program.instrs)
            for each in stages
        ]
    assert max(counts) <= STAGES
    assert sum(counts) <= 3 * STAGES
