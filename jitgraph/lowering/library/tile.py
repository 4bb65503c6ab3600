"""Library: the register tile, a sum of products kept in vector registers.

In: names such as `tile_float32_6x4x16`, resolved by the kernel cache. Out: Numba intrinsics, made
when first asked for: importing this module never imports Numba. Addresses are int64.

`tile(rows, start, results, shift, b, n0, a0, b0, n1, a1, b1, n2, a2, b2, adds, columns)` computes

    result[r][shift + j] (+)= sum over i0 < n0, i1 < n1, i2 < n2 of
        a[r][start + i0*a0 + i1*a1 + i2*a2] * b[i0*b0 + i1*b1 + i2*b2 + j]

`rows` and `results` are the addresses of tables of addresses, one a row; `b` is an address; all
else counts elements. At most `columns` columns of the results are read (if `adds`) and written; b
must be readable for all columns of the tile. A `lanewise` tile takes a[r][.. + j] instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.lowering import names as common_names
from jitgraph.lowering.library.blocking import Blocking

_TILE = re.compile(r"(tile|lanewise)_(float32|float64)_(\d+)x(\d+)x(\d+)$")
_BYTES = {"float32": 4, "float64": 8}
_PARAMETERS = 16


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The objects behind `names`, for the kernel cache."""
    own = {name: _tile(name) for name in names if _TILE.match(name)}
    return common_names.resolve(name for name in names if name not in own) | own


def source_text(names: Iterable[str]) -> str:
    """What the objects behind `names` depend on, for the cache key."""
    own = Path(__file__).read_text(encoding="utf-8")
    return own + common_names.source_text(name for name in names if not _TILE.match(name))


@cache
def _tile(name: str) -> Any:
    """The intrinsic of one shape of tile."""
    from numba import types
    from numba.extending import intrinsic

    found = _TILE.match(name)
    assert found is not None
    kind, dtype, *sizes = found.groups()
    tile_blocking = Blocking(*map(int, sizes))
    signature = types.void(*[types.int64] * _PARAMETERS)

    def emit(context: Any, builder: Any, _: Any, values: Any) -> Any:
        _Emitter(builder, dtype, tile_blocking, kind == "lanewise").emit(*values)
        return context.get_dummy_value()

    def typed(context: Any, a: Any, start: Any, c: Any, shift: Any, b: Any,
              n0: Any, a0: Any, b0: Any, n1: Any, a1: Any, b1: Any, n2: Any, a2: Any, b2: Any,
              adds: Any, columns: Any) -> Any:  # fmt: skip
        return signature, emit

    return intrinsic(typed)


@dataclass(frozen=True)
class _Loop:
    """A loop over how many steps, and the elements of a and b from one to the next."""

    count: Any
    a_step: Any
    b_step: Any


