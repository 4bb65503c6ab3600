"""Runs in which sizes become known on the way: in stages, nothing computed or written twice."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

X = np.array([1, -2, 3, 4, -5], np.float32)


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def test_what_is_written_before_a_size_is_known_is_written_once(session) -> None:
    limit = tf.Variable(1)
    with tf.control_dependencies([limit.assign_add(2)]):
        numbers = tf.range(limit.read_value())
    later = limit.assign_add(tf.size(numbers))
    session.run(tf.global_variables_initializer())
    assert session.run([numbers, later])[0].tolist() == [0, 1, 2]
    assert session.run(limit) == 6


def test_a_run_that_fails_behind_a_size_leaves_variables_alone(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    count = tf.Variable(0)
    with tf.control_dependencies([count.assign_add(1)]):
        mask = tf.where(x > tf.cast(count.read_value(), tf.float32))[:, 0]
    found = tf.gather(tf.constant([7.0, 8.0, 9.0]), mask, name="found")
    session.run(tf.global_variables_initializer())
    assert session.run(found, {x: X[:3]}).tolist() == [9.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="found"):
        session.run(found, {x: X})
    assert session.run(count) == 1


def test_what_stages_share_runs_once(session, capfd) -> None:
    x = tf.placeholder(tf.float32, [None])
    told = tf.Print(x, [tf.size(x)], "made ")
    mask = tf.boolean_mask(told, told > 0)
    unique, _ = tf.unique(tf.concat([mask, mask], 0))
    total = tf.reduce_sum(unique) + tf.reduce_sum(told)
    assert session.run(total, {x: X}) == 9.0
    assert capfd.readouterr().err.count("made [5]") == 1


def test_random_numbers_are_those_of_one_run(session) -> None:
    numbers = tf.random_uniform([50], seed=3)
    large = tf.boolean_mask(numbers, numbers > 0.5)
    first, chosen = session.run([numbers, large])
    assert chosen.tolist() == first[first > 0.5].tolist()
    again = session.run(large)
    with tf.Session() as other:
        other.run(numbers)
        second = other.run(numbers)
    assert again.tolist() == second[second > 0.5].tolist()


def test_other_sizes_need_no_other_program(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    total = tf.reduce_sum(tf.boolean_mask(x, x > 0) * 2)
    session.run(total, {x: X})
    before = len(tf.cache.compilations()) if hasattr(tf.cache, "compilations") else 0
    for count in (2, 3, 5, 4):
        assert session.run(total, {x: X[:count]}) == X[:count][X[:count] > 0].sum() * 2
    after = len(tf.cache.compilations()) if hasattr(tf.cache, "compilations") else 0
    assert after == before


def test_sizes_inside_a_branch(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.cond(
        tf.reduce_sum(x) > 0, lambda: tf.boolean_mask(x, x > 0) * 2, lambda: tf.unique(x)[0]
    )
    assert session.run(y + 1, {x: X}).tolist() == [3, 7, 9]
    assert session.run(y + 1, {x: -np.abs(X[[0, 0, 1]])}).tolist() == [0, -1]


def test_a_loop_variable_that_grows(session) -> None:
    def more(i, t):
        return i + 1, tf.concat([t, t[-1:] + i], 0)

    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    n = tf.placeholder(tf.int32, [])
    i, t = tf.while_loop(lambda i, _: i < n, more, [0, tf.constant([1])], shape_invariants=shapes)
    assert session.run([i, t, tf.reduce_sum(t)], {n: 4})[1].tolist() == [1, 1, 2, 4, 7]
    assert session.run(t, {n: 0}).tolist() == [1]


def test_sizes_from_data_in_nested_loops(session) -> None:
    def inner(j, rest):
        return j + 1, tf.boolean_mask(rest, rest > j)

    def outer(i, total):
        rest = tf.while_loop(
            lambda j, _: j < i, inner, [0, tf.range(6)],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
        )[1]  # fmt: skip
        return i + 1, total + tf.size(rest)

    total = tf.while_loop(lambda i, _: i < 4, outer, [0, 0])[1]
    assert session.run(total) == 6 + 5 + 4 + 3


def test_a_branch_in_a_loop_whose_sides_differ_in_size(session) -> None:
    def body(i, total):
        part = tf.cond(tf.equal(i % 2, 0), lambda: tf.range(i), lambda: tf.ones([i + 3], tf.int32))
        return i + 1, total + tf.reduce_sum(part)

    total = tf.while_loop(lambda i, _: i < 5, body, [0, 0])[1]
    assert session.run(total) == 0 + 4 + 1 + 6 + 6


def test_variables_and_random_numbers_in_a_loop_of_changing_sizes(session) -> None:
    seen = tf.Variable(0)

    def body(i, t):
        with tf.control_dependencies([seen.assign_add(tf.size(t))]):
            return i + 1, tf.concat([t, tf.random_uniform([1], seed=1)], 0)

    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    numbers = tf.while_loop(lambda i, _: i < 3, body, [0, tf.zeros([1])], shape_invariants=shapes)[
        1
    ]
    with tf.control_dependencies([numbers]):
        after = seen.read_value() * 10
    session.run(tf.global_variables_initializer())
    found, told = session.run([numbers, after])
    assert len(set(found.tolist())) == 4
    assert told == 60
    assert session.run(seen) == 6


def test_what_fails_in_a_loop_names_the_op(session) -> None:
    def body(i, t):
        return i + 1, tf.concat([t, tf.gather(t, [i * 2], name="far")], 0)

    t = tf.while_loop(
        lambda i, _: i < 3, body, [0, tf.zeros([1])],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
    )[1]  # fmt: skip
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"while/far"):
        session.run(t)


def test_sizes_in_a_loop_of_numbers(session) -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    y = tf.while_loop(
        lambda i, t: i < 3, lambda i, t: (i + 1, t + tf.reduce_sum(x[: i + 1])), [0, 0.0]
    )
    assert session.run(y[1]) == 10.0


def test_the_steps_of_all_stages_are_traced(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    total = tf.reduce_sum(tf.boolean_mask(tf.exp(x), x > 0))
    metadata = tf.RunMetadata()
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    session.run(total, {x: X}, options=options, run_metadata=metadata)
    names = [node.node_name for stats in metadata.step_stats.dev_stats for node in stats.node_stats]
    assert {"Exp", "Sum"} <= set(names)


def test_branches_inside_a_branch_that_a_size_decides(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    y = tf.cond(
        tf.size(tf.boolean_mask(x, x > 1)) > 1,
        lambda: tf.cond(x[0] > 0, lambda: tf.unique(tf.abs(x))[0], lambda: x[:1]),
        lambda: x[1:],
    )
    assert session.run([y, tf.reduce_sum(y)], {x: X})[0].tolist() == [1, 2, 3, 4, 5]
    assert session.run(y, {x: np.array([-1, 2, -3], np.float32)}).tolist() == [2, -3]
    assert session.run(y, {x: np.array([-1, 2, 3], np.float32)}).tolist() == [-1]


def test_gradients_across_stages(session) -> None:
    x = tf.placeholder(tf.float32, [None])
    w = tf.Variable(1.5)
    y = tf.cond(
        tf.reduce_sum(x) > 0,
        lambda: tf.reduce_sum(tf.square(tf.boolean_mask(x * w, x > 0))),
        lambda: tf.reduce_sum(x) * w,
    )
    step = tf.train.GradientDescentOptimizer(0.001).minimize(y)
    slopes = tf.gradients(y, [w, x])
    session.run(tf.global_variables_initializer())
    weight, inputs = session.run(slopes, {x: X})
    assert weight == 2 * 1.5 * (1 + 9 + 16)
    assert inputs.tolist() == [4.5, 0, 13.5, 18, 0]
    session.run(step, {x: X})
    assert session.run(w) == pytest.approx(1.5 - 0.001 * 78)


def test_gradients_of_a_loop_whose_sizes_change(session) -> None:
    x = tf.constant([1.0, 2.0])
    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    y = tf.while_loop(
        lambda i, _: i < 3,
        lambda i, t: (i + 1, tf.concat([t * t, t[:1]], 0)),
        [0, x],
        shape_invariants=shapes,
    )[1]
    found, slopes = session.run([y, tf.gradients(y, x)[0]])
    assert found.tolist() == [1, 256, 1, 1, 1]
    assert slopes.tolist() == [20, 1024]


def test_gradients_of_rows_of_which_parts_are_taken(session) -> None:
    x = tf.constant([[1.0, -2.0, 3.0], [2.0, -2.0, -3.0]])
    sums = tf.map_fn(lambda row: tf.reduce_sum(tf.boolean_mask(row * row, row > 0)), x)
    slopes = tf.gradients(sums, x)[0]
    assert session.run(slopes).tolist() == [[2, 0, 6], [4, 0, 0]]
    assert session.run(sums).tolist() == [10, 4]


def test_arrays_whose_elements_differ_in_length(session) -> None:
    x = tf.constant([1.0, -2.0, 3.0])
    array = tf.TensorArray(tf.float32, 0, dynamic_size=True, infer_shape=False)

    def body(i, array):
        return i + 1, array.write(i, tf.boolean_mask(x * x, x > tf.cast(i, tf.float32)))

    written = tf.while_loop(lambda i, _: i < 3, body, [0, array])[1]
    y = written.concat()
    assert session.run(y).tolist() == [1, 9, 9, 9]
    assert session.run(tf.gradients(y, x)[0]).tolist() == [2, 0, 18]
    pair = tf.TensorArray(tf.float32, 2, infer_shape=False, clear_after_read=False)
    pair = pair.write(0, tf.ones([2])).write(1, tf.zeros([3]))
    assert [each.tolist() for each in session.run([pair.concat(), pair.read(0)])] == [
        [1, 1, 0, 0, 0],
        [1, 1],
    ]


def test_an_array_whose_elements_are_to_be_alike_refuses_others(session) -> None:
    array = tf.TensorArray(tf.float32, 2).write(0, tf.placeholder_with_default(tf.ones([2]), None))
    array = array.write(1, tf.placeholder_with_default(tf.ones([3]), None))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not write to TensorArray"):
        session.run(array.stack())
