"""Stage lowering, Numba flavour: what a fast formula can't tell, asked of the C library.

In: a formula's result and its arguments. Out: that result, or, where a test says that it may be
wrong (sines of huge angles), the C library's. The test costs one comparison a vector: LLVM's
vectoriser is told of variants of the guarded call for vectors, which branch for all lanes at once.
The variants are kept for it by `llvm.compiler.used`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from llvmlite import ir

from jitgraph.lowering.intrinsics import DOUBLE, FLOAT
from jitgraph.lowering.plain_rare_calls import FARTHEST

_BITS = {FLOAT: 32, DOUBLE: 64}
_SUFFIX = {FLOAT: "f32", DOUBLE: "f64"}
_VECTOR_BITS = (128, 256, 512)
_PURE = ("nounwind", "readnone")
_BOOL = ir.IntType(1)
_INDEX = ir.IntType(64)


class _Guard(NamedTuple):
    """The C function for float64, its number of arguments, and when it is asked."""

    routine: str
    arity: int
    is_rare: Callable[..., ir.Value]


def _splat(kind: ir.Type, number: float) -> ir.Constant:
    if isinstance(kind, ir.VectorType):
        return ir.Constant(kind, [kind.element(number)] * kind.count)
    return kind(number)


def _is_far(builder: ir.IRBuilder, _: ir.Value, x: ir.Value) -> ir.Value:
    size = _called(builder, f"llvm.fabs.{_suffix(x.type)}", x.type, [x])
    return builder.fcmp_ordered(">", size, _splat(x.type, FARTHEST))


def _is_no_remainder(builder: ir.IRBuilder, rest: ir.Value, _: ir.Value, y: ir.Value) -> ir.Value:
    is_negative = builder.fcmp_unordered("<", rest, _splat(rest.type, 0.0))
    return builder.or_(is_negative, builder.fcmp_unordered(">=", rest, y))


_GUARDS = {
    "sin_if_far": _Guard("sin", 1, _is_far),
    "cos_if_far": _Guard("cos", 1, _is_far),
    "tan_if_far": _Guard("tan", 1, _is_far),
    "remainder_if_wrong": _Guard("fmod", 2, _is_no_remainder),
}


def _suffix(kind: ir.Type) -> str:
    if isinstance(kind, ir.VectorType):
        return f"v{kind.count}{_SUFFIX[kind.element]}"
    return _SUFFIX[kind]


def _called(builder: ir.IRBuilder, name: str, kind: ir.Type, values: Sequence[ir.Value]) -> Any:
    module = builder.module
    function = module.globals.get(name)
    if function is None:
        typed = ir.FunctionType(kind, [value.type for value in values])
        function = ir.Function(module, typed, name)
        if not name.startswith("llvm."):
            function.attributes.update(_PURE)
    return builder.call(function, values)


def _guarded(name: str) -> Callable[..., Any]:
    """Emits the call of the guarded function, which is made once a module."""

    def emit(builder: ir.IRBuilder, kind: Any, *values: ir.Value) -> Any:
        real = values[0].type
        full_name = f"jitgraph_{name}_{_SUFFIX[real]}"
        function = builder.module.globals.get(full_name)
        if function is None:
            function = _scalar_function(builder.module, full_name, real, _GUARDS[name])
        return builder.call(function, values)

    return emit


EMITTERS = {name: _guarded(name) for name in _GUARDS}
"""How to emit each: `emit(builder, numba_type, fast result, *arguments)`."""


def _new_function(
    module: ir.Module, name: str, kind: ir.Type, count: int, *texts: str
) -> ir.Function:
    function = ir.Function(module, ir.FunctionType(kind, [kind] * count), name)
    function.linkage = "internal"
    for text in (*_PURE, "willreturn", *texts):
        set.add(function.attributes, text)
    return function


def _scalar_function(module: ir.Module, name: str, real: ir.Type, guard: _Guard) -> ir.Function:
    widths = [bits // _BITS[real] for bits in _VECTOR_BITS]
    shape = "v" * (guard.arity + 1)
    variants = [_vector_function(module, name, ir.VectorType(real, n), guard) for n in widths]
    mapped = ",".join(
        f"_ZGV_LLVM_N{lanes}{shape}_{name}({variant.name})"
        for lanes, variant in zip(widths, variants, strict=True)
    )
    _keep(module, variants)
    mapping = f'"vector-function-abi-variant"="{mapped}"'
    function = _new_function(module, name, real, guard.arity + 1, "noinline", mapping)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    fast, *arguments = function.args
    with builder.if_then(guard.is_rare(builder, fast, *arguments), likely=False):
        builder.ret(_slow(builder, guard, arguments))
    builder.ret(fast)
    return function


def _slow(builder: ir.IRBuilder, guard: _Guard, arguments: Sequence[ir.Value]) -> Any:
    real = arguments[0].type
    name = guard.routine + ("f" if real == FLOAT else "")
    return _called(builder, name, real, arguments)


def _vector_function(
    module: ir.Module, name: str, kind: ir.VectorType, guard: _Guard
) -> ir.Function:
    """The same for all lanes: one branch, and a loop over the lanes behind it."""
    function = _new_function(module, f"{name}_v{kind.count}", kind, guard.arity + 1, "alwaysinline")
    entry, lane, slow, behind, done = (
        function.append_basic_block(part) for part in ("entry", "lane", "slow", "behind", "done")
    )
    fast, *arguments = function.args
    builder = ir.IRBuilder(entry)
    rare = guard.is_rare(builder, fast, *arguments)
    some = _called(builder, f"llvm.vector.reduce.or.v{kind.count}i1", _BOOL, [rare])
    builder.cbranch(some, lane, done).set_weights([1, 1 << 20])
    builder.position_at_end(lane)
    place, found = builder.phi(_INDEX), builder.phi(kind)
    builder.cbranch(builder.extract_element(rare, place), slow, behind)
    builder.position_at_end(slow)
    given = [builder.extract_element(argument, place) for argument in arguments]
    put = builder.insert_element(found, _slow(builder, guard, given), place)
    builder.branch(behind)
    builder.position_at_end(behind)
    result = builder.phi(kind)
    result.add_incoming(found, lane)
    result.add_incoming(put, slow)
    following = builder.add(place, _INDEX(1))
    is_last = builder.icmp_unsigned("==", following, _INDEX(kind.count))
    builder.cbranch(is_last, done, lane)
    for phi, first, next_one in ((place, _INDEX(0), following), (found, fast, result)):
        phi.add_incoming(first, entry)
        phi.add_incoming(next_one, behind)
    builder.position_at_end(done)
    every = builder.phi(kind)
    every.add_incoming(fast, entry)
    every.add_incoming(result, behind)
    builder.ret(every)
    return function


def _keep(module: ir.Module, functions: Sequence[ir.Function]) -> None:
    """Adds to the list of what no pass may remove for having no caller yet."""
    name, pointer = "llvm.compiler.used", ir.PointerType()
    kept = module.globals.get(name)
    if kept is None:
        kept = ir.GlobalVariable(module, ir.ArrayType(pointer, 0), name)
        kept.linkage, kept.section = "appending", "llvm.metadata"
        kept.initializer = ir.Constant(kept.value_type, [])
    every = [*kept.initializer.constant, *functions]
    kept.value_type = ir.ArrayType(pointer, len(every))
    kept.initializer = ir.Constant(kept.value_type, every)
