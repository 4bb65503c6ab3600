"""Library: LLVM text over vectors of eight 64-bit lanes, and halves of them.

In: operations and operands. Out: lines of a function's body, and what the module must declare.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

LANES = 8
WORDS = f"<{LANES} x i64>"
NARROW = f"<{LANES} x i32>"
FLOATS = f"<{LANES} x float>"
DOUBLES = f"<{LANES} x double>"
TRUTHS = f"<{LANES} x i1>"
PAIRED_NARROW = f"<{2 * LANES} x i32>"
PAIRED_FLOATS = f"<{2 * LANES} x float>"


def double_text(value: float) -> str:
    """A float64 as LLVM reads it exactly."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def float_text(value: float) -> str:
    """The nearest float32 as LLVM reads it exactly."""
    nearest: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return double_text(nearest)


class VectorText:
    """Appends instructions, each to a name of its own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.declared: list[str] = []

    def line(self, text: str) -> None:
        """An instruction that gives nothing."""
        self.lines.append(f"  {text}")

    def label(self, name: str) -> None:
        """The begin of a block."""
        self.lines.append(f"{name}:")

    def value(self, text: str) -> str:
        """An instruction that gives a value."""
        name = f"%v{len(self.lines)}"
        self.line(f"{name} = {text}")
        return name

    def do(self, operation: str, kind: str, *operands: str) -> str:
        """An operation on operands of one type."""
        return self.value(f"{operation} {kind} {', '.join(operands)}")

    def cast(self, operation: str, source: str, value: str, target: str) -> str:
        """A conversion."""
        return self.value(f"{operation} {source} {value} to {target}")

    def call(self, name: str, kind: str, *operands: str) -> str:
        """An intrinsic of LLVM on operands of one type."""
        self.declared.append(f"declare {kind} @{name}({', '.join([kind] * len(operands))})")
        given = ", ".join(f"{kind} {operand}" for operand in operands)
        return self.value(f"call {kind} @{name}({given})")

    def select(self, truths: str, kind: str, then: str, other: str) -> str:
        """Lanes of `then` where `truths` are true, of `other` elsewhere."""
        return self.value(f"select {TRUTHS} {truths}, {kind} {then}, {kind} {other}")

    def splat(self, kind: str, item: str | int) -> str:
        """A vector of one constant or value."""
        count, part = kind.strip("<>").split(" x ")
        if not str(item).startswith("%"):
            return f"splat ({part} {item})"
        first = self.value(f"insertelement {kind} poison, {part} {item}, i64 0")
        zeros = f"<{count} x i32> zeroinitializer"
        return self.value(f"shufflevector {kind} {first}, {kind} poison, {zeros}")

    def doubles(self, number: float) -> str:
        """A vector of one float64."""
        return self.splat(DOUBLES, double_text(number))

    def floats(self, number: float) -> str:
        """A vector of one float32."""
        return self.splat(FLOATS, float_text(number))

    def looked_up(self, table: str, entries: Sequence[float], index: str) -> str:
        """Entries of a table of float64."""
        items = ", ".join(f"double {double_text(entry)}" for entry in entries)
        kind = f"[{len(entries)} x double]"
        self.declared.append(f"@{table} = private constant {kind} [{items}], align 64")
        gather = f"llvm.masked.gather.v{LANES}f64.v{LANES}p0"
        pointers = f"<{LANES} x ptr>"
        self.declared.append(f"declare {DOUBLES} @{gather}({pointers}, i32, {TRUTHS}, {DOUBLES})")
        places = self.value(f"getelementptr double, ptr @{table}, {NARROW} {index}")
        operands = f"{pointers} {places}, i32 8, {TRUTHS} splat (i1 true), {DOUBLES} poison"
        return self.value(f"call {DOUBLES} @{gather}({operands})")

    def interleaved(self, left: str, right: str) -> tuple[str, str]:
        """The lanes of two vectors of words by turns, as two vectors."""
        order = [side * LANES + lane for lane in range(LANES) for side in (0, 1)]
        parts = []
        for start in (0, LANES):
            mask = ", ".join(f"i32 {place}" for place in order[start : start + LANES])
            operands = f"{WORDS} {left}, {WORDS} {right}, {NARROW} <{mask}>"
            parts.append(self.value(f"shufflevector {operands}"))
        return parts[0], parts[1]
