"""Stage kernels: the kernel cache. In: a KernelSource. Out: a Kernel with a callable address.

Looked for in memory, then on disk, then compiled. The key covers all that the machine code
depends on: source, helper sources, options, signature, versions, CPU. A name is not part of it,
so that equal kernels of different graphs are one.
"""

from __future__ import annotations

import atexit
import importlib
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from jitgraph import settings
from jitgraph.kernels import fork_guard  # noqa: F401  (for its effect)
from jitgraph.kernels.compile import (
    CompiledObject,
    CompileRequest,
    KernelSource,
    compile_source,
    compile_sources,
)
from jitgraph.kernels.keys import CODE_VERSION, environment_digest, kernel_key, symbol
from jitgraph.kernels.loader import UnlinkableCode, check_linkable, process_loader
from jitgraph.kernels.machine import vector_width
from jitgraph.kernels.place import kernel_directory
from jitgraph.kernels.record import kernel_record
from jitgraph.kernels.store import KernelCacheWarning, KernelStore

__all__ = [
    "CacheStats",
    "Kernel",
    "KernelCache",
    "KernelCacheWarning",
    "KernelSource",
    "default_cache",
    "native",
]

Resolve = Callable[[KernelSource], Mapping[str, Any]]
Origin = Literal["compiled", "disk", "memory"]


@dataclass(frozen=True)
class Kernel:
    """Machine code in this process. `compile_seconds` is what this process spent on it; `missed`
    tells why it was compiled, "" if it was not."""

    key: str
    address: int
    source: KernelSource
    object_bytes: int
    compile_seconds: float
    origin: Origin
    filename: str = ""
    resolve: Resolve = field(repr=False, compare=False, default=lambda source: {})
    missed: str = ""

    def llvm_ir(self) -> str:
        """The optimised LLVM text (compiles the kernel again)."""
        return _inspected(self.key, self).made.llvm_ir

    def assembly(self) -> str:
        """The assembly (compiles the kernel again)."""
        return _inspected(self.key, self).made.assembly

    def vector_width(self) -> int:
        """Bits of the widest vector register that computes something; 0 if all is scalar."""
        return vector_width(self.assembly())


@dataclass(frozen=True)
class CacheStats:
    """What the cache did in this process."""

    memory_hits: int = 0
    disk_hits: int = 0
    compiled: int = 0
    compile_seconds: float = 0.0
    load_seconds: float = 0.0


