import sys
from pathlib import Path

import pytest

from jitgraph.kernels.cache import KernelCache, KernelSource

sys.path.insert(0, str(Path(__file__).parent))

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


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(directory):
    return KernelCache(directory)
