"""Options of sessions and runs: TensorFlow's messages, what they refuse, and what is heeded."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.runtime.native import layout

TEXT = """device_count {
  key: "CPU"
  value: 1
}
device_count {
  key: "GPU"
  value: 0
}
device_filters: "a"
device_filters: "b"
gpu_options {
  per_process_gpu_memory_fraction: 0.5
  allow_growth: true
  visible_device_list: "0"
}
allow_soft_placement: true
graph_options {
  optimizer_options {
    opt_level: L0
  }
}
"""
"""What TensorFlow 1.15.5 prints of `full_config`."""


def full_config() -> tf.ConfigProto:
    gpu = tf.GPUOptions(
        allow_growth=True, per_process_gpu_memory_fraction=0.5, visible_device_list="0"
    )
    optimizer = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
    return tf.ConfigProto(
        allow_soft_placement=True,
        gpu_options=gpu,
        device_count={"CPU": 1, "GPU": 0},
        device_filters=["a", "b"],
        graph_options=tf.GraphOptions(optimizer_options=optimizer),
    )


def test_text_is_tensorflows():
    assert str(full_config()) == repr(full_config()) == TEXT
    assert repr(tf.ConfigProto()) == ""
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE, timeout_in_ms=5)
    assert str(options) == "trace_level: FULL_TRACE\ntimeout_in_ms: 5\n"


def test_defaults_and_lists():
    config = full_config()
    assert config.device_count == {"CPU": 1, "GPU": 0}
    assert config.device_filters == ["a", "b"]
    assert tf.ConfigProto().intra_op_parallelism_threads == 0
    assert tf.ConfigProto().gpu_options.visible_device_list == ""
    assert "gpu_options" in dir(config)


def test_nested_messages_are_made_when_read_and_present_when_set():
    config = tf.ConfigProto()
    level = config.graph_options.optimizer_options
    assert not config.HasField("graph_options")
    level.do_constant_folding = True
    assert config.HasField("graph_options")
    assert config.graph_options.HasField("optimizer_options")
    assert config.gpu_options is config.gpu_options
    config.gpu_options.allow_growth = False
    assert repr(config.gpu_options) == ""
    assert config.HasField("gpu_options")
    config.ClearField("gpu_options")
    assert not config.HasField("gpu_options")


def test_copies_are_equal_and_apart():
    config = full_config()
    for twin in (copy.deepcopy(config), copy.copy(config), pickle.loads(pickle.dumps(config))):
        assert twin == config
        twin.gpu_options.allow_growth = False
        assert twin != config
    other = tf.ConfigProto(log_device_placement=True)
    other.CopyFrom(config)
    assert other == config
    with pytest.raises(TypeError, match="unhashable"):
        hash(config)


def test_merging_takes_over_what_is_set():
    config = tf.ConfigProto(device_filters=["a"], inter_op_parallelism_threads=3)
    more = tf.ConfigProto(device_filters=["b"], allow_soft_placement=True)
    more.gpu_options.allow_growth = True
    config.MergeFrom(more)
    assert config.device_filters == ["a", "b"]
    assert config.inter_op_parallelism_threads == 3
    assert config.allow_soft_placement
    assert config.gpu_options.allow_growth
    config.Clear()
    assert config == tf.ConfigProto()


def test_numbers_and_names_are_taken():
    config = tf.ConfigProto(intra_op_parallelism_threads=np.int64(3), allow_soft_placement=1)
    assert config.intra_op_parallelism_threads == 3
    assert config.allow_soft_placement is True
    config.gpu_options.per_process_gpu_memory_fraction = 1
    assert isinstance(config.gpu_options.per_process_gpu_memory_fraction, float)
    assert tf.OptimizerOptions(opt_level="L0").opt_level == tf.OptimizerOptions.L0
    assert tf.OptimizerOptions.GlobalJitLevel.Value("ON_1") == tf.OptimizerOptions.ON_1
    assert tf.ConfigProto(gpu_options={"allow_growth": True}).gpu_options.allow_growth


@pytest.mark.parametrize(
    ("put", "error", "text"),
    [
        (lambda c: setattr(c, "device_filters", ["x"]), AttributeError, "repeated field"),
        (lambda c: c.device_filters.append(3), TypeError, "3 has type int, but expected one of"),
        (lambda c: c.device_count.update(x="y"), TypeError, "'y' has type str"),
        (lambda c: c.ClearField("x"), ValueError, 'Protocol message has no "x" field.'),
        (lambda c: tf.ConfigProto(c), TypeError, "No positional arguments allowed"),
        (lambda c: c.MergeFrom(3), TypeError, "expected tensorflow.ConfigProto got int."),
        (lambda c: tf.ConfigProto(gpu_options={"x": 1}), ValueError, 'GPUOptions has no "x"'),
        (lambda c: tf.ConfigProto(device_filters=3), TypeError, "Value must be iterable"),
        (
            lambda c: setattr(c.graph_options.optimizer_options, "opt_level", "L0"),
            TypeError,
            "'L0' has type str, but expected one of: int",
        ),
    ],
)
def test_refusals(put, error, text):
    with pytest.raises(error) as caught:
        put(tf.ConfigProto())
    assert text in str(caught.value)


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def pools_of(session: tf.Session) -> set[int]:
    """Addresses of the pools that a session's bound programs use, 0 for none."""
    kept = list(session._engine.functions.executables())
    frames = [bound.frame for each in kept for plans in each.plans.values() for bound in plans]
    return {int(frame.words[layout.FRAME_POOL // 8]) for frame in frames}


def test_one_thread_keeps_runs_on_the_calling_thread(graph):
    x = tf.placeholder(tf.float32, [None])
    y = tf.exp(x) * 2.0 + 1.0
    array = np.linspace(0, 1, 1_000_000, dtype=np.float32)
    alone = tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1))
    helped = tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=2))
    with alone, helped:
        np.testing.assert_array_equal(alone.run(y, {x: array}), helped.run(y, {x: array}))
        assert pools_of(alone) == {0}
        assert 0 not in pools_of(helped)


