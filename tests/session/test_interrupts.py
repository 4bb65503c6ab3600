"""Ctrl-C in endless loops: the session stays usable, variables keep what was assigned last."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from jitgraph.runtime.gates import Gates, Use

PROLOGUE = """
import os, signal, sys, threading
import jitgraph as tf
go = tf.placeholder(tf.bool, [])
v, w, untouched = tf.Variable(0), tf.Variable(0), tf.Variable(3)
session = tf.Session()
session.run(tf.global_variables_initializer())

def counted(i, *before):
    with tf.control_dependencies([v.assign_add(1), *before]):
        return tf.identity(i) * 1

def interrupted(fetch):
    session.run(fetch, {go: False})
    session.run(v.assign(0))
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        session.run(fetch, {go: True})
    except KeyboardInterrupt:
        pass
    else:
        raise SystemExit("the loop ended")
    assert session.run(untouched) == 3
    kept = session.run(v)
    assert session.run(v.assign_add(1)) == kept + 1
    return kept
"""

NATIVE = """
with tf.control_dependencies([w.assign(8)]):
    loop = tf.while_loop(lambda i: go, counted, [tf.constant(0)])
assert interrupted(loop) != 0
assert session.run(w) == 8
"""

WITH_A_PRINT = """
sys.stderr = open(os.devnull, "w")
def told(i):
    return counted(i, tf.Print(i, [i]))
assert interrupted(tf.while_loop(lambda i: go, told, [0])) > 10
"""

IN_PYTHON = """
def called(i):
    return counted(i, tf.py_func(lambda: None, [], []))
assert interrupted(tf.while_loop(lambda i: go, called, [0])) > 10
def grown(i):
    return tf.boolean_mask([counted(i[0])], [True])
shapes = [tf.TensorShape([None])]
assert interrupted(tf.while_loop(lambda i: go, grown, [tf.constant([0])], shapes)) > 10
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("code", [NATIVE, WITH_A_PRINT, IN_PYTHON])
def test_an_interrupted_loop(code) -> None:
    subprocess.run([sys.executable, "-c", PROLOGUE + code], check=True, timeout=120)


def test_who_was_interrupted_at_the_door_comes_in_again() -> None:
    gates = Gates()
    gates.start_reading()
    gates.start_writing()
    gates.start_reading()
    gates.stop_reading()
    gates.start_writing()
    gates.start_writing()
    gates.stop_writing()
    others: list[str] = []

    def other() -> None:
        with gates.held(Use.WRITES):
            others.append("came in")

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(10)
    assert others == ["came in"]
