"""Stage lowering: regions → loop nests → the Python source of kernels.

`resolve`, `resolve_plain` and `source_text` give what stands behind the names in such a source.
Importing this package does not import Numba; `resolve` does.
"""

from __future__ import annotations

from jitgraph.lowering.names import resolve, resolve_plain, source_text

__all__ = ["resolve", "resolve_plain", "source_text"]
