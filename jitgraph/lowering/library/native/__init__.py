"""Library: kernels in the word language of `kernels.words`, around register tiles.

In: the name of a file beside this one, the dtype and the tile. Out: a `KernelCode`. The files are
read as text; what they import stands for the tile, and constants of theirs are set anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.lowering.library.blocking import Blocking
from jitgraph.lowering.steps import KernelCode

_ITEM_BYTES = {"float32": 4, "float64": 8}
_MEMORY = "jitgraph.lowering.library.native.memory"
_LIBRARY = Path(__file__).resolve().parent.parent
_DEPENDENCIES = (
    _LIBRARY / "tile.py",
    _LIBRARY / "transforms.py",
    _LIBRARY / "native" / "gemm.py",
    _LIBRARY / "native" / "layout.py",
    _LIBRARY / "native" / "memory.py",
    _LIBRARY.parent.parent / "kernels" / "words.py",
)


def native_code(
    name: str,
    dtype: str,
    tile: Blocking,
    kind: str = "tile",
    beside: tuple[str, ...] = ("windows",),
    title: str = "",
    imports: tuple[str, ...] = (),
    more: Mapping[str, int] | None = None,
) -> KernelCode:
    """The kernel that file `name` defines, for one dtype and tile.

    Args:
      name: of a file beside this one.
      dtype: float32 or float64.
      tile: rows and columns of the register tile.
      kind: "tile" or "lanewise".
      beside: files whose functions it calls.
      title: the kernel's name; that of its file by default.
      imports: lines that take the place of its own imports; more: constants set anew.
    """
    imported = f"from jitgraph.lowering.library.tile import {kind}_{dtype}_{tile.suffix} as tile"
    gemm = f"from jitgraph.lowering.library.native.gemm import gemm_{dtype} as gemm"
    constants = {
        "ITEM": _ITEM_BYTES[dtype],
        "ROWS": tile.rows,
        "COLUMNS": tile.columns,
        "LANEWISE": int(kind == "lanewise"),
        **(more or {}),
    }
    lines = [imported, gemm, *imports, *(f"{key} = {value}" for key, value in constants.items())]
    source = "\n".join([*map(_text, (*beside, name)), *lines]) + "\n"
    return KernelCode(title or name, source, ("words",), __name__, "", "words")


def moving_code(name: str, dtype: str) -> KernelCode:
    """The kernel that file `name` defines, which moves items of a dtype and computes nothing."""
    item = _ITEM_BYTES[dtype]
    word = "word" if item == 8 else "int32"
    imported = [f"from {_MEMORY} import {verb}_{word} as {verb}_item" for verb in ("load", "store")]
    source = "\n".join([_text(name), *imported, f"ITEM = {item}"]) + "\n"
    return KernelCode(name, source, ("words",), __name__, "", "words")


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """Nothing: sources in the word language import what they call."""
    return dict.fromkeys(names)


def source_text(names: Iterable[str]) -> str:
    """What native kernels depend on beside their own text, for the cache key."""
    return "\n".join(path.read_text(encoding="utf-8") for path in _DEPENDENCIES)
