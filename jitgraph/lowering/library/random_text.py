"""Library: blocks of random numbers in vector registers, as LLVM text.

In: names such as `numbers_uniform_float32` or `numbers_scaled_normal_float64`; sources in the word
language import them from here. Out: primitives that call a function of words:

`numbers(to, raw, step, apart, blocks, high, key, scale, shift, log, sin, cos)` makes `STEPS`
steps of a Philox generator a block: those of the first block are `step`, `step + apart`, ..., the
next block goes on behind them. It writes the numbers to the address `to`, those of a step side by
side. What is "scaled" is multiplied by the number at address `scale`, then the one at `shift` is
added, each rounded. What is "both" is normal and also written to the address `raw`, unscaled and
in float32 or float64. Whole numbers are `shift` plus a rest of the division by `scale`, both
integers; what is "bits" is whole words as they are. `log`, `sin` and `cos` are the addresses of
the C library's functions of float64.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jitgraph.lowering.library.normal_text import box_muller, wide_box_muller
from jitgraph.lowering.library.philox_text import LOW, low as low_of, shifted, words_of
from jitgraph.lowering.library.vector_text import (
    DOUBLES,
    FLOATS,
    LANES,
    NARROW,
    PAIRED_FLOATS,
    PAIRED_NARROW,
    WORDS,
    VectorText,
)
from jitgraph.ops import philox

STEPS = 2 * LANES
"""Steps a block."""

_NAME = re.compile(r"numbers_(scaled_)?(uniform|normal|both|whole|bits)_(\w+)$")
_PARAMETERS = (
    *("to", "raw", "step", "apart", "blocks", "high", "key"),
    *("scale", "shift", "log", "sin", "cos"),
)
ITEM_BYTES = {
    "float16": 2, "bfloat16": 2, "float32": 4, "int32": 4, "float64": 8, "int64": 8,
}  # fmt: skip
_MEMORY = {"float16": "half", "bfloat16": "i16", "float32": "float"}
HALVES = f"<{2 * LANES} x half>"
SHORTS = f"<{2 * LANES} x i16>"


def __getattr__(name: str) -> Callable[..., str]:
    """The primitive of that name, for the word language."""
    found = _NAME.match(name)
    if found is None or found.group(3) not in ITEM_BYTES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    scaled, kind, dtype = found.groups()

    def primitive(to: Any, *words: str) -> str:
        for text in _Numbers(name, kind, dtype, bool(scaled)).texts():
            to.declare(text)
        operands = ", ".join(f"i64 {word}" for word in words)
        to.effect(f"call void @{name}({operands})")
        return "0"

    return primitive


def numbers_a_step(dtype: str) -> int:
    """So many numbers of a dtype a step gives."""
    return philox.WORDS // 2 if ITEM_BYTES[dtype] == 8 else philox.WORDS


class _Numbers:
    """Writes the function of one distribution and dtype."""

    def __init__(self, name: str, kind: str, dtype: str, is_scaled: bool) -> None:
        self.name, self.dtype = name, dtype
        self.is_normal = kind in ("normal", "both")
        self.is_whole = kind in ("whole", "bits")
        self.is_bits = kind == "bits"
        self.is_both = kind == "both"
        self.is_scaled = is_scaled
        self.bytes = ITEM_BYTES[dtype]
        self.is_wide = self.bytes == 8
        self.text = VectorText()

    def texts(self) -> list[str]:
        """Declarations of what the function calls, and its definition."""
        self._loop()
        typed = ", ".join(f"i64 %{name}" for name in _PARAMETERS)
        body = "\n".join(self.text.lines)
        definition = f"define internal void @{self.name}({typed}) nounwind {{\n{body}\n}}"
        return [*dict.fromkeys(self.text.declared), definition]

    def _loop(self) -> None:
        text = self.text
        text.line("br label %begin")
        text.label("begin")
        self._prepare()
        text.line("%some = icmp sgt i64 %blocks, 0")
        text.line("br i1 %some, label %block, label %done")
        text.label("block")
        text.line("%number = phi i64 [ 0, %begin ], [ %next, %after ]")
        self._block()
        text.line("%next = add i64 %number, 1")
        text.line("%more = icmp slt i64 %next, %blocks")
        text.line("br i1 %more, label %block, label %done")
        text.label("done")
        text.line("ret void")

    def _prepare(self) -> None:
        """What all blocks share: the counter's high half, the key, the scale."""
        text = self.text
        lanes = ", ".join(f"i64 {lane}" for lane in range(LANES))
        self.offsets = text.do("mul", WORDS, text.splat(WORDS, "%apart"), f"<{lanes}>")
        self.high = self._halves("%high")
        self.keys = self._halves("%key")
        if self.is_scaled:
            self.scaling = [self._number_at(address) for address in ("%scale", "%shift")]

    def _halves(self, word: str) -> list[str]:
        low = self.text.do("and", "i64", word, str(LOW))
        high = self.text.do("lshr", "i64", word, "32")
        return [self.text.splat(WORDS, half) for half in (low, high)]

    def _number_at(self, address: str) -> str:
        """The number at an address in all lanes, as it is computed with."""
        text = self.text
        pointer = text.cast("inttoptr", "i64", address, "ptr")
        if self.is_wide:
            return text.splat(DOUBLES, text.value(f"load double, ptr {pointer}"))
        number = text.value(f"load {_MEMORY[self.dtype]}, ptr {pointer}")
        if self.dtype == "float16":
            number = text.cast("fpext", "half", number, "float")
        elif self.dtype == "bfloat16":
            raised = text.do("shl", "i32", text.cast("zext", "i16", number, "i32"), "16")
            number = text.cast("bitcast", "i32", raised, "float")
        return text.splat(PAIRED_FLOATS, number)

    def _block(self) -> None:
        """The numbers of a block, a vector of steps after the other."""
        text = self.text
        firsts = [self._first(number) for number in range(STEPS // LANES)]
        steps = [self._steps(first) for first in firsts]
        group = numbers_a_step(self.dtype)
        for first, words in zip(firsts, words_of(text, steps, self.high, self.keys), strict=True):
            place = text.do("mul", "i64", first, str(group))
            for vector in text.interleaved(*self._pair(words)):
                self._write(vector, place)
                place = text.do("add", "i64", place, str(LANES * group // 2))

    def _first(self, number: int) -> str:
        """Where in all blocks the steps of a vector begin."""
        start = self.text.do("mul", "i64", "%number", str(STEPS))
        return self.text.do("add", "i64", start, str(number * LANES))

    def _steps(self, first: str) -> str:
        step = self.text.do("add", "i64", "%step", self.text.do("mul", "i64", first, "%apart"))
        return self.text.do("add", WORDS, self.text.splat(WORDS, step), self.offsets)

    # -- words to numbers ----------------------------------------------------------------------

    def _pair(self, words: list[str]) -> tuple[str, str]:
        """Two vectors of lanes which, taken by turns, are the numbers or what they are made of."""
        if self.is_wide and not self.is_whole:
            units = [self._wide_unit(*words[:2]), self._wide_unit(*words[2:])]
            if self.is_normal:
                units = list(wide_box_muller(self.text, *units))
            left, right = (self.text.cast("bitcast", DOUBLES, unit, WORDS) for unit in units)
            return left, right
        if self.is_normal:
            return self._normals(*words[:2]), self._normals(*words[2:])
        return self._joined(*words[:2]), self._joined(*words[2:])

    def _joined(self, low: str, high: str) -> str:
        return self.text.do("or", WORDS, low_of(self.text, low), shifted(self.text, "shl", high))

    def _wide_unit(self, high: str, low: str) -> str:
        """A float64 of [0, 1) of two words."""
        text = self.text
        top = text.do("and", WORDS, high, text.splat(WORDS, 0xFFFFF))
        bits = text.do("or", WORDS, shifted(text, "shl", top), low_of(self.text, low))
        bits = text.do("or", WORDS, bits, text.splat(WORDS, 1023 << 52))
        number = text.cast("bitcast", WORDS, bits, DOUBLES)
        return text.do("fsub", DOUBLES, number, text.doubles(1.0))

    def _unit(self, bits: str, narrow: str, floats: str) -> str:
        """A float32 of [0, 1) of each word."""
        text = self.text
        low = text.do("and", narrow, bits, text.splat(narrow, 0x7FFFFF))
        whole = text.do("or", narrow, low, text.splat(narrow, 127 << 23))
        number = text.cast("bitcast", narrow, whole, floats)
        return text.do("fsub", floats, number, text.splat(floats, "1.0"))

    def _normals(self, first: str, second: str) -> str:
        """Two normal float32 in each lane."""
        text = self.text
        narrow = [text.cast("trunc", WORDS, word, NARROW) for word in (first, second)]
        pair = box_muller(text, *(self._unit(word, NARROW, FLOATS) for word in narrow))
        bits = [text.cast("bitcast", FLOATS, number, NARROW) for number in pair]
        low, high = (text.cast("zext", NARROW, word, WORDS) for word in bits)
        return text.do("or", WORDS, low, shifted(self.text, "shl", high))

    # -- writing -------------------------------------------------------------------------------

    def _write(self, vector: str, place: str) -> None:
        """Writes the numbers of a vector of lanes at a place counted in numbers."""
        if self.is_whole:
            self._store(*self._whole(vector), place, self.bytes)
        elif self.is_wide:
            self._write_floats(DOUBLES, self.text.cast("bitcast", WORDS, vector, DOUBLES), place)
        else:
            self._write_floats(PAIRED_FLOATS, self._narrow_floats(vector), place)

    def _narrow_floats(self, vector: str) -> str:
        text = self.text
        if self.is_normal:
            return text.cast("bitcast", WORDS, vector, PAIRED_FLOATS)
        bits = text.cast("bitcast", WORDS, vector, PAIRED_NARROW)
        if self.dtype == "float32":
            return self._unit(bits, PAIRED_NARROW, PAIRED_FLOATS)
        fraction = 10 if self.dtype == "float16" else 7
        low = text.do("and", PAIRED_NARROW, bits, text.splat(PAIRED_NARROW, (1 << fraction) - 1))
        whole = text.cast("sitofp", PAIRED_NARROW, low, PAIRED_FLOATS)
        return text.do("fmul", PAIRED_FLOATS, whole, text.splat(PAIRED_FLOATS, str(0.5**fraction)))

    def _write_floats(self, kind: str, numbers: str, place: str) -> None:
        text = self.text
        if self.is_both:
            self._store(kind, numbers, place, max(self.bytes, 4), "%raw")
        if self.is_scaled:
            numbers = text.do("fmul", kind, self._rounded(numbers), self.scaling[0])
            numbers = text.do("fadd", kind, self._rounded(numbers), self.scaling[1])
        if self.dtype == "float16":
            self._store(HALVES, text.cast("fptrunc", kind, numbers, HALVES), place, 2)
        elif self.dtype == "bfloat16":
            self._store(SHORTS, self._bfloat16(numbers), place, 2)
        else:
            self._store(kind, numbers, place, self.bytes)

    def _rounded(self, numbers: str) -> str:
        """Numbers of a narrow dtype, which are computed in float32, rounded to it."""
        text = self.text
        if self.dtype == "float16":
            narrow = text.cast("fptrunc", PAIRED_FLOATS, numbers, HALVES)
            return text.cast("fpext", HALVES, narrow, PAIRED_FLOATS)
        if self.dtype != "bfloat16":
            return numbers
        wide = text.cast("zext", SHORTS, self._bfloat16(numbers), PAIRED_NARROW)
        bits = text.do("shl", PAIRED_NARROW, wide, text.splat(PAIRED_NARROW, 16))
        return text.cast("bitcast", PAIRED_NARROW, bits, PAIRED_FLOATS)

    def _bfloat16(self, numbers: str) -> str:
        """The upper half of float32, rounded to the nearest, ties to even."""
        text = self.text

        def shifted(bits: str) -> str:
            return text.do("lshr", PAIRED_NARROW, bits, text.splat(PAIRED_NARROW, 16))

        bits = text.cast("bitcast", PAIRED_FLOATS, numbers, PAIRED_NARROW)
        odd = text.do("and", PAIRED_NARROW, shifted(bits), text.splat(PAIRED_NARROW, 1))
        rounded = text.do("add", PAIRED_NARROW, bits, text.splat(PAIRED_NARROW, 0x7FFF))
        rounded = text.do("add", PAIRED_NARROW, rounded, odd)
        return text.cast("trunc", PAIRED_NARROW, shifted(rounded), SHORTS)

    def _whole(self, vector: str) -> tuple[str, str]:
        """The rest of the division by `scale`, plus `shift`."""
        text = self.text
        kind = WORDS if self.is_wide else PAIRED_NARROW
        if self.is_bits:
            return WORDS, vector
        limits = ["%scale", "%shift"]
        if not self.is_wide:
            limits = [text.cast("trunc", "i64", limit, "i32") for limit in limits]
        bits = text.cast("bitcast", WORDS, vector, kind)
        rest = text.do("urem", kind, bits, text.splat(kind, limits[0]))
        return kind, text.do("add", kind, rest, text.splat(kind, limits[1]))

    def _store(self, kind: str, numbers: str, place: str, item: int, to: str = "%to") -> None:
        text = self.text
        offset = text.do("mul", "i64", place, str(item))
        address = text.do("add", "i64", to, offset)
        pointer = text.cast("inttoptr", "i64", address, "ptr")
        text.line(f"store {kind} {numbers}, ptr {pointer}, align {item}")
