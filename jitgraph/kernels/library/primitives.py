"""Stage kernels: the machine-level words that hand-written native code is made of.

In: a name, imported from here by native source or resolved by the kernel cache. Out: its Numba
intrinsic, made when first asked for, so that importing this module never imports Numba.

Addresses are int64. Words are 8 bytes; atomics are sequentially consistent.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

INTEGER_POINTERS = tuple(
    f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)
)
_LONGEST_CALL = 8


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The primitives of these names, for the kernel cache."""
    return {name: _primitives()[name] for name in names}


def source_text(names: Iterable[str]) -> str:
    """What any primitive depends on, for the cache key: this file."""
    return Path(__file__).read_text(encoding="utf-8") if names else ""


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return _primitives()[name]
    except KeyError:
        raise AttributeError(f"no primitive named {name}") from None


@cache
def _primitives() -> dict[str, Any]:
    groups = (_memory(), _atomics(), _calls(), _gemm_calls())
    return {name: value for group in groups for name, value in group.items()}


def _intrinsic(result: Any, arguments: tuple[Any, ...], generate: Callable[..., Any]) -> Any:
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


def _pointer(builder: Any, address: Any, pointee: Any) -> Any:
    return builder.inttoptr(address, pointee.as_pointer())


def _memory() -> dict[str, Any]:
    """Plain loads and stores at an address, typed pointers, and `inlined` for helpers."""
    import numba
    from llvmlite import ir
    from numba import types

    word, byte = types.int64, types.uint8
    made: dict[str, Any] = {
        "inlined": numba.njit(
            no_cpython_wrapper=True, no_cfunc_wrapper=True, error_model="numpy", forceinline=True
        )
    }
    for name, scalar, llvm_type in (
        ("word", word, ir.IntType(64)),
        ("int32", types.int32, ir.IntType(32)),
        ("byte", byte, ir.IntType(8)),
        ("float32", types.float32, ir.FloatType()),
        ("float64", types.float64, ir.DoubleType()),
    ):
        made[f"load_{name}"] = _intrinsic(
            scalar, (word,), lambda b, v, t=llvm_type: b.load(_pointer(b, v[0], t))
        )
        made[f"store_{name}"] = _intrinsic(
            types.void,
            (word, scalar),
            lambda b, v, t=llvm_type: _nothing(b.store(v[1], _pointer(b, v[0], t))),
        )
    for name in INTEGER_POINTERS:
        llvm_type = ir.IntType(int(name.lstrip("uint")))
        made[f"pointer_{name}"] = _intrinsic(
            types.CPointer(getattr(types, name)),
            (word,),
            lambda b, v, t=llvm_type: _pointer(b, v[0], t),
        )
    return made


def _nothing(_: Any) -> None:
    return None


def _atomics() -> dict[str, Any]:
    from llvmlite import ir
    from numba import types

    word, i64 = types.int64, ir.IntType(64)

    def load(builder: Any, values: Any) -> Any:
        return builder.load_atomic(_pointer(builder, values[0], i64), "seq_cst", 8)

    def store(builder: Any, values: Any) -> None:
        builder.store_atomic(values[1], _pointer(builder, values[0], i64), "seq_cst", 8)

    def add(builder: Any, values: Any) -> Any:
        return builder.atomic_rmw("add", _pointer(builder, values[0], i64), values[1], "seq_cst")

    def replace_if(builder: Any, values: Any) -> Any:
        address, expected, wanted = values
        pair = builder.cmpxchg(
            _pointer(builder, address, i64), expected, wanted, "seq_cst", "seq_cst"
        )
        return builder.extract_value(pair, 1)

    return {
        "atomic_load": _intrinsic(word, (word,), load),
        "atomic_store": _intrinsic(types.void, (word, word), store),
        "atomic_add": _intrinsic(word, (word, word), add),
        "atomic_replace_if": _intrinsic(types.boolean, (word, word, word), replace_if),
        "cpu_pause": _intrinsic(types.void, (), _emit_pause),
    }


def _emit_pause(builder: Any, _: Any) -> None:
    from llvmlite import ir

    i32 = ir.IntType(32)
    machine = platform.machine().lower()
    name, operands = {
        "x86_64": ("llvm.x86.sse2.pause", []),
        "amd64": ("llvm.x86.sse2.pause", []),
        "aarch64": ("llvm.aarch64.hint", [ir.Constant(i32, 1)]),
        "arm64": ("llvm.aarch64.hint", [ir.Constant(i32, 1)]),
    }.get(machine, ("", []))
    if name:
        kind = ir.FunctionType(ir.VoidType(), [operand.type for operand in operands])
        builder.call(_declared(builder, name, kind), operands)


def _declared(builder: Any, name: str, kind: Any) -> Any:
    from llvmlite import ir

    return builder.module.globals.get(name) or ir.Function(builder.module, kind, name)


def _calls() -> dict[str, Any]:
    """`call_kernel(function, args, lo, hi)` and `call0` … `call8`: C functions by address."""
    from llvmlite import ir
    from numba import types

    word, i64 = types.int64, ir.IntType(64)

    def call(builder: Any, values: Any) -> Any:
        kind = ir.FunctionType(i64, [i64] * (len(values) - 1))
        return builder.call(_pointer(builder, values[0], kind), values[1:])

    def call_kernel(builder: Any, values: Any) -> None:
        kind = ir.FunctionType(ir.VoidType(), [i64] * 3)
        builder.call(_pointer(builder, values[0], kind), values[1:])

    made = {
        f"call{count}": _intrinsic(word, (word,) * (count + 1), call)
        for count in range(_LONGEST_CALL + 1)
    }
    return made | {"call_kernel": _intrinsic(types.void, (word,) * 4, call_kernel)}


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
        f"call_gemm_{dtype}": _intrinsic(
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
    builder.call(_pointer(builder, function, kind), actual)


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
