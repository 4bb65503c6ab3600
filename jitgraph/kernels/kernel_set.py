"""Stage kernels: a set of kernels in one file, to be carried to a machine of the same kind.

In: a cache. Out: a ZIP file of a manifest (which machine and versions it was made for) and each
kernel's object code, source and record; and back. A set is native code: it is loaded only from a
file that a user names, whose digest can be pinned, and what does not fit this machine is left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jitgraph.kernels.cache import KernelCache
from jitgraph.kernels.keys import environment_digest, symbol
from jitgraph.kernels.loader import UnlinkableCode, check_linkable
from jitgraph.kernels.machine import host
from jitgraph.kernels.seal import seal_code, unseal_code
from jitgraph.kernels.store_files import KEY
from jitgraph.kernels.stored_kernel import CODE, RECORD, SOURCE, StoredKernel

FORMAT = 2
MANIFEST = "manifest.json"
LARGEST_FILE = 64 << 20
"""Bytes that one file of a set may take when unpacked."""

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError,
    RuntimeError, struct.error, OSError, MemoryError,
)  # fmt: skip


@dataclass(frozen=True)
class ExportedSet:
    """A file of kernels that was written.

    Attributes:
      path, kernels, bytes: the file, how many kernels it has, its size.
      digest: its SHA-256, by which it can be pinned.
      skipped: (key, reason) of kernels that are damaged, and not in it.
    """

    path: Path
    kernels: int
    bytes: int
    digest: str
    skipped: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.kernels} kernels, {self.bytes} bytes in {self.path}"]
        lines += [f"  {key[:12]} left out: {reason}" for key, reason in self.skipped]
        return "\n".join([*lines, f"sha256 {self.digest}"])


@dataclass(frozen=True)
class LoadedSet:
    """What came of loading a set: keys that are ready, (name, reason) of those left out."""

    loaded: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        lines = [f"{len(self.loaded)} kernels loaded, {len(self.skipped)} left out"]
        return "\n".join([*lines, *(f"  {name}: {reason}" for name, reason in self.skipped)])


@dataclass(frozen=True)
class _Member:
    """One kernel of a set; no code if that is damaged."""

    key: str
    code: bytes | None
    source: str
    record: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.record.get('name', 'kernel')} {self.key[:12]}"

    def damage(self) -> str:
        """Why it can't be used, "" if it can."""
        if self.code is None:
            return "it is damaged"
        try:
            check_linkable(symbol(self.key), self.code)
        except UnlinkableCode as error:
            return str(error)
        return ""


def export_set(cache: KernelCache, path: str | os.PathLike[str]) -> ExportedSet:
    """Writes the kernels on disk of this version and machine to one file.

    Args:
      cache: the cache that they are in.
      path: the file; one that is there is replaced when the new one is whole.

    Raises:
      ValueError: the cache is not on disk.
      OSError: the file can't be written.
    """
    if cache.store is None:
        raise ValueError("the kernel cache is off or in memory only: there is nothing to export")
    directory = cache.store.directory
    kernels = [kernel for kernel in cache.store.kernels() if kernel.directory == directory]
    target = Path(path)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent or ".", prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            count, skipped = _write(archive, kernels)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    content = target.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return ExportedSet(target, count, len(content), digest, tuple(skipped))


def load_set(
    cache: KernelCache, path: str | os.PathLike[str], digest: str | None = None
) -> LoadedSet:
    """Takes the kernels of a file into a cache.

    The file holds machine code that will run with this process's rights: load it only from where
    you trust, or give the digest that `export_set` told.

    Args:
      cache: the cache.
      path: a file made by `export_set`.
      digest: the file's SHA-256 in hexadecimal; nothing is loaded from a file that has another.

    Raises:
      FileNotFoundError, OSError: the file can't be read.
      ValueError: it is no set of kernels, or has another digest.
    """
    content = Path(path).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if digest is not None and digest.lower() != found:
        raise ValueError(f"{path} has the SHA-256 {found}, not {digest.lower()}; nothing is loaded")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            reason = _misfit(_fields(archive, MANIFEST))
            members = list(_members(archive))
    except _UNREADABLE as error:
        raise ValueError(f"{path} is not a set of kernels: {error}") from None
    loaded, skipped = [], []
    for member in members:
        unfit = reason or member.damage()
        if unfit:
            skipped.append((member.name, unfit))
            continue
        cache.add(member.key, member.code or b"", member.source, member.record)
        loaded.append(member.key)
    return LoadedSet(tuple(loaded), tuple(skipped))


def _write(
    archive: zipfile.ZipFile, kernels: Iterable[StoredKernel]
) -> tuple[int, list[tuple[str, str]]]:
    """How many kernels were written, and (key, reason) of the others."""
    machine = host()
    manifest = {
        "format": FORMAT,
        "environment": environment_digest(),
        "triple": machine.triple,
        "cpu": machine.cpu,
        "features": machine.features,
    }
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    count, skipped = 0, []
    for kernel in kernels:
        reason, code = kernel.damage(), kernel.code()
        if reason or code is None:
            skipped.append((kernel.key, reason or "damaged"))
            continue
        archive.writestr(f"{kernel.key}{CODE}", seal_code(kernel.key, code))
        archive.writestr(f"{kernel.key}{SOURCE}", kernel.source())
        archive.writestr(f"{kernel.key}{RECORD}", json.dumps(kernel.record()))
        count += 1
    return count, skipped


def _members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    """The kernels of a set. A name that is no key (a path, say) makes it no set at all."""
    for name in archive.namelist():
        if name == MANIFEST or not name.endswith(CODE):
            continue
        key = name.removesuffix(CODE)
        if not KEY.fullmatch(key):
            raise ValueError(f"it has a file named {name!r}")
        code = unseal_code(key, _content(archive, name))
        source = _content(archive, f"{key}{SOURCE}").decode()
        yield _Member(key, code, source, _fields(archive, f"{key}{RECORD}"))


def _fields(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    fields = json.loads(_content(archive, name))
    if not isinstance(fields, dict):
        raise ValueError(f"{name} is no JSON object")
    return fields


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    size = archive.getinfo(name).file_size
    if size > LARGEST_FILE:
        raise ValueError(f"{name} would take {size} bytes")
    return archive.read(name)


def _misfit(manifest: dict[str, Any]) -> str:
    """Why kernels of this manifest can't run here, "" if they can."""
    machine = host()
    if manifest.get("format") != FORMAT:
        return f"its format is {manifest.get('format')}, this is {FORMAT}"
    for what, own in (("triple", machine.triple), ("cpu", machine.cpu)):
        if manifest.get(what) != own:
            return f"it was made for the {what} {manifest.get(what)}, this is {own}"
    if manifest.get("features") != machine.features:
        return "it was made for a CPU with other features"
    if manifest.get("environment") != environment_digest():
        return "it was made by another version of jitgraph, Numba or llvmlite"
    return ""