class _Emitter:
    """Writes one tile into a function."""

    def __init__(self, builder: Any, dtype: str, shape: Blocking, is_lanewise: bool) -> None:
        from llvmlite import ir

        self.builder = builder
        self.shape = shape
        self.is_lanewise = is_lanewise
        self.word = ir.IntType(64)
        self.part = ir.FloatType() if dtype == "float32" else ir.DoubleType()
        self.vector = ir.VectorType(self.part, shape.lanes)
        self.bytes = _BYTES[dtype]

    def emit(self, rows: Any, start: Any, results: Any, shift: Any, b: Any, *given: Any) -> None:
        """The whole tile."""
        shape, builder = self.shape, self.builder
        *loops, adds, columns = given
        cells = [(r, j) for r in range(shape.rows) for j in range(shape.vectors)]
        sums = {cell: self._variable(self.vector) for cell in cells}
        a = [self._loaded_word(rows, r) for r in range(shape.rows)]
        shift = builder.mul(shift, self.word(self.bytes))
        c = [builder.add(self._loaded_word(results, r), shift) for r in range(shape.rows)]
        is_full = builder.icmp_signed(">=", columns, self.word(shape.columns))
        masks = [self._mask(columns, j) for j in range(shape.vectors)]
        for cell in cells:
            builder.store(self.vector(None), sums[cell])
        with builder.if_then(builder.icmp_signed("!=", adds, self.word(0))):
            self._either(is_full, masks, lambda mask: self._load_results(sums, c, mask))
        nest = [_Loop(*loops[k : k + 3]) for k in (0, 3, 6)]
        self._loops(nest, start, self.word(0), a, b, sums)
        self._either(is_full, masks, lambda mask: self._store_results(sums, c, mask))

    def _either(self, is_full: Any, masks: list[Any], emit: Callable[[Any], None]) -> None:
        """All columns without masks, or only those that exist."""
        with self.builder.if_else(is_full) as (full, part):
            with full:
                emit(None)
            with part:
                emit(masks)

    def _loops(
        self, loops: list[_Loop], a_start: Any, b_start: Any, a: list[Any], b: Any, sums: Any
    ) -> None:
        from numba.core import cgutils

        loop, *inner = loops
        builder = self.builder
        with cgutils.for_range(builder, loop.count) as counter:
            a_at = builder.add(a_start, builder.mul(counter.index, loop.a_step))
            b_at = builder.add(b_start, builder.mul(counter.index, loop.b_step))
            if inner:
                self._loops(inner, a_at, b_at, a, b, sums)
            else:
                self._step(a_at, builder.add(b, builder.mul(b_at, self.word(self.bytes))), a, sums)

    def _step(self, offset: Any, b: Any, a: list[Any], sums: Any) -> None:
        builder = self.builder
        columns = [self._load(b, j) for j in range(self.shape.vectors)]
        for r, base in enumerate(a):
            typed = builder.inttoptr(base, self.part.as_pointer())
            address = builder.gep(typed, [offset])
            shared = None if self.is_lanewise else self._broadcast(address)
            for j, column in enumerate(columns):
                factor = shared if shared is not None else self._lanes_at(address, j)
                total = self._multiply_add(factor, column, builder.load(sums[r, j]))
                builder.store(total, sums[r, j])

    def _multiply_add(self, x: Any, y: Any, z: Any) -> Any:
        from llvmlite import ir

        vector = self.vector
        kind = ir.FunctionType(vector, [vector] * 3)
        part = "f32" if self.bytes == 4 else "f64"
        return self._call(f"llvm.fmuladd.v{self.shape.lanes}{part}", kind, [x, y, z])

    def _call(self, name: str, kind: Any, arguments: list[Any]) -> Any:
        from numba.core import cgutils

        function = cgutils.get_or_insert_function(self.builder.module, kind, name)
        return self.builder.call(function, arguments)

    def _broadcast(self, address: Any) -> Any:
        from llvmlite import ir

        builder = self.builder
        number = builder.load(address)
        one = builder.insert_element(self.vector(ir.Undefined), number, ir.IntType(32)(0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), self.shape.lanes), None)
        return builder.shuffle_vector(one, self.vector(ir.Undefined), zeros)

    def _lanes_at(self, address: Any, j: int) -> Any:
        start = self.builder.gep(address, [self.word(j * self.shape.lanes)])
        return self._vector_at(self.builder.bitcast(start, self.vector.as_pointer()))

    def _vector_at(self, address: Any) -> Any:
        loaded = self.builder.load(address)
        loaded.align = self.bytes
        return loaded

    def _load(self, base: Any, j: int) -> Any:
        return self._vector_at(self._vector_pointer(base, j))

    def _vector_pointer(self, base: Any, j: int) -> Any:
        start = self.builder.add(base, self.word(j * self.shape.lanes * self.bytes))
        return self.builder.inttoptr(start, self.vector.as_pointer())

    def _mask(self, columns: Any, j: int) -> Any:
        """Which lanes of vector j are columns that exist."""
        from llvmlite import ir

        builder, lanes = self.builder, self.shape.lanes
        i32 = ir.IntType(32)
        words = ir.VectorType(self.word, lanes)
        left = builder.sub(columns, self.word(j * lanes))
        one = builder.insert_element(words(ir.Undefined), left, i32(0))
        zeros = ir.Constant(ir.VectorType(i32, lanes), None)
        limits = builder.shuffle_vector(one, words(ir.Undefined), zeros)
        return builder.icmp_signed("<", ir.Constant(words, list(range(lanes))), limits)

    def _load_results(self, sums: Any, c: list[Any], masks: list[Any] | None) -> None:
        for (r, j), total in sums.items():
            pointer = self._vector_pointer(c[r], j)
            loaded = self._vector_at(pointer) if masks is None else self._masked(pointer, masks[j])
            self.builder.store(loaded, total)

    def _store_results(self, sums: Any, c: list[Any], masks: list[Any] | None) -> None:
        for (r, j), total in sums.items():
            pointer, value = self._vector_pointer(c[r], j), self.builder.load(total)
            if masks is None:
                self.builder.store(value, pointer).align = self.bytes
            else:
                self._masked_store(value, pointer, masks[j])

    def _masked(self, pointer: Any, mask: Any) -> Any:
        from llvmlite import ir

        kinds = [pointer.type, ir.IntType(32), mask.type, self.vector]
        arguments = [pointer, ir.IntType(32)(self.bytes), mask, self.vector(None)]
        name = f"llvm.masked.load.{self._overload()}"
        return self._call(name, ir.FunctionType(self.vector, kinds), arguments)

    def _masked_store(self, value: Any, pointer: Any, mask: Any) -> None:
        from llvmlite import ir

        kinds = [self.vector, pointer.type, ir.IntType(32), mask.type]
        arguments = [value, pointer, ir.IntType(32)(self.bytes), mask]
        name = f"llvm.masked.store.{self._overload()}"
        self._call(name, ir.FunctionType(ir.VoidType(), kinds), arguments)

    def _overload(self) -> str:
        part = "f32" if self.bytes == 4 else "f64"
        return f"v{self.shape.lanes}{part}.p0"

    def _variable(self, kind: Any) -> Any:
        from numba.core import cgutils

        return cgutils.alloca_once(self.builder, kind)

    def _loaded_word(self, table: Any, index: int) -> Any:
        start = self.builder.add(table, self.word(8 * index))
        return self.builder.load(self.builder.inttoptr(start, self.word.as_pointer()))
