"""GatherV2 and GatherNd through a session, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from jitgraph import errors
from tests.lowering.library_runs import NUMBERS, array, run_op

OUT_OF_RANGE = r"is not in \[0, |does not index into param"

rng = np.random.default_rng(11)


@pytest.mark.parametrize("dtype", [*NUMBERS, "bool"])
@pytest.mark.parametrize("index", ["int32", "int64"])
def test_every_dtype(dtype: str, index: str) -> None:
    x = array(rng, dtype, (4, 3))
    where = np.array([3, 0, 0], index)
    np.testing.assert_array_equal(run_op("GatherV2", [x, where, 0]), x[[3, 0, 0]])


@pytest.mark.parametrize("known_sizes", [True, False])
@pytest.mark.parametrize(
    ("shape", "axis", "picked"),
    [
        ((5,), 0, (7,)),
        ((5,), -1, ()),
        ((5, 1), 0, (2, 3)),
        ((2, 5, 3), 1, (4,)),
        ((2, 5, 3), -1, (2, 2)),
        ((2, 1, 5), 2, (4,)),
        ((3, 4, 5, 2), 2, (2, 3)),
        ((5, 0), 0, (3,)),
        ((0, 5), 1, (3,)),
        ((5, 2), 0, (0,)),
        ((2, 5), 1, (0, 3)),
        ((40, 3, 900), 1, (50,)),
    ],
)
def test_axes(
    shape: tuple[int, ...], axis: int, picked: tuple[int, ...], known_sizes: bool
) -> None:
    x = rng.standard_normal(shape).astype(np.float32)
    where = rng.integers(0, shape[axis], picked).astype(np.int32)
    result = run_op("GatherV2", [x, where, axis], None, known_sizes)
    np.testing.assert_array_equal(result, np.take(x, where, axis))


@pytest.mark.parametrize(("axis", "batch"), [(1, 1), (2, 1), (2, 2), (-1, -1)])
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
def test_shared_batches(axis: int, batch: int, dtype: str) -> None:
    x = array(rng, dtype, (2, 3, 4))
    where = rng.integers(0, 3, (2, 3, 5) if batch in (2, -1) else (2, 5))
    count = batch % where.ndim
    expected = np.stack(
        [np.take(x[place], where[place], axis % 3 - count) for place in np.ndindex(x.shape[:count])]
    )
    expected = expected.reshape(*x.shape[:count], *expected.shape[1:])
    result = run_op("GatherV2", [x, where, axis], {"batch_dims": batch})
    np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("dtype", ["float32", "bool", "complex128"])
@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_index_vectors(dtype: str, depth: int) -> None:
    x = array(rng, dtype, (3, 4, 2))
    where = np.stack([rng.integers(0, size, (2, 5)) for size in x.shape[:depth]] or [[]], -1)
    where = where.astype(np.int32) if depth else np.zeros((2, 5, 0), np.int32)
    expected = x[tuple(np.moveaxis(where, -1, 0))] if depth else np.broadcast_to(x, (2, 5, 3, 4, 2))
    np.testing.assert_array_equal(run_op("GatherNd", [x, where]), expected)


def test_no_index_vectors() -> None:
    assert run_op("GatherNd", [np.ones((3, 2)), np.zeros((0, 2), np.int64)]).shape == (0,)


@pytest.mark.parametrize("bad", [-1, 4])
@pytest.mark.parametrize("axis", [0, 1])
def test_an_index_out_of_range_names_the_op(bad: int, axis: int) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=OUT_OF_RANGE) as caught:
        run_op("GatherV2", [np.ones((4, 4)), np.array([0, bad]), axis], op_name="pick")
    assert caught.value.op.name == "pick"


@pytest.mark.parametrize("bad", [[0, 2], [-1, 0], [3, 0]])
def test_an_index_vector_out_of_range_names_the_op(bad: list[int]) -> None:
    with pytest.raises(errors.InvalidArgumentError, match=OUT_OF_RANGE) as caught:
        run_op("GatherNd", [np.ones((3, 2)), np.array([[0, 0], bad])], op_name="pick")
    assert caught.value.op.name == "pick"
