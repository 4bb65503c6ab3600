"""Runs with FULL_TRACE: every step is told, the results are those of any other run."""

from __future__ import annotations

import json

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.inspection.profile import profiled
from jitgraph.python.client import timeline
from jitgraph.runtime.clock import observed
from jitgraph.tracing.step_costs import step_costs

FULL = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)


def _model():
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    w = tf.Variable(np.ones((5, 3), np.float32), name="w")
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w)), name="loss")
    step = tf.train.GradientDescentOptimizer(0.001).minimize(loss)
    return x, w, loss, step


def test_a_traced_run_gives_what_any_run_gives() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x, w, loss, step = _model()
        fed = {x: np.ones((4, 5), np.float32)}
        session.run(tf.global_variables_initializer())
        metadata = tf.RunMetadata()
        traced = session.run(loss, fed, options=FULL, run_metadata=metadata)
        assert traced == session.run(loss, fed) == 300
        session.run(step, fed, options=FULL, run_metadata=metadata)
        once = session.run(w)
        session.run(step, fed)
        assert (session.run(w) < once).all()
        (device,) = metadata.step_stats.dev_stats
        assert device.device.endswith("CPU:0")
        labels = [node.timeline_label for node in device.node_stats]
        assert any("MatMul = matmul_float32(x, w)" in label for label in labels)
        starts = [node.all_start_nanos for node in device.node_stats]
        assert starts == sorted(starts)
        assert all(node.all_end_rel_nanos >= 0 for node in device.node_stats)


def test_the_timeline_is_chrome_trace_json() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        metadata = tf.RunMetadata()
        x = tf.placeholder(tf.float32, [None], name="x")
        session.run(tf.exp(x), {x: np.ones(7)}, options=FULL, run_metadata=metadata)
    text = timeline.Timeline(metadata.step_stats).generate_chrome_trace_format()
    head, event = json.loads(text)["traceEvents"]
    assert head["args"]["name"] == "/job:localhost/replica:0/task:0/device:CPU:0 Compute"
    assert (event["ph"], event["args"]["input0"]) == ("X", "x")
    assert event["args"]["name"] == "Exp"


def test_without_full_trace_the_metadata_stays_empty() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        metadata = tf.RunMetadata()
        session.run(tf.constant(1) + 1, options=tf.RunOptions(), run_metadata=metadata)
        assert not metadata.step_stats.dev_stats


def test_bytes_and_arithmetic_are_counted() -> None:
    costs = []
    with observed(lambda run: costs.extend(step_costs(run))), tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 6])
        y = tf.matmul(x, tf.ones([6, 4]))
        with tf.Session() as session:
            session.run(y, {x: np.ones((3, 6), np.float32)})
    (cost,) = [each for each in costs if each.kernel.startswith("matmul")]
    assert cost.flops == 2 * 3 * 6 * 4
    assert cost.bytes == 4 * (3 * 6 + 6 * 4 + 3 * 4)


def test_steps_in_python_are_told_too() -> None:
    costs = []
    with observed(lambda run: costs.extend(step_costs(run))), tf.Graph().as_default():
        words = tf.placeholder(tf.string, [None])
        same = tf.equal(words, words)
        with tf.Session() as session:
            for _ in range(2):
                session.run(tf.cast(same, tf.float32) * 2, {words: ["a", "b"]})
    assert [cost.kernel.startswith("host ") for cost in costs] == [True, False] * 2


def test_a_failing_traced_run_says_the_same() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.int32, [None])
        quotient = 7 // x
        with pytest.raises(tf.errors.InvalidArgumentError, match="zero"):
            session.run(quotient, {x: [0]}, options=FULL, run_metadata=tf.RunMetadata())
        assert session.run(quotient, {x: [2]}).tolist() == [3]


def test_a_profile_adds_up_the_runs_of_new_sessions() -> None:
    with tf.Graph().as_default():
        x, _, loss, step = _model()
        init = tf.global_variables_initializer()
        with profiled() as profile, tf.Session() as session:
            session.run(init)
            for size in (2, 3, 3, 2):
                session.run([step, loss], {x: np.ones((size, 5), np.float32)})
        with tf.Session() as session:
            session.run(init)
    assert profile.runs == 5
    calls = {kernel.kernel: kernel.calls for kernel in profile.kernels}
    assert calls["matmul_float32"] == 8
    assert str(profile).startswith("5 runs, ")
    assert "MatMul" in str(profile)
