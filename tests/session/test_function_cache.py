"""The function cache: what is compiled once, what it holds, how many functions it keeps."""

from __future__ import annotations

import gc
import itertools
import threading
import tracemalloc
import weakref

import numpy as np
import pytest

import jitgraph as tf
from jitgraph import executable, execution
from jitgraph.compilations import compilations, forget_compilations
from jitgraph.executable import MOST_PLANS
from jitgraph.function_cache import MOST_REQUESTS

TWO = np.full((2, 3), 2.0, np.float32)
FIVE = np.full((2, 3), 5.0, np.float32)


@pytest.fixture(autouse=True)
def empty_log():
    forget_compilations()


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.placeholder(tf.float32, [None, 3], name="y")
        graph.add_to_collection("feeds", (x, y))
        graph.add_to_collection(
            "fetches", (tf.add(x, y, name="sum"), tf.divide(x, y, name="ratio"))
        )
        yield graph


def parts(graph: tf.Graph):
    return *graph.get_collection("feeds")[0], *graph.get_collection("fetches")[0]


def causes() -> list[str]:
    return [each.cause for each in compilations()]


def test_the_order_of_fetches_and_feeds_makes_no_second_compilation(graph) -> None:
    x, y, total, ratio = parts(graph)
    with tf.Session() as session:
        for _ in range(3):
            first = session.run([total, ratio], {x: TWO, y: FIVE})
            second = session.run([ratio, total], {y: FIVE, x: TWO})
            third = session.run({"r": ratio, "both": (total, [ratio])}, {y: FIVE, x: TWO})
            by_call = session.make_callable([ratio, total], [y, x])(FIVE, TWO)
            np.testing.assert_array_equal(first, second[::-1])
            np.testing.assert_array_equal(first, by_call[::-1])
            np.testing.assert_array_equal(first, [third["both"][0], third["r"]])
            np.testing.assert_array_equal(first, [TWO + FIVE, TWO / FIVE])
            np.testing.assert_array_equal(third["both"][1][0], third["r"])
    assert len(compilations()) == 1


def test_one_tensor_and_a_list_of_one_share_a_program(graph) -> None:
    x, y, total, _ = parts(graph)
    with tf.Session() as session:
        alone = session.run(total, {x: TWO, y: FIVE})
        (listed,) = session.run([total], {x: TWO, y: FIVE})
        (named,) = session.run({"total": total}, {y: FIVE, x: TWO}).values()
    for found in (alone, listed, named):
        np.testing.assert_array_equal(found, TWO + FIVE)
    assert len(compilations()) == 1


def test_growing_the_graph_compiles_nothing_again(graph) -> None:
    x, y, total, _ = parts(graph)
    with tf.Session() as session:
        session.run(total, {x: TWO, y: FIVE})
        for _ in range(3):
            tf.square(total)
            session.run(total, {x: TWO, y: FIVE})
    assert len(compilations()) == 1


def test_threads_that_ask_for_the_same_compile_it_once(graph, monkeypatch) -> None:
    x, y, total, _ = parts(graph)
    compile_fetches, entered = execution.compile_fetches, threading.Semaphore(0)
    barrier = threading.Barrier(4)
    found = []

    def slow(*args):
        entered.release()
        return compile_fetches(*args)

    def work() -> None:
        barrier.wait()
        found.append(session.run(total, {x: TWO, y: FIVE}))

    monkeypatch.setattr(execution, "compile_fetches", slow)
    with tf.Session() as session:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 4
    assert entered.acquire(blocking=False)
    assert not entered.acquire(blocking=False)


def test_a_compilation_does_not_hold_up_other_functions(graph, monkeypatch) -> None:
    x, y, total, ratio = parts(graph)
    compile_fetches, begun, go_on = execution.compile_fetches, threading.Event(), threading.Event()

    def waiting(fetches, *args):
        if ratio in fetches:
            begun.set()
            assert go_on.wait(30)
        return compile_fetches(fetches, *args)

    monkeypatch.setattr(execution, "compile_fetches", waiting)
    with tf.Session() as session:
        thread = threading.Thread(target=session.run, args=(ratio, {x: TWO, y: FIVE}))
        thread.start()
        assert begun.wait(30)
        np.testing.assert_array_equal(session.run(total, {x: TWO, y: FIVE}), TWO + FIVE)
        go_on.set()
        thread.join()


