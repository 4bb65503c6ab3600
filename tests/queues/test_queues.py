"""Queues: the order of elements, waiting threads, and what ends the waiting."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as found:
        yield found


def _started(function, *args) -> tuple[threading.Thread, list]:
    """A thread, and where what it gives or raises is put."""
    found: list = []

    def run() -> None:
        try:
            found.append(function(*args))
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, found


def _is_waiting(thread: threading.Thread) -> bool:
    thread.join(0.05)
    return thread.is_alive()


def test_elements_come_out_as_they_went_in(session) -> None:
    queue = tf.FIFOQueue(10, [tf.float32, tf.string], [[2], []])
    session.run(queue.enqueue([[1, 2], "a"]))
    session.run(queue.enqueue_many([[[3, 4], [5, 6]], ["b", "c"]]))
    assert session.run(queue.size()) == 3
    number, text = session.run(queue.dequeue())
    assert (number.tolist(), text) == ([1, 2], b"a")
    numbers, texts = session.run(queue.dequeue_many(2))
    assert (numbers.tolist(), texts.tolist()) == ([[3, 4], [5, 6]], [b"b", b"c"])


def test_what_is_taken_out_is_computed_with(session) -> None:
    queue = tf.FIFOQueue(10, tf.float32, [[]])
    total = tf.Variable(0.0)
    session.run([queue.enqueue_many([[1.0, 2, 3]]), total.initializer])
    step = total.assign_add(queue.dequeue() * 2)
    assert [session.run(step) for _ in range(3)] == [2, 6, 12]


def test_elements_with_names(session) -> None:
    queue = tf.FIFOQueue(10, [tf.int32, tf.int32], names=["a", "b"])
    session.run(queue.enqueue({"a": 1, "b": 2}))
    assert session.run(queue.dequeue()) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="must enqueue a dictionary"):
        queue.enqueue([1, 2])
    with pytest.raises(ValueError, match="do not match names"):
        queue.enqueue({"a": 1})


def test_random_order(session) -> None:
    queue = tf.RandomShuffleQueue(100, 3, tf.int32, [[]], seed=7)
    session.run(queue.enqueue_many([list(range(50))]))
    first = session.run(queue.dequeue_many(47)).tolist()
    session.run(queue.close())
    rest = session.run(queue.dequeue_many(3)).tolist()
    assert sorted(first + rest) == list(range(50))
    assert first != sorted(first)


def test_random_order_of_constants_and_others(session) -> None:
    queue = tf.RandomShuffleQueue(100, 0, [tf.int32, tf.string], [[], []], seed=7)
    numbers = tf.constant(np.arange(40, dtype=np.int32))
    given = queue.enqueue_many([numbers, tf.constant([f"{each}" for each in range(40)])])
    take = queue.dequeue_many(15)
    session.run(given)
    found = [session.run(take)]
    session.run(queue.enqueue_many([np.arange(40, 50), [f"{each}" for each in range(40, 50)]]))
    found += [session.run(take), session.run(take)]
    session.run(given)
    found += [session.run(queue.dequeue_many(45))]
    for number, text in ((n, t) for block in found for n, t in zip(*block, strict=True)):
        assert text == b"%d" % number
    taken = sorted(number for numbers, _ in found for number in numbers)
    assert taken == sorted([*range(40), *range(50)])
    assert session.run(numbers).tolist() == list(range(40))


def test_a_random_batch_that_fails_is_put_back(session) -> None:
    queue = tf.RandomShuffleQueue(100, 0, tf.int32, [[]], seed=7)
    session.run(queue.enqueue_many([tf.constant(np.arange(10, dtype=np.int32))]))
    session.run(queue.close())
    with pytest.raises(tf.errors.OutOfRangeError):
        session.run(queue.dequeue_many(11))
    assert sorted(session.run(queue.dequeue_many(10))) == list(range(10))


def test_padding(session) -> None:
    queue = tf.PaddingFIFOQueue(10, [tf.int32], [[None]])
    x = tf.placeholder(tf.int32, [None])
    put = queue.enqueue(x)
    for size in (2, 0, 3):
        session.run(put, {x: np.arange(1, size + 1)})
    assert session.run(queue.dequeue_many(3)).tolist() == [[1, 2, 0], [0, 0, 0], [1, 2, 3]]


def test_priorities(session) -> None:
    queue = tf.PriorityQueue(10, [tf.string], [[]])
    session.run(queue.enqueue_many([np.array([5, 1, 3, 1]), ["e", "a", "c", "b"]]))
    ranks, texts = session.run(queue.dequeue_many(4))
    assert ranks.tolist() == [1, 1, 3, 5]
    assert texts.tolist() == [b"a", b"b", b"c", b"e"]


def test_a_run_waits_without_holding_up_others(session) -> None:
    queue = tf.FIFOQueue(10, tf.float32, [[]])
    x, total = tf.placeholder(tf.float32, []), tf.Variable(1.0)
    put, got, step = queue.enqueue(x), queue.dequeue() + 1, total.assign_add(1.0)
    session.run(total.initializer)
    thread, found = _started(session.run, got)
    assert _is_waiting(thread)
    assert [session.run(step) for _ in range(3)] == [2, 3, 4]
    session.run(put, {x: 5})
    thread.join()
    assert found == [6]


def test_a_full_queue_lets_wait_and_a_batch_may_be_larger_than_it(session) -> None:
    queue = tf.FIFOQueue(2, tf.int32, [[]])
    thread, _ = _started(session.run, queue.enqueue_many([list(range(6))]))
    assert _is_waiting(thread)
    assert session.run(queue.dequeue_many(5)).tolist() == [0, 1, 2, 3, 4]
    thread.join()
    assert session.run(queue.size()) == 1


def test_a_closed_queue(session) -> None:
    queue = tf.FIFOQueue(10, tf.int32, [[]], name="mine")
    session.run(queue.enqueue_many([[1, 2, 3]]))
    session.run(queue.close())
    assert session.run(queue.is_closed())
    with pytest.raises(tf.errors.CancelledError, match="FIFOQueue '_0_mine' is closed"):
        session.run(queue.enqueue(1))
    with pytest.raises(tf.errors.CancelledError, match="is already closed"):
        session.run(queue.close())
    text = r"is closed and has insufficient elements \(requested 5, current size 3\)"
    with pytest.raises(tf.errors.OutOfRangeError, match=text) as caught:
        session.run(queue.dequeue_many(5))
    assert "node mine_DequeueMany (defined at test_queues.py" in str(caught.value)
    assert session.run(queue.dequeue_up_to(5)).tolist() == [1, 2, 3]
    with pytest.raises(tf.errors.OutOfRangeError):
        session.run(queue.dequeue())


def test_who_waits_is_told_of_the_end() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        full, empty = tf.FIFOQueue(1, tf.int32, [[]]), tf.FIFOQueue(1, tf.int32, [[]])
        session.run(full.enqueue(1))
        putting, put_end = _started(session.run, full.enqueue(2))
        taking, take_end = _started(session.run, empty.dequeue())
        assert _is_waiting(putting)
        assert _is_waiting(taking)
        session.run([full.close(cancel_pending_enqueues=True), empty.close()])
        putting.join()
        taking.join()
        assert isinstance(put_end[0], tf.errors.CancelledError)
        assert isinstance(take_end[0], tf.errors.OutOfRangeError)


def test_closing_the_session_ends_the_waiting() -> None:
    with tf.Graph().as_default():
        queue = tf.FIFOQueue(1, tf.int32, [[]])
        session = tf.Session()
        thread, found = _started(session.run, queue.dequeue())
        assert _is_waiting(thread)
        session.close()
        thread.join()
        assert isinstance(found[0], tf.errors.CancelledError)
        with pytest.raises(RuntimeError, match="closed Session"):
            session.run(queue.dequeue())


def test_shapes_are_checked(session) -> None:
    queue = tf.FIFOQueue(10, tf.float32, [[2]])
    x = tf.placeholder(tf.float32)
    with pytest.raises(ValueError, match="incompatible"):
        queue.enqueue([[1.0, 2, 3]])
    text = r"Shape mismatch in tuple component 0. Expected \[2\], got \[3\]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        session.run(queue.enqueue(x), {x: [1, 2, 3]})
    free = tf.FIFOQueue(10, tf.float32)
    session.run(free.enqueue(1.0))
    with pytest.raises(tf.errors.InvalidArgumentError, match="components to have specified"):
        session.run(free.dequeue_many(1))


def test_each_session_has_its_own_and_names_are_shared(session) -> None:
    queue = tf.FIFOQueue(10, tf.int32, [[]], shared_name="one")
    same = tf.FIFOQueue(10, tf.int32, [[]], shared_name="one")
    session.run(queue.enqueue(4))
    with tf.Session() as other:
        assert other.run(queue.size()) == 0
    assert session.run(same.dequeue()) == 4


def test_queues_in_branches(session) -> None:
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    x, keep = tf.placeholder(tf.int32, []), tf.placeholder(tf.bool, [])
    put = tf.cond(keep, lambda: queue.enqueue(x), tf.no_op)
    for number in range(5):
        session.run(put, {x: number, keep: number % 2 == 0})
    assert session.run(queue.dequeue_many(3)).tolist() == [0, 2, 4]
    assert session.run(queue.size()) == 0
