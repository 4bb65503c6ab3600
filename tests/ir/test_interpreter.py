"""The interpreter: symbols bound from feeds, state in and out, checks of shapes."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from jitgraph.ir.trace import FeedHint, trace

PROGRAM = """\
symbol s0 = 5
feed %x: float32[s0, 2]
state %w: float32[2]
%size: float32[] = HostValue(s0:float32)
%sum: float32[2] = Sum(%x, [0]) {keep_dims=False}
%mean: float32[2] = RealDiv(%sum, %size)
%new: float32[2] = AddV2(%w, %mean)
update %w = %new
return %mean, %w
"""
X = np.array([[1, 2], [3, 6]], np.float32)
W = np.array([10, 20], np.float32)


def test_results_and_updates():
    results, updates = run_program(parse_program(PROGRAM), [X], {"w": W})
    assert [array.tolist() for array in results] == [[2, 4], [10, 20]]
    assert {name: array.tolist() for name, array in updates.items()} == {"w": [12, 24]}


def test_states_by_position():
    assert run_program(parse_program(PROGRAM), [X], [W])[1]["w"].tolist() == [12, 24]


def test_symbols_from_the_items_of_a_feed():
    with tf.Graph().as_default():
        x, n = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [])
        y = tf.reshape(x, [n, -1])
        arrays = [np.arange(6, dtype=np.float32), np.array(2, np.int32)]
        feeds = [
            FeedHint(tensor, tensor.dtype, array.shape, array)
            for tensor, array in zip([x, n], arrays, strict=True)
        ]
        traced = trace([y], feeds, lambda _: None)
    for rows in (2, 3):
        arrays[1] = np.array(rows, np.int32)
        (found,), _ = run_program(traced.program, arrays, (), traced.symbols)
        assert found.shape == (rows, 6 // rows)


def test_a_reduction_in_blocks():
    text = (
        "feed %x: int32[7]\n"
        "%p: int32[3] = Sum(%x, [0]) {blocks=3, keep_dims=False}\n"
        "%s: int32[] = Sum(%p, [0]) {keep_dims=False}\n"
        "return %p, %s\n"
    )
    (parts, total), _ = run_program(parse_program(text), [np.arange(7, dtype=np.int32)])
    assert parts.tolist() == [3, 7, 11]
    assert total == 21


def test_guards_must_hold():
    program = parse_program("symbol s0 = 5\nguard s0 >= 2\nfeed %x: float32[s0]\nreturn %x\n")
    with pytest.raises(ValueError, match=r"holds only for s0 >= 2, not for {'s0': 1}"):
        run_program(program, [np.zeros(1, np.float32)])


def test_symbols_must_be_told():
    program = parse_program("symbol s0 = 5\nfeed %x: float32[s0*2]\nreturn %x\n")
    with pytest.raises(ValueError, match="the feeds don't tell s0"):
        run_program(program, [np.zeros(4, np.float32)])


def test_shapes_must_be_as_declared():
    program = parse_program("feed %x: float32[3]\nreturn %x\n")
    with pytest.raises(ValueError, match=r"%x has shape \(2,\), declared \(3,\): feed"):
        run_program(program, [np.zeros(2, np.float32)])


def test_a_state_without_contents():
    with pytest.raises(ValueError, match="state %w is read and has no contents"):
        run_program(parse_program(PROGRAM), [X])
