"""Settings of all tests: property tests are reproducible, compiled kernels stay in the clone."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("JITGRAPH_CACHE_DIR", str(ROOT / ".cache" / "kernels"))

settings.register_profile("jitgraph", derandomize=True, deadline=None, database=None)
settings.load_profile("jitgraph")
