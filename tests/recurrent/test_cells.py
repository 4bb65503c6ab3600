"""What cells refuse, tell and count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

cells = tf.nn.rnn_cell


@pytest.fixture(autouse=True)
def _own_graph() -> Any:
    with tf.Graph().as_default():
        yield


WRONG: list[tuple[type[Exception], str, Callable[[], Any]]] = [
    (TypeError, "is not an RNNCell", lambda: tf.nn.static_rnn(3, [tf.zeros([1, 2])])),
    (TypeError, "must be a sequence", lambda: tf.nn.static_rnn(_gru(), tf.zeros([1, 2]))),
    (ValueError, "must not be empty", lambda: tf.nn.static_rnn(_gru(), [])),
    (ValueError, "dtype must be specified", lambda: tf.nn.static_rnn(_gru(), [tf.zeros([1, 2])])),
    (ValueError, "you must give a dtype", lambda: tf.nn.dynamic_rnn(_gru(), tf.zeros([1, 4, 2]))),
    (ValueError, "Must specify at least one cell", lambda: cells.MultiRNNCell([])),
    (
        ValueError,
        "Some cells return tuples",
        lambda: cells.MultiRNNCell([cells.LSTMCell(2)], state_is_tuple=False),
    ),
    (ValueError, "between 0 and 1", lambda: cells.DropoutWrapper(_gru(), 1.5)),
    (
        ValueError,
        "dtype must be provided",
        lambda: cells.DropoutWrapper(_gru(), 0.5, variational_recurrent=True),
    ),
    (
        ValueError,
        "only supports floating point",
        lambda: _gru()(tf.zeros([1, 2], tf.int32), tf.zeros([1, 3], tf.int32)),
    ),
    (
        ValueError,
        r"Expected inputs.shape\[-1\] to be known",
        lambda: _gru()(tf.placeholder(tf.float32, [1, None]), tf.zeros([1, 3])),
    ),
]


def _gru() -> Any:
    return cells.GRUCell(3)


@pytest.mark.parametrize(("kind", "message", "build"), WRONG)
def test_it_refuses(kind: type[Exception], message: str, build: Callable[[], Any]) -> None:
    with pytest.raises(kind, match=message):
        build()


def test_lengths_of_another_batch_are_refused_when_run() -> None:
    lengths = tf.placeholder(tf.int32, [None])
    x = tf.zeros([3, 4, 2])
    outputs, _ = tf.nn.dynamic_rnn(_gru(), x, sequence_length=lengths, dtype=tf.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(outputs, {lengths: [1, 2]})


def test_sizes() -> None:
    cell = cells.MultiRNNCell([cells.LSTMCell(3, num_proj=2), _gru()])
    assert cell.state_size == (cells.LSTMStateTuple(c=3, h=2), 3)
    assert cell.output_size == 3
    assert cells.LSTMCell(4, state_is_tuple=False).state_size == 8


def test_weights_are_counted() -> None:
    cell = cells.MultiRNNCell([cells.BasicRNNCell(3), _gru()])
    tf.nn.static_rnn(cell, [tf.zeros([1, 2])] * 2, dtype=tf.float32)
    assert [each.op.name for each in cell.trainable_weights] == [
        "rnn/multi_rnn_cell/cell_0/basic_rnn_cell/kernel",
        "rnn/multi_rnn_cell/cell_0/basic_rnn_cell/bias",
        *(
            f"rnn/multi_rnn_cell/cell_1/gru_cell/{part}"
            for part in ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
        ),
    ]


def test_a_cell_of_ones_own() -> None:
    class Decay(cells.RNNCell):  # type: ignore[misc,name-defined]
        state_size = output_size = 2

        def call(self, inputs: Any, state: Any) -> Any:
            rate = tf.get_variable("rate", [], initializer=tf.constant_initializer(0.5))
            new = rate * state + inputs
            return new, new

    cell = Decay()
    outputs, _ = tf.nn.static_rnn(cell, [tf.ones([1, 2])] * 3, dtype=tf.float32)
    assert [each.op.name for each in cell.trainable_weights] == ["rnn/decay/rate"]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(outputs[-1]), [[1.75, 1.75]])


def test_states_are_saved() -> None:
    class Saver:
        def __init__(self) -> None:
            self.kept = tf.get_variable("kept", [1, 3], initializer=tf.zeros_initializer())

        def state(self, name: str) -> Any:
            return self.kept.read_value()

        def save_state(self, name: str, value: Any) -> Any:
            return self.kept.assign(value)

    saver = Saver()
    _, state = tf.nn.static_state_saving_rnn(_gru(), [tf.ones([1, 2])] * 2, saver, "h")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first = session.run(state)
        np.testing.assert_array_equal(session.run(saver.kept), first)
        assert np.abs(session.run(state) - first).max() > 0


def test_a_gradient_of_a_loop_is_one_program() -> None:
    x = tf.placeholder(tf.float32, [None, 4, 2])
    _, state = tf.nn.dynamic_rnn(cells.BasicLSTMCell(3), x, dtype=tf.float32)
    (slope,) = tf.gradients(state.h, [tf.trainable_variables()[0]])
    told = str(tf.explain(slope, {x: np.ones([2, 4, 2], np.float32)}))
    assert "in one native call" in told


def test_layers_of_cudnn_say_what_to_take_instead() -> None:
    with pytest.raises(tf.errors.UnimplementedError, match="LSTMBlockCell"):
        tf.contrib.cudnn_rnn.CudnnLSTM(1, 8)


def test_cudnns_cell_has_no_forget_bias() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        cell = tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(2)
        state = tf.nn.rnn_cell.LSTMStateTuple(tf.ones([1, 2]), tf.zeros([1, 2]))
        _, last = cell(tf.zeros([1, 3]), state)
        session.run(tf.global_variables_initializer())
        assert session.run(last.c).tolist() == [[0.5, 0.5]]
        assert [each.op.name for each in cell.variables] == [
            "cudnn_compatible_lstm_cell/kernel",
            "cudnn_compatible_lstm_cell/bias",
        ]
