"""One kernel of the cache, as people look at it.

In: what lies on disk and what this process holds. Out: a `KernelEntry`: whom it serves, what it
cost, its source; compiled again on request for LLVM text, assembly and what stopped the vectoriser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jitgraph.kernels.cache import Kernel, resolve_names
from jitgraph.kernels.compile import CompiledObject, CompileRequest, KernelSource, compile_source
from jitgraph.kernels.keys import symbol
from jitgraph.kernels.machine import vector_width
from jitgraph.kernels.store import StoredKernel

_POINTER = re.compile(r"\bptr_(\w+)\b")
_LOOP = re.compile(r"^( *)for \w+ in range", re.MULTILINE)
_BLOCK = re.compile(r"^[.\w]+:", re.MULTILINE)
_VECTOR_REGISTERS = {"%zmm": 4, "%ymm": 2, "%xmm": 1, "\tv": 1}


@dataclass(frozen=True)
class KernelEntry:
    """One kernel.

    Attributes:
      key: its identity.
      name: what it computes, in short.
      header: the user's ops and lines that it was made for, and its region.
      source: its Python source without the header.
      names, helpers, options, types: the rest of what it is compiled from.
      bytes: of machine code in memory, or of its files.
      compile_seconds: what compiling it took, when that was.
      memory_hits: how often this process found it in memory.
      disk_hits: how many processes loaded it from disk.
      last_use: seconds since 1970, 0 if it is not on disk.
      in_memory, on_disk: where it is.
    """

    key: str
    name: str
    header: str
    source: str
    names: tuple[str, ...]
    helpers: str
    options: tuple[tuple[str, str], ...]
    types: tuple[str, ...]
    bytes: int
    compile_seconds: float
    memory_hits: int = 0
    disk_hits: int = 0
    last_use: float = 0.0
    in_memory: bool = False
    on_disk: bool = False
    extra: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes of its buffers."""
        return tuple(sorted(set(_POINTER.findall(self.source))))

    @property
    def depth(self) -> int:
        """How many loops it nests: the rank that is left after merging axes."""
        return max((len(pad) // 4 for pad in _LOOP.findall(self.source)), default=0)

    @property
    def serves(self) -> tuple[str, ...]:
        """The user's ops and the lines that made them, as the kernel's header tells."""
        lines = [line.strip() for line in self.header.splitlines()]
        return tuple(lines[: lines.index("")] if "" in lines else lines)

    def llvm_ir(self) -> str:
        """The optimised LLVM text (compiles the kernel again)."""
        return self._compiled.made.llvm_ir

    def assembly(self) -> str:
        """The assembly (compiles the kernel again)."""
        return self._compiled.made.assembly

    def hot_loop(self) -> str:
        """The block of the assembly with most vector instructions, where a loop spends its time."""
        assembly = self.assembly()
        starts = [match.start() for match in _BLOCK.finditer(assembly)]
        blocks = [assembly[a:b] for a, b in zip(starts, [*starts[1:], len(assembly)], strict=True)]
        return max(blocks, key=_vector_work, default="")

    def vector_bits(self) -> int:
        """Bits of the widest vectors that it computes on, 0 if all is scalar."""
        return vector_width(self.assembly())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        plain = ("key", "name", "bytes", "compile_seconds", "memory_hits", "disk_hits", "last_use")
        found = {name: getattr(self, name) for name in (*plain, "in_memory", "on_disk")}
        return {**found, "serves": self.serves, "dtypes": self.dtypes, "loops": self.depth}

    @cached_property
    def kernel_source(self) -> KernelSource:
        """What it is compiled from."""
        return KernelSource(
            self.name, self.source, self.names, self.options, self.types, self.header, self.helpers
        )

    @cached_property
    def _compiled(self) -> CompiledObject:
        source = self.kernel_source
        return compile_source(CompileRequest(source, symbol(self.key), resolve_names(source)), True)

    def __str__(self) -> str:
        return f"{self.key[:12]}  {self.name}"


def _vector_work(block: str) -> int:
    """How much a block of assembly works on vectors: its registers by their width."""
    return sum(weight * block.count(name) for name, weight in _VECTOR_REGISTERS.items())


def stored_entry(stored: StoredKernel, memory_hits: int, in_memory: bool) -> KernelEntry:
    """The entry of a kernel on disk."""
    record = stored.record()
    header, source = _parted(stored.source())
    return KernelEntry(
        key=stored.key,
        name=str(record.get("name", "?")),
        header=header,
        source=source,
        names=tuple(record.get("names", ())),
        helpers=str(record.get("helpers", "jitgraph.lowering")),
        options=tuple((str(name), str(value)) for name, value in record.get("options", ())),
        types=tuple(record.get("signature", ())),
        bytes=stored.bytes,
        compile_seconds=float(record.get("compile_seconds", 0.0)),
        memory_hits=memory_hits,
        disk_hits=stored.hits,
        last_use=stored.last_use,
        in_memory=in_memory,
        on_disk=True,
        extra=record,
    )


def memory_entry(kernel: Kernel, memory_hits: int) -> KernelEntry:
    """The entry of a kernel that only this process has."""
    source = kernel.source
    return KernelEntry(
        key=kernel.key,
        name=source.name,
        header=source.header_text(),
        source=source.source.strip() + "\n",
        names=source.names,
        helpers=source.helpers,
        options=source.options,
        types=source.types,
        bytes=kernel.object_bytes,
        compile_seconds=kernel.compile_seconds,
        memory_hits=memory_hits,
        in_memory=True,
    )


def _parted(text: str) -> tuple[str, str]:
    """The header of a source file without its comment signs, and the rest."""
    lines = text.splitlines(keepends=True)
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    header = "".join(line.removeprefix("#").removeprefix(" ") for line in lines[:count])
    return header, "".join(lines[count:])
