"""The matmul kernel against NumPy, whole and split as the executor splits it."""

import ctypes
import itertools

import numpy as np
import pytest

from jitgraph.kernels.library import matmul
from jitgraph.kernels.library.matmul import (
    A_WORD,
    ADJOINT,
    B_WORD,
    C_WORD,
    PLAIN,
    TRANSPOSED,
    Multiplication,
    dense,
    matmul_instruction,
)

FLOATS = ("float32", "float64", "complex64", "complex128")
INTEGERS = ("int8", "uint16", "int32", "int64")
rng = np.random.default_rng(5)


def operand(dtype, *shape):
    if np.dtype(dtype).kind in "iu":
        return rng.integers(0, 100, shape).astype(dtype)
    values = rng.standard_normal((2, *shape))
    return (values[0] + (1j * values[1] if np.dtype(dtype).kind == "c" else 0)).astype(dtype)


def stored(matrix, transpose):
    """How the operand of a transposed multiplication lies in memory."""
    swapped = np.swapaxes(matrix, -1, -2) if transpose else matrix
    return np.ascontiguousarray(swapped.conj() if transpose == ADJOINT else swapped)


def run(wanted, a, b, c, parts=3):
    row = matmul_instruction(wanted)
    words = np.array(row.words, np.int64)
    words[[A_WORD, B_WORD, C_WORD]] = [x.ctypes.data for x in (a, b, c)]
    kernel = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 3)(row.address)
    edges = np.linspace(0, row.count, parts + 1).astype(int)
    for lo, hi in itertools.pairwise(edges):
        kernel(words.ctypes.data, int(lo), int(hi))
    return c


def check(result, expected):
    if result.dtype.kind in "iu":
        np.testing.assert_array_equal(result, expected)
    else:
        tolerance = 1e-4 if result.real.dtype == np.float32 else 1e-11
        np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize(("m", "n", "k"), [(5, 9, 70), (9, 5, 3), (1, 1, 1)])
@pytest.mark.parametrize("transposes", [(PLAIN, PLAIN), (TRANSPOSED, PLAIN), (PLAIN, TRANSPOSED)])
def test_against_numpy(dtype, m, n, k, transposes):
    a, b = operand(dtype, m, k), operand(dtype, k, n)
    c = np.empty((m, n), dtype)
    wanted = dense(np.dtype(dtype), m, n, k, *transposes)
    check(run(wanted, stored(a, transposes[0]), stored(b, transposes[1]), c), a @ b)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_adjoints(dtype):
    a, b = operand(dtype, 6, 4), operand(dtype, 4, 3)
    wanted = dense(np.dtype(dtype), 6, 3, 4, ADJOINT, ADJOINT)
    check(run(wanted, stored(a, ADJOINT), stored(b, ADJOINT), np.empty((6, 3), dtype)), a @ b)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
@pytest.mark.parametrize("batch", [2, 11])
@pytest.mark.parametrize("repeat_b", [False, True])
def test_batches(dtype, batch, repeat_b):
    a = operand(dtype, batch, 3, 4)
    b = operand(dtype, 4, 5) if repeat_b else operand(dtype, batch, 4, 5)
    wanted = dense(np.dtype(dtype), 3, 5, 4, batch=batch, repeat_b=repeat_b)
    check(run(wanted, a, b, np.empty((batch, 3, 5), dtype)), a @ b)


@pytest.mark.parametrize("dtype", ["float32", "complex128", "int64"])
def test_no_inner_size_gives_zeros(dtype):
    a, b = operand(dtype, 3, 0), operand(dtype, 0, 4)
    c = np.ones((3, 4), dtype)
    assert not run(dense(np.dtype(dtype), 3, 4, 0), a, b, c).any()


@pytest.mark.parametrize(("m", "n"), [(0, 3), (3, 0), (0, 0)])
def test_no_outer_size_writes_nothing(m, n):
    c = np.ones(1, np.float32)
    a, b = operand("float32", m, 2), operand("float32", 2, n)
    run(dense(np.dtype(np.float32), m, n, 2), a, b, c, parts=1)
    assert c == 1


def test_parts_of_larger_matrices():
    a, b = operand("float32", 8, 9), operand("float32", 9, 7)
    c = np.full((8, 10), -1, np.float32)
    wanted = Multiplication(np.dtype(np.float32), m=4, n=6, k=5, lda=9, ldb=7, ldc=10)
    run(wanted, a, b, c)
    check(c[:4, :6], a[:4, :5] @ b[:5, :6])
    assert (c[4:] == -1).all()
    assert (c[:, 6:] == -1).all()


def test_nan_in_a_row_stays_there():
    a, b = operand("float32", 4, 3), operand("float32", 3, 5)
    a[1] = np.nan
    c = run(dense(np.dtype(np.float32), 4, 5, 3), a, b, np.full((4, 5), np.nan, np.float32))
    assert np.isnan(c[1]).all()
    assert not np.isnan(c[[0, 2, 3]]).any()


def test_small_work_is_not_split_and_large_is():
    small = matmul_instruction(dense(np.dtype(np.float32), 8, 8, 8))
    large = matmul_instruction(dense(np.dtype(np.float32), 1000, 1000, 1000), threads=4)
    assert small.grain == 0
    assert large.grain == 125


def test_half_floats_are_cast_before():
    assert not matmul.has_matmul(np.dtype(np.float16))
    with pytest.raises(TypeError, match="no matrix multiplication of float16"):
        matmul_instruction(dense(np.dtype(np.float16), 2, 2, 2))


def test_a_side_too_large_for_openblas():
    with pytest.raises(ValueError, match="a matrix side is over"):
        matmul_instruction(dense(np.dtype(np.float32), 2**31, 2, 2))
