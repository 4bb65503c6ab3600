"""Sessions in several threads, in forked children, and after an interrupt."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import jitgraph as tf


def _in_threads(count: int, work: Any) -> None:
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]


def test_threads_read_with_feeds_of_their_own() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 50])
        w = tf.Variable(np.eye(50, dtype=np.float32) * 2)
        y = tf.nn.relu(tf.matmul(x, w)) + tf.reduce_sum(x, 1, keepdims=True)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())

            def work(number: int) -> None:
                for size in range(1, 40):
                    fed = np.full((size * (number + 1), 50), number + 1, np.float32)
                    got = session.run(y, {x: fed})
                    np.testing.assert_array_equal(got, fed * 2 + fed.sum(1, keepdims=True))

            _in_threads(6, work)


def test_every_update_of_every_thread_counts() -> None:
    with tf.Graph().as_default():
        count = tf.Variable(0, name="count")
        total = tf.Variable(np.zeros(20_000, np.float64), name="total")
        step = tf.group(count.assign_add(1), total.assign_add(np.ones(20_000)))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            _in_threads(4, lambda _: [session.run(step) for _ in range(200)])
            assert session.run(count) == 800
            np.testing.assert_array_equal(session.run(total), 800.0)


def test_sessions_side_by_side_have_variables_of_their_own() -> None:
    with tf.Graph().as_default():
        value = tf.Variable(1.0)
        double = value.assign(value * 2)
        first, second = tf.Session(), tf.Session()
        for session in (first, second):
            session.run(value.initializer)
        first.run(double)
        assert (first.run(value), second.run(value)) == (2.0, 1.0)
        first.close()
        assert second.run(double) == 2.0
        second.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
def test_a_forked_child_runs_in_parallel_too() -> None:
    code = """
import os, numpy as np, jitgraph as tf
x = tf.placeholder(tf.float32, [None]); y = tf.tanh(x) * 2.0 + 1.0
session = tf.Session(); data = np.linspace(-3, 3, 500_000).astype(np.float32)
want = session.run(y, {x: data})
child = os.fork()
if child == 0:
    same = np.array_equal(session.run(y, {x: data}), want)
    z = session.run(y * y, {x: data})
    os._exit(0 if same and np.allclose(z, want * want) else 1)
_, status = os.waitpid(child, 0)
assert os.waitstatus_to_exitcode(status) == 0
assert np.array_equal(session.run(y, {x: data}), want)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_leaves_the_session_usable() -> None:
    code = """
import signal, numpy as np, jitgraph as tf
x = tf.placeholder(tf.float32, [None]); count = tf.Variable(0.0)
step = count.assign_add(tf.reduce_sum(tf.sin(x)) * 0.0 + 1.0)
session = tf.Session(); session.run(count.initializer)
data = np.ones(3_000_000, np.float32); session.run(step, {x: data})
signal.setitimer(signal.ITIMER_REAL, 0.05)
signal.signal(signal.SIGALRM, signal.default_int_handler)
done = 0
try:
    while True:
        session.run(step, {x: data}); done += 1
except KeyboardInterrupt:
    pass
before = session.run(count)
assert done + 1 <= before <= done + 2, (before, done)
session.run(step, {x: data})
assert session.run(count) == before + 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
