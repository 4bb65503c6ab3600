"""Small session programs that run in both libraries: state, order of writes, an optimizer.

In: a module with TensorFlow 1's names, whose default graph is empty. Out: arrays to compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.parity.data_programs import DATA_PROGRAMS
from bench.parity.flow_programs import FLOW_PROGRAMS
from bench.parity.random_programs import RANDOM_PROGRAMS

Arrays = list[Any]
ROWS = np.arange(12, dtype=np.float32).reshape(4, 3)


def _assignments(tf: Any) -> Arrays:
    variable = tf.Variable(ROWS, name="rows")
    doubled = variable * 2.0
    fed = tf.placeholder(tf.float32, [4, 3])
    found: Arrays = []
    with tf.Session() as session:
        found.append(session.run(tf.is_variable_initialized(variable)))
        session.run(tf.global_variables_initializer())
        found.append(session.run(tf.is_variable_initialized(variable)))
        for write in (tf.assign, tf.assign_add, tf.assign_sub):
            found.append(session.run(write(variable, fed), {fed: ROWS + 0.5}))
            found += session.run([variable, doubled])
        variable.load(ROWS * 3.0, session)
        found.append(session.run(doubled))
    return found


def _ordered_writes(tf: Any) -> Arrays:
    counter = tf.Variable(0, name="counter")
    before = tf.identity(counter)
    with tf.control_dependencies([before]):
        step = tf.assign_add(counter, 5)
    with tf.control_dependencies([step]):
        after = tf.identity(counter.read_value())
    with tf.Session() as session:
        session.run(counter.initializer)
        return [np.asarray(session.run([before, after])) for _ in range(3)]


def _scatters(tf: Any) -> Arrays:
    names = "update add sub mul div min max".split()
    indices = np.array([2, 0, 2], np.int32)
    updates = np.array([[1.5, -2, 4], [8, 16, -1], [3, 0.5, 2]], np.float32)
    found: Arrays = []
    for name in names:
        variable = tf.Variable(ROWS)
        write = getattr(tf, f"scatter_{name}")(variable, indices, updates)
        with tf.Session() as session:
            session.run(variable.initializer)
            found += [session.run(write), session.run(variable)]
    return found


def _scatters_of_elements(tf: Any) -> Arrays:
    indices = np.array([[3, 1], [0, 2]], np.int32)
    found: Arrays = []
    for name in ("update", "add", "sub"):
        variable = tf.Variable(ROWS)
        write = getattr(tf, f"scatter_nd_{name}")(variable, indices, [10.0, 20.0])
        with tf.Session() as session:
            session.run(variable.initializer)
            found += [session.run(write), session.run(variable)]
    return found


def _initial_values(tf: Any) -> Arrays:
    first = tf.Variable(tf.fill([2, 2], 3.0), name="first")
    second = tf.Variable(first.initialized_value() * 2.0, name="second")
    with tf.Session() as session:
        missing = session.run(tf.report_uninitialized_variables())
        session.run(tf.global_variables_initializer())
        return [missing, *session.run([first, second])]


def _defaults(tf: Any) -> Arrays:
    given = tf.placeholder_with_default(tf.constant([1, 2]), [None])
    with tf.control_dependencies([tf.no_op()]):
        doubled = given + given
    with tf.Session() as session:
        return [session.run(doubled), session.run(doubled, {given: [7, 8, 9]})]


def _gradient_descent(tf: Any) -> Arrays:
    x = tf.placeholder(tf.float32, [None, 3])
    wanted = tf.placeholder(tf.float32, [None, 1])
    weight = tf.Variable(np.full((3, 1), 0.25, np.float32))
    frozen = tf.Variable(1.0, trainable=False)
    steps = tf.train.get_or_create_global_step()
    loss = tf.reduce_mean(tf.square(tf.matmul(x, weight) + frozen - wanted))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss, global_step=steps)
    feeds = {x: ROWS / 4.0, wanted: ROWS[:, :1]}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, train], feeds)[0] for _ in range(5)]
        return [np.asarray(losses), *session.run([weight, frozen, steps])]


def _sparse_gradient_descent(tf: Any) -> Arrays:
    table = tf.Variable(ROWS)
    picked = tf.gather(table, [1, 3, 1])
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(tf.square(picked)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        return [session.run(table)]


PROGRAMS: dict[str, Callable[[Any], Arrays]] = {
    "assignments": _assignments,
    "ordered writes": _ordered_writes,
    "scatters": _scatters,
    "scatters of elements": _scatters_of_elements,
    "initial values": _initial_values,
    "defaults": _defaults,
    "gradient descent": _gradient_descent,
    "sparse gradient descent": _sparse_gradient_descent,
    **DATA_PROGRAMS,
    **FLOW_PROGRAMS,
    **RANDOM_PROGRAMS,
}
