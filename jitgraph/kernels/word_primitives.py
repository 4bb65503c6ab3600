"""Stage kernels: what native code in the word language can call, beside its own functions.

In: the function being emitted, and operands as LLVM values of type i64. Out: the result as such
a value. Native sources import these names; `kernels.words` calls them when it meets a call.
Addresses are words; atomics are sequentially consistent.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Protocol

ZERO = "0"


class Emitter(Protocol):
    """The function being emitted."""

    def value(self, instruction: str) -> str:
        """Emit an instruction that gives a value."""
        ...

    def effect(self, instruction: str) -> None:
        """Emit an instruction that gives none."""
        ...

    def declare(self, declaration: str) -> None:
        """Have the module declare an intrinsic."""
        ...


def _pointer(to: Emitter, address: str) -> str:
    return to.value(f"inttoptr i64 {address} to ptr")


def load_word(to: Emitter, address: str) -> str:
    """The word at `address`."""
    return to.value(f"load i64, ptr {_pointer(to, address)}, align 8")


def store_word(to: Emitter, address: str, word: str) -> str:
    """Write the word at `address`."""
    to.effect(f"store i64 {word}, ptr {_pointer(to, address)}, align 8")
    return ZERO


def load_byte(to: Emitter, address: str) -> str:
    """The byte at `address`, without sign."""
    narrow = to.value(f"load i8, ptr {_pointer(to, address)}, align 1")
    return to.value(f"zext i8 {narrow} to i64")


def load_int32(to: Emitter, address: str) -> str:
    """The 32-bit integer at `address`."""
    narrow = to.value(f"load i32, ptr {_pointer(to, address)}, align 4")
    return to.value(f"sext i32 {narrow} to i64")


def store_int32(to: Emitter, address: str, word: str) -> str:
    """Write the low half of a word at `address`."""
    narrow = to.value(f"trunc i64 {word} to i32")
    to.effect(f"store i32 {narrow}, ptr {_pointer(to, address)}, align 4")
    return ZERO


def float64_bits(to: Emitter, whole: str) -> str:
    """The bits of a whole number as a float64."""
    number = to.value(f"sitofp i64 {whole} to double")
    return to.value(f"bitcast double {number} to i64")


def float32_bits(to: Emitter, bits: str) -> str:
    """The bits of a float64, given by its bits, as a float32."""
    number = to.value(f"bitcast i64 {bits} to double")
    narrow = to.value(f"fptrunc double {number} to float")
    narrow_bits = to.value(f"bitcast float {narrow} to i32")
    return to.value(f"zext i32 {narrow_bits} to i64")


def atomic_load(to: Emitter, address: str) -> str:
    """The word at `address`."""
    return to.value(f"load atomic i64, ptr {_pointer(to, address)} seq_cst, align 8")


def atomic_store(to: Emitter, address: str, word: str) -> str:
    """Write the word at `address`."""
    to.effect(f"store atomic i64 {word}, ptr {_pointer(to, address)} seq_cst, align 8")
    return ZERO


def atomic_add(to: Emitter, address: str, word: str) -> str:
    """Add to the word at `address`; gives what it was."""
    return to.value(f"atomicrmw add ptr {_pointer(to, address)}, i64 {word} seq_cst")


def atomic_replace_if(to: Emitter, address: str, expected: str, wanted: str) -> str:
    """Compare and swap; gives 1 when swapped."""
    pointer = _pointer(to, address)
    pair = to.value(f"cmpxchg ptr {pointer}, i64 {expected}, i64 {wanted} seq_cst seq_cst")
    swapped = to.value(f"extractvalue {{i64, i1}} {pair}, 1")
    return to.value(f"zext i1 {swapped} to i64")


def call(to: Emitter, function: str, *words: str) -> str:
    """Call the C function at an address: words in, a word out."""
    operands = ", ".join(f"i64 {word}" for word in words)
    return to.value(f"call i64 {_pointer(to, function)}({operands})")


def cpu_pause(to: Emitter) -> str:
    """Tell the core that this is a waiting loop."""
    name, operand_type, operand = _PAUSES.get(platform.machine().lower(), ("", "", ""))
    if name:
        to.declare(f"declare void @{name}({operand_type})")
        to.effect(f"call void @{name}({operand})")
    return ZERO


_X86_PAUSE = ("llvm.x86.sse2.pause", "", "")
_ARM_YIELD = ("llvm.aarch64.hint", "i32", "i32 1")
_PAUSES = {
    "x86_64": _X86_PAUSE,
    "amd64": _X86_PAUSE,
    "aarch64": _ARM_YIELD,
    "arm64": _ARM_YIELD,
}

Primitive = Callable[..., str]
