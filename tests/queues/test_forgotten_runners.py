"""A program that forgets tf.train.start_queue_runners waits, as in TensorFlow, but is told why."""

from __future__ import annotations

import threading
import warnings

import pytest

import jitgraph as tf
from jitgraph.ops import held_queues


def test_a_dequeue_that_nobody_feeds_warns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_queues, "PATIENCE", 0.01)
    number = tf.train.range_input_producer(3, shuffle=False, name="numbers").dequeue()
    told = threading.Event()
    texts: list[str] = []

    def keep(message: Warning | str, *_: object, **__: object) -> None:
        texts.append(str(message))
        told.set()

    with tf.Session() as session:
        threading.Thread(target=lambda: told.wait(20) and _start(session), daemon=True).start()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.showwarning = keep
            assert [session.run(number) for _ in range(4)] == [0, 1, 2, 0]
    (text,) = texts
    assert "FIFOQueue '_0_numbers'" in text
    assert "start_queue_runners" in text


def test_a_queue_that_was_used_waits_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_queues, "PATIENCE", 0.01)
    queue = tf.FIFOQueue(2, tf.int32, [])
    put, taken = queue.enqueue([7]), queue.dequeue()
    with tf.Session() as session:
        session.run(put)
        assert session.run(taken) == 7
        later = threading.Timer(0.05, session.run, [put])
        later.start()
        assert session.run(taken) == 7
        later.join()


def _start(session: tf.Session) -> None:
    with session.graph.as_default():
        coordinator = tf.train.Coordinator()
        tf.train.start_queue_runners(session, coordinator, daemon=True)
