"""Stage runtime: run an instruction table outside a frame.

In: a table of rows (kernel address, args address, outer iterations, grain) as int64[n, 4].
Out: nothing; kernels write their outputs and, when they find bad data, the status word.
"""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np

from jitgraph.runtime import native
from jitgraph.runtime.pool import Pool


def execute(table: np.ndarray, status: np.ndarray, pool: Pool | None = None) -> None:
    """Run the rows in order with the GIL released, until one leaves `status` nonzero."""
    if table.dtype != np.int64 or table.ndim != 2 or table.shape[1] != 4:
        raise ValueError(f"an instruction table is int64[n, 4], got {table.dtype}{table.shape}")
    if not table.flags.c_contiguous:
        raise ValueError("an instruction table is contiguous")
    if pool is not None:
        pool.start()
    address = pool.address if pool is not None else 0
    _execute()(table.ctypes.data, len(table), address, status.ctypes.data)


@cache
def _execute() -> ctypes._CFunctionType:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4)(native.address("execute"))
