"""Stage kernels: the cache's files. One directory for each code version, some files a kernel.

    KEY.o     object code and its seal: "jitgraph" and a SHA-256 of the key and the code
    KEY.py    the source, readable by people, tracebacks and debuggers, its seal in the last line
    KEY.json  a record: name, versions, CPU, bytes, seconds to compile, and its seal
    KEY.hits  "." for each process that loaded it, "+12" for 12 times that one found it in memory;
              when it was last changed is the last use

In: keys, object code, records. Out: the same, or None where the store has nothing usable.
Every file appears whole or not at all, so that processes can share a directory; what a killed one
leaves half done is swept later. A disk that is full, read-only or unsafe is reported once, and
then not used. Nothing is read or removed that the store has not named itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jitgraph import settings
from jitgraph.kernels.private_directory import make_private, refusal, write_whole
from jitgraph.kernels.seal import seal_code, seal_record, seal_source, unseal_code
from jitgraph.kernels.store_files import (
    VERSION,
    changed_at,
    entries_of,
    is_leftover,
    is_own,
    remove_file,
    size_of,
)
from jitgraph.kernels.stored_kernel import CODE, RECORD, SOURCE, SUFFIXES, USES, StoredKernel

LEFTOVER_SECONDS = 600.0
"""What a writer has not finished after so long, it never will."""

_STORES_BETWEEN_EVICTIONS = 100
_SMALL_STORE = 64 << 20
_KEEP_FRACTION = 0.8
_MOST_NOTES = 1 << 16


class KernelCacheWarning(UserWarning):
    """The disk cache can't be used, or held something broken."""


