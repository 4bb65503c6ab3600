"""jitgraph.cache: a look into the cache of compiled kernels, and moving it between machines.

In: the kernels of this process and those on disk. Out: entries, counters, text; files of kernels.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from jitgraph.inspection.kernel_entry import KernelEntry, memory_entry, stored_entry
from jitgraph.inspection.listing import Listing, bytes_text, counted, seconds_text
from jitgraph.kernels.cache import default_cache
from jitgraph.kernels.kernel_set import ExportedSet, LoadedSet, export_set, load_set

__all__ = ["clear", "directory", "export", "kernel", "kernels", "load", "stats", "verify"]


@dataclass(frozen=True)
class CacheSummary:
    """The cache in numbers.

    Attributes:
      directory: where kernels are kept, "" if only in memory.
      on_disk, disk_bytes, size_limit: kernels there, their bytes, how many bytes there may be.
      in_memory: kernels that this process holds.
      memory_hits, disk_hits, compiled: where this process found its kernels.
      compile_seconds, load_seconds: what that took.
    """

    directory: str
    on_disk: int
    disk_bytes: int
    size_limit: int
    in_memory: int
    memory_hits: int
    disk_hits: int
    compiled: int
    compile_seconds: float
    load_seconds: float

    def __str__(self) -> str:
        place = self.directory or "in memory only"
        limit = f" of at most {bytes_text(self.size_limit)}" if self.directory else ""
        return "\n".join(
            [
                f"directory   {place}",
                f"on disk     {counted(self.on_disk, 'kernel')}, "
                f"{bytes_text(self.disk_bytes)}{limit}",
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


def kernels() -> Listing[KernelEntry]:
    """Every kernel on disk or in memory, the last used first.

    Example:
      >>> for entry in jitgraph.cache.kernels():
      ...     print(entry.name, entry.bytes)
    """
    cache = default_cache()
    held = {kernel.key: kernel for kernel in cache.kernels()}
    found = [
        stored_entry(stored, cache.hits(stored.key), stored.key in held)
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
    found = [entry for entry in kernels() if key and entry.key.startswith(key)]
    if len({entry.key for entry in found}) == 1:
        return found[0]
    if found:
        keys = ", ".join(entry.key[:16] for entry in found[:8])
        raise KeyError(f"{counted(len(found), 'kernel')} start with {key!r}: {keys}")
    raise KeyError(f"no kernel's key starts with {key!r}; `jitgraph cache list` shows the keys")


def stats() -> CacheSummary:
    """The cache in numbers: what there is, and where this process found its kernels."""
    cache = default_cache()
    stored = list(cache.store.kernels()) if cache.store else []
    counts = cache.stats()
    return CacheSummary(
        directory(),
        len(stored),
        sum(each.bytes for each in stored),
        cache.store.size_limit if cache.store else 0,
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
