import sys
from pathlib import Path

import pytest

from jitgraph.kernels.cache import KernelCache

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def cache(directory):
    return KernelCache(directory)
