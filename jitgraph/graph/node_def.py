"""Stage graph: a readable, immutable record of an operation (`op.node_def`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NodeDef:
    """An operation's type, the names of its inputs, its device and attributes."""

    name: str
    op: str
    input: tuple[str, ...]
    device: str
    attr: Mapping[str, Any]

    def __str__(self) -> str:
        lines = [f'name: "{self.name}"', f'op: "{self.op}"']
        lines += [f'input: "{name}"' for name in self.input]
        if self.device:
            lines.append(f'device: "{self.device}"')
        lines += [f'attr: "{key}" = {self.attr[key]!r}' for key in sorted(self.attr)]
        return "\n".join(lines) + "\n"
