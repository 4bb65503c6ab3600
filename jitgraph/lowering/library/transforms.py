"""Library: the transforms of Winograd's convolution, as LLVM text.

In: names such as `input_2x3_float32_16`: which, results of a tile by taps of a window, dtype,
lanes; sources in the word language import them from here. Out: primitives `transform(inputs,
outputs, count)`. Both tables hold addresses of rows of `count` numbers, one for each element of a
square; of each column of these

    output = L · input · Lᵀ

is computed. A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks" (2015); the
matrices are those of Toom and Cook for a few points: B. Barabasz et al., "Error Analysis and
Improving the Accuracy of Winograd Convolution for Deep Neural Networks" (2020).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

POINTS = {
    3: tuple(map(Fraction, ("0", "1", "-1"))),
    5: tuple(map(Fraction, ("0", "3/4", "-3/4", "3/2", "-3/2"))),
}
"""Where polynomials are evaluated, beside infinity, by the number of points: those that lose the
fewest digits."""

_NAME = re.compile(r"(input|filter|output|gradient|taps)_(\d)x(\d)_(float32|float64)_(\d+)$")
_PARTS = {"float32": ("float", "f32", 4), "float64": ("double", "f64", 8)}
Matrix = tuple[tuple[Fraction, ...], ...]


@cache
def factor(kind: str, made: int, taps: int) -> Matrix:
    """L of a transform, for tiles of `made` results a side and windows of `taps` a side.

    Args:
      kind: "input" (what the windows see), "filter", "output" (products into results); "gradient"
        (of results) and "taps" (products into the filters' gradient), which are the transposes of
        output and filter.
    """
    points = POINTS[made + taps - 2]
    if kind == "input":
        rows = [_polynomial([q for q in points if q != p], len(points)) for p in points]
        return (*rows, _polynomial(points, len(points)))
    if kind in ("filter", "taps"):
        scales = [prod(p - q for q in points if q != p) for p in points]
        wide = [tuple(p**k / n for k in range(taps)) for p, n in zip(points, scales, strict=True)]
        found = (*wide, _last(taps))
    else:
        found = (*(tuple(p**k for k in range(made)) for p in points), _last(made))
    return found if kind in ("filter", "gradient") else tuple(zip(*found, strict=True))


def _polynomial(roots: Sequence[Fraction], degree: int) -> tuple[Fraction, ...]:
    """The coefficients of a polynomial with these roots, the constant one first."""
    found = [Fraction(1)]
    for root in roots:
        pairs = zip([Fraction(0), *found], [*found, Fraction(0)], strict=True)
        found = [higher - root * own for higher, own in pairs]
    return tuple(found + [Fraction(0)] * (degree + 1 - len(found)))


def _last(size: int) -> tuple[Fraction, ...]:
    """The point at infinity."""
    return (*[Fraction(0)] * (size - 1), Fraction(1))


def __getattr__(name: str) -> Callable[..., str]:
    """The primitive of that name, for the word language."""
    found = _NAME.match(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    kind, made, taps, dtype, lanes = found.groups()
    texts = _Transform(name, factor(kind, int(made), int(taps)), dtype, int(lanes)).texts()

    def primitive(to: Any, *words: str) -> str:
        for text in texts:
            to.declare(text)
        to.effect(f"call void @{name}({', '.join(f'i64 {word}' for word in words)})")
        return "0"

    return primitive


class _Transform:
    """Writes the function of one transform."""

    def __init__(self, name: str, factor: Matrix, dtype: str, lanes: int) -> None:
        self.name = name
        self.factor = factor
        self.part, overload, self.bytes = _PARTS[dtype]
        self.lanes = lanes
        self.vector = f"<{lanes} x {self.part}>"
        self.mask = f"<{lanes} x i1>"
        self.short = f"v{lanes}{overload}"
        self.overload = f"{self.short}.p0"
        self.lines: list[str] = []
        self.count = 0

    def texts(self) -> list[str]:
        """Declarations of what the function calls, and its definition."""
        self._body()
        body = "\n".join(self.lines)
        vector, mask = self.vector, self.mask
        return [
            f"declare {vector} @llvm.fmuladd.{self.short}({vector}, {vector}, {vector})",
            f"declare {vector} @llvm.masked.load.{self.overload}(ptr, i32, {mask}, {vector})",
            f"declare void @llvm.masked.store.{self.overload}({vector}, ptr, i32, {mask})",
            f"define internal void @{self.name}(i64 %inputs, i64 %outputs, i64 %count) nounwind "
            f"{{\n{body}\n}}",
        ]

    def _body(self) -> None:
        size, made = len(self.factor[0]), len(self.factor)
        inputs = [self._table("%inputs", k) for k in range(size * size)]
        outputs = [self._table("%outputs", k) for k in range(made * made)]
        self._line("%at = alloca i64")
        self._line("store i64 0, ptr %at")
        self._line("br label %head")
        self.lines.append("head:")
        self._line("%i = load i64, ptr %at")
        self._line(f"%after = add i64 %i, {self.lanes}")
        self._line("store i64 %after, ptr %at")
        self._line("%is_whole = icmp sle i64 %after, %count")
        self._line("br i1 %is_whole, label %whole, label %rest")
        self.lines.append("whole:")
        self._vectors(inputs, outputs, None)
        self._line("br label %head")
        self.lines.append("rest:")
        self._line("%left = sub i64 %count, %i")
        self._line("%is_over = icmp sle i64 %left, 0")
        self._line("br i1 %is_over, label %done, label %part")
        self.lines.append("part:")
        self._vectors(inputs, outputs, self._lanes_left())
        self._line("br label %done")
        self.lines.append("done:")
        self._line("ret void")

    def _vectors(self, inputs: list[str], outputs: list[str], mask: str | None) -> None:
        """One vector of every row."""
        size, made = len(self.factor[0]), len(self.factor)
        given = [self._read(pointer, mask) for pointer in inputs]
        half = [[""] * size for _ in range(made)]
        for j in range(size):
            column = [given[i * size + j] for i in range(size)]
            for a, row in enumerate(self.factor):
                half[a][j] = self._combined(row, column)
        for a in range(made):
            for b, row in enumerate(self.factor):
                self._write(outputs[a * made + b], self._combined(row, half[a]), mask)

    def _combined(self, row: Sequence[Fraction], values: Sequence[str]) -> str:
        """The sum of values times the numbers of a row."""
        terms = [(float(c), value) for c, value in zip(row, values, strict=True) if c]
        terms.sort(key=lambda term: (abs(term[0]) != 1, term[0] < 0))
        vector, total = self.vector, ""
        for c, value in terms:
            if total and abs(c) == 1:
                total = self._value(f"{'fadd' if c > 0 else 'fsub'} {vector} {total}, {value}")
            elif total:
                given = f"{vector} {value}, {vector} {self._repeated(c)}, {vector} {total}"
                total = self._value(f"call {vector} @llvm.fmuladd.{self.short}({given})")
            else:
                scaled = f"fmul {vector} {value}, {self._repeated(c)}"
                total = value if c == 1 else self._value(scaled)
        return total

    def _repeated(self, number: float) -> str:
        """A constant in every lane, rounded to the type: LLVM takes no other decimals."""
        bits = struct.unpack("<Q", struct.pack("<d", self._rounded(number)))[0]
        return f"<{', '.join([f'{self.part} 0x{bits:016X}'] * self.lanes)}>"

    def _rounded(self, number: float) -> float:
        if self.bytes == 8:
            return number
        found: float = struct.unpack("<f", struct.pack("<f", number))[0]
        return found

    def _lanes_left(self) -> str:
        words = f"<{self.lanes} x i64>"
        one = self._value(f"insertelement {words} poison, i64 %left, i32 0")
        zeros = f"<{self.lanes} x i32> zeroinitializer"
        limits = self._value(f"shufflevector {words} {one}, {words} poison, {zeros}")
        lanes = ", ".join(f"i64 {lane}" for lane in range(self.lanes))
        return self._value(f"icmp slt {words} <{lanes}>, {limits}")

    def _read(self, pointer: str, mask: str | None) -> str:
        at = self._value(f"getelementptr {self.part}, ptr {pointer}, i64 %i")
        if mask is None:
            return self._value(f"load {self.vector}, ptr {at}, align {self.bytes}")
        given = f"ptr {at}, i32 {self.bytes}, {self.mask} {mask}, {self.vector} zeroinitializer"
        return self._value(f"call {self.vector} @llvm.masked.load.{self.overload}({given})")

    def _write(self, pointer: str, value: str, mask: str | None) -> None:
        at = self._value(f"getelementptr {self.part}, ptr {pointer}, i64 %i")
        if mask is None:
            self._line(f"store {self.vector} {value}, ptr {at}, align {self.bytes}")
            return
        given = f"{self.vector} {value}, ptr {at}, i32 {self.bytes}, {self.mask} {mask}"
        self._line(f"call void @llvm.masked.store.{self.overload}({given})")

    def _table(self, table: str, index: int) -> str:
        at = self._value(f"add i64 {table}, {8 * index}")
        place = self._value(f"inttoptr i64 {at} to ptr")
        return self._value(f"load ptr, ptr {place}, align 8")

    def _value(self, text: str) -> str:
        self.count += 1
        self._line(f"%v{self.count} = {text}")
        return f"%v{self.count}"

    def _line(self, text: str) -> None:
        self.lines.append(f"  {text}")
