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
