"""Stage kernels: where this process keeps its kernels.

In: what the environment asks for. Out: a directory, or None for memory only.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from jitgraph import settings
from jitgraph.kernels.store import KernelCacheWarning


def kernel_directory() -> Path | None:
    """JITGRAPH_CACHE_DIR, else the user's directory for caches; None keeps kernels in memory."""
    if not settings.cache_on_disk():
        return None
    chosen = settings.cache_directory()
    try:
        place = Path(chosen).expanduser() if chosen else _user_cache_directory() / "jitgraph"
    except RuntimeError as error:
        message = f"kernel cache: {error}; kernels stay in memory"
        warnings.warn(message, KernelCacheWarning, stacklevel=2)
        return None
    return place.absolute()


def _user_cache_directory() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
