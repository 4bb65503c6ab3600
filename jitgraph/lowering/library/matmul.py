"""Matrix multiplication, plain and batched: c = a·b, row-major, as one library kernel.

In: an instruction; its operands are contiguous, transposed or adjoint as its attributes say.
Out: steps. float32 and float64 run on register tiles, complex numbers on single-threaded OpenBLAS,
integers on loops of our own, half floats through float32; the pool shares the work.
"""

from __future__ import annotations

import os
from typing import Any

from jitgraph import settings
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint, smax, smin
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library import matmul_source
from jitgraph.lowering.library.arguments import product
from jitgraph.lowering.library.blocking import blocking
from jitgraph.lowering.library.native import native_code
from jitgraph.lowering.library.native.product import NOTED
from jitgraph.lowering.library.tiling import thread_count, worker_count, worker_grain
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.steps import Address, KernelCode, KernelStep, Pointer

WORK_PER_CHUNK = 1 << 17
CHUNKS_PER_THREAD = 2
FEWEST_BATCHES = 8
TILED = frozenset(("float32", "float64"))
_WIDEST = 64
_LEAST_WORKERS = 2
_TIMES_THE_WORK = 2
"""So much more work than other library kernels a product must have for each chunk: small ones in
loops are launched thousands of times."""
_DEEPEST = 4096
"""Bytes of one column of the copied panel: all of it stays in the second-level cache."""

PLAIN, TRANSPOSED, ADJOINT = 0, 1, 2


def matmul_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """c = a·b."""
    return in_float32(
        instr, fused, instr.values, instr.outputs[0],
        lambda a, b, c: [_matmul_step(instr, fused, a, b, c)],
    )  # fmt: skip


def _matmul_step(instr: Instr, fused: Fused, a: Value, b: Value, c: Value) -> KernelStep:
    if c.type.dtype.name in TILED:
        return _tiled_step(instr, fused, a, b, c)
    flag_a, flag_b = _flag(instr, "a", "x"), _flag(instr, "b", "y")
    m, n = c.type.dims[-2:]
    k = a.type.dims[-2] if flag_a else a.type.dims[-1]
    batch = product(c.type.dims[:-2])
    split, count = _split(m, n, batch)
    places = [fused.access(value) for value in (a, b, c)]
    words = (
        Address(c.type.dtype),
        *(Pointer(place.base, place.offset) for place in places),
        m, n, k, m if flag_a else k, k if flag_b else n, n, flag_a, flag_b, split,
        batch, _step(a), _step(b), _step(c),
    )  # fmt: skip
    dtype = c.type.dtype.name
    source, names = matmul_source.source_and_names(dtype)
    code = KernelCode(f"matmul_{dtype}", source, names, matmul_source.HELPERS, "")
    reads = tuple(dict.fromkeys((places[0].base, places[1].base)))
    ended = "a matrix product is a library kernel"
    grain = _grain(m, n, k, batch, split, count)
    return KernelStep(code, words, count, grain, reads, (c,), (instr,), ended)


def _tiled_step(instr: Instr, fused: Fused, a: Value, b: Value, c: Value) -> KernelStep:
    dtype = c.type.dtype
    m, n = c.type.dims[-2:]
    k = a.type.dims[-2] if _flag(instr, "a", "x") else a.type.dims[-1]
    batch = product(c.type.dims[:-2])
    tile = blocking(dtype.name, _WIDEST)
    code = native_code("product", dtype.name, tile, beside=(), title=f"matmul_{dtype.name}")
    workers = worker_count()
    deepest = smax(1, smin(k, _DEEPEST // dtype.size))
    notes = 16 * NOTED // dtype.size
    slot = (notes + (tile.rows + deepest) * tile.columns + 15) // 16 * 16
    scratch = Value(f"{c.name}.scratch", Type(dtype, (workers * slot,)))
    places = [fused.access(value) for value in (a, b, c)]
    words = (
        Address(dtype),
        *(Pointer(place.base, place.offset) for place in places), Pointer(scratch),
        m, n, k, *_strides(instr, a, "a", "x"), *_strides(instr, b, "b", "y"),
        batch, _step(a), _step(b), _step(c), thread_count(), workers, slot, deepest,
    )  # fmt: skip
    reads = tuple(dict.fromkeys((places[0].base, places[1].base)))
    ended = "a matrix product is a library kernel"
    work = batch * m * n * k // _TIMES_THE_WORK
    grain = smax(_LEAST_WORKERS, worker_grain(work, workers))
    return KernelStep(code, words, workers, grain, reads, (c, scratch), (instr,), ended)


def _strides(instr: Instr, value: Value, side: str, batched: str) -> tuple[Any, Any]:
    """Elements from a row to the next, and from a column to the next, of an operand as used."""
    width = value.type.dims[-1]
    return (1, width) if _flag(instr, side, batched) else (width, 1)


def _flag(instr: Instr, side: str, batched: str) -> int:
    if instr.attrs.get(f"transpose_{side}"):
        return TRANSPOSED
    if instr.attrs.get(f"adj_{batched}") or instr.attrs.get(f"adjoint_{side}"):
        return ADJOINT
    return PLAIN


def _step(value: Value) -> Any:
    """Elements from one matrix of a batch to the next."""
    return value.type.dims[-1] * value.type.dims[-2]


def _split(m: Any, n: Any, batch: Any) -> tuple[int, Any]:
    """What the outer iterations are: chosen by the sizes of the first call."""
    if hint(batch) >= FEWEST_BATCHES:
        return matmul_source.BATCHES, batch
    if hint(m) >= hint(n):
        return matmul_source.ROWS, m
    return matmul_source.COLUMNS, n


def _grain(m: Any, n: Any, k: Any, batch: Any, split: int, count: Any) -> Any:
    """So many outer iterations that a chunk is worth its overhead.

    Each chunk packs the shared operand anew: hence few chunks.
    """
    most = CHUNKS_PER_THREAD * (settings.num_threads() or os.cpu_count() or 1)
    shared = {matmul_source.BATCHES: m * n, matmul_source.ROWS: batch * n}.get(split, batch * m)
    return smax((count + most - 1) // most, WORK_PER_CHUNK // (shared * k + 1) + 1)
