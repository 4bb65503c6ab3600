"""Library: the register tile, a sum of products kept in vector registers, as LLVM text.

In: names such as `tile_float32_6x4x16`: kind, dtype, rows x vectors x lanes; sources in the word
language import them from here. Out: primitives that call a function of 16 words.

`tile(rows, start, results, shift, b, n0, a0, b0, n1, a1, b1, n2, a2, b2, adds, columns)` computes

    result[r][shift + j] (+)= sum over i0 < n0, i1 < n1, i2 < n2 of
        a[r][start + i0*a0 + i1*a1 + i2*a2] * b[i0*b0 + i1*b1 + i2*b2 + j]

`rows` and `results` are the addresses of tables of addresses, one a row; `b` is an address; all
else counts elements. At most `columns` columns of the results are read (if `adds`) and written; b
must be readable for all columns of the tile. A `lanewise` tile takes a[r][.. + j] instead, and
reads at most `columns` columns of a and b, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.lowering.library.blocking import Blocking

_TILE = re.compile(r"(tile|lanewise)_(float32|float64)_(\d+)x(\d+)x(\d+)$")
_PARTS = {"float32": ("float", "f32", 4), "float64": ("double", "f64", 8)}
_LOOPS = tuple((f"%n{k}", f"%a{k}", f"%b{k}") for k in range(3))
_PARAMETERS = (
    "%rows", "%start", "%results", "%shift", "%b",
    *(name for loop in _LOOPS for name in loop), "%adds", "%columns",
)  # fmt: skip


def __getattr__(name: str) -> Callable[..., str]:
    """The primitive of that name, for the word language."""
    tile = _tile(name)
    if tile is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def primitive(to: Any, *words: str) -> str:
        for text in tile.texts():
            to.declare(text)
        operands = ", ".join(f"i64 {word}" for word in words)
        to.effect(f"call void @{name}({operands})")
        return "0"

    return primitive


def _tile(name: str) -> _Tile | None:
    found = _TILE.match(name)
    if found is None:
        return None
    kind, dtype, *sizes = found.groups()
    return _Tile(name, dtype, Blocking(*map(int, sizes)), kind == "lanewise")


class _Tile:
    """Writes the function of one kind of tile."""

    def __init__(self, name: str, dtype: str, shape: Blocking, is_lanewise: bool) -> None:
        self.name = name
        self.part, self.overload, self.bytes = _PARTS[dtype]
        self.shape = shape
        self.is_lanewise = is_lanewise
        self.vector = f"<{shape.lanes} x {self.part}>"
        self.words = f"<{shape.lanes} x i64>"
        self.mask = f"<{shape.lanes} x i1>"
        self.lines: list[str] = []
        self.count = 0

    def texts(self) -> list[str]:
        """Declarations of what the function calls, and its definition."""
        self.lines, self.count = [], 0
        vector, overload = self.vector, f"v{self.shape.lanes}{self.overload}"
        typed = ", ".join(f"i64 {name}" for name in _PARAMETERS)
        self._body()
        body = "\n".join(self.lines)
        return [
            f"declare {vector} @llvm.fmuladd.{overload}({vector}, {vector}, {vector})",
            f"declare {vector} @llvm.masked.load.{overload}.p0(ptr, i32, {self.mask}, {vector})",
            f"declare void @llvm.masked.store.{overload}.p0({vector}, ptr, i32, {self.mask})",
            f"define internal void @{self.name}({typed}) nounwind {{\n{body}\n}}",
        ]

    def _cells(self) -> list[tuple[int, int]]:
        return [(r, j) for r in range(self.shape.rows) for j in range(self.shape.vectors)]

    def _body(self) -> None:
        rows = range(self.shape.rows)
        for r, j in self._cells():
            self._line(f"%sum.{r}.{j} = alloca {self.vector}")
            self._line(f"store {self.vector} zeroinitializer, ptr %sum.{r}.{j}")
        a = [self._table("%rows", r, "0") for r in rows]
        shift = self._value(f"mul i64 %shift, {self.bytes}")
        c = [self._table("%results", r, shift) for r in rows]
        masks = [self._mask(j) for j in range(self.shape.vectors)]
        self._line(f"%full = icmp sge i64 %columns, {self.shape.columns}")
        self._line("%sums = icmp ne i64 %adds, 0")
        self._line("br i1 %sums, label %read, label %begin")
        self._label("read")
        self._either("read", lambda mask: self._read_results(c, mask), masks)
        self._line("br label %begin")
        self._label("begin")
        if self.is_lanewise:
            self._either("sum", lambda mask: self._loops(0, "%start", "0", a, mask), masks)
        else:
            self._loops(0, "%start", "0", a, None)
        self._either("write", lambda mask: self._write_results(c, mask), masks)
        self._line("ret void")

    def _line(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def _label(self, label: str) -> None:
        self.lines.append(f"{label}:")

    def _value(self, text: str) -> str:
        self.count += 1
        self._line(f"%v{self.count} = {text}")
        return f"%v{self.count}"

    def _table(self, table: str, index: int, shift: str) -> str:
        """A pointer: an address from a table, and a number of bytes."""
        at = self._value(f"add i64 {table}, {8 * index}")
        place = self._value(f"inttoptr i64 {at} to ptr")
        address = self._value(f"load i64, ptr {place}, align 8")
        moved = self._value(f"add i64 {address}, {shift}")
        return self._value(f"inttoptr i64 {moved} to ptr")

    def _mask(self, j: int) -> str:
        """Which lanes of vector j are columns that exist."""
        left = self._value(f"sub i64 %columns, {j * self.shape.lanes}")
        limits = self._spread(left, self.words, "i64")
        lanes = ", ".join(f"i64 {lane}" for lane in range(self.shape.lanes))
        return self._value(f"icmp slt {self.words} <{lanes}>, {limits}")

    def _spread(self, number: str, vector: str, part: str) -> str:
        """A vector that has a number in every lane."""
        one = self._value(f"insertelement {vector} poison, {part} {number}, i32 0")
        zeros = f"<{self.shape.lanes} x i32> zeroinitializer"
        return self._value(f"shufflevector {vector} {one}, {vector} poison, {zeros}")

    def _loops(
        self, depth: int, a_start: str, b_start: str, a: Sequence[str], masks: list[str] | None
    ) -> None:
        """Loops around the step; each keeps its counter on the stack until LLVM lifts it."""
        limit, a_step, b_step = _LOOPS[depth]
        self.count += 1
        names = ("i", "head", "body", "done")
        counter, head, body, done = (f"{kind}.{self.count}" for kind in names)
        self.lines.insert(0, f"  %{counter} = alloca i64")
        self._line(f"store i64 0, ptr %{counter}")
        self._line(f"br label %{head}")
        self._label(head)
        index = self._value(f"load i64, ptr %{counter}")
        more = self._value(f"icmp slt i64 {index}, {limit}")
        self._line(f"br i1 {more}, label %{body}, label %{done}")
        self._label(body)
        a_at = self._moved(a_start, index, a_step)
        b_at = self._moved(b_start, index, b_step)
        if depth + 1 < len(_LOOPS):
            self._loops(depth + 1, a_at, b_at, a, masks)
        else:
            self._step(a_at, b_at, a, masks)
        after = self._value(f"add i64 {index}, 1")
        self._line(f"store i64 {after}, ptr %{counter}")
        self._line(f"br label %{head}")
        self._label(done)

    def _moved(self, start: str, index: str, step: str) -> str:
        by = self._value(f"mul i64 {index}, {step}")
        return self._value(f"add i64 {start}, {by}")

    def _step(self, a_at: str, b_at: str, a: Sequence[str], masks: list[str] | None) -> None:
        """One product for each element of the tile."""
        base = self._value("inttoptr i64 %b to ptr")
        b = self._value(f"getelementptr {self.part}, ptr {base}, i64 {b_at}")
        columns = [self._read(b, j, masks) for j in range(self.shape.vectors)]
        for r, row in enumerate(a):
            at = self._value(f"getelementptr {self.part}, ptr {row}, i64 {a_at}")
            shared = None if self.is_lanewise else self._broadcast(at)
            for j, column in enumerate(columns):
                self._multiply_add(shared or self._read(at, j, masks), column, f"%sum.{r}.{j}")

    def _multiply_add(self, x: str, y: str, place: str) -> None:
        vector = self.vector
        old = self._value(f"load {vector}, ptr {place}")
        name = f"llvm.fmuladd.v{self.shape.lanes}{self.overload}"
        operands = f"{vector} {x}, {vector} {y}, {vector} {old}"
        new = self._value(f"call {vector} @{name}({operands})")
        self._line(f"store {vector} {new}, ptr {place}")

    def _broadcast(self, at: str) -> str:
        number = self._value(f"load {self.part}, ptr {at}, align {self.bytes}")
        return self._spread(number, self.vector, self.part)

    def _vector_at(self, pointer: str, j: int) -> str:
        lanes = j * self.shape.lanes
        return self._value(f"getelementptr {self.part}, ptr {pointer}, i64 {lanes}")

    def _read(self, pointer: str, j: int, masks: list[str] | None) -> str:
        at = self._vector_at(pointer, j)
        if masks is None:
            return self._value(f"load {self.vector}, ptr {at}, align {self.bytes}")
        name = f"llvm.masked.load.v{self.shape.lanes}{self.overload}.p0"
        limited = f"{self.mask} {masks[j]}, {self.vector} zeroinitializer"
        return self._value(f"call {self.vector} @{name}(ptr {at}, i32 {self.bytes}, {limited})")

    def _either(
        self, name: str, emit: Callable[[list[str] | None], None], masks: list[str]
    ) -> None:
        """All columns without masks, or only those that exist."""
        full, part, done = (f"{name}.{kind}" for kind in ("full", "part", "done"))
        self._line(f"br i1 %full, label %{full}, label %{part}")
        for label, mask in ((full, None), (part, masks)):
            self._label(label)
            emit(mask)
            self._line(f"br label %{done}")
        self._label(done)

    def _read_results(self, c: Sequence[str], masks: list[str] | None) -> None:
        for r, j in self._cells():
            value = self._read(c[r], j, masks)
            self._line(f"store {self.vector} {value}, ptr %sum.{r}.{j}")

    def _write_results(self, c: Sequence[str], masks: list[str] | None) -> None:
        name = f"llvm.masked.store.v{self.shape.lanes}{self.overload}.p0"
        for r, j in self._cells():
            at = self._vector_at(c[r], j)
            value = self._value(f"load {self.vector}, ptr %sum.{r}.{j}")
            if masks is None:
                self._line(f"store {self.vector} {value}, ptr {at}, align {self.bytes}")
                continue
            given = f"{self.vector} {value}, ptr {at}, i32 {self.bytes}, {self.mask} {masks[j]}"
            self._line(f"call void @{name}({given})")
