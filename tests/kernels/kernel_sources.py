"""Sources of small kernels, and stores with something in them."""

import hashlib
import os
from pathlib import Path

from jitgraph.kernels.cache import KernelSource
from jitgraph.kernels.store import KernelStore

BODY = """
def kernel(args, lo, hi):
    x = pointer_float32(args[2])
    y = pointer_float32(args[3])
    for i in range(lo, hi):
        y[i] = {expression}
"""


def elementwise(expression: str, name: str = "test", header: str = "") -> KernelSource:
    source = BODY.format(expression=expression)
    names = tuple(n for n in ("pointer_float32", "twice") if n in source)
    return KernelSource(name, source, names, header=header, helpers="raw_pointers")


def stored_files(directory: Path) -> dict[str, Path]:
    """The files of a cache with one kernel, by suffix."""
    return {path.suffix: path for path in directory.glob("*/*")}


def filled(
    root: Path, size_limit: int, count: int, store: KernelStore | None = None
) -> KernelStore:
    """A store with kernels that hold no machine code, the first used longest ago."""
    store = store or KernelStore(root, "v1-0123456789abcdef", size_limit)
    for index in range(count):
        key = hashlib.sha256(b"%d" % index).hexdigest()
        store.save(key, b"code" * 100, "def kernel():\n    pass\n", {"name": f"kernel {index}"})
        if store.has(key):
            os.utime(store.path(key), (1000 + index, 1000 + index))
    return store
