"""Stage runtime: the one module that knows operating systems and CPython's object layouts.

In: nothing. Out: how many threads to use, how threads sleep, and whether native code may read
Python's and NumPy's objects as `native.layout` has them.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import struct
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from jitgraph.runtime.native import layout

_FUTEX_NUMBERS = {"x86_64": 202, "aarch64": 98, "riscv64": 98, "ppc64le": 221}
_CGROUP_ROOT = Path("/sys/fs/cgroup")
_SLEEP_MICROSECONDS = 100


@dataclass(frozen=True)
class Sleeping:
    """Addresses of C functions that let a thread wait; `syscall` is 0 where futexes are not."""

    syscall: int
    futex_number: int
    yield_thread: int
    sleep: int
    sleep_amount: int


def thread_count() -> int:
    """JITGRAPH_NUM_THREADS, or what CPU affinity and the container's limit allow."""
    asked = os.environ.get("JITGRAPH_NUM_THREADS", "").strip()
    if asked:
        return _checked_count(asked)
    return max(1, math.ceil(min(_usable_cpus(), _container_limit())))


def _checked_count(asked: str) -> int:
    if not asked.isdecimal() or int(asked) < 1:
        raise ValueError(f"JITGRAPH_NUM_THREADS must be a positive integer, got {asked!r}")
    return int(asked)


def _usable_cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _container_limit(
    root: Path = _CGROUP_ROOT, membership: Path = Path("/proc/self/cgroup")
) -> float:
    """CPUs that the control groups of this process grant; infinite without a limit."""
    limits = [_quota_v2(group) for group in _cgroups(root, membership)]
    return min([*limits, _quota_v1(root / "cpu")], default=math.inf)


def _cgroups(root: Path, membership: Path) -> list[Path]:
    """The process's version 2 control group and all above it."""
    lines = _read(membership).splitlines()
    paths = [line[3:].strip("/") for line in lines if line.startswith("0::")]
    group = root / paths[0] if paths else root
    return [group, *(parent for parent in group.parents if parent.is_relative_to(root))]


def _quota_v2(group: Path) -> float:
    words = _read(group / "cpu.max").split()
    if len(words) != 2 or words[0] == "max":
        return math.inf
    return int(words[0]) / int(words[1])


def _quota_v1(group: Path) -> float:
    quota, period = _read(group / "cpu.cfs_quota_us"), _read(group / "cpu.cfs_period_us")
    if not quota or not period or int(quota) <= 0:
        return math.inf
    return int(quota) / int(period)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def sleeping() -> Sleeping:
    """How this system's threads wait."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        return Sleeping(
            0, 0, function_address(kernel.SwitchToThread), function_address(kernel.Sleep), 1
        )
    libc = ctypes.CDLL(None)
    number = _FUTEX_NUMBERS.get(platform.machine(), 0) if sys.platform == "linux" else 0
    return Sleeping(
        syscall=function_address(libc.syscall) if number else 0,
        futex_number=number,
        yield_thread=function_address(libc.sched_yield),
        sleep=function_address(libc.usleep),
        sleep_amount=_SLEEP_MICROSECONDS,
    )


def function_address(function: object) -> int:
    """The address of a ctypes function."""
    address = ctypes.cast(function, ctypes.c_void_p).value  # type: ignore[arg-type]
    if not address:
        raise RuntimeError(f"no address of {function}")
    return address


@cache
def objects_are_as_expected() -> bool:
    """True when native code may read Python objects: a 64-bit GIL build of known layout."""
    if sys.implementation.name != "cpython" or struct.calcsize("P") != 8:
        return False
    if sysconfig.get_config_var("Py_GIL_DISABLED") or hasattr(sys, "getobjects"):
        return False
    return _array_is_as_expected() and _float_is_as_expected()


def _array_is_as_expected() -> bool:
    probe = np.zeros((3, 5), np.float32)
    at = id(probe)
    dimensions = (ctypes.c_int64 * 2).from_address(_word(at + layout.ARRAY_DIMENSIONS))
    flags = _word(at + layout.ARRAY_FLAGS)
    return (
        _word(at + layout.OBJECT_TYPE) == id(np.ndarray)
        and _word(at + layout.ARRAY_DATA) == probe.ctypes.data
        and _word(at + layout.ARRAY_RANK) & 0xFFFFFFFF == probe.ndim
        and tuple(dimensions) == probe.shape
        and _word(at + layout.ARRAY_DESCRIPTOR) == id(probe.dtype)
        and flags & layout.ARRAY_FLAGS_NEEDED == layout.ARRAY_FLAGS_NEEDED
    )


def _float_is_as_expected() -> bool:
    probe = 1234.5
    value = ctypes.c_double.from_address(id(probe) + layout.FLOAT_VALUE).value
    return _word(id(probe) + layout.OBJECT_TYPE) == id(float) and value == probe


def _word(address: int) -> int:
    return ctypes.c_int64.from_address(address).value