def test_a_failed_compilation_is_tried_again(graph, monkeypatch) -> None:
    x, y, total, _ = parts(graph)
    compile_fetches = execution.compile_fetches

    def failing(*args):
        monkeypatch.setattr(execution, "compile_fetches", compile_fetches)
        raise OSError("the disk is gone")

    monkeypatch.setattr(execution, "compile_fetches", failing)
    with tf.Session() as session:
        with pytest.raises(OSError, match="the disk is gone"):
            session.run(total, {x: TWO, y: FIVE})
        np.testing.assert_array_equal(session.run(total, {x: TWO, y: FIVE}), TWO + FIVE)


def test_the_least_recently_used_functions_are_dropped(monkeypatch) -> None:
    monkeypatch.setenv("JITGRAPH_FUNCTION_CACHE_SIZE", "3")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        fetches = [x + float(number) for number in range(6)]
        for number, fetch in enumerate(fetches):
            assert session.run(fetch, {x: 1.0}) == number + 1.0
            session.run([fetches[0]], {x: 1.0})
        assert len(session._engine.functions) == 3
        assert len(session._engine.functions._requests) == 3
        assert causes() == ["first use of these fetches"] * 6
        assert session.run(fetches[1], {x: 1.0}) == 2.0
        assert causes()[6:] == ["dropped before: there were too many functions"]


def test_functions_that_run_on_their_short_way_are_recently_used(monkeypatch) -> None:
    monkeypatch.setenv("JITGRAPH_FUNCTION_CACHE_SIZE", "3")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        often, *others = [tf.add(x, float(number), name=f"n{number}") for number in range(6)]
        for fetch in others:
            for _ in range(3):
                session.run(often, {x: 1.0})
            session.run(fetch, {x: 1.0})
        kept = [entry.fetches for entry in session.cache_info().entries]
        assert sorted(kept) == [("n0:0",), ("n4:0",), ("n5:0",)]
        assert len(compilations()) == 6


def test_no_fed_array_is_kept_alive(graph) -> None:
    x, y, total, ratio = parts(graph)
    with tf.Session() as session:
        arrays = [np.ones((4, 3), np.float32) for _ in range(2)]
        session.run([total, ratio], dict(zip((x, y), arrays, strict=True)))
        kept = [weakref.ref(array) for array in arrays]
        del arrays
        gc.collect()
        assert [each() for each in kept] == [None, None]


def test_causes_of_compilations() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, None, name="x")
        extra = tf.placeholder_with_default(1.0, [], name="extra")
        v = tf.Variable(np.zeros(3, np.float32), name="v", validate_shape=False)
        fetch = tf.reduce_sum(x) * extra
        session.run(fetch, {x: np.ones(3)})
        session.run(fetch, {x: np.ones(5)})
        session.run(fetch, {x: np.ones((2, 2))})
        session.run(fetch, {x: np.ones((2, 2)), extra: 2.0})
        assert causes() == [
            "first use of these fetches",
            "x:0 seen with rank 1, now rank 2",
            "extra:0 is fed, too",
        ]
        forget_compilations()
        session.run(tf.global_variables_initializer())
        double = v * 2.0
        session.run(double)
        session.run(tf.assign(v, np.zeros(5, np.float32), validate_shape=False))
        session.run(double)
        assert causes()[-1] == "variable v had shape (3,), now (5,)"


def test_causes_name_the_assumption_that_does_not_hold() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        y = tf.placeholder(tf.float32, [None, 3], name="y")
        n = tf.placeholder(tf.int32, [], name="n")
        total, first = x + y, tf.fill([n], 2.0) + x[:, 0]
        for rows, others in ((2, 2), (4, 4), (1, 2), (2, 1)):
            session.run(total, {x: np.ones((rows, 3)), y: np.ones((others, 3))})
        for count in (6, 7, 1):
            session.run(first, {n: count, x: np.ones((max(count, 6), 3))})
    assert causes() == [
        "first use of these fetches",
        "x:0.shape[0] == y:0.shape[0] was assumed, now x:0.shape[0] is 1, y:0.shape[0] is 2",
        "x:0.shape[0] == 1 was assumed, now x:0.shape[0] is 2",
        "first use of these fetches",
        "n:0 == x:0.shape[0] was assumed, now n:0 is 1, x:0.shape[0] is 6",
    ]


