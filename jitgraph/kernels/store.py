"""Stage kernels: the cache's files. One directory for each code version, three files a kernel.

    KEY.o     object code, then 8 bytes "jitgraph" and the SHA-256 of what is before them
    KEY.py    the source, readable by people, tracebacks and debuggers
    KEY.json  a record: name, versions, CPU, bytes, seconds to compile
    KEY.hits  a byte for each process that loaded it; when it was last changed is the last use

In: keys, object code, records. Out: the same, or None where the store has nothing usable.
Every file appears whole or not at all, so that processes can share a directory. A disk that is
full, read-only or unsafe is reported once, and then not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MARK = b"jitgraph"
_SEAL_BYTES = len(_MARK) + hashlib.sha256().digest_size
_STORES_BETWEEN_EVICTIONS = 100
_KEEP_FRACTION = 0.8
_SUFFIXES = (".o", ".py", ".json", ".hits")


class KernelCacheWarning(UserWarning):
    """The disk cache can't be used, or held something broken."""


@dataclass(frozen=True)
class StoredKernel:
    """One kernel on disk: where it is, its size with source and record, its last use."""

    key: str
    directory: Path
    bytes: int
    last_use: float
    hits: int = 0

    @property
    def path(self) -> Path:
        """The file of its object code."""
        return self.directory / f"{self.key}.o"

    def damage(self) -> str:
        """Why its object code can't be used, "" if it can."""
        try:
            return "" if unsealed(self.path.read_bytes()) is not None else "damaged"
        except OSError as error:
            return f"can't be read: {error.strerror}"

    def record(self) -> dict[str, Any]:
        """The JSON record, empty if it can't be read."""
        try:
            text = (self.directory / f"{self.key}.json").read_text("utf-8")
            return dict(json.loads(text))
        except (OSError, ValueError, TypeError):
            return {}

    def source(self) -> str:
        """The source, empty if it can't be read."""
        try:
            return (self.directory / f"{self.key}.py").read_text("utf-8")
        except OSError:
            return ""


class KernelStore:
    """A directory of kernels; `version` names the subdirectory of this code version."""

    def __init__(self, root: Path, version: str, size_limit: int) -> None:
        self.root = root
        self.directory = root / version
        self.size_limit = size_limit
        self._usable: bool | None = None
        self._writable = True
        self._stores = 0

    def source_path(self, key: str) -> Path:
        """Where the source of a kernel is, or will be."""
        return self.directory / f"{key}.py"

    def load(self, key: str) -> bytes | None:
        """The object code of `key`; None if there is none, or if it is damaged."""
        if not self._is_usable():
            return None
        path = self.directory / f"{key}.o"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn(f"can't read {path}: {error}")
            return None
        code = unsealed(content)
        if code is None:
            self._warn(f"{path} is damaged; the kernel is compiled again")
            return None
        self._note_use(key)
        return code

    def save(self, key: str, code: bytes, source: str, record: dict[str, Any]) -> None:
        """Store one kernel; the object code last, so that it never lacks its source."""
        if not self._writable or not self._is_usable():
            return
        digest = hashlib.sha256(code)
        record = {**record, "bytes": len(code), "sha256": digest.hexdigest()}
        try:
            _write_whole(self.source_path(key), source.encode())
            _write_whole(self.directory / f"{key}.json", json.dumps(record, indent=1).encode())
            _write_whole(self.directory / f"{key}.o", sealed(code))
        except OSError as error:
            self._writable = False
            self._warn(f"can't write to {self.directory}: {error}; new kernels stay in memory")
            return
        self._stores += 1
        if self._stores % _STORES_BETWEEN_EVICTIONS == 1:
            self.evict()

    def kernels(self) -> Iterator[StoredKernel]:
        """Every kernel of every code version."""
        for path in sorted(self.root.glob("*/*.o")):
            try:
                last_use = path.stat().st_mtime
            except OSError:
                continue
            hits = 0
            with contextlib.suppress(OSError):
                used = path.with_suffix(".hits").stat()
                hits, last_use = used.st_size, max(last_use, used.st_mtime)
            size = sum(_size(path.with_suffix(suffix)) for suffix in _SUFFIXES)
            yield StoredKernel(path.stem, path.parent, size, last_use, hits)

    def evict(self) -> int:
        """Remove the least recently used kernels until the store is well below its limit."""
        kernels = sorted(self.kernels(), key=lambda kernel: kernel.last_use)
        total = sum(kernel.bytes for kernel in kernels)
        if total <= self.size_limit:
            return 0
        removed = 0
        for kernel in kernels:
            if total <= self.size_limit * _KEEP_FRACTION:
                break
            self._remove(kernel)
            total -= kernel.bytes
            removed += 1
        return removed

    def clear(self) -> int:
        """Remove every kernel."""
        kernels = list(self.kernels())
        for kernel in kernels:
            self._remove(kernel)
        return len(kernels)

    def verify(self) -> list[tuple[StoredKernel, str]]:
        """The kernels that can't be used, each with the reason; they are removed."""
        found = [(kernel, damage) for kernel in self.kernels() if (damage := kernel.damage())]
        for kernel, _ in found:
            self._remove(kernel)
        return found

    def _remove(self, kernel: StoredKernel) -> None:
        for suffix in _SUFFIXES:
            (kernel.directory / f"{kernel.key}{suffix}").unlink(missing_ok=True)

    def _note_use(self, key: str) -> None:
        with (
            contextlib.suppress(OSError),
            open(self.directory / f"{key}.hits", "ab", buffering=0) as file,
        ):
            file.write(b".")

    def _is_usable(self) -> bool:
        if self._usable is None:
            reason = _make_private(self.root) or _make_private(self.directory)
            self._usable = not reason
            if reason:
                self._warn(f"{reason}; kernels stay in memory")
        return self._usable

    def _warn(self, message: str) -> None:
        warnings.warn(f"kernel cache: {message}", KernelCacheWarning, stacklevel=2)


def sealed(code: bytes) -> bytes:
    """Object code with its seal."""
    return code + _MARK + hashlib.sha256(code).digest()


def unsealed(content: bytes) -> bytes | None:
    """The object code of a file; None if the seal is not its own."""
    code, seal = content[:-_SEAL_BYTES], content[-_SEAL_BYTES:]
    return code if seal == _MARK + hashlib.sha256(code).digest() else None


def _make_private(directory: Path) -> str:
    """Make `directory` if it is missing; the reason why it can't be trusted, or ""."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = directory.stat()
    except OSError as error:
        return f"can't use {directory}: {error}"
    if not hasattr(os, "getuid"):
        return ""
    if status.st_uid != os.getuid():
        return f"{directory} belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to {directory}"
    return ""


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _write_whole(path: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