class KernelStore:
    """A directory of kernels; `version` names the subdirectory of this code version."""

    def __init__(self, root: Path, version: str, size_limit: int) -> None:
        self.root = root
        self.directory = root / version
        self.size_limit = size_limit
        self._usable: bool | None = None
        self._writable = True
        self._stores = 0
        self._reported: set[str] = set()
        self._damaged: set[str] = set()
        self._is_first = False

    def path(self, key: str, suffix: str = CODE) -> Path:
        """Where a file of a kernel is, or will be."""
        return self.directory / f"{key}{suffix}"

    def refusal(self) -> str:
        """Why the directory is not used, "" if it is. Makes nothing."""
        return refusal(self.root) or refusal(self.directory)

    def has(self, key: str) -> bool:
        """Whether there is object code of `key`, whole or not."""
        return os.path.exists(self.path(key))

    def load(self, key: str) -> bytes | None:
        """The object code of `key`; None if there is none, or if it is damaged."""
        if not self._is_usable():
            return None
        path = self.path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._warn("unreadable", f"can't read {path}: {error.strerror}")
            return None
        code = unseal_code(key, content)
        if code is None:
            self.report_damage(key, "is damaged")
            return None
        self._note(key, ".")
        return code

    def absence(self, key: str) -> str:
        """Why `load` gave no object code of `key`."""
        if not self._is_usable():
            return "the directory is not used"
        if key in self._damaged:
            return "damaged on disk"
        return "nothing on disk for this version and CPU" if self._is_first else "not on disk"

    def report_damage(self, key: str, what: str) -> None:
        """Tells of the first kernel that can't be used; others may follow in silence."""
        path = self.path(key)
        self._damaged.add(key)
        more = "so is any other like it; `jitgraph cache verify` tells which"
        self._warn("damage", f"{path} {what}; the kernel is compiled again, and {more}")

    def save(self, key: str, code: bytes, source: str, record: Mapping[str, Any]) -> None:
        """Store one kernel; the object code last, so that it never lacks its source."""
        if not self._writable or not self._is_usable():
            return
        contents = {
            SOURCE: seal_source(source),
            RECORD: seal_record({**record, "bytes": len(code)}),
            CODE: seal_code(key, code),
        }
        try:
            self._write(key, contents)
        except OSError as error:
            self._writable = False
            reason = f"can't write to {self.directory}: {error.strerror or error}"
            self._warn("unwritable", f"{reason}; new kernels stay in memory")
            return
        self._stores += 1
        if self._is_eviction_due(key):
            self.evict()

    def note_memory_uses(self, counts: Mapping[str, int]) -> None:
        """Adds up how often this process found kernels in memory; of those on disk only."""
        if self._writable and self._usable:
            for key, count in counts.items():
                if count and self.has(key):
                    self._note(key, f"+{count}")

    def kernels(self) -> Iterator[StoredKernel]:
        """Every kernel of every code version; none in a directory that can't be trusted."""
        for path in self._files():
            if path.suffix != CODE:
                continue
            try:
                last_use = path.stat().st_mtime
            except OSError:
                continue
            with contextlib.suppress(OSError):
                last_use = max(last_use, path.with_suffix(USES).stat().st_mtime)
            size = sum(size_of(path.with_suffix(suffix)) for suffix in SUFFIXES)
            yield StoredKernel(path.stem, path.parent, size, last_use)

    def evict(self) -> int:
        """Remove the least recently used kernels until the store is well below its limit."""
        self.sweep()
        kernels = sorted(self.kernels(), key=lambda kernel: kernel.last_use)
        total = sum(kernel.size for kernel in kernels)
        if total <= self.size_limit:
            return 0
        removed = 0
        for kernel in kernels:
            if total <= self.size_limit * _KEEP_FRACTION:
                break
            with contextlib.suppress(OSError):
                kernel.remove()
                removed += 1
            total -= kernel.size
        self._remove_empty()
        return removed

    def clear(self) -> int:
        """Remove every kernel, and all that writers left.

        Raises:
          OSError: one can't be removed.
        """
        kernels = list(self.kernels())
        for kernel in kernels:
            kernel.remove()
        self.sweep(0.0)
        self._remove_empty()
        return len(kernels)

    def verify(self) -> list[tuple[StoredKernel, str]]:
        """This version's kernels that can't be used, each with the reason; they are removed.

        Raises:
          OSError: one can't be removed.
        """
        own = [kernel for kernel in self.kernels() if kernel.directory == self.directory]
        found = [(kernel, damage) for kernel in own if (damage := kernel.damage())]
        for kernel, _ in found:
            kernel.remove()
        return found

    def sweep(self, older_than: float = LEFTOVER_SECONDS) -> int:
        """Remove what killed processes left half done; gives the number of files."""
        newest = time.time() - older_than
        leftovers = [path for path in self._files() if is_leftover(path)]
        removed = [path for path in leftovers if older_than <= 0 or changed_at(path) < newest]
        for path in removed:
            remove_file(path)
        return len(removed)

    def _is_eviction_due(self, key: str) -> bool:
        """Now and then, whoever stores: looking at every file of a large store takes seconds."""
        first = 1 if self.size_limit <= _SMALL_STORE else 0
        return self._stores % _STORES_BETWEEN_EVICTIONS == first or key.startswith("00")

    def _files(self) -> list[Path]:
        """All files of the store's own, of all code versions."""
        if self.refusal():
            return []
        folders = [path for path in entries_of(self.root) if VERSION.fullmatch(path.name)]
        trusted = [folder for folder in folders if not refusal(folder)]
        return [path for folder in trusted for path in entries_of(folder) if is_own(path)]

    def _write(self, key: str, contents: Mapping[str, bytes]) -> None:
        try:
            self._write_once(key, contents)
        except FileNotFoundError:
            if make_private(self.root) or make_private(self.directory):
                raise
            self._write_once(key, contents)

    def _write_once(self, key: str, contents: Mapping[str, bytes]) -> None:
        try:
            for suffix, content in contents.items():
                write_whole(self.path(key, suffix), content)
        except OSError:
            if not self.has(key):
                remove_file(self.path(key, SOURCE))
                remove_file(self.path(key, RECORD))
            raise

    def _note(self, key: str, note: str) -> None:
        path = self.path(key, USES)
        with contextlib.suppress(OSError), open(path, "ab", buffering=0) as file:
            if file.tell() < _MOST_NOTES:
                file.write(note.encode())
            else:
                os.utime(path)

    def _remove_empty(self) -> None:
        """Removes the directories of other versions that have nothing left."""
        for folder in entries_of(self.root):
            if folder != self.directory and VERSION.fullmatch(folder.name):
                with contextlib.suppress(OSError):
                    folder.rmdir()

    def _is_usable(self) -> bool:
        if self._usable is None:
            is_new = not os.path.exists(self.directory)
            reason = make_private(self.root) or make_private(self.directory)
            self._usable = not reason
            if reason:
                self._warn("unusable", f"{reason}; kernels stay in memory")
            self._is_first = is_new and self._has_others()
            if self._is_first and settings.debug_level():
                self._tell_others()
        return self._usable

    def _has_others(self) -> bool:
        """Whether there are directories of other versions."""
        folders = (path for path in entries_of(self.root) if VERSION.fullmatch(path.name))
        return any(folder != self.directory for folder in folders)

    def _tell_others(self) -> None:
        """What there is of other versions; told once, by the first process of this version."""
        others = sum(1 for _ in self.kernels())
        if others:
            text = f"kernel cache: {others} kernels of other versions or CPUs are not used"
            print(f"[jitgraph] {text} ({self.root})", file=sys.stderr)

    def _warn(self, kind: str, message: str) -> None:
        if kind not in self._reported:
            self._reported.add(kind)
            warnings.warn(f"kernel cache: {message}", KernelCacheWarning, stacklevel=3)
