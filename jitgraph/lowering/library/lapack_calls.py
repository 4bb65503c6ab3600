"""Lowering, library: calls of LAPACK and BLAS by address, beside the common names.

In: names, resolved by the kernel cache. Out: their Numba intrinsics, made when first asked for, so
that importing this module never imports Numba. Matrices are given by address, are square (n by n)
or have n rows, and lie as their routine wants them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.lowering import names as common_names
from jitgraph.lowering.library.primitives import intrinsic, pointer_to

_COLUMN_MAJOR, _ROW_MAJOR = 102, 101
_UPPER = ord("U")

_ROUTINES = {
    "potrf": ("n a", f"{_COLUMN_MAJOR} {_UPPER}c n a n"),
    "getrf": ("n a pivots", f"{_COLUMN_MAJOR} n n a n pivots"),
    "getri": ("n a pivots work lwork", f"{_COLUMN_MAJOR} n a n pivots work lwork"),
    "getrs": ("trans n sides a pivots b", f"{_COLUMN_MAJOR} trans/c n sides a n pivots b n"),
    "trsm": (
        "uplo trans n sides a b",
        f"{_ROW_MAJOR} 141 uplo trans 131 n sides one a n b sides",
    ),
}
"""For each routine what an intrinsic takes behind its address, and what the routine gets: names of
these (a, b, pivots and work are addresses), numbers, "c" for a character, one for 1.0."""

_ADDRESSES = frozenset(("a", "b", "pivots", "work"))
_CALL = "call_"


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The objects behind `names`, for the kernel cache."""
    own = {name: _calls()[name] for name in names if name.startswith(_CALL)}
    return common_names.resolve(name for name in names if name not in own) | own


def source_text(names: Iterable[str]) -> str:
    """What the objects behind `names` depend on, for the cache key."""
    own = Path(__file__).read_text(encoding="utf-8")
    return own + common_names.source_text(name for name in names if not name.startswith(_CALL))


@cache
def _calls() -> dict[str, Any]:
    """By name: (function, ...) -> what the routine returns, 0 for one that returns nothing."""
    from llvmlite import ir
    from numba import types

    parts = {"float32": ir.FloatType(), "float64": ir.DoubleType()}
    found = {}
    for routine, (taken, given) in _ROUTINES.items():
        names = ("function", *taken.split())
        for dtype, part in parts.items():
            found[f"{_CALL}{routine}_{dtype}"] = intrinsic(
                types.int64,
                (types.int64,) * len(names),
                lambda b, v, names=names, given=given, part=part: _emit(
                    b, dict(zip(names, v, strict=True)), given.split(), part
                ),
            )
    return found


def _emit(builder: Any, values: dict[str, Any], given: list[str], part: Any) -> Any:
    from llvmlite import ir

    actual = [_argument(builder, values, text, part) for text in given]
    is_void = "one" in given
    result = ir.VoidType() if is_void else ir.IntType(32)
    kind = ir.FunctionType(result, [value.type for value in actual])
    state = builder.call(pointer_to(builder, values["function"], kind), actual)
    return ir.Constant(ir.IntType(64), 0) if is_void else builder.sext(state, ir.IntType(64))


def _argument(builder: Any, values: dict[str, Any], text: str, part: Any) -> Any:
    from llvmlite import ir

    name, _, is_character = text.partition("/")
    if name in _ADDRESSES:
        return values[name]
    if name == "one":
        return ir.Constant(part, 1.0)
    if name in values:
        return builder.trunc(values[name], ir.IntType(8 if is_character else 32))
    if name.endswith("c"):
        return ir.Constant(ir.IntType(8), int(name[:-1]))
    return ir.Constant(ir.IntType(32), int(name))
