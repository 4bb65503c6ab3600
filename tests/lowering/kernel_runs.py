"""Run a kernel source on arrays: compiled by Numba, and as plain Python over real addresses."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.compile import KernelSource
from jitgraph.lowering import resolve_plain

FAILURE_BASE = 7 << 8
_KERNEL = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


def run_compiled(source: str, names: Sequence[str], words: Sequence[int], count: int) -> int:
    """Run by way of Numba; returns the status word."""
    address = default_cache().native(KernelSource("test", source, tuple(sorted(names))))
    return _run(lambda args: _KERNEL(address)(args.ctypes.data, 0, count), words)


def run_plain(source: str, names: Sequence[str], words: Sequence[int], count: int) -> int:
    """Run as Python; returns the status word."""
    scope: dict[str, Any] = resolve_plain(names)
    exec(source, scope)
    with np.errstate(all="ignore"):
        return _run(lambda args: scope["kernel"](args, 0, count), words)


RUNS = {"compiled": run_compiled, "plain": run_plain}


def _run(kernel: Callable[[Any], Any], words: Sequence[int]) -> int:
    status = np.zeros(1, np.int64)
    args = np.array([status.ctypes.data, FAILURE_BASE, *words], np.int64)
    kernel(args)
    return int(status[0])


def elementwise(
    expression: str, names: Sequence[str], dtypes: Sequence[str], out: str
) -> tuple[str, tuple[str, ...]]:
    """The source of a loop over `expression` in x0, x1, …, and the names it uses."""
    lines = ["def kernel(args, lo, hi):"]
    for k, dtype in enumerate((*dtypes, out)):
        lines.append(f"    p{k} = ptr_{dtype}(args, {k + 2})")
    lines.append("    for i in range(lo, hi):")
    lines += [f"        x{k} = load(p{k}, {k}, i)" for k in range(len(dtypes))]
    lines.append(f"        store(p{len(dtypes)}, {len(dtypes)}, i, {expression})")
    used = {*names, "load", "store", *(f"ptr_{dtype}" for dtype in (*dtypes, out))}
    return "\n".join(lines) + "\n", tuple(sorted(used))


def storage(name: str) -> np.dtype[Any]:
    """The NumPy dtype that holds elements of a dtype; bfloat16 as bits."""
    return np.dtype("uint16" if name == "bfloat16" else name)


def apply(
    run: Callable[..., int],
    expression: str,
    names: Sequence[str],
    arrays: Sequence[tuple[str, np.ndarray[Any, Any]]],
    out: str,
) -> np.ndarray[Any, Any]:
    """`expression` for every element of `arrays`, which are (dtype name, array) pairs."""
    source, used = elementwise(expression, names, [name for name, _ in arrays], out)
    held = [np.ascontiguousarray(array, storage(name)) for name, array in arrays]
    result = np.zeros(len(held[0]), storage(out))
    addresses = [array.ctypes.data for array in (*held, result)]
    run(source, used, addresses, len(result))
    return result
