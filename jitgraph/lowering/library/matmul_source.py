"""The source of matrix products, c = a·b over a batch, row-major: OpenBLAS's GEMM, or loops.

In: the name of a dtype. Out: the kernel's source and the names it uses. The argument words are:
address of the GEMM, a, b, c, m, n, k, leading dimensions, transpositions, what outer iterations
are, batches and the elements from one matrix to the next (0 repeats a single one).
"""

from __future__ import annotations

import re

from jitgraph.ops.definition import MATRIX_TOO_LARGE

HELPERS = "jitgraph.lowering.library.primitives"
ROWS, COLUMNS, BATCHES = 0, 1, 2

_HAS_GEMM = {"float32": 4, "float64": 8, "complex64": 8, "complex128": 16}
_INNER_BLOCK = 64
_LARGEST_SIDE = 2**31 - 1

_HEAD = """\
def kernel(args, lo, hi):
    m, n, k = args[6], args[7], args[8]
    lda, ldb, ldc = args[9], args[10], args[11]
    transpose_a, transpose_b, split = args[12], args[13], args[14]
    batch, a_step, b_step, c_step = args[15], args[16], args[17], args[18]
    first, last, row, rows, column, columns = 0, batch, 0, m, 0, n
    if split == 2:
        first, last = lo, hi
    elif split == 1:
        column, columns = lo, hi - lo
    else:
        row, rows = lo, hi - lo
"""

_BLAS_SOURCE = """\
    function = args[2]
    c = ptr_{dtype}(args, 5)
    start = row * ldc + column
    a = args[3] + {size} * row * (1 if transpose_a != 0 else lda)
    b = args[4] + {size} * column * (ldb if transpose_b != 0 else 1)
    if rows <= 0 or columns <= 0:
        return
    if max(m, n, k) > {largest}:
        fail(args, {too_large})
        return
    for index in range(first, last):
        if k > 0:
            call_gemm_{dtype}(
                function, 111 + transpose_a, 111 + transpose_b, rows, columns, k,
                a + {size} * index * a_step, lda, b + {size} * index * b_step, ldb,
                args[5] + {size} * (start + index * c_step), ldc,
            )
        else:
            for i in range(rows):
                for j in range(columns):
                    store(c, 2, start + index * c_step + i * ldc + j, cast_{dtype}(0))
"""

_LOOP_SOURCE = """\
    a = ptr_{dtype}(args, 3)
    b = ptr_{dtype}(args, 4)
    c = ptr_{dtype}(args, 5)
    a_row, a_inner = (1, lda) if transpose_a != 0 else (lda, 1)
    b_inner, b_column = (1, ldb) if transpose_b != 0 else (ldb, 1)
    for index in range(first, last):
        left, right, result = index * a_step, index * b_step, index * c_step
        for i in range(row, row + rows):
            for j in range(column, column + columns):
                store(c, 2, result + i * ldc + j, cast_{dtype}(0))
        for start in range(0, k, {block}):
            for i in range(row, row + rows):
                place = result + i * ldc
                for p in range(start, min(k, start + {block})):
                    scale = load(a, 0, left + i * a_row + p * a_inner)
                    if b_column == 1:
                        for j in range(column, column + columns):
                            product = scale * load(b, 1, right + p * b_inner + j)
                            store(c, 2, place + j, cast_{dtype}(load(c, 2, place + j) + product))
                    else:
                        for j in range(column, column + columns):
                            product = scale * load(b, 1, right + p + j * b_column)
                            store(c, 2, place + j, cast_{dtype}(load(c, 2, place + j) + product))
"""


def source_and_names(dtype: str) -> tuple[str, tuple[str, ...]]:
    """The kernel of a dtype, and the names it uses."""
    body = _BLAS_SOURCE if dtype in _HAS_GEMM else _LOOP_SOURCE
    source = _HEAD + body.format(
        dtype=dtype,
        size=_HAS_GEMM.get(dtype),
        block=_INNER_BLOCK,
        largest=_LARGEST_SIDE,
        too_large=MATRIX_TOO_LARGE,
    )
    called = set(re.findall(r"\b(\w+)\(", source)) - {"kernel", "range", "min", "max"}
    return source, tuple(sorted(name for name in called if name.isidentifier()))
