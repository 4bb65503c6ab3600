"""Runs, errors and closed sessions leave nothing behind: no objects, no feeds, no variables."""

from __future__ import annotations

import gc
import sys
import tracemalloc
import weakref
from collections.abc import Callable

import numpy as np
import pytest

import jitgraph as tf

MOST_NEW_OBJECTS = 40
MOST_NEW_BYTES = 60_000
TRACED_RUNS = 400


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def objects() -> int:
    """How many objects there are. Nested tuples leave the collector's list a level a collection."""
    for _ in range(5):
        gc.collect()
    return len(gc.get_objects())


def assert_nothing_grows(work: Callable[[int], None], warm: int, runs: int) -> None:
    """Neither the number of objects in `runs` calls of `work` nor, in fewer, the bytes in use."""
    for number in range(warm):
        work(number)
    before = objects()
    for number in range(runs):
        work(number)
    assert objects() - before < MOST_NEW_OBJECTS
    assert bytes_grown(work, min(warm, runs), min(TRACED_RUNS, runs)) < MOST_NEW_BYTES


def bytes_grown(work: Callable[[int], None], warm: int, runs: int) -> int:
    """Bytes more in use after `runs` calls of `work`, the data of arrays among them."""
    tracemalloc.start()
    try:
        for number in range(warm):
            work(number)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for number in range(runs):
            work(number)
        gc.collect()
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def test_runs_with_new_arrays_leave_nothing(graph):
    x = tf.placeholder(tf.float32, [None, 3])
    w = tf.Variable(tf.ones([3, 2]))
    step = tf.train.GradientDescentOptimizer(0.01).minimize(tf.reduce_sum(tf.matmul(x, w)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        loss = tf.reduce_mean(w)

        def work(number: int) -> None:
            session.run([step, loss], {x: np.full((40, 3), number, np.float32)})

        assert_nothing_grows(work, 10, 2000)


def test_runs_of_many_sizes_keep_a_limited_number_of_plans(graph):
    x = tf.placeholder(tf.float32, [None, None])
    y = tf.nn.relu(x * 2.0 + 1.0)
    with tf.Session() as session:

        def work(number: int) -> None:
            session.run(y, {x: np.ones((number % 80, 3), np.float32)})

        assert_nothing_grows(work, 80, 2000)


def test_names_lists_and_numbers_as_feeds_leave_nothing(graph):
    x = tf.placeholder(tf.float32, [None], name="x")
    scale = tf.placeholder(tf.float32, [], name="scale")
    y = tf.identity(x * scale, name="y")
    with tf.Session() as session:

        def work(number: int) -> None:
            session.run({"y": "y:0", "x": (x, y)}, {"x:0": [1.0, float(number)], scale: number})

        assert_nothing_grows(work, 20, 1000)


def test_sizes_that_depend_on_data_leave_nothing(graph):
    x = tf.placeholder(tf.float32, [None])
    kept = tf.boolean_mask(x, x > 0.5) * 2.0
    with tf.Session() as session:

        def work(number: int) -> None:
            session.run(kept, {x: np.arange(number % 7, dtype=np.float32)})

        assert_nothing_grows(work, 21, 210)


@pytest.mark.parametrize("kind", ["misfit", "index", "feed", "fetch", "uninitialised"])
def test_errors_leave_nothing(graph, kind):
    x = tf.placeholder(tf.float32, [None], name="x")
    rows = tf.placeholder(tf.int32, [None], name="rows")
    v = tf.Variable([1.0, 2.0], name="v")
    wrong = {
        "misfit": (lambda: (tf.add(x, [1.0, 2.0, 3.0]), {x: np.ones(2, np.float32)})),
        "index": (lambda: (tf.gather(x, rows), {x: np.ones(2, np.float32), rows: [5]})),
        "feed": (lambda: (x * 2.0, {x: np.ones((2, 2), np.float32)})),
        "fetch": (lambda: ("nowhere:0", None)),
        "uninitialised": (lambda: (v * 2.0, None)),
    }
    fetch, feeds = wrong[kind]()
    with tf.Session() as session:

        def work(_: int) -> None:
            with pytest.raises((tf.errors.OpError, ValueError)):
                session.run(fetch, feeds)

        assert_nothing_grows(work, 10, 200)


def test_feeds_are_let_go(graph):
    x = tf.placeholder(tf.float32, [None])
    y = tf.reduce_sum(x * 2.0)
    array = np.ones(1000, np.float32)
    session = tf.Session()
    call = session.make_callable(y, [x])
    before = sys.getrefcount(array)
    for _ in range(3):
        session.run(y, {x: array})
        call(array)
        session.run([y, x], {x: array[:500]})
        with pytest.raises(ValueError, match="Cannot feed"):
            session.run(y, {x: array.reshape(10, 100)})
    gc.collect()
    assert sys.getrefcount(array) == before


def test_results_are_let_go(graph):
    x = tf.placeholder(tf.float32, [None, None])
    with tf.Session() as session:
        result = session.run(x * 2.0, {x: np.ones((30, 30), np.float32)})
        gone = weakref.ref(result)
        del result
        assert gone() is None


def test_close_frees_variables_and_programs(graph):
    v = tf.Variable(np.ones((200, 200), np.float32))
    double = v * 2.0
    session = tf.Session()
    session.run(v.initializer)
    session.run(double)
    engine = session._engine
    contents = [weakref.ref(array) for array in engine.variables.values()]
    programs = [weakref.ref(each) for each in engine.functions.executables()]
    assert contents
    assert programs
    session.close()
    gc.collect()
    assert [gone() for gone in contents] == [None] * len(contents)
    assert [gone() for gone in programs] == [None] * len(programs)


@pytest.mark.parametrize("is_closed", [True, False])
def test_a_dropped_session_is_collected(graph, is_closed):
    v = tf.Variable(np.ones((200, 200), np.float32))
    session = tf.Session()
    session.run(v.initializer)
    session.run(v * 2.0)
    gone = [weakref.ref(session), weakref.ref(session._engine)]
    gone += [weakref.ref(array) for array in session._engine.variables.values()]
    if is_closed:
        session.close()
    del session
    gc.collect()
    assert [each() for each in gone] == [None] * len(gone)


def test_a_dropped_interactive_session_is_collected():
    with tf.Graph().as_default():
        session = tf.InteractiveSession()
        session.run(tf.constant(1.0) + 1.0)
        session.close()
        gone = weakref.ref(session)
        del session
    gc.collect()
    assert gone() is None


def test_a_dropped_graph_is_collected():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        v = tf.Variable([1.0, 2.0])
        loss = tf.reduce_sum(tf.tanh(x) * v)
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(v.initializer)
        session.run([train, loss], {x: [1.0, 2.0]})
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(loss, {x: [1.0, 2.0, 3.0]})
    gone = weakref.ref(graph), weakref.ref(x), weakref.ref(session), weakref.ref(v)
    del graph, session, x, v, loss, train
    gc.collect()
    assert [each() for each in gone] == [None] * 4
