"""Library: how many rows and vectors a register tile has on this CPU.

In: a dtype, the columns of a result. Out: a `Blocking`, chosen so that a tile's accumulators, its
vectors of columns and one broadcast number fill the vector registers without spilling.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_FLOAT_BYTES = {"float32": 4, "float64": 8}
_ROWS_OF_VECTORS = {32: {4: 5, 3: 8, 2: 12, 1: 12}, 16: {3: 4, 2: 6, 1: 10}}
_RELATIVE_COST = {4: 1.0, 3: 1.02, 2: 1.05, 1: 1.2}


@dataclass(frozen=True, slots=True)
class Blocking:
    """A register tile: `rows` of `vectors` vectors of `lanes` numbers."""

    rows: int
    vectors: int
    lanes: int

    @property
    def columns(self) -> int:
        """Columns of the tile."""
        return self.vectors * self.lanes

    @property
    def suffix(self) -> str:
        """How names of primitives say it."""
        return f"{self.rows}x{self.vectors}x{self.lanes}"


@cache
def vector_registers() -> tuple[int, int]:
    """(bits of a vector register, number of registers) of this CPU."""
    import llvmlite.binding as llvm

    if llvm.get_process_triple().startswith(("aarch64", "arm64")):
        return 128, 32
    features = llvm.get_host_cpu_features()
    if features.get("avx512f"):
        return 512, 32
    return (256 if features.get("avx2") else 128), 16


def lanewise_blocking(dtype: str, columns: int, rows: int) -> Blocking:
    """The lanewise tile for about so many columns that wastes the least of so many rows."""
    found = blocking(dtype, columns)
    tiles = -(-rows // found.rows)
    return Blocking(-(-rows // tiles), found.vectors, found.lanes)


def blocking(dtype: str, columns: int) -> Blocking:
    """The tile for results with about so many columns: little of it may hang over the edge."""
    bits, registers = vector_registers()
    lanes = bits // (8 * _FLOAT_BYTES[dtype])
    rows = _ROWS_OF_VECTORS[registers]

    def cost(vectors: int) -> float:
        width = vectors * lanes
        return -(-max(columns, 1) // width) * width * _RELATIVE_COST[vectors]

    vectors = min(rows, key=cost)
    return Blocking(rows[vectors], vectors, lanes)
