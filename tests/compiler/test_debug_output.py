"""JITGRAPH_DEBUG: each level tells what the one below it does, and more."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

ON_EACH_LEVEL = {
    1: "compiled y:0: 1 steps by 1 kernels",
    2: "fold_constants: ",
    3: "%y: float32[s0] = Tanh(",
    4: "def kernel(args, lo, hi):",
    5: "target triple",
}


def _told(level: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("JITGRAPH_DEBUG", str(level))
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None])
        y = tf.tanh(x + 1, name="y")
        with tf.Session() as session:
            session.run(y, {x: np.zeros(3)})
            first = capsys.readouterr().err
            session.run(y, {x: np.zeros(5)})
            assert capsys.readouterr().err == ""
    return first


@pytest.mark.parametrize("level", range(6))
def test_levels(
    level: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _told(level, monkeypatch, capsys)
    for needed, text in ON_EACH_LEVEL.items():
        assert (text in told) == (needed <= level)


def test_a_block_has_a_level_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JITGRAPH_DEBUG", "4")
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        with tf.debug(1):
            session.run(x + 1, {x: [1.0]})
            with tf.debug(0):
                session.run(x + 2, {x: [1.0]})
        told = capsys.readouterr().err
        session.run(x * 2, {x: [1.0]})
    assert told.count("compiled ") == 1
    assert "def kernel" not in told
    assert "def kernel" in capsys.readouterr().err
    with pytest.raises(ValueError, match="a debug level is 0 to 5, got 6"), tf.debug(6):
        pass
