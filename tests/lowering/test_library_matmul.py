"""Matrix products: through a session, and the kernel alone, whole and split as the pool splits."""

from __future__ import annotations

import ctypes
import itertools
from typing import Any

import numpy as np
import pytest

from jitgraph import dtypes
from jitgraph.kernels.blas import gemm_address, has_gemm
from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.compile import KernelSource
from jitgraph.lowering.library import matmul, matmul_source
from tests.lowering.library_runs import run_op

FLOATS = ("float32", "float64", "complex64", "complex128")
HALVES = ("float16", "bfloat16")
INTEGERS = ("int32", "int64")
PLAIN, TRANSPOSED, ADJOINT = matmul.PLAIN, matmul.TRANSPOSED, matmul.ADJOINT
rng = np.random.default_rng(5)


def operand(dtype: str, *shape: int) -> np.ndarray:
    kind = dtypes.as_dtype(dtype)
    if not kind.is_complex and not kind.is_floating:
        return rng.integers(0, 100, shape).astype(kind.as_numpy_dtype)
    values = rng.standard_normal((2, *shape))
    return (values[0] + (1j * values[1] if kind.is_complex else 0)).astype(kind.as_numpy_dtype)


def stored(matrix: np.ndarray, transpose: int) -> np.ndarray:
    """How the operand of a transposed multiplication lies in memory."""
    swapped = np.swapaxes(matrix, -1, -2) if transpose else matrix
    return np.ascontiguousarray(swapped.conj() if transpose == ADJOINT else swapped)


def check(result: np.ndarray, expected: np.ndarray) -> None:
    if result.dtype.kind in "iu":
        np.testing.assert_array_equal(result, expected)
        return
    if result.dtype.itemsize == 2:
        tolerance = 0.02
        result, expected = result.astype(np.float32), expected.astype(np.float32)
    else:
        tolerance = 1e-4 if result.real.dtype == np.float32 else 1e-11
    np.testing.assert_allclose(result, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", FLOATS + HALVES + INTEGERS)
@pytest.mark.parametrize(("m", "n", "k"), [(5, 9, 70), (9, 5, 3), (1, 1, 1), (200, 150, 90)])
@pytest.mark.parametrize("transposes", [(PLAIN, PLAIN), (TRANSPOSED, PLAIN), (PLAIN, TRANSPOSED)])
def test_products(dtype: str, m: int, n: int, k: int, transposes: tuple[int, int]) -> None:
    a, b = operand(dtype, m, k), operand(dtype, k, n)
    flags = {"transpose_a": bool(transposes[0]), "transpose_b": bool(transposes[1])}
    inputs = [stored(a, transposes[0]), stored(b, transposes[1])]
    wide = [x.astype(np.float32) if dtype in HALVES else x for x in (a, b)]
    check(run_op("MatMul", inputs, flags), (wide[0] @ wide[1]).astype(a.dtype))


@pytest.mark.parametrize("dtype", ["float32", "complex64", "complex128", "bfloat16", "int32"])
@pytest.mark.parametrize("batch", [(2,), (11,), (3, 4), (0,), ()])
def test_batches_of_adjoints(dtype: str, batch: tuple[int, ...]) -> None:
    a, b = operand(dtype, *batch, 6, 4), operand(dtype, *batch, 4, 3)
    inputs = [stored(a, ADJOINT), stored(b, ADJOINT)]
    wide = [x.astype(np.float32) if dtype in HALVES else x for x in (a, b)]
    check(run_op("BatchMatMul", inputs, {"adj_x": True, "adj_y": True}), wide[0] @ wide[1])


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((5, 1, 3, 4), (2, 4, 6)), ((1, 3, 4), (7, 4, 2))],
)
def test_batches_are_broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    a, b = operand("float32", *left), operand("float32", *right)
    check(run_op("BatchMatMulV2", [a, b]), a @ b)


@pytest.mark.parametrize("dtype", ["float32", "complex128", "int64", "float16"])
@pytest.mark.parametrize(("m", "n", "k"), [(3, 4, 0), (0, 3, 2), (3, 0, 2), (0, 0, 0)])
def test_empty_sides(dtype: str, m: int, n: int, k: int) -> None:
    a, b = operand(dtype, m, k), operand(dtype, k, n)
    result = run_op("MatMul", [a, b])
    assert result.shape == (m, n)
    assert not result.any()


def test_nan_in_a_row_stays_there() -> None:
    a, b = operand("float32", 4, 3), operand("float32", 3, 5)
    a[1] = np.nan
    result = run_op("MatMul", [a, b])
    assert np.isnan(result[1]).all()
    assert not np.isnan(result[[0, 2, 3]]).any()


def kernel_source(dtype: str) -> KernelSource:
    source, names = matmul_source.source_and_names(dtype)
    return KernelSource("matmul", source, names, options=(), helpers=matmul_source.HELPERS)


