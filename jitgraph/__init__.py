"""TensorFlow 1's programming model on a small compiler: `import jitgraph as tf`.

In: `__init__.pyi`, which lists the public names and where each comes from. Out: the names, each
imported when it is first asked for: a script pays for what it uses, and Numba is not imported.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from jitgraph.lazy_names import imported, named_in
from jitgraph.ops import indexing as _indexing, operators as _operators

__version__ = "0.1.0"
VERSION = "1.15.5"

_SOURCES = Path(__file__).parent.parent
if (_SOURCES / "passes" / "pipeline.py").exists():
    __path__.append(str(_SOURCES))  # run from its sources, the passes lie beside it

_MESSAGE = re.compile(r"^(\w+): Any$", re.MULTILINE)


def _read_stub() -> dict[str, tuple[str, str]]:
    """For each public name (module, name in it)."""
    text = Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    return {name: ("jitgraph.protos", name) for name in _MESSAGE.findall(text)} | named_in(text)


_PLACES = _read_stub()
__all__ = sorted(
    {
        "VERSION",
        "__version__",
        *(name for name, (m, _) in _PLACES.items() if m != "jitgraph.protos"),
    }
)
"""Protocol buffers need the extra `io`: they are not among the names that `import *` takes."""


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'jitgraph' has no attribute '{name}'")
    found = imported(_PLACES[name])
    if name == "compat":
        found.v1 = sys.modules[__name__]
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})


del _indexing, _operators
