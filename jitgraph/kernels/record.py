"""Stage kernels: what the store keeps for people about a kernel.

In: its source, how long it took to compile. Out: plain values, for JSON.
"""

from __future__ import annotations

import time
from typing import Any

from jitgraph.kernels.compile import KernelSource
from jitgraph.kernels.machine import host


def kernel_record(source: KernelSource, seconds: float) -> dict[str, Any]:
    """What the store keeps for people about a kernel just compiled."""
    return {
        "name": source.name,
        "header": source.header_text(),
        "names": list(source.names),
        "helpers": source.helpers,
        "signature": list(source.types),
        "options": [list(option) for option in source.options],
        "versions": _versions(source),
        "cpu": host().cpu,
        "compile_seconds": round(seconds, 6),
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _versions(source: KernelSource) -> dict[str, str]:
    """What a kernel was compiled by; one in the word language never needed Numba."""
    if source.is_in_words:
        import llvmlite

        return {"llvmlite": llvmlite.__version__}
    from jitgraph.kernels import numba_internals

    return numba_internals.versions()
