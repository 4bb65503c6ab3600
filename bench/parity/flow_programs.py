"""Programs of branches and loops that run in both libraries.

In: a module with TensorFlow 1's names, whose default graph is empty. Out: arrays to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Arrays = list[Any]


def _branches(tf: Any) -> Arrays:
    x = tf.placeholder(tf.float32, [])
    log = tf.Variable(0.0)

    def low() -> Any:
        with tf.control_dependencies([tf.assign_add(log, 1.0)]):
            return tf.identity(x * 2.0)

    def high() -> Any:
        with tf.control_dependencies([tf.assign_sub(log, 10.0)]):
            return tf.identity(x - 1.0)

    chosen = tf.cond(x < 0.0, low, high)
    cases = tf.case(
        [(x < -1.0, lambda: tf.constant(1)), (x > 1.0, lambda: tf.constant(2))],
        default=lambda: tf.constant(3),
    )
    (slope,) = tf.gradients(chosen, x)
    with tf.Session() as session:
        session.run(log.initializer)
        return [
            np.asarray([*session.run([chosen, cases, slope], {x: number}), session.run(log)])
            for number in (-2.0, 0.5, 3.0)
        ]


def _loops(tf: Any) -> Arrays:
    count = tf.placeholder(tf.int32, [])
    _, logistic = tf.while_loop(
        lambda i, x: i < count, lambda i, x: (i + 1, 3.7 * x * (1.0 - x)), [0, 0.3]
    )
    _, inner_sums = tf.while_loop(lambda i, t: i < 4, _row_of_sums(tf), [0, 0])
    weights = tf.constant(np.linspace(-0.5, 0.5, 16, dtype=np.float32).reshape(4, 4))
    _, state = tf.while_loop(
        lambda i, s: i < count,
        lambda i, s: [
            i + 1,
            tf.cond(i < 2, lambda: s + 1.0, lambda: tf.tanh(tf.matmul(s, weights))),
        ],
        [0, tf.zeros([3, 4])],
        maximum_iterations=7,
    )
    with tf.Session() as session:
        return [
            result
            for number in (0, 1, 20)
            for result in session.run([logistic, inner_sums, state], {count: number})
        ]


def _row_of_sums(tf: Any) -> Callable[[Any, Any], Any]:
    def body(i: Any, total: Any) -> Any:
        _, row = tf.while_loop(lambda j, t: j < i, lambda j, t: (j + 1, t + i * j), [0, total])
        return i + 1, row

    return body


def _checks(tf: Any) -> Arrays:
    x = tf.placeholder(tf.int32, [2])
    counter = tf.Variable(0)
    with tf.control_dependencies([tf.Assert(x[0] > 0, [x]), tf.assert_less(x, 10)]):
        printed = tf.Print(x * 2, [x], first_n=0)
    counted = tf.count_up_to(counter, 3)
    found: Arrays = []
    with tf.Session() as session:
        session.run(counter.initializer)
        for fed in ([1, 2], [0, 2], [3, 11]):
            found.append(_outcome(tf, session, printed, {x: fed}))
        found += [_outcome(tf, session, counted, {}) for _ in range(4)]
    return found


def _sizes_on_the_way(tf: Any) -> Arrays:
    x = tf.placeholder(tf.float32, [None])
    large = tf.boolean_mask(x, x > 0.0)

    def grow(i: Any, t: Any) -> Any:
        return i + 1, tf.concat([t, tf.boolean_mask(large, large > tf.cast(i, tf.float32))], 0)

    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    _, grown = tf.while_loop(lambda i, t: i < 3, grow, [0, x[:1]], shape_invariants=shapes)
    side = tf.cond(tf.size(large) > 2, lambda: tf.unique(large)[0], lambda: x)
    with tf.Session() as session:
        return [
            result
            for fed in ([1.0, -2.0, 3.0, 1.0, 0.5], [-1.0, 2.0], [-1.0])
            for result in session.run([large, grown, side], {x: fed})
        ]


def _functions(tf: Any) -> Arrays:
    x = tf.placeholder(tf.float32, [None])
    called = tf.py_func(lambda v: (np.sort(v), v.size), [x], [tf.float32, tf.int64])
    stateless = tf.py_func(np.cumsum, [called[0]], tf.float32, stateful=False)
    eager = tf.py_function(lambda v: v.numpy() * 2, [stateless], tf.float32)
    refused = tf.py_func(lambda v: v.astype(np.int32), [x], tf.float32)
    _, looped = tf.while_loop(
        lambda i, t: i < 3,
        lambda i, t: (i + 1, tf.py_func(lambda n, v: v * np.float32(n + 1), [i, t], tf.float32)),
        [0, x],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape(None)],
    )
    feeds = {x: [3.0, 1.0, 2.0]}
    with tf.Session() as session:
        found = session.run([*called, stateless, eager, looped], feeds)
        return [*found, _outcome(tf, session, refused, feeds)]


def _arrays(tf: Any) -> Arrays:
    rows = tf.placeholder(tf.float32, [None, 3])
    number = tf.shape(rows)[0]
    given = tf.TensorArray(tf.float32, size=number, clear_after_read=False).unstack(rows)
    grown = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    _, grown = tf.while_loop(
        lambda i, a: i < 5, lambda i, a: (i + 1, a.write(i, tf.cast(i, tf.float32))), [0, grown]
    )
    pieces = tf.TensorArray(tf.float32, size=2).split(tf.range(6.0), [3, 3])
    sums = tf.scan(lambda a, v: a * 0.5 + v, rows)
    squares = tf.map_fn(lambda v: v * v, rows)
    left = tf.foldl(lambda a, v: a - v, rows)
    right = tf.foldr(lambda a, v: a - v, rows)
    fetches = [
        given.gather([1, 0]), grown.stack(), grown.size(), pieces.concat(), sums, squares, left,
        right,
    ]  # fmt: skip
    with tf.Session() as session:
        return [
            each
            for count in (2, 4)
            for each in session.run(fetches, {rows: np.arange(3.0 * count).reshape(count, 3)})
        ]


def _slopes(tf: Any) -> Arrays:
    x, count = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.int32, [])
    weights = tf.constant(np.linspace(-0.5, 0.5, 9, dtype=np.float32).reshape(3, 3))

    def step(i: Any, y: Any) -> Any:
        y = tf.cond(i < 2, lambda: tf.sin(y) * x, lambda: tf.tanh(y))
        return i + 1, tf.matmul(y[None], weights)[0]

    _, y = tf.while_loop(lambda i, y: i < count, step, [0, x])
    _, z = tf.while_loop(
        lambda i, z: tf.reduce_sum(z) < 20.0, lambda i, z: (i + 1, z * z + 1.0), [0, x]
    )
    cumulated = tf.scan(lambda a, v: a * v + 1.0, weights)
    fetches = [*tf.gradients(y, [x, weights]), *tf.gradients(z, x)]
    fetches += tf.gradients(cumulated, weights)
    with tf.Session() as session:
        return [
            each
            for number in (1, 4)
            for each in session.run(fetches, {x: [0.1, 0.2, 0.3], count: number})
        ]


def _outcome(tf: Any, session: Any, fetch: Any, feeds: dict[Any, Any]) -> Any:
    """A value, or the code of the error that came instead."""
    try:
        return session.run(fetch, feeds)
    except tf.errors.OpError as error:
        return np.asarray(-error.error_code)


FLOW_PROGRAMS: dict[str, Callable[[Any], Arrays]] = {
    "branches": _branches,
    "loops": _loops,
    "checks": _checks,
    "sizes on the way": _sizes_on_the_way,
    "functions": _functions,
    "arrays": _arrays,
    "slopes of loops": _slopes,
}
