"""Stage kernels: matrix multiplication as an instruction, c = a·b over a batch, row-major.

In: dtype, sizes and layout of a multiplication. Out: kernel address, argument words, outer
iterations and grain. float32, float64 and complex run on single-threaded OpenBLAS, integers on
loops of our own; either way the executor splits rows, columns or batches over the pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from jitgraph.kernels.blas import LARGEST_SIZE, gemm_address, has_gemm
from jitgraph.kernels.cache import KernelSource, default_cache
from jitgraph.kernels.library import primitives

A_WORD, B_WORD, C_WORD = 3, 4, 5
ROWS, COLUMNS, BATCHES = 0, 1, 2
PLAIN, TRANSPOSED, ADJOINT = 0, 1, 2

_WORK_PER_CHUNK = 1 << 17
_CHUNKS_PER_THREAD = 2
_FEWEST_BATCHES = 8
_NAMES_OF_WORDS = """\
    function, a, b, c = args[2], args[3], args[4], args[5]
    m, n, k = args[6], args[7], args[8]
    lda, ldb, ldc = args[9], args[10], args[11]
    transpose_a, transpose_b, split = args[12], args[13], args[14]
    batch, a_step, b_step, c_step = args[15], args[16], args[17], args[18]
"""

_SPLIT = """\
    first, last, row, rows, column, columns = 0, batch, 0, m, 0, n
    if split == 2:
        first, last = lo, hi
    elif split == 1:
        column, columns = lo, hi - lo
    else:
        row, rows = lo, hi - lo
"""

_BLAS_SOURCE = """\
def kernel(args, lo, hi):
{words}{split}\
    a += {size} * row * (1 if transpose_a != 0 else lda)
    b += {size} * column * (ldb if transpose_b != 0 else 1)
    c += {size} * (row * ldc + column)
    if rows <= 0 or columns <= 0:
        return
    for index in range(first, last):
        part = c + {size} * index * c_step
        if k > 0:
            call_gemm_{dtype}(
                function, 111 + transpose_a, 111 + transpose_b, rows, columns, k,
                a + {size} * index * a_step, lda, b + {size} * index * b_step, ldb, part, ldc,
            )
        else:
            for i in range(rows):
                for byte in range({size} * columns):
                    store_byte(part + {size} * i * ldc + byte, 0)
"""

_LOOP_SOURCE = """\
def kernel(args, lo, hi):
{words}{split}\
    a_row, a_inner = (1, lda) if transpose_a != 0 else (lda, 1)
    b_inner, b_column = (1, ldb) if transpose_b != 0 else (ldb, 1)
    for index in range(first, last):
        left = pointer_{dtype}(a + {size} * index * a_step)
        right = pointer_{dtype}(b + {size} * index * b_step)
        result = pointer_{dtype}(c + {size} * index * c_step)
        for i in range(row, row + rows):
            for j in range(column, column + columns):
                result[i * ldc + j] = np.{dtype}(0)
        for start in range(0, k, {block}):
            for i in range(row, row + rows):
                for p in range(start, min(k, start + {block})):
                    scale = left[i * a_row + p * a_inner]
                    if b_column == 1:
                        for j in range(column, column + columns):
                            result[i * ldc + j] += scale * right[p * b_inner + j]
                    else:
                        for j in range(column, column + columns):
                            result[i * ldc + j] += scale * right[p + j * b_column]
