"""Stage runtime: the process's one thread pool.

In: the number of threads. Out: the address of the structure that native code launches jobs on.
Workers are daemon threads parked inside one native call; none exists before the first launch.
A job's chunks are claimed one by one, by the launching thread too, so that a worker without a
core delays nobody. A thread that finds the pool taken runs its job alone.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import threading
from functools import cache

import numpy as np

from jitgraph.runtime import native
from jitgraph.runtime.native import layout
from jitgraph.runtime.platform import sleeping, thread_count

_SPINS_BEFORE_SLEEP = 2000
_FUTEX_WAKE_PRIVATE = 129
_STOP_SECONDS = 1.0
_EVERYBODY = 1 << 30


class Pool:
    """`threads` counts the launching thread; `address` is what native code is given."""

    def __init__(self, threads: int, spins: int = _SPINS_BEFORE_SLEEP) -> None:
        self.threads = threads
        self._spins = spins
        self._workers: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._words = _aligned_words(layout.POOL_BYTES)
        self.address = self._words.ctypes.data
        self._clear(process=1)

    def start(self) -> None:
        """Start the workers unless they run; native code calls this before a first launch."""
        with self._lock:
            if self._get(layout.POOL_STARTED) or self._get(layout.POOL_STOP):
                return
            work = ctypes.CFUNCTYPE(None, ctypes.c_int64)(native.address("work"))
            self._workers = [
                threading.Thread(
                    target=work, args=(self.address,), name=f"jitgraph-{index}", daemon=True
                )
                for index in range(1, self.threads)
            ]
            for worker in self._workers:
                worker.start()
            self._set(layout.POOL_STARTED, 1)

    def stop(self) -> None:
        """End the workers; what is launched later runs on its own thread alone."""
        self._set(layout.POOL_STOP, 1)
        self._set(layout.POOL_LAUNCH, self._get(layout.POOL_LAUNCH) + 1)
        how = sleeping()
        if how.syscall:
            syscall = ctypes.CFUNCTYPE(ctypes.c_long, *[ctypes.c_long] * 7)(how.syscall)
            launch = self.address + layout.POOL_LAUNCH
            syscall(how.futex_number, launch, _FUTEX_WAKE_PRIVATE, _EVERYBODY, 0, 0, 0)
        for worker in self._workers:
            worker.join(_STOP_SECONDS)
        self._workers = []
        self._set(layout.POOL_STARTED, 1)

    def reset_after_fork(self) -> None:
        """In a forked child: no worker came along, and no job of the parent goes on."""
        self._lock = threading.Lock()
        self._workers = []
        self._clear(process=self._get(layout.POOL_PROCESS) + 1)

    def _clear(self, process: int) -> None:
        how = sleeping()
        self._words[:] = 0
        self._set(layout.POOL_THREADS, self.threads)
        self._set(layout.POOL_RUN_CHUNKS, native.address("run_chunks"))
        self._set(layout.POOL_SYSCALL, how.syscall)
        self._set(layout.POOL_FUTEX_NUMBER, how.futex_number)
        self._set(layout.POOL_YIELD, how.yield_thread)
        self._set(layout.POOL_SLEEP, how.sleep)
        self._set(layout.POOL_SLEEP_AMOUNT, how.sleep_amount)
        self._set(layout.POOL_CLAIM, layout.CLOSED)
        self._set(layout.POOL_PROCESS, process)
        self._set(layout.POOL_SPINS, self._spins)

    def _get(self, offset: int) -> int:
        return int(self._words[offset // 8])

    def _set(self, offset: int, value: int) -> None:
        self._words[offset // 8] = value


def _aligned_words(size: int) -> np.ndarray:
    """Zeroed words whose address is a multiple of a cache line."""
    raw = np.zeros(size + layout.CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % layout.CACHE_LINE
    return raw[start : start + size].view(np.int64)


@cache
def default_pool() -> Pool:
    """The pool that all sessions of this process share."""
    pool = Pool(thread_count())
    atexit.register(pool.stop)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=pool.reset_after_fork)
    return pool
