"""Library: words and bytes in memory, as primitives of the word language.

In: the function being emitted, operands as LLVM values. Out: the result as such a value.
"""

from __future__ import annotations

from typing import Any


def load_word(to: Any, address: str) -> str:
    """The word at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    return str(to.value(f"load i64, ptr {pointer}, align 8"))


def store_word(to: Any, address: str, word: str) -> str:
    """Write the word at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    to.effect(f"store i64 {word}, ptr {pointer}, align 8")
    return "0"


def copy_bytes(to: Any, target: str, source: str, count: str) -> str:
    """Copy `count` bytes from one address to another; they don't overlap."""
    to.declare("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
    pointers = [to.value(f"inttoptr i64 {address} to ptr") for address in (target, source)]
    operands = f"ptr {pointers[0]}, ptr {pointers[1]}, i64 {count}, i1 false"
    to.effect(f"call void @llvm.memcpy.p0.p0.i64({operands})")
    return "0"


def clear_bytes(to: Any, target: str, count: str) -> str:
    """Set `count` bytes to zero."""
    to.declare("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
    pointer = to.value(f"inttoptr i64 {target} to ptr")
    to.effect(f"call void @llvm.memset.p0.i64(ptr {pointer}, i8 0, i64 {count}, i1 false)")
    return "0"


def prefetch(to: Any, address: str) -> str:
    """Have the line of an address brought to the first-level cache; any address will do."""
    to.declare("declare void @llvm.prefetch.p0(ptr, i32, i32, i32)")
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    to.effect(f"call void @llvm.prefetch.p0(ptr {pointer}, i32 0, i32 3, i32 1)")
    return "0"


def load_int32(to: Any, address: str) -> str:
    """The 32-bit integer at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    return str(to.value(f"sext i32 {to.value(f'load i32, ptr {pointer}, align 4')} to i64"))


def store_int32(to: Any, address: str, word: str) -> str:
    """Write the low half of a word at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    to.effect(f"store i32 {to.value(f'trunc i64 {word} to i32')}, ptr {pointer}, align 4")
    return "0"


def load_int16(to: Any, address: str) -> str:
    """The 16-bit integer at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    return str(to.value(f"sext i16 {to.value(f'load i16, ptr {pointer}, align 2')} to i64"))


def store_int16(to: Any, address: str, word: str) -> str:
    """Write the low quarter of a word at an address."""
    pointer = to.value(f"inttoptr i64 {address} to ptr")
    to.effect(f"store i16 {to.value(f'trunc i64 {word} to i16')}, ptr {pointer}, align 2")
    return "0"


def stack_bytes(to: Any, count: str) -> str:
    """The address of memory that lives as long as the function runs; `count` is a constant."""
    place = to.value(f"alloca i8, i64 {count}, align 64")
    return str(to.value(f"ptrtoint ptr {place} to i64"))


_LINE = 64
_NUMBERS = {4: "float", 8: "double"}


def transpose_block(
    to: Any, target: str, target_step: str, source: str, source_step: str, item: str
) -> str:
    """Write a square block of numbers transposed; its rows, 64 bytes each, lie so many bytes apart.

    `item` is a constant: the bytes of a number.
    """
    count = _LINE // int(item)
    vector = f"<{count} x {_NUMBERS[int(item)]}>"
    rows = [
        to.value(f"load {vector}, ptr {place}, align {item}")
        for place in _places(to, source, source_step, count)
    ]
    distance = 1
    while distance < count:
        rows = _exchanged(to, rows, distance, vector)
        distance *= 2
    places = _places(to, target, target_step, count)
    for row, place in zip(rows, places, strict=True):
        to.effect(f"store {vector} {row}, ptr {place}, align {item}")
    return "0"


def _places(to: Any, start: str, step: str, count: int) -> list[str]:
    """Pointers to so many rows."""
    places = [start]
    while len(places) < count:
        places.append(to.value(f"add i64 {places[-1]}, {step}"))
    return [to.value(f"inttoptr i64 {place} to ptr") for place in places]


def _exchanged(to: Any, rows: list[str], distance: int, vector: str) -> list[str]:
    """The rows, after squares of that size beside the diagonal of larger ones change places."""
    count = len(rows)
    lower = [lane if not lane & distance else count + lane - distance for lane in range(count)]
    upper = [lane + distance if not lane & distance else count + lane for lane in range(count)]
    found = list(rows)
    for index in range(count):
        if not index & distance:
            pair = f"{vector} {rows[index]}, {vector} {rows[index + distance]}"
            found[index] = _shuffled(to, pair, lower)
            found[index + distance] = _shuffled(to, pair, upper)
    return found


def _shuffled(to: Any, pair: str, lanes: list[int]) -> str:
    """A vector of these lanes of two."""
    chosen = ", ".join(f"i32 {lane}" for lane in lanes)
    return str(to.value(f"shufflevector {pair}, <{len(lanes)} x i32> <{chosen}>"))