"""
_INNER_BLOCK = 64


@dataclass(frozen=True)
class Multiplication:
    """c[batch, m, n] = a[batch, m, k] · b[batch, k, n] before transposition flags.

    Leading dimensions and batch steps are in elements; a batch step of 0 repeats an operand.
    """

    dtype: np.dtype
    m: int
    n: int
    k: int
    lda: int
    ldb: int
    ldc: int
    transpose_a: int = PLAIN
    transpose_b: int = PLAIN
    batch: int = 1
    a_step: int = 0
    b_step: int = 0
    c_step: int = 0


@dataclass(frozen=True)
class MatmulInstruction:
    """A row of an instruction table; `words` await pointers in A_WORD, B_WORD and C_WORD."""

    address: int
    words: tuple[int, ...]
    count: int
    grain: int


def has_matmul(dtype: np.dtype) -> bool:
    """True for the dtypes that this kernel multiplies (half floats are cast before)."""
    return has_gemm(dtype) or np.dtype(dtype).name in primitives.INTEGER_POINTERS


def dense(
    dtype: np.dtype,
    m: int,
    n: int,
    k: int,
    transpose_a: int = PLAIN,
    transpose_b: int = PLAIN,
    batch: int = 1,
    repeat_a: bool = False,
    repeat_b: bool = False,
) -> Multiplication:
    """The multiplication of contiguous operands; `repeat_*`: the operand has no batch."""
    return Multiplication(
        np.dtype(dtype), m, n, k,
        lda=max(1, m if transpose_a else k),
        ldb=max(1, k if transpose_b else n),
        ldc=max(1, n),
        transpose_a=transpose_a,
        transpose_b=transpose_b,
        batch=batch,
        a_step=0 if repeat_a else m * k,
        b_step=0 if repeat_b else k * n,
        c_step=m * n,
    )  # fmt: skip


def matmul_instruction(
    wanted: Multiplication, code: int = 0, threads: int = 2
) -> MatmulInstruction:
    """The instruction of `wanted` for a pool of `threads`.

    `code` is what word 1 holds (instruction id << 8).
    """
    _check(wanted)
    split, count = _split(wanted)
    blas = has_gemm(wanted.dtype)
    function = gemm_address(wanted.dtype) if blas else 0
    words = (
        0, code, function, 0, 0, 0, wanted.m, wanted.n, wanted.k,
        wanted.lda, wanted.ldb, wanted.ldc, wanted.transpose_a, wanted.transpose_b, split,
        wanted.batch, wanted.a_step, wanted.b_step, wanted.c_step,
    )  # fmt: skip
    grain = _grain(wanted, count, _CHUNKS_PER_THREAD * threads)
    return MatmulInstruction(kernel_address(wanted.dtype), words, count, grain)


def _check(wanted: Multiplication) -> None:
    if not has_matmul(wanted.dtype):
        raise TypeError(f"no matrix multiplication of {wanted.dtype}")
    sizes = (wanted.m, wanted.n, wanted.k, wanted.lda, wanted.ldb, wanted.ldc)
    if has_gemm(wanted.dtype) and max(sizes) > LARGEST_SIZE:
        raise ValueError(f"a matrix side is over {LARGEST_SIZE}: {sizes}")


def _split(wanted: Multiplication) -> tuple[int, int]:
    """What the outer iterations are, and how many."""
    if wanted.batch >= _FEWEST_BATCHES or min(wanted.m, wanted.n) == 0:
        return BATCHES, wanted.batch
    if wanted.m >= wanted.n:
        return ROWS, wanted.m
    return COLUMNS, wanted.n


def _grain(wanted: Multiplication, count: int, most_chunks: int) -> int:
    """So many iterations that a chunk is worth its overhead; 0 for work too small to split.

    Each chunk packs the shared operand anew: hence few chunks.
    """
    work = wanted.batch * wanted.m * wanted.n * wanted.k
    if count < 2 or work < 2 * _WORK_PER_CHUNK:
        return 0
    worth_it = -(-_WORK_PER_CHUNK * count // work)
    return max(1, worth_it, -(-count // most_chunks))


@cache
def kernel_address(dtype: np.dtype) -> int:
    """The kernel that multiplies matrices of this dtype."""
    return default_cache().native(matmul_source(np.dtype(dtype)))


def matmul_source(dtype: np.dtype) -> KernelSource:
    """The kernel as source."""
    template = _LOOP_SOURCE
    names: tuple[str, ...] = (f"pointer_{dtype.name}",)
    if has_gemm(dtype):
        template, names = _BLAS_SOURCE, (f"call_gemm_{dtype.name}", "store_byte")
    return KernelSource(
        name=f"matmul_{dtype.name}",
        source=template.format(
            words=_NAMES_OF_WORDS,
            split=_SPLIT,
            dtype=dtype.name,
            size=dtype.itemsize,
            block=_INNER_BLOCK,
        ),
        names=names,
        options=(),
        helpers=primitives.__name__,
    )
