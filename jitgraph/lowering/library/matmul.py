"""Matrix multiplication, plain and batched, as one library kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ir.program import Instr
from jitgraph.ir.sizes import hint
from jitgraph.kernels.library.matmul import BATCHES, COLUMNS, ROWS, matmul_source
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.steps import Address, KernelCode, KernelStep, Pointer

WORK_PER_CHUNK = 1 << 17
PLAIN, TRANSPOSED, ADJOINT = 0, 1, 2


def matmul_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """c = a·b; the operands are contiguous, transposed or adjoint as the attributes say."""
    a, b = instr.values
    c = instr.outputs[0]
    flag_a, flag_b = _flag(instr, "a", "x"), _flag(instr, "b", "y")
    m, n = c.type.dims[-2:]
    k = a.type.dims[-2] if flag_a else a.type.dims[-1]
    batch: Any = 1
    for dim in c.type.dims[:-2]:
        batch = batch * dim
    split, count = _split(m, n, batch)
    words = (
        Address(c.type.dtype),
        *(Pointer(fused.access(x).base, fused.access(x).offset) for x in (a, b, c)),
        m, n, k, m if flag_a else k, k if flag_b else n, n, flag_a, flag_b, split,
        batch, _step(a, batch), _step(b, batch), m * n,
    )  # fmt: skip
    source = matmul_source(np.dtype(c.type.dtype.as_numpy_dtype))
    code = KernelCode(source.name, source.source, source.names, source.helpers, "")
    reads = (fused.access(a).base, fused.access(b).base)
    grain = _grain(m, n, k, batch, count)
    ended = "a matrix product is a library kernel"
    return [KernelStep(code, words, count, grain, reads, (c,), (instr,), ended)]


def _flag(instr: Instr, side: str, batched: str) -> int:
    if instr.attrs.get(f"transpose_{side}"):
        return TRANSPOSED
    if instr.attrs.get(f"adj_{batched}") or instr.attrs.get(f"adjoint_{side}"):
        return ADJOINT
    return PLAIN


def _step(value: Any, batch: Any) -> Any:
    """Elements from one matrix of a batch to the next; 0 repeats a single one."""
    if len(value.type.dims) == 2 and not (isinstance(batch, int) and batch == 1):
        return 0
    return value.type.dims[-1] * value.type.dims[-2]


def _split(m: Any, n: Any, batch: Any) -> tuple[int, Any]:
    """What the outer iterations are: chosen by the sizes of the first call."""
    if hint(batch) >= 8:
        return BATCHES, batch
    return (ROWS, m) if hint(m) >= hint(n) else (COLUMNS, n)


def _grain(m: Any, n: Any, k: Any, batch: Any, count: Any) -> Any:
    """So many outer iterations that a chunk is worth its overhead."""
    work = batch * m * n * k
    if hint(work) < 2 * WORK_PER_CHUNK:
        return 0
    per_iteration = hint(work) // max(1, hint(count))
    return max(16 if hint(count) >= 64 else 1, WORK_PER_CHUNK // max(1, per_iteration))
