"""Lowering, library: what the sources of matrix products call beside the common names.

In: names, resolved by the kernel cache. Out: their Numba intrinsics, made when first asked for,
so that importing this module never imports Numba. Addresses are int64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.lowering import names as common_names

_GEMM = "call_gemm_"


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The objects behind `names`, for the kernel cache."""
    own = {name: _gemm_calls()[name] for name in names if name.startswith(_GEMM)}
    return common_names.resolve(name for name in names if name not in own) | own


def source_text(names: Iterable[str]) -> str:
    """What the objects behind `names` depend on, for the cache key."""
    own = Path(__file__).read_text(encoding="utf-8")
    return own + common_names.source_text(name for name in names if not name.startswith(_GEMM))


def intrinsic(result: Any, arguments: tuple[Any, ...], generate: Callable[..., Any]) -> Any:
    """A Numba intrinsic of fixed signature; `generate(builder, values)` emits it."""
    from numba import extending

    names = ", ".join(f"a{index}" for index in range(len(arguments)))
    signature = result(*arguments)

    def emit(context: Any, builder: Any, _: Any, values: Any) -> Any:
        emitted = generate(builder, values)
        return context.get_dummy_value() if emitted is None else emitted

    scope: dict[str, Any] = {"signature": signature, "emit": emit}
    exec(f"def typed(context, {names}):\n    return signature, emit", scope)
    return extending.intrinsic(scope["typed"])


def pointer_to(builder: Any, address: Any, pointee: Any) -> Any:
    return builder.inttoptr(address, pointee.as_pointer())


@cache
def _gemm_calls() -> dict[str, Any]:
    """CBLAS GEMM by address: (function, transpose a, transpose b, m n k, a lda, b ldb, c ldc).

    Computes c = a·b: alpha is 1 and beta 0.
    """
    from llvmlite import ir
    from numba import types

    word = types.int64
    parts = {
        "float32": (ir.FloatType(), False),
        "float64": (ir.DoubleType(), False),
        "complex64": (ir.FloatType(), True),
        "complex128": (ir.DoubleType(), True),
    }
    return {
        f"call_gemm_{dtype}": intrinsic(
            types.void,
            (word,) * 12,
            lambda b, v, part=part, pair=pair: _emit_gemm(b, v, part, pair),
        )
        for dtype, (part, pair) in parts.items()
    }


def _emit_gemm(builder: Any, values: Any, part: Any, is_complex: bool) -> None:
    from llvmlite import ir

    i32, i64 = ir.IntType(32), ir.IntType(64)
    row_major = ir.Constant(i32, 101)
    function, *rest = values
    small = {0, 1, 2, 3, 4, 6, 8, 10}
    narrow = [builder.trunc(v, i32) if i in small else v for i, v in enumerate(rest)]
    modes, sizes, (a, lda, b, ldb, c, ldc) = narrow[:2], narrow[2:5], narrow[5:]
    one = _scalar(builder, part, 1.0, is_complex)
    zero = _scalar(builder, part, 0.0, is_complex)
    actual = [row_major, *modes, *sizes, one, a, lda, b, ldb, zero, c, ldc]
    kind = ir.FunctionType(ir.VoidType(), [value.type for value in actual])
    assert all(value.type in (i32, i64, part) for value in actual)
    builder.call(pointer_to(builder, function, kind), actual)


def _scalar(builder: Any, part: Any, value: float, is_complex: bool) -> Any:
    """A real number, or the address of a complex one."""
    from llvmlite import ir

    if not is_complex:
        return ir.Constant(part, value)
    pair = ir.LiteralStructType([part, part])
    with builder.goto_entry_block():
        place = builder.alloca(pair)
    builder.store(ir.Constant(pair, [value, 0.0]), place)
    return builder.ptrtoint(place, ir.IntType(64))
