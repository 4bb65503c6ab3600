"""Stage kernels: no thread is inside a compiler while the process forks.

A lock that another thread holds at a fork stays locked in the child for ever, and what it guards
stays half changed. So whoever forks waits until the loader, LLVM, Numba and llvmlite are at rest:
the child can compile at once. Imported for its effect.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from llvmlite.binding import ffi

from jitgraph.kernels.llvm_backend import back_ends
from jitgraph.kernels.loader import process_loader

Lock = AbstractContextManager[Any]
_held: list[Lock] = []


def _locks() -> Iterator[Lock]:
    """The locks of what has been made so far, in the order in which compiling takes them.

    Each is taken before the next one is asked for: nobody makes a back end while all are counted.
    """
    if process_loader.cache_info().currsize:
        yield process_loader().lock
    if back_ends.cache_info().currsize:
        yield from back_ends().locks()
    numba = sys.modules.get("numba.core.compiler_lock")
    if numba is not None:
        yield numba.global_compiler_lock
    yield ffi.lib._lock


def _hold() -> None:
    for lock in _locks():
        lock.__enter__()
        _held.append(lock)


def _release() -> None:
    while _held:
        _held.pop().__exit__(None, None, None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_hold, after_in_parent=_release, after_in_child=_release)
