"""Ops on variables: static shapes, errors, attributes; the meaning on NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops import scatter, state
from jitgraph.ops.definition import OpDef


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def test_assign_takes_the_value_shape_when_not_validated() -> None:
    v = tf.Variable([1.0, 2.0], validate_shape=False)
    assert v.assign([1.0, 2.0]).shape.as_list() == [2]
    assert tf.assign(v, [[1.0]], validate_shape=False).shape.as_list() == [1, 1]


def test_assign_refines_an_unknown_dimension() -> None:
    v = tf.Variable([1.0, 2.0])
    assert tf.assign(v, tf.placeholder(tf.float32, [None])).shape.as_list() == [2]


@pytest.mark.parametrize("function", [tf.assign, tf.assign_add, tf.assign_sub])
def test_assignments_check_shapes(function: object) -> None:
    v = tf.Variable([1.0, 2.0])
    with pytest.raises(ValueError, match="Dimension 0 in both shapes must be equal"):
        function(v, [1.0, 2.0, 3.0])  # type: ignore[operator]


def test_locking_attributes() -> None:
    v = tf.Variable([1.0, 2.0])
    assert v.initializer.get_attr("use_locking") is True
    assert v.assign([1.0, 1.0]).op.get_attr("use_locking") is False
    assert v.assign_add([1.0, 1.0]).op.get_attr("use_locking") is False
    assert tf.scatter_update(v, [0], 1.0).op.get_attr("use_locking") is True
    assert tf.scatter_add(v, [0], 1.0).op.get_attr("use_locking") is False
    assert v.initializer.get_attr("validate_shape") is True


def test_scatter_nd_checks_shapes() -> None:
    v = tf.Variable(np.zeros((4, 2), np.float32))
    with pytest.raises(ValueError, match="must match the inner"):
        tf.scatter_nd_add(v, [[0]], [[1.0, 2.0, 3.0]])
    assert tf.scatter_nd_add(v, [[0]], [[1.0, 2.0]]).shape.as_list() == [4, 2]


def meaning(definition: OpDef, *inputs: object) -> list[object]:
    assert definition.reference is not None
    return definition.reference(*map(np.asarray, inputs), use_locking=False).tolist()


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (scatter.SCATTER_UPDATE, [3.0, 8.0, 5.0]),
        (scatter.SCATTER_ADD, [11.0, 8.0, 15.0]),
        (scatter.SCATTER_SUB, [5.0, 8.0, 1.0]),
        (scatter.SCATTER_MUL, [24.0, 8.0, 80.0]),
        (scatter.SCATTER_DIV, [8 / 3, 8.0, 0.8]),
        (scatter.SCATTER_MIN, [3.0, 8.0, 2.0]),
        (scatter.SCATTER_MAX, [8.0, 8.0, 8.0]),
    ],
)
def test_scatters_apply_repeated_rows_in_order(definition: OpDef, expected: list[float]) -> None:
    found = meaning(definition, [8.0, 8.0, 8.0], [2, 0, 2], [2.0, 3.0, 5.0])
    assert found == pytest.approx(expected)


def test_scatter_of_a_scalar_fills_rows() -> None:
    assert meaning(scatter.SCATTER_ADD, np.zeros((3, 2)), [2], 5.0) == [[0, 0], [0, 0], [5, 5]]


def test_scatter_division_of_integers_truncates() -> None:
    assert meaning(scatter.SCATTER_DIV, [7, -7], [0, 1], [2, 2]) == [3, -3]


def test_scatter_nd_writes_elements() -> None:
    found = meaning(scatter.SCATTER_ND_ADD, np.zeros((2, 2)), [[0, 1], [0, 1]], [1.0, 2.0])
    assert found == [[0.0, 3.0], [0.0, 0.0]]


def test_scatter_refuses_rows_out_of_range() -> None:
    with pytest.raises(IndexError):
        meaning(scatter.SCATTER_UPDATE, [1.0, 2.0], [2], [5.0])


def test_scatter_leaves_the_old_contents_alone() -> None:
    old = np.zeros(2)
    meaning(scatter.SCATTER_ADD, old, [0], [1.0])
    assert old.tolist() == [0.0, 0.0]


def test_gradient_descent_goes_against_the_gradient() -> None:
    found = meaning(state.APPLY_GRADIENT_DESCENT, [1.0, 2.0], 0.5, [2.0, -2.0])
    assert found == [0.0, 3.0]


def test_new_contents_of_one_variable_that_another_is_made_of():
    """They lie in a buffer of their own, though they could be written over."""
    with tf.Graph().as_default(), tf.Session() as session:
        w, v = tf.Variable([0.0, 0.0, 0.0]), tf.Variable([1.0, 2.0, 3.0])
        where = tf.placeholder(tf.int32, [None])
        added = tf.scatter_add(v, where, tf.ones_like(where, dtype=tf.float32))
        both = tf.group(added, tf.assign(w, 0.5 + added))
        session.run(tf.global_variables_initializer())
        session.run(both, {where: [0, 2, 0]})
        assert session.run(v).tolist() == [3.0, 2.0, 4.0]
        assert session.run(w).tolist() == [3.5, 2.5, 4.5]
