"""Settings of all tests: property tests are reproducible, compiled kernels stay in the clone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from jitgraph.graph.default import default_graph_stack, reset_default_graph

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("JITGRAPH_CACHE_DIR", str(ROOT / ".cache" / "kernels"))

settings.register_profile("jitgraph", derandomize=True, deadline=None, database=None)
settings.load_profile("jitgraph")


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """What a test builds in the process's default graph is gone when the next one begins."""
    yield
    if default_graph_stack.is_cleared():
        reset_default_graph()
