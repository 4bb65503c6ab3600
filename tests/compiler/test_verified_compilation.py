"""JITGRAPH_DEBUG=2: every pass's program is verified while compiling."""

from __future__ import annotations

import importlib

import pytest

import jitgraph as tf
from jitgraph.compiler import compile_fetches
from jitgraph.ir.verifier import VerificationError
from jitgraph.passes import pipeline


def _forget_the_last(program):
    return program.with_instrs(program.instrs[:-1])


@pytest.fixture
def broken(monkeypatch):
    """A graph's tensor; the pipeline's last pass makes a program that is not sound."""
    monkeypatch.setattr(pipeline, "PIPELINE", (*pipeline.PIPELINE, _forget_the_last))
    with tf.Graph().as_default():
        return tf.exp(tf.Variable([1.0, 2.0]))


def test_a_broken_pass_is_found_at_once(broken, monkeypatch):
    monkeypatch.setenv("JITGRAPH_DEBUG", "2")
    with pytest.raises(VerificationError, match="%Exp is not made before it is used"):
        compile_fetches([broken], [], lambda _: (2,))


def test_without_it_nothing_is_verified(broken, monkeypatch):
    monkeypatch.delenv("JITGRAPH_DEBUG", raising=False)
    compiler = importlib.import_module("jitgraph.compiler")
    monkeypatch.setattr(compiler, "verify", lambda program: pytest.fail("verified"))
    with pytest.raises(KeyError):
        compile_fetches([broken], [], lambda _: (2,))
