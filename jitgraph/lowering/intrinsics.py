"""Stage lowering, Numba flavour of the names that kernel sources use.

In: nothing. Out: `namespace()`, a dict from name to `@intrinsic`; `plain.namespace()` has the same
names as plain Python. This module imports Numba: import it only where something is compiled.

A kernel receives `args`, a pointer to 64-bit words: `args[0]` is the address of the status word,
`args[1]` what `fail` stores there; further words are operand addresses, sizes, strides and
immediates. Words never change while a kernel runs, so their loads are marked invariant.

Kernels are compiled with `fastmath={'contract'}` and `error_model='numpy'` and no other flag:
reassociation, reciprocals and signed-zero flags change numbers that users can see. Only
`reduce_add` and `reduce_mul` allow reassociation, each on its own instruction.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

from jitgraph.lowering.elements import ELEMENTS, Element

WORD = ir.IntType(64)
FLOAT = ir.FloatType()
DOUBLE = ir.DoubleType()
_BYTE_POINTER = ir.IntType(8).as_pointer()
LOCAL_ALIGNMENT = 64


class ElementPointer(types.Type):  # type: ignore[misc]
    """The Numba type of a pointer to elements of one dtype."""

    def __init__(self, element: Element) -> None:
        self.element = element
        super().__init__(name=f"ElementPointer({element.name})")


@register_model(ElementPointer)
class _ElementPointerModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, pointer: ElementPointer) -> None:
        super().__init__(manager, pointer, _BYTE_POINTER)


def value_type(name: str) -> Any:
    """The Numba type in which values of a dtype are computed."""
    return getattr(types, ELEMENTS[name].computed if name != "bool" else "boolean")


def _memory_type(element: Element) -> ir.Type:
    if element.name == "float32":
        return FLOAT
    if element.name == "float64":
        return DOUBLE
    if element.kind == "complex":
        part = FLOAT if element.bits == 64 else DOUBLE
        return ir.LiteralStructType([part, part])
    return ir.IntType(element.bits)


def decode(builder: ir.IRBuilder, element: Element, word: ir.Value) -> ir.Value:
    """What lies in memory → the value computed with."""
    if element.name == "float16":
        return builder.fpext(builder.bitcast(word, ir.HalfType()), FLOAT)
    if element.name == "bfloat16":
        wide = builder.zext(word, ir.IntType(32))
        return builder.bitcast(builder.shl(wide, wide.type(16)), FLOAT)
    if element.kind == "bool":
        return builder.icmp_unsigned("!=", word, word.type(0))
    return word


def encode(builder: ir.IRBuilder, element: Element, value: ir.Value) -> ir.Value:
    """A computed value → what lies in memory."""
    if element.name == "float16":
        return builder.bitcast(builder.fptrunc(value, ir.HalfType()), ir.IntType(16))
    if element.name == "bfloat16":
        return _bfloat16_bits(builder, value)
    if element.kind == "bool":
        return builder.zext(value, ir.IntType(8))
    return value


def _bfloat16_bits(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Round a float32 to the nearest bfloat16, ties to even; any NaN becomes the quiet NaN."""
    i32 = ir.IntType(32)
    bits = builder.bitcast(value, i32)
    odd = builder.and_(builder.lshr(bits, i32(16)), i32(1))
    rounded = builder.add(builder.add(bits, i32(0x7FFF)), odd)
    is_nan = builder.fcmp_unordered("uno", value, value)
    quiet = builder.or_(builder.and_(bits, i32(0x80000000 - (1 << 32))), i32(0x7FC00000))
    chosen = builder.select(is_nan, quiet, rounded)
    return builder.trunc(builder.lshr(chosen, i32(16)), ir.IntType(16))


def _word(builder: ir.IRBuilder, args: ir.Value, index: int) -> ir.Value:
    word = builder.load(builder.gep(args, [WORD(index)], inbounds=True))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


def _mark_operand(builder: ir.IRBuilder, access: Any, operand: int) -> None:
    """Put `access` in the alias scope of its operand, apart from all operands of lower number.

    For two accesses to be known apart it is enough that one of them says so.
    """
    module = builder.module
    domain = module.add_metadata([f"jitgraph.{builder.function.name}"])
    scopes = [module.add_metadata([f"operand{k}", domain]) for k in range(operand + 1)]
    access.set_metadata("alias.scope", module.add_metadata([scopes[operand]]))
    if operand:
        access.set_metadata("noalias", module.add_metadata(scopes[:operand]))