class KernelCache:
    """Kernels by structure. `directory` None keeps them in memory only."""

    def __init__(
        self,
        directory: Path | None = None,
        size_limit: int = settings.DEFAULT_CACHE_SIZE,
        resolve: Resolve | None = None,
    ) -> None:
        self._kernels: dict[str, Kernel] = {}
        self._given: dict[str, bytes] = {}
        self._hits: Counter[str] = Counter()
        self._busy: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._stats = CacheStats()
        self._resolve = resolve or resolve_names
        version = f"v{CODE_VERSION}-{environment_digest()[:16]}"
        self.store = KernelStore(Path(directory), version, size_limit) if directory else None

    def get(self, source: KernelSource) -> Kernel:
        """The kernel of `source`. Threads that ask for one kernel compile it once."""
        return self.get_many([source])[0]

    def get_many(self, sources: Sequence[KernelSource]) -> list[Kernel]:
        """The kernels of `sources`; those on disk are linked in one go."""
        wanted = {kernel_key(source): source for source in sources}
        keys = [kernel_key(source) for source in sources] if len(sources) > 1 else list(wanted)
        claimed = self._claim(wanted)
        try:
            self._fill(claimed)
        finally:
            self._release(claimed)
        return [self._wait(key, wanted[key]) for key in keys]

    def add(self, key: str, code: bytes, source: str, record: Mapping[str, Any]) -> None:
        """Takes over a kernel compiled elsewhere: in memory, and on disk if there is one."""
        self._given[key] = code
        if self.store is not None and not self.store.has(key):
            self.store.save(key, code, source, dict(record))

    def hits(self, key: str) -> int:
        """How often this process asked for a kernel that was in memory."""
        return self._hits[key]

    def note_hits(self) -> None:
        """Adds this process's hits in memory to what is on disk about each kernel."""
        if self.store is not None:
            self.store.note_memory_uses(self._hits)
        self._hits = Counter()

    def native(self, source: KernelSource) -> int:
        """The address of a function that is no kernel (executor, pool worker, Python entry)."""
        return self.get(source).address

    def stats(self) -> CacheStats:
        """Counters since the cache was made."""
        return self._stats

    def kernels(self) -> list[Kernel]:
        """Every kernel in memory, in the order in which they came."""
        return list(self._kernels.values())

    def reset_after_fork(self) -> None:
        """In a forked child: forget what threads of the parent were doing."""
        self._lock = threading.Lock()
        self._busy = {}
        self._hits = Counter()

    def _claim(self, wanted: Mapping[str, KernelSource]) -> dict[str, KernelSource]:
        """Take on the keys that are neither in memory nor being made by another thread."""
        with self._lock:
            missing = {k: s for k, s in wanted.items() if k not in self._kernels}
            claimed = {k: s for k, s in missing.items() if k not in self._busy}
            self._busy.update((key, threading.Event()) for key in claimed)
            self._count(memory_hits=len(wanted) - len(missing))
            self._hits.update(key for key in wanted if key not in missing)
        return claimed

    def _release(self, claimed: Iterable[str]) -> None:
        with self._lock:
            for key in claimed:
                self._busy.pop(key).set()

    def _wait(self, key: str, source: KernelSource) -> Kernel:
        kernel = self._kernels.get(key)
        if kernel is not None:
            return kernel
        made_elsewhere = self._busy.get(key)
        if made_elsewhere is not None:
            made_elsewhere.wait()
        return self._kernels.get(key) or self.get(source)

    def _fill(self, claimed: Mapping[str, KernelSource]) -> None:
        if not claimed:
            return
        stored = self._load_stored(claimed)
        self._compile({key: s for key, s in claimed.items() if key not in stored})

    def _load_stored(self, claimed: Mapping[str, KernelSource]) -> set[str]:
        stored = {key: code for key in claimed if (code := self._stored(key)) is not None}
        found = {key: code for key, code in stored.items() if self._is_usable(key, code)}
        if not found:
            return set()
        try:
            addresses = self._link(found)
        except UnlinkableCode as error:
            self._report(next(iter(found)), error)
            return set()
        for key, code in found.items():
            self._publish(key, _without_program(claimed[key]), addresses[key], code, 0.0, "disk")
        self._count(disk_hits=len(found))
        return set(found)

    def _is_usable(self, key: str, code: bytes) -> bool:
        try:
            check_linkable(symbol(key), code)
        except UnlinkableCode as error:
            self._report(key, error)
            return False
        return True

    def _report(self, key: str, error: UnlinkableCode) -> None:
        if self.store is not None:
            self.store.report_damage(key, f"can't be linked: {error}")

    def _stored(self, key: str) -> bytes | None:
        given = self._given.get(key)
        return self.store.load(key) if given is None and self.store is not None else given

    def _compile(self, missing: Mapping[str, KernelSource]) -> None:
        """Words come first: LLVM has something to do while Numba is imported."""
        if not missing:
            return
        keys = sorted(missing, key=lambda key: not missing[key].is_in_words)
        sources = {key: missing[key].with_header(missing[key].header_text()) for key in keys}
        requests = (self._request(key, source) for key, source in sources.items())
        compiled = compile_sources(requests, self._save)
        codes = {key: done.made.code for key, done in zip(keys, compiled, strict=True)}
        addresses = self._link(codes)
        for (key, source), done in zip(sources.items(), compiled, strict=True):
            self._publish(key, source, addresses[key], done.made.code, done.seconds, "compiled")
            self._count(compiled=1, compile_seconds=done.seconds)

    def _save(self, request: CompileRequest, done: CompiledObject) -> None:
        """On disk at once: a process that is killed while it compiles the next one loses little."""
        check_linkable(request.symbol, done.made.code)
        if self.store is None:
            return
        source = request.source
        key, kept = kernel_key(source), kernel_record(source, done.seconds)
        self.store.save(key, done.made.code, source.text(), kept)

    def _link(self, codes: Mapping[str, bytes]) -> dict[str, int]:
        start = time.perf_counter()
        addresses = process_loader().load([(symbol(key), code) for key, code in codes.items()])
        self._count(load_seconds=time.perf_counter() - start)
        return dict(zip(codes, addresses, strict=True))

    def _request(self, key: str, source: KernelSource) -> CompileRequest:
        return CompileRequest(source, symbol(key), self._resolve(source), self._filename(key))

    def _publish(
        self,
        key: str,
        source: KernelSource,
        address: int,
        code: bytes,
        seconds: float,
        origin: Origin,
    ) -> None:
        self._kernels[key] = Kernel(
            key, address, source, len(code), seconds, origin, self._filename(key), self._resolve,
            self._missed(key) if origin == "compiled" else "",
        )  # fmt: skip

    def _missed(self, key: str) -> str:
        """Why a kernel had to be compiled."""
        return self.store.absence(key) if self.store else "kept in memory only"

    def _filename(self, key: str) -> str:
        return str(self.store.path(key, ".py")) if self.store else f"<kernel {key[:16]}>"

    def _count(self, **more: float) -> None:
        counted = {name: getattr(self._stats, name) + value for name, value in more.items()}
        self._stats = replace(self._stats, **counted)


def _without_program(source: KernelSource) -> KernelSource:
    """The source without a header still to be written, which would keep a program in memory."""
    return source if isinstance(source.header, str) else source.with_header("")


def resolve_names(source: KernelSource) -> Mapping[str, Any]:
    """The objects behind the names of `source`, by `resolve` of its helper module."""
    if not source.names:
        return {}
    module: Any = importlib.import_module(source.helpers)
    resolved: Mapping[str, Any] = module.resolve(source.names)
    return resolved


@lru_cache(maxsize=64)
def _inspected(request_key: str, kernel: Kernel) -> CompiledObject:
    namespace = kernel.resolve(kernel.source)
    request = CompileRequest(kernel.source, symbol(request_key), namespace, kernel.filename)
    return compile_source(request, with_text=True)


@cache
def default_cache() -> KernelCache:
    """The cache of this process, as JITGRAPH_CACHE, _CACHE_DIR and _CACHE_SIZE ask."""
    made = KernelCache(kernel_directory(), settings.cache_size())
    atexit.register(made.note_hits)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=made.reset_after_fork)
    return made


def native(source: KernelSource) -> int:
    """The address of a native function, through the cache of this process."""
    return default_cache().native(source)
