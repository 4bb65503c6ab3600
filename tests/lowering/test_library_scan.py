"""Cumsum, Cumprod, ArgMax and ArgMin through a session, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from jitgraph import dtypes, errors
from tests.lowering.library_runs import NUMBERS, array, run_op

rng = np.random.default_rng(13)
ACCUMULATE = {"Cumsum": (np.cumsum, 0), "Cumprod": (np.cumprod, 1)}
SHAPES = [
    ((6,), 0),
    ((2, 3), 1),
    ((3, 2), 0),
    ((2, 3, 4), -2),
    ((4, 5, 1), 1),
    ((2, 0), 1),
    ((0, 3), 0),
]


def expected_scan(
    name: str, x: np.ndarray, axis: int, exclusive: bool, reverse: bool
) -> np.ndarray:
    accumulate, neutral = ACCUMULATE[name]
    forward = np.flip(x, axis) if reverse else x
    result = accumulate(forward, axis=axis, dtype=x.dtype)
    if exclusive:
        first = np.full_like(np.take(result, [0] if x.shape[axis] else [], axis), neutral)
        kept = np.moveaxis(np.moveaxis(result, axis, 0)[:-1], 0, axis)
        result = np.concatenate([first, kept], axis)
    return np.flip(result, axis) if reverse else result


@pytest.mark.parametrize("name", ["Cumsum", "Cumprod"])
@pytest.mark.parametrize(("shape", "axis"), SHAPES)
@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_scans(
    name: str, shape: tuple[int, ...], axis: int, exclusive: bool, reverse: bool
) -> None:
    x = array(rng, "float64", shape, 1)
    result = run_op(name, [x, axis], {"exclusive": exclusive, "reverse": reverse})
    np.testing.assert_array_equal(result, expected_scan(name, x, axis, exclusive, reverse))


@pytest.mark.parametrize("name", ["Cumsum", "Cumprod"])
@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("axis", [0, 1])
def test_scans_of_every_dtype(name: str, dtype: str, axis: int) -> None:
    x = array(rng, dtype, (4, 5), 1)
    np.testing.assert_array_equal(
        run_op(name, [x, axis]), expected_scan(name, x, axis, False, False)
    )


@pytest.mark.parametrize("shape", [(700, 200), (3, 100, 900)])
@pytest.mark.parametrize("axis", [0, 1])
def test_scans_split_over_threads(shape: tuple[int, ...], axis: int) -> None:
    x = array(rng, "float32", shape)
    np.testing.assert_array_equal(run_op("Cumsum", [x, axis]), np.cumsum(x, axis, np.float32))


@pytest.mark.parametrize("name", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize(
    ("shape", "axis"), [*SHAPES[:5], ((0, 3), 1), ((300, 400), 0), ((30, 900), 1)]
)
@pytest.mark.parametrize("output", ["int32", "int64"])
def test_positions(name: str, shape: tuple[int, ...], axis: int, output: str) -> None:
    x = array(rng, "float32", shape)
    find = np.argmax if name == "ArgMax" else np.argmin
    result = run_op(name, [x, axis], {"output_type": dtypes.as_dtype(output)})
    assert result.dtype == output
    np.testing.assert_array_equal(result, find(x, axis))


@pytest.mark.parametrize("name", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize("dtype", NUMBERS[:-2])
def test_positions_of_every_dtype(name: str, dtype: str) -> None:
    x = array(rng, dtype, (3, 7))
    find = np.argmax if name == "ArgMax" else np.argmin
    np.testing.assert_array_equal(run_op(name, [x, 1]), find(x, 1))


def test_infinities_count() -> None:
    x = np.array([[np.nan, -np.inf, 2], [-np.inf, -np.inf, np.inf]])
    np.testing.assert_array_equal(run_op("ArgMax", [x, 1]), [2, 2])
    np.testing.assert_array_equal(run_op("ArgMax", [x.T, 0]), [2, 2])
    np.testing.assert_array_equal(run_op("ArgMin", [x, 1]), [1, 0])


def test_nan_is_passed_over() -> None:
    nan = np.nan
    x = np.array([[1, nan, 3, nan], [nan, 1, 3, 3], [nan, nan, nan, nan]], np.float32)
    np.testing.assert_array_equal(run_op("ArgMax", [x, 1]), [2, 2, 0])
    np.testing.assert_array_equal(run_op("ArgMin", [x, 1]), [0, 1, 0])


def test_an_axis_without_elements_is_reported() -> None:
    with pytest.raises(errors.InvalidArgumentError, match="Reduction axis 1 is empty") as caught:
        run_op("ArgMax", [np.zeros((3, 0)), 1], op_name="best")
    assert caught.value.op.name == "best"
