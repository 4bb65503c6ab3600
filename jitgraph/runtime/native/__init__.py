"""Stage runtime: native functions, written in the word language of `kernels.words`.

In: the name of a file beside this one, which defines `kernel`. Out: its machine-code address.
The files are read as text, compiled once without Numba, and later loaded from disk.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.kernels import word_primitives, words
from jitgraph.kernels.cache import KernelCache, KernelSource, default_cache
from jitgraph.runtime.native import layout

_IMPORTED = {"words": words, "word_primitives": word_primitives, "layout": layout}
SIGNATURES = {
    "run_chunks": ("int64", "int64"),
    "work": ("int64", "int64"),
    "execute": ("int64", "int64", "int64", "int64", "int64"),
    "enter": ("int64", "int64", "int64", "int64"),
}
ON_DEMAND = {
    "note_time": ("int64", "int64", "int64", "int64"),
    "index_examples": ("int64", "int64", "int64"),
    "decode_features": ("int64", "int64", "int64"),
}


@cache
def address(name: str) -> int:
    """The address of native function `name` (a key of SIGNATURES or ON_DEMAND)."""
    if name in ON_DEMAND:
        (kernel,) = default_cache().get_many([native_source(name)])
        return int(kernel.address)
    return _addresses()[name]


@cache
def _addresses() -> dict[str, int]:
    kernels = default_cache().get_many(sources())
    return {name: kernel.address for name, kernel in zip(SIGNATURES, kernels, strict=True)}


def sources() -> list[KernelSource]:
    """What every run needs: made along with the first program's kernels it costs less time."""
    return [native_source(name) for name in SIGNATURES]


def are_needed(cache: KernelCache) -> bool:
    """Whether `cache` is to make these functions, and has not yet done so."""
    return cache is default_cache() and not _addresses.cache_info().currsize


def native_source(name: str) -> KernelSource:
    """What the kernel cache compiles: the text of file `name`."""
    return KernelSource(
        name=f"runtime_{name}",
        source=Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"),
        names=tuple(_IMPORTED),
        options=(("language", words.LANGUAGE),),
        signature=(SIGNATURES | ON_DEMAND)[name],
        helpers=__name__,
    )


def resolve(names: Iterable[str]) -> dict[str, Any]:
    """The modules that native sources import from, for the kernel cache."""
    return {name: _IMPORTED[name] for name in names}


def source_text(names: Iterable[str]) -> str:
    """What native code depends on beside its own text, for the cache key."""
    files = [str(module.__file__) for module in resolve(names).values()]
    return "\n".join(Path(file).read_text(encoding="utf-8") for file in files)
