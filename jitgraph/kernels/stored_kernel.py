"""Stage kernels: one kernel as it lies on disk.

In: its key and directory. Out: its object code, source, record and uses, each only if it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jitgraph.kernels.seal import unseal_code, unseal_record, unseal_source

CODE, SOURCE, RECORD, USES = SUFFIXES = (".o", ".py", ".json", ".hits")

_MEMORY_USES = re.compile(rb"\+(\d{1,9})")


@dataclass(frozen=True)
class StoredKernel:
    """One kernel on disk: where it is, the bytes of its files, its last use."""

    key: str
    directory: Path
    size: int
    last_use: float

    def path(self, suffix: str = CODE) -> Path:
        """One of its files."""
        return self.directory / f"{self.key}{suffix}"

    def code(self) -> bytes | None:
        """Its object code, None if it is damaged or can't be read."""
        content = self._read(CODE)
        return None if content is None else unseal_code(self.key, content)

    def record(self) -> dict[str, Any]:
        """The record, empty if it is damaged or can't be read."""
        return self._unsealed(RECORD, unseal_record) or {}

    def source(self) -> str:
        """The source, empty if it is damaged or can't be read."""
        return self._unsealed(SOURCE, unseal_source) or ""

    def uses(self) -> tuple[int, int]:
        """How many processes loaded it, and how often processes then found it in memory."""
        notes = self._read(USES) or b""
        return notes.count(b"."), sum(int(number) for number in _MEMORY_USES.findall(notes))

    def damage(self) -> str:
        """What of it can't be used, "" if it is whole."""
        if self.code() is None:
            return "damaged"
        if not self._unsealed(SOURCE, unseal_source):
            return "its source is damaged"
        return "" if self.record() else "its record is damaged"

    def remove(self) -> None:
        """Deletes its files, the object code first.

        Raises:
          OSError: one can't be deleted.
        """
        for suffix in SUFFIXES:
            self.path(suffix).unlink(missing_ok=True)

    def _unsealed(self, suffix: str, unseal: Callable[[bytes], Any]) -> Any:
        content = self._read(suffix)
        return None if content is None else unseal(content)

    def _read(self, suffix: str) -> bytes | None:
        try:
            return self.path(suffix).read_bytes()
        except OSError:
            return None
