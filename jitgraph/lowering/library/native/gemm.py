"""Library: CBLAS's GEMM as a primitive of the word language.

In: the function being emitted, operands as LLVM values: the routine's address, transpose a and b,
m, n, k, a, lda, b, ldb, c, ldc. Out: a call that computes c = a·b, row-major.
"""

from __future__ import annotations

from typing import Any

_ROW_MAJOR = "i32 101"
_NARROW = frozenset((0, 1, 2, 3, 4, 6, 8, 10))


def gemm_float32(to: Any, function: str, *words: str) -> str:
    """c = a·b in float32."""
    return _gemm(to, "float", function, words)


def gemm_float64(to: Any, function: str, *words: str) -> str:
    """c = a·b in float64."""
    return _gemm(to, "double", function, words)


def _gemm(to: Any, part: str, function: str, words: tuple[str, ...]) -> str:
    given = [
        f"i32 {to.value(f'trunc i64 {word} to i32')}" if number in _NARROW else f"i64 {word}"
        for number, word in enumerate(words)
    ]
    modes, sizes, places = given[:2], given[2:5], given[5:]
    one, zero = f"{part} 1.0", f"{part} 0.0"
    operands = [_ROW_MAJOR, *modes, *sizes, one, *places[:4], zero, *places[4:]]
    pointer = to.value(f"inttoptr i64 {function} to ptr")
    to.effect(f"call void {pointer}({', '.join(operands)})")
    return "0"
