"""Counts the kernels that jitgraph compiled into the cache of this process, which started empty."""

from __future__ import annotations

import os
from pathlib import Path

KERNELS = "kernels"
"""The metric's name."""


def count_kernels() -> int:
    """Object files in JITGRAPH_CACHE_DIR; 0 for peers, which have none."""
    directory = os.environ.get("JITGRAPH_CACHE_DIR")
    return sum(1 for _ in Path(directory).rglob("*.o")) if directory else 0
