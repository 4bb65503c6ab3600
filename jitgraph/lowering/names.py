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
_VECTOR_SOURCES = (
    "polynomial",
    "vector_math",
    "vector_math_emit",
    "vector_math_float64",
    "vector_math_float32",
    "vector_math_formulas",
    "vector_math_wide",
    "vector_math_power",
    "vector_math_narrow",
    "vector_math_remainders",
    "plain_rare_calls",
    "rare_calls",
    "vector_math_gamma",
)


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
    """The sources of everything that `names` bring into a kernel; whole files, read once."""
    asked = set(names)
    has_vector_math = any(
        name.endswith(("_float32", "_float64"))
        for name in asked
        if not name.startswith(("ptr_", "imm_", "cast_"))
    )
    modules = _INTRINSIC_SOURCES + (_VECTOR_SOURCES if has_vector_math else ())
    return "".join(_file_text(module) for module in modules)


@cache
def _file_text(module: str) -> str:
    return (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")


def _jitted(name: str) -> Any:
    from jitgraph.lowering import vector_math

    _check(name, vector_math.is_known(name))
    return vector_math.jitted(name)


def _plain(name: str) -> Any:
    from jitgraph.lowering import vector_math

    _check(name, vector_math.is_known(name))
    function, _, dtype_name = name.rpartition("_")
    return vector_math.functions(dtype_name)[function]


def _check(name: str, is_known: bool) -> None:
    if not is_known:
        raise KeyError(f"no function of kernel sources is named {name!r}")