def run_kernel(a: np.ndarray, b: np.ndarray, c: np.ndarray, sizes: Any, split: int) -> int:
    """The kernel in three parts, as the pool would run it; gives the status word."""
    m, n, _, _, _, _, batch, *steps = sizes
    function = gemm_address(c.dtype) if has_gemm(c.dtype) else 0
    status = np.zeros(1, np.int64)
    operands = [x.ctypes.data for x in (a, b, c)]
    words = np.array(
        [status.ctypes.data, 7 << 8, function, *operands, *sizes[:6], 0, 0, split, batch, *steps],
        np.int64,
    )  # fmt: skip
    address = default_cache().native(kernel_source(c.dtype.name))
    kernel = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 3)(address)
    count = (m, n, batch)[split]
    edges = np.linspace(0, min(count, 1000), 4).astype(int)
    for lo, hi in itertools.pairwise(edges):
        kernel(words.ctypes.data, int(lo), int(hi))
    return int(status[0])


@pytest.mark.parametrize("dtype", ["float32", "complex64", "uint16"])
@pytest.mark.parametrize("split", [matmul_source.ROWS, matmul_source.COLUMNS])
def test_parts_of_larger_matrices(dtype: str, split: int) -> None:
    a, b = operand(dtype, 8, 9), operand(dtype, 9, 7)
    c = np.full((8, 10), 3, dtype)
    assert not run_kernel(a, b, c, (4, 6, 5, 9, 7, 10, 1, 0, 0, 0), split)
    check(c[:4, :6], a[:4, :5] @ b[:5, :6])
    assert (c[4:] == 3).all()
    assert (c[:, 6:] == 3).all()


@pytest.mark.parametrize("split", [matmul_source.ROWS, matmul_source.BATCHES])
def test_one_matrix_for_a_whole_batch(split: int) -> None:
    a, b = operand("float32", 11, 3, 4), operand("float32", 4, 5)
    c = np.empty((11, 3, 5), np.float32)
    assert not run_kernel(a, b, c, (3, 5, 4, 4, 5, 5, 11, 12, 0, 15), split)
    check(c, a @ b)


def test_a_side_too_large_for_openblas_is_reported() -> None:
    a = b = c = np.zeros((1, 1), np.float32)
    sizes = (2**31, 1, 1, 1, 1, 1, 1, 0, 0, 0)
    assert run_kernel(a, b, c, sizes, matmul_source.COLUMNS) == 7 << 8 | 5


def test_small_work_is_not_split_and_large_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JITGRAPH_NUM_THREADS", "4")
    small = matmul._grain(8, 8, 8, 1, matmul_source.ROWS, 8)
    large = matmul._grain(1000, 1000, 1000, 1, matmul_source.ROWS, 1000)
    assert 2 * small > 8
    assert large == 125


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("m", "n", "k"),
    [(24, 24, 1100), (130, 70, 64), (67, 301, 130), (301, 67, 17), (1000, 33, 40), (25, 700, 2100)],
)
@pytest.mark.parametrize("transposes", list(itertools.product((PLAIN, TRANSPOSED), repeat=2)))
def test_products_large_enough_for_tiles(
    dtype: str, m: int, n: int, k: int, transposes: tuple[int, int]
) -> None:
    a, b = operand(dtype, m, k), operand(dtype, k, n)
    flags = {"transpose_a": bool(transposes[0]), "transpose_b": bool(transposes[1])}
    found = run_op("MatMul", [stored(a, transposes[0]), stored(b, transposes[1])], flags)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(found, exact, rtol=0, atol=tolerance * k)


@pytest.mark.parametrize("batch", [1, 3, 40])
@pytest.mark.parametrize("transposes", list(itertools.product((PLAIN, TRANSPOSED), repeat=2)))
def test_batches_of_products_by_tiles(batch: int, transposes: tuple[int, int]) -> None:
    a, b = operand("float32", batch, 70, 50), operand("float32", batch, 50, 200)
    flags = {"adj_x": bool(transposes[0]), "adj_y": bool(transposes[1])}
    found = run_op("BatchMatMulV2", [stored(a, transposes[0]), stored(b, transposes[1])], flags)
    np.testing.assert_allclose(found, a @ b, rtol=1e-4, atol=1e-4)


def test_infinities_and_nan_stay_where_they_belong() -> None:
    a, b = operand("float32", 100, 60), operand("float32", 60, 100)
    a[3, 5], a[7, 0], b[59, 99] = np.nan, np.inf, -np.inf
    with np.errstate(invalid="ignore"):
        expected = a @ b
    np.testing.assert_allclose(run_op("MatMul", [a, b]), expected, rtol=1e-4, atol=1e-4)