def test_a_session_takes_options(graph):
    x = tf.constant(2.0)
    with tf.Session("", graph, full_config()) as session:
        metadata = tf.RunMetadata()
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        assert session.run(x, None, options, metadata) == 2.0
        assert session.run(x, options=options, run_metadata=metadata) == 2.0
        (device,) = metadata.step_stats.dev_stats
        assert len(device.node_stats) == 2


def test_what_a_session_tells_of_itself(graph):
    tf.constant(1.0, name="one")
    with tf.Session() as session:
        assert session.graph is graph
        assert session.sess_str == b""
        (device,) = session.list_devices()
        assert device.name == "/job:localhost/replica:0/task:0/device:CPU:0"
        assert device.device_type == "CPU"
        assert "one" in str(session.graph_def)


@pytest.mark.parametrize("target", ["grpc://localhost:2222", b"local"])
def test_there_is_no_other_place_to_run(graph, target):
    with pytest.raises(tf.errors.NotFoundError, match="in this process alone") as caught:
        tf.Session(target)
    assert "No session factory registered for the given session options" in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"options": 3}, "options must be a tf.RunOptions, but got <class 'int'>"),
        ({"run_metadata": tf.RunOptions()}, "run_metadata must be a tf.RunMetadata"),
        ({"feed_dict": np.ones(2)}, "feed_dict must be a dict of tensors and their values"),
        ({"feed_dict": [("x", 1.0)]}, "got list: input must be a dictionary"),
    ],
)
def test_run_says_which_argument_is_wrong(graph, arguments, text):
    x = tf.constant(1.0)
    with tf.Session() as session:
        session.run(x)
        with pytest.raises(TypeError) as caught:
            session.run(x, **arguments)
    assert text in str(caught.value)


def test_partial_runs_are_not_implemented(graph):
    x = tf.placeholder(tf.float32, [])
    with tf.Session() as session:
        with pytest.raises(tf.errors.UnimplementedError, match="Partial runs are not supported"):
            session.partial_run_setup([x], [x])
        with pytest.raises(tf.errors.UnimplementedError, match="Partial runs are not supported"):
            session.partial_run("handle", x)


def test_sessions_end_in_the_reverse_order(graph):
    first, second = tf.Session(), tf.Session()
    with first:
        second.__enter__()
        with pytest.raises(AssertionError, match="Nesting violated"):
            first.as_default().__exit__(None, None, None)
        second.__exit__(None, None, None)


def test_interactive_sessions_may_end_in_any_order(graph):
    first, second = tf.InteractiveSession(), tf.InteractiveSession()
    first.close()
    assert tf.get_default_session() is second
    second.close()
    assert tf.get_default_session() is None
