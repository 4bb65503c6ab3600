"""jitgraph.cache: a look into the cache of compiled kernels, and moving it between machines.

In: the kernels of this process and those on disk. Out: entries, counters, text; files of kernels.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass

from jitgraph.compilations import Compilation, compilations
from jitgraph.function_cache import function_caches
from jitgraph.function_entry import FunctionEntry, function_entries
from jitgraph.inspection.kernel_entry import KernelEntry, memory_entry, stored_entry
from jitgraph.inspection.listing import Listing, bytes_text, counted, seconds_text
from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.kernel_set import ExportedSet, LoadedSet, export_set, load_set

MOST_NEAR = 6

__all__ = [
    "clear",
    "directory",
    "entries",
    "export",
    "kernel",
    "kernels",
    "load",
    "refusal",
    "stats",
    "sweep",
    "verify",
    "why",
]


@dataclass(frozen=True)
class CacheSummary:
    """The cache in numbers.

    Attributes:
      directory: where kernels are kept, "" if only in memory.
      refusal: why that directory is not used, "" if it is.
      on_disk, disk_bytes, size_limit: kernels there, their bytes, how many bytes there may be.
      other_versions: so many of them were made by other versions or for other CPUs; they are not
        used, and removed when they have been so for longest.
      in_memory: kernels that this process holds.
      memory_hits, disk_hits, compiled: where this process found its kernels.
      compile_seconds, load_seconds: what that took.
    """

    directory: str
    refusal: str
    on_disk: int
    disk_bytes: int
    size_limit: int
    other_versions: int
    in_memory: int
    memory_hits: int
    disk_hits: int
    compiled: int
    compile_seconds: float
    load_seconds: float

    def __str__(self) -> str:
        place = self.directory or "in memory only"
        limit = f" of at most {bytes_text(self.size_limit)}" if self.directory else ""
        if self.refusal:
            place = f"{place}, not used: {self.refusal}"
        others = f", {self.other_versions:,} by other versions" if self.other_versions else ""
        return "\n".join(
            [
                f"directory   {place}",
                f"on disk     {counted(self.on_disk, 'kernel')}, "
                f"{bytes_text(self.disk_bytes)}{limit}{others}",
                f"in memory   {counted(self.in_memory, 'kernel')}",
                f"this run    {self.compiled} compiled in {seconds_text(self.compile_seconds)}, "
                f"{self.disk_hits} loaded from disk in {seconds_text(self.load_seconds)}, "
                f"{self.memory_hits} found in memory",
            ]
        )


def directory() -> str:
    """The directory in which kernels are kept, "" if they are in memory only."""
    store = default_cache().store
    return "" if store is None else str(store.directory)


def refusal() -> str:
    """Why the directory for kernels is not used (others may write to it, say), "" if it is."""
    store = default_cache().store
    return "" if store is None else store.refusal()


def entries() -> Listing[FunctionEntry]:
    """Every function that the sessions of this process have compiled: what it gives and takes,
    hits and misses, kernels, seconds, bytes.

    Example:
      >>> for entry in jitgraph.cache.entries():
      ...     print(entry.signature, entry.hits, entry.misses)
    """
    functions = [each for cache in function_caches() for each in cache.functions()]
    return Listing(function_entries(functions))


def why() -> Listing[Compilation]:
    """Every compilation of this process, the oldest first, and what made it necessary. The latest
    1,000 are remembered.

    Example:
      >>> print(jitgraph.cache.why())
    """
    return Listing(compilations())


def kernels() -> Listing[KernelEntry]:
    """Every kernel on disk or in memory, the last used first.

    Example:
      >>> for entry in jitgraph.cache.kernels():
      ...     print(entry.name, entry.bytes)
    """
    cache = default_cache()
    held = {kernel.key: kernel for kernel in cache.kernels()}
    found = [
        stored_entry(
            stored,
            cache.hits(stored.key),
            in_memory=stored.key in held,
            is_current=str(stored.directory) == directory(),
        )
        for stored in (cache.store.kernels() if cache.store else ())
    ]
    on_disk = {entry.key for entry in found}
    found += [memory_entry(held[key], cache.hits(key)) for key in held if key not in on_disk]
    return Listing(sorted(found, key=lambda entry: -entry.last_use))


def kernel(key: str) -> KernelEntry:
    """The kernel whose key starts with `key`.

    Raises:
      KeyError: there is none, or more than one.
    """
    every = kernels()
    found = [entry for entry in every if key and entry.key.startswith(key)]
    if len(found) == 1:
        return found[0]
    if found:
        count = counted(len(found), "kernel")
        raise KeyError(f"the keys of {count} start with {key!r}: {_named(found)}")
    near = _near(key, every)
    hint = f"; near are {_named(near)}" if near else ""
    raise KeyError(f"no kernel's key starts with {key!r}{hint}; `jitgraph cache list` shows all")


def _named(entries: Sequence[KernelEntry]) -> str:
    named = [f"{entry.key[:16]} ({entry.name})" for entry in entries[:MOST_NEAR]]
    return ", ".join(named) + (", ..." if len(entries) > MOST_NEAR else "")


def _near(key: str, entries: Sequence[KernelEntry]) -> list[KernelEntry]:
    """Kernels of that name, else those with the keys that are written almost so."""
    if not key:
        return []
    namesakes = [entry for entry in entries if key in entry.name]
    beginnings = {entry.key[: len(key)]: entry for entry in entries}
    alike = difflib.get_close_matches(key, beginnings, MOST_NEAR, 0.6)
    return namesakes or [beginnings[beginning] for beginning in alike]


def stats() -> CacheSummary:
    """The cache in numbers: what there is, and where this process found its kernels."""
    cache = default_cache()
    stored = list(cache.store.kernels()) if cache.store else []
    counts = cache.stats()
    return CacheSummary(
        directory(),
        refusal(),
        len(stored),
        sum(each.size for each in stored),
        cache.store.size_limit if cache.store else 0,
        sum(str(each.directory) != directory() for each in stored),
        len(cache.kernels()),
        counts.memory_hits,
        counts.disk_hits,
        counts.compiled,
        counts.compile_seconds,
        counts.load_seconds,
    )


def verify() -> Sequence[tuple[str, str]]:
    """Checks every kernel on disk by its checksum, and removes those that can't be used.

    Returns:
      (key, reason) of the kernels that were removed.
    """
    store = default_cache().store
    return [] if store is None else [(each.key, reason) for each, reason in store.verify()]


def sweep() -> int:
    """Removes the files that killed processes left half written; gives their number."""
    store = default_cache().store
    return 0 if store is None else store.sweep()


def clear() -> int:
    """Removes every kernel from disk; gives their number. What is in memory goes on working."""
    store = default_cache().store
    return 0 if store is None else store.clear()


def export(path: str | os.PathLike[str]) -> ExportedSet:
    """Writes the kernels on disk to one file, for another machine of the same kind.

    Args:
      path: the file.

    Raises:
      ValueError: the cache is in memory only.
      OSError: the file can't be written.

    Example:
      >>> print(jitgraph.cache.export("kernels.zip").digest)
    """
    return export_set(default_cache(), path)


def load(path: str | os.PathLike[str], digest: str | None = None) -> LoadedSet:
    """Takes over kernels from a file that `export` wrote.

    The file holds machine code that will run in this process: load it from where you trust it, or
    pin its digest.

    Args:
      path: the file.
      digest: the file's SHA-256, as `export` told it; nothing is loaded if it is another.

    Returns:
      The keys that were loaded, and what was left out with the reason.

    Raises:
      OSError: the file can't be read.
      ValueError: it is no set of kernels, or has another digest.
    """
    return load_set(default_cache(), path, digest)