def _element_address(
    builder: ir.IRBuilder, element: Element, pointer: ir.Value, index: ir.Value
) -> ir.Value:
    typed = builder.bitcast(pointer, _memory_type(element).as_pointer())
    return builder.gep(typed, [index], inbounds=True)


def _pointer_intrinsic(element: Element) -> Any:
    @intrinsic(prefer_literal=True)
    def pointer(typing: Any, args: Any, k: Any) -> Any:
        position = k.literal_value

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(_word(builder, values[0], position), _BYTE_POINTER)

        return ElementPointer(element)(args, k), emit

    return pointer


def _local_intrinsic(element: Element) -> Any:
    @intrinsic(prefer_literal=True)
    def local(typing: Any, count: Any) -> Any:
        number = count.literal_value

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            held = cgutils.alloca_once(builder, ir.ArrayType(_memory_type(element), number))
            held.align = LOCAL_ALIGNMENT
            return builder.bitcast(held, _BYTE_POINTER)

        return ElementPointer(element)(count), emit

    return local


def _immediate_intrinsic(element: Element) -> Any:
    @intrinsic(prefer_literal=True)
    def immediate(typing: Any, args: Any, k: Any) -> Any:
        position = k.literal_value

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return _immediate(builder, element, values[0], position)

        return value_type(element.name)(args, k), emit

    return immediate


def _immediate(builder: Any, element: Element, args: Any, position: int) -> Any:
    word = _word(builder, args, position)
    if element.name == "complex128":
        second = _word(builder, args, position + 1)
        parts = [builder.bitcast(part, DOUBLE) for part in (word, second)]
        return cgutils.pack_struct(builder, parts)
    if element.name == "complex64":
        halves = [word, builder.lshr(word, WORD(32))]
        parts = [builder.bitcast(builder.trunc(h, ir.IntType(32)), FLOAT) for h in halves]
        return cgutils.pack_struct(builder, parts)
    narrow = word if element.bits == 64 else builder.trunc(word, ir.IntType(element.bits))
    memory = _memory_type(element)
    return decode(builder, element, builder.bitcast(narrow, memory))


@intrinsic(prefer_literal=True)
def _load(typing: Any, pointer: Any, k: Any, index: Any) -> Any:
    element, operand = pointer.element, k.literal_value

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address = _element_address(builder, element, values[0], values[2])
        if element.kind != "complex":
            return decode(builder, element, _load_part(builder, address, operand))
        fields = (cgutils.gep_inbounds(builder, address, 0, i) for i in range(2))
        parts = [_load_part(builder, field, operand) for field in fields]
        return cgutils.pack_struct(builder, parts)

    return value_type(element.name)(pointer, k, types.int64), emit


def _load_part(builder: Any, address: Any, operand: int) -> Any:
    access = builder.load(address)
    _mark_operand(builder, access, operand)
    return access


@intrinsic(prefer_literal=True)
def _store(typing: Any, pointer: Any, k: Any, index: Any, value: Any) -> Any:
    element, operand = pointer.element, k.literal_value

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address = _element_address(builder, element, values[0], values[2])
        if element.kind != "complex":
            word = encode(builder, element, values[3])
            _mark_operand(builder, builder.store(word, address), operand)
            return context.get_dummy_value()
        for i in range(2):
            field = cgutils.gep_inbounds(builder, address, 0, i)
            part = builder.extract_value(values[3], i)
            _mark_operand(builder, builder.store(part, field), operand)
        return context.get_dummy_value()

    return types.void(pointer, k, types.int64, value_type(element.name)), emit


@intrinsic
def _fail(typing: Any, args: Any, reason: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        status = builder.inttoptr(_word(builder, values[0], 0), WORD.as_pointer())
        code = builder.or_(_word(builder, values[0], 1), values[1])
        builder.store(code, status)
        return context.get_dummy_value()

    return types.void(args, types.int64), emit


@cache
def namespace() -> dict[str, Any]:
    """Every intrinsic by the name that kernel sources call it."""
    from jitgraph.lowering import scalar_intrinsics

    pointers = {f"ptr_{e.name}": _pointer_intrinsic(e) for e in ELEMENTS.values()}
    pointers |= {f"local_{e.name}": _local_intrinsic(e) for e in ELEMENTS.values()}
    immediates = {f"imm_{e.name}": _immediate_intrinsic(e) for e in ELEMENTS.values()}
    memory = {"load": _load, "store": _store, "fail": _fail}
    return {**pointers, **immediates, **memory, **scalar_intrinsics.namespace()}
