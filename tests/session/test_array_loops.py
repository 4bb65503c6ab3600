"""Loops of elementwise maps: one kernel takes each block of rows through all iterations."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

RANDOM = np.random.RandomState(0)
ROWS = RANDOM.rand(100, 4).astype(np.float32)
MANY = 3000


def is_one_kernel(session: tf.Session, fetch: tf.Tensor) -> bool:
    report = str(tf.explain(fetch, session=session))
    return "loop_of_arrays" in report


def runs(fetch: tf.Tensor, feeds: dict, *, one_kernel: bool) -> np.ndarray:
    with tf.Session() as session:
        assert is_one_kernel(session, fetch) == one_kernel
        return session.run(fetch, feeds)


def close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("rows", [0, 1, 7, 1024, 5000])
def test_logistic_maps(rows: int) -> None:
    start = RANDOM.rand(rows).astype(np.float32)
    x, r = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    _, y = tf.while_loop(lambda i, x: i < MANY, lambda i, x: (i + 1, r * x * (1 - x)), [0, x])
    wanted = start
    for _ in range(MANY):
        wanted = np.float32(2.9) * wanted * (1 - wanted)
    close(runs(y, {x: start, r: 2.9}, one_kernel=True), wanted)


def test_pendulums_whose_arrays_need_each_other() -> None:
    angle = tf.placeholder(tf.float32, [None, 4])

    def body(time: tf.Tensor, angle: tf.Tensor, speed: tf.Tensor) -> tuple:
        return time + 0.01, angle + speed * 0.01, speed - tf.sin(angle) * 0.01

    _, last, _ = tf.while_loop(lambda t, a, v: t < 1.0, body, [0.0, angle, tf.zeros_like(angle)])
    a, v, time = ROWS, np.zeros_like(ROWS), np.float32(0)
    while time < 1:
        time += np.float32(0.01)
        a, v = a + v * np.float32(0.01), v - np.sin(a) * np.float32(0.01)
    close(runs(last, {angle: ROWS}, one_kernel=True), a)


def test_arrays_that_change_places() -> None:
    a = tf.placeholder(tf.float32, [None, 4])
    found = tf.while_loop(lambda i, *_: i < 7, lambda i, a, b: (i + 1, b, a + 1.0), [0, a, a * 2])
    x, y = ROWS, ROWS * 2
    for _ in range(7):
        x, y = y, x + 1
    close(runs(tf.stack(found[1:]), {a: ROWS}, one_kernel=True), np.stack([x, y]))


def test_rows_of_points_that_leave_at_different_times() -> None:
    x, y = (np.linspace(-1.75, 1.25, 60).astype(np.float32) for _ in range(2))
    c = tf.constant(np.stack([x, y]))
    start = (0, tf.zeros_like(c[0]), tf.zeros_like(c[0]), tf.zeros([60], tf.int32))

    def body(i: tf.Tensor, x: tf.Tensor, y: tf.Tensor, steps: tf.Tensor) -> tuple:
        is_inside = x * x + y * y < 4.0
        new_x, new_y = x * x - y * y + c[0], 2.0 * x * y + c[1]
        pairs = ((new_x, x), (new_y, y))
        return i + 1, *(tf.where(is_inside, *p) for p in pairs), steps + tf.to_int32(is_inside)

    found = tf.while_loop(lambda i, *_: i < 30, body, start)[3]
    z, steps = np.zeros(60, np.complex128), np.zeros(60, int)
    for _ in range(30):
        is_inside = abs(z) < 2
        z, steps = np.where(is_inside, z * z + x + 1j * y, z), steps + is_inside
    np.testing.assert_array_equal(runs(found, {}, one_kernel=True), steps)


def test_none_and_many_more_iterations_than_at_one_go() -> None:
    a, count = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int32, [])
    _, y = tf.while_loop(lambda i, a: i < count, lambda i, a: (i + 1, a + 1.0), [0, a])
    for number in (0, 1, 1023, 1024, 1025, 5000):
        close(runs(y, {a: ROWS, count: number}, one_kernel=True), ROWS + number)


def test_a_loop_around_and_its_variable() -> None:
    a = tf.placeholder(tf.float32, [None, 4])

    def outer(i: tf.Tensor, total: tf.Tensor) -> tuple:
        inner = tf.while_loop(lambda j, b: j < 4, lambda j, b: (j + 1, b * 1.1 + total), [0, total])
        return i + 1, inner[1]

    _, y = tf.while_loop(lambda i, a: i < 3, outer, [0, a])
    wanted = ROWS.astype(np.float64)
    for _ in range(3):
        inner = wanted
        for _ in range(4):
            inner = inner * 1.1 + wanted
        wanted = inner
    close(runs(y, {a: ROWS}, one_kernel=True), wanted)


@pytest.mark.parametrize(
    "step",
    [
        lambda a: tf.reverse(a, [0]) * 0.5 + a,
        lambda a: tf.concat([a[1:], a[:1]], 0),
        lambda a: a + tf.reduce_mean(a),
        lambda a: a * a[0],
    ],
)
def test_rows_that_need_other_rows_stay_apart(step) -> None:
    a = tf.placeholder(tf.float32, [None, 4])
    _, y = tf.while_loop(lambda i, a: i < 5, lambda i, a: (i + 1, step(a)), [0, a])
    once = step(a)
    with tf.Session() as session:
        wanted = ROWS
        for _ in range(5):
            wanted = session.run(once, {a: wanted})
        close(session.run(y, {a: ROWS}), wanted)
        assert not is_one_kernel(session, y)


def test_a_condition_on_the_arrays_stays_apart() -> None:
    a = tf.placeholder(tf.float32, [None, 4])
    _, y = tf.while_loop(lambda i, a: tf.reduce_sum(a) < 1e4, lambda i, a: (i + 1, a * 1.5), [0, a])
    wanted = ROWS
    while wanted.sum() < 1e4:
        wanted = wanted * np.float32(1.5)
    close(runs(y, {a: ROWS}, one_kernel=False), wanted)
