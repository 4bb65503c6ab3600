"""Scatter ops through a session, against NumPy: on variables, into zeros, by segment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jitgraph import errors
from jitgraph.ops.elementwise_sums import add_n
from tests.lowering.library_runs import NUMBERS, HeldVariable, array, run_op

OUT_OF_RANGE = r"is not in \[0, |does not index into|is out of range"

rng = np.random.default_rng(12)


def truncated_quotient(x: Any, y: Any) -> Any:
    if np.asarray(x).dtype.kind not in "iu":
        return x / y
    return (np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))).astype(x.dtype)


COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "Update": lambda x, y: y,
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": truncated_quotient,
    "Min": np.minimum,
    "Max": np.maximum,
}
ORDERED = ("float16", "bfloat16", "float32", "float64", "int32", "int64")
CASES = [
    *((kind, dtype) for kind in ("Update", "Add", "Sub", "Mul", "Div") for dtype in NUMBERS),
    *((kind, dtype) for kind in ("Min", "Max") for dtype in ORDERED),
    ("Update", "bool"),
]


def expected_rows(kind: str, x: np.ndarray, where: np.ndarray, updates: np.ndarray) -> np.ndarray:
    """The updates one by one in the order of the indices."""
    result = x.copy()
    rows = np.broadcast_to(updates, (*where.shape, *x.shape[1:])).reshape(where.size, *x.shape[1:])
    with np.errstate(all="ignore"):
        for index, row in zip(where.reshape(-1), rows, strict=True):
            result[index] = COMBINE[kind](result[index], row)
    return result


def check_rows(kind: str, x: np.ndarray, where: np.ndarray, updates: np.ndarray) -> None:
    held = HeldVariable(x)
    result = held.session.run(held.apply(f"Scatter{kind}", where, updates))
    expected = expected_rows(kind, x, where, updates)
    check(kind, result, expected)
    check(kind, held.contents(), expected)


def check(kind: str, result: np.ndarray, expected: np.ndarray) -> None:
    if kind == "Div" and expected.dtype.kind == "c":
        np.testing.assert_allclose(result, expected, rtol=1e-6)
    else:
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(("kind", "dtype"), CASES)
def test_every_kind_and_dtype(kind: str, dtype: str) -> None:
    where = np.array([2, 0, 2, 2], np.int32)
    check_rows(kind, array(rng, dtype, (4, 2), 1), where, array(rng, dtype, (4, 2), 1))


@pytest.mark.parametrize("kind", ["Update", "Add"])
@pytest.mark.parametrize(
    ("shape", "picked"),
    [
        ((5,), (3,)),
        ((5,), ()),
        ((5, 2, 3), (2, 2)),
        ((5, 0), (2,)),
        ((5, 2), (0,)),
        ((9, 300), (80,)),
    ],
)
def test_shapes(kind: str, shape: tuple[int, ...], picked: tuple[int, ...]) -> None:
    where = rng.integers(0, shape[0], picked)
    check_rows(kind, array(rng, "float32", shape), where, array(rng, "float32", picked + shape[1:]))


@pytest.mark.parametrize("dtype", ["float32", "complex128", "bool"])
@pytest.mark.parametrize("shape", [(4,), (4, 3)])
def test_one_number_for_all_rows(dtype: str, shape: tuple[int, ...]) -> None:
    check_rows("Update", array(rng, dtype, shape), np.array([1, 3]), array(rng, dtype, ()))


def test_small_integers_wrap() -> None:
    check_rows("Add", np.array([100, 1], np.int8), np.array([0, 0]), np.array([100, 100], np.int8))


def test_minimum_keeps_nan() -> None:
    held = HeldVariable(np.array([1.0, 2.0]))
    result = held.session.run(held.apply("ScatterMin", [0, 1], [np.nan, 1.0]))
    np.testing.assert_array_equal(result, [np.nan, 1.0])


def test_updates_taken_from_the_variable_itself() -> None:
    x = np.arange(8.0).reshape(4, 2)
    held = HeldVariable(x)
    with held.graph.as_default():
        updates = held.ref[:2] + 0.0
        direct = held.ref[1:3]
    held.session.run(held.apply("ScatterUpdate", [1, 2], updates))
    np.testing.assert_array_equal(held.contents(), x[[0, 0, 1, 3]])
    held.session.run(held.apply("ScatterUpdate", [2, 3], direct))
    np.testing.assert_array_equal(held.contents(), x[[0, 0, 0, 1]])


def test_the_old_contents_stay_readable() -> None:
    held = HeldVariable(np.zeros((3, 2)))
    with held.graph.as_default():
        before = held.ref + 1.0
        written = held.apply("ScatterAdd", [1, 1], np.ones((2, 2)))
        both = add_n([before, written])
    result = held.session.run([before, both])
    np.testing.assert_array_equal(result[0], np.ones((3, 2)))
    np.testing.assert_array_equal(result[1], [[1, 1], [3, 3], [1, 1]])
    np.testing.assert_array_equal(held.contents(), [[0, 0], [2, 2], [0, 0]])


def test_several_runs_add_up() -> None:
    held = HeldVariable(np.zeros(3, np.float32))
    add = held.apply("ScatterAdd", [2, 0], np.array([1, 2], np.float32))
    for _ in range(3):
        held.session.run(add.op)
    np.testing.assert_array_equal(held.contents(), [6, 0, 3])


@pytest.mark.parametrize("bad", [-1, 3])
def test_an_index_out_of_range_names_the_op(bad: int) -> None:
    held = HeldVariable(np.zeros((3, 2)))
    with pytest.raises(errors.InvalidArgumentError, match=OUT_OF_RANGE) as caught:
        held.session.run(held.apply("ScatterAdd", [bad], [[1.0, 1.0]]))
    assert caught.value.op.name == "ScatterAdd"


def test_an_integer_zero_as_divisor_is_reported() -> None:
    held = HeldVariable(np.ones(3, np.int32))
    with pytest.raises(errors.InvalidArgumentError, match="division by zero"):
        held.session.run(held.apply("ScatterDiv", [0], [0]))


@pytest.mark.parametrize("kind", ["Update", "Add", "Sub"])
@pytest.mark.parametrize("depth", [1, 2])
def test_variables_by_index_vectors(kind: str, depth: int) -> None:
    x = array(rng, "float32", (3, 4))
    where = np.array([[1, 0], [2, 3], [1, 0]], np.int32)[:, :depth]
    updates = array(rng, "float32", (3,) if depth == 2 else (3, 4))
    held = HeldVariable(x)
    held.session.run(held.apply(f"ScatterNd{kind}", where, updates).op)
    expected = x.copy()
    for index, row in zip(where, updates, strict=True):
        expected[tuple(index)] = COMBINE[kind](expected[tuple(index)], row)
    np.testing.assert_array_equal(held.contents(), expected)


@pytest.mark.parametrize("dtype", [*NUMBERS, "bool"])
@pytest.mark.parametrize("depth", [1, 2])
def test_into_zeros(dtype: str, depth: int) -> None:
    where = np.array([[1, 2], [0, 0], [1, 2]], np.int32)[:, :depth]
    updates = array(rng, dtype, (3, 3, 2)[:1] + (3, 3, 2)[depth:])
    result = run_op("ScatterNd", [where, updates, [3, 3, 2]])
    expected = np.zeros((3, 3, 2), updates.dtype)
    for index, row in zip(where, updates, strict=True):
        expected[tuple(index)] = expected[tuple(index)] + row
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize(
    ("count", "rest", "size"),
    [(0, (2,), 3), (4, (0,), 3), (0, (), 0), (6000, (40,), 7), (3, (), 2)],
)
def test_sizes_into_zeros(count: int, rest: tuple[int, ...], size: int) -> None:
    where = rng.integers(0, max(size, 1), (count, 1))
    updates = array(rng, "float64", (count, *rest))
    expected = np.zeros((size, *rest))
    np.add.at(expected, where[:, 0], updates)
    result = run_op("ScatterNd", [where, updates, np.array([size, *rest]).tolist()], None, True)
    np.testing.assert_array_equal(result, expected)


def test_index_vectors_out_of_range_name_the_op() -> None:
    inputs = [np.array([[5]], np.int32), np.ones(1), [3]]
    with pytest.raises(errors.InvalidArgumentError, match=OUT_OF_RANGE) as caught:
        run_op("ScatterNd", inputs, op_name="spread")
    assert caught.value.op.name == "spread"


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int8", "complex128"])
@pytest.mark.parametrize("shape", [(4,), (2, 2)])
def test_segments(dtype: str, shape: tuple[int, ...]) -> None:
    ids = np.array([2, 0, -1, 2], np.int32).reshape(shape)
    data = array(rng, dtype, (*shape, 3))
    expected = np.zeros((4, 3), data.dtype)
    for index, row in zip(ids.reshape(-1), data.reshape(-1, 3), strict=True):
        if index >= 0:
            expected[index] += row
    result = run_op("UnsortedSegmentSum", [data, ids, 4])
    np.testing.assert_array_equal(result, expected)


def test_a_segment_out_of_range_is_reported() -> None:
    with pytest.raises(errors.InvalidArgumentError, match=OUT_OF_RANGE):
        run_op("UnsortedSegmentSum", [np.ones((2, 1)), np.array([0, 3]), 3])
