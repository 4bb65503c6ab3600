"""Stage lowering: what stands behind the names that a kernel source uses.

In: the names, such as `load`, `ptr_float32`, `exp_float32`. Out: the objects for Numba, or for
plain Python, and the helper sources that a kernel's cache key must cover.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_INTRINSIC_SOURCES = ("elements", "intrinsics", "scalar_intrinsics")
_VECTOR_SOURCES = ("names", "vector_math")


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The objects behind `names` for a source that Numba compiles; imports Numba."""
    from jitgraph.lowering import intrinsics

    known = intrinsics.namespace()
    return {name: known[name] if name in known else _jitted(name) for name in names}


def resolve_plain(names: Iterable[str]) -> dict[str, Any]:
    """The objects behind `names` for a source that runs as plain Python on real addresses."""
    from jitgraph.lowering import plain

    known = plain.namespace()
    return {name: known[name] if name in known else _plain(name) for name in names}


def source_text(names: Iterable[str]) -> str:
    """The sources of everything that `names` bring into a kernel."""
    return "".join(_file_text(module) for module in _INTRINSIC_SOURCES)


@cache
def _file_text(module: str) -> str:
    return (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")


def _jitted(name: str) -> Any:
    raise KeyError(f"no helper for kernel sources is named {name!r}")


def _plain(name: str) -> Any:
    raise KeyError(f"no helper for kernel sources is named {name!r}")