def test_runs_are_counted() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        fetch = x * 2.0
        for size in (1, 2, 3):
            for _ in range(size):
                session.run(fetch, {x: np.ones(size)})
        assert sum(each.runs for each in session._engine.functions.executables()) == 6


def test_what_the_cache_tells_of_itself(graph) -> None:
    x, y, total, ratio = parts(graph)
    with tf.Session() as session:
        for _ in range(3):
            session.run(total, {x: TWO, y: FIVE})
        session.run([ratio, total], {x: TWO, y: FIVE})
        info = session.cache_info()
        assert (info.hits, info.misses, info.currsize) == (2, 2, 2)
        first, second = info.entries
        assert first.fetches == ("sum:0",)
        assert [str(feed) for feed in first.feeds] == [
            "x:0 float32 of rank 2",
            "y:0 float32 of rank 2",
        ]
        assert (first.hits, first.misses, first.programs, first.plans) == (2, 1, 1, 1)
        assert second.fetches == ("ratio:0", "sum:0")
        assert second.kernels >= 1
        assert second.code_bytes > 0
        assert set(second.seconds) == {"trace", "passes", "lower", "compile and link"}
        assert first in tf.cache.entries()
        assert "hits 2, misses 2" in str(info)
        assert str(tf.cache.why()).count("first use of these fetches") == 2


def test_two_functions_of_one_structure_share_their_kernel() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        for scale in (3.5, 4.5):
            session.run(tf.sin(x) * scale, {x: [1.0]})
        assert [entry.shared_kernels for entry in session.cache_info().entries] == [1, 1]
        assert [each.shared for each in compilations()][-1] == 1


def test_hundreds_of_batch_sizes_compile_nothing_and_keep_little() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 8])
        w = tf.Variable(tf.ones([8, 4]))
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
        train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
        session.run(tf.global_variables_initializer())
        session.run([loss, train], {x: np.ones((300, 8))})
        before = len(compilations())
        kept_bytes = []
        tracemalloc.start()
        for number, size in enumerate(np.random.RandomState(0).permutation(500)):
            session.run([loss, train], {x: np.ones((2 + size, 8))})
            if number % 100 == 99:
                kept_bytes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert len(compilations()) == before
        full = kept_bytes[-(-MOST_PLANS // 100) - 1 :]
        assert max(full) < 1.3 * min(full)
        entry = session.cache_info().entries[-1]
        assert (entry.programs, entry.hits) == (1, 500)
        assert entry.plans <= MOST_PLANS


def test_sizes_with_large_temporaries_are_kept_by_their_bytes(monkeypatch) -> None:
    monkeypatch.setattr(executable, "MOST_PLAN_BYTES", 4000 * 4 * 10)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        rank = tf.reduce_sum(tf.matmul(x[:, None], x[None, :4]) * tf.reduce_max(x))
        for _ in range(2):
            for size in (*range(10, 20), *range(4000, 4010)):
                assert session.run(rank, {x: np.ones(size)}) == 4 * size
        entry = session.cache_info().entries[0]
        assert 2 <= entry.plans < 20
        assert entry.memory_bytes < 4000 * 4 * 20
        assert (entry.programs, entry.hits) == (1, 39)


def test_parts_of_a_run_are_told_too() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        kept = tf.reduce_sum(tf.exp(tf.boolean_mask(x, x > 0.0)))
        for _ in range(3):
            session.run(kept, {x: [1.0, -1.0, 2.0]})
        (entry,) = session.cache_info().entries
        assert entry.programs == entry.misses == len(compilations())
        assert entry.hits == 2 * entry.programs
        assert entry.kernels > 0


def test_many_orders_of_fetches_are_not_all_remembered() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        fetches = [tf.constant(float(number)) + 1.0 for number in range(5)]
        for order in itertools.permutations(range(5)):
            found = session.run([fetches[number] for number in order])
            assert found == [number + 1.0 for number in order]
        assert len(session._engine.functions._requests) == MOST_REQUESTS
        assert len(compilations()) == 1
