"""One kernel of the cache, as people look at it.

In: what lies on disk and what this process holds. Out: a `KernelEntry`: whom it serves, what it
cost, its source; compiled again on request for LLVM text, assembly and what stopped the vectoriser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jitgraph.inspection.hot_loop import hot_loop
from jitgraph.inspection.vectorizer import VectorizerReport, vectorizer_report
from jitgraph.kernels.cache import Kernel, resolve_names
from jitgraph.kernels.compile import CompiledObject, CompileRequest, KernelSource, compile_source
from jitgraph.kernels.keys import symbol
from jitgraph.kernels.machine import vector_width
from jitgraph.kernels.stored_kernel import StoredKernel

_POINTER = re.compile(r"\bptr_(\w+)\b")
_LOOP = re.compile(r"^( *)for \w+ in range", re.MULTILINE)
_VALUE = re.compile(r"(\w+)\[([^\][]*)\]")


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
      memory_hits: how often this process, and those that have ended, found it in memory.
      disk_hits: how many processes loaded it from disk.
      last_use: seconds since 1970, 0 if it is not on disk.
      in_memory, on_disk: where it is.
      is_current: made by this version for this CPU; others are only kept.
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
    is_current: bool = True
    extra: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The dtypes of its buffers and of the region's values."""
        return tuple(sorted({*_POINTER.findall(self.source), *(name for name, _ in self._values)}))

    @property
    def rank(self) -> int | None:
        """The highest rank among the region's values; None if it comes from no region."""
        return max(
            (len(sizes.split(",")) if sizes else 0 for _, sizes in self._values), default=None
        )

    @property
    def depth(self) -> int:
        """How many loops it nests: the rank that is left after merging axes."""
        return max((len(pad) // 4 for pad in _LOOP.findall(self.source)), default=0)

    @property
    def serves(self) -> tuple[str, ...]:
        """The user's ops and the lines that made them, as the kernel's header tells."""
        return tuple(self._header_parts[0])

    @property
    def region(self) -> str:
        """The instructions that it runs, empty for the runtime's own functions."""
        return "\n".join(self._header_parts[1])

    @property
    def is_in_words(self) -> bool:
        """Whether it is written in the word language: it moves data, or has its own vectors."""
        return self.kernel_source.is_in_words

    def llvm_ir(self) -> str:
        """The optimised LLVM text (compiles the kernel again)."""
        return self._compiled.made.llvm_ir

    def assembly(self) -> str:
        """The assembly (compiles the kernel again)."""
        return self._compiled.made.assembly

    def hot_loop(self) -> str:
        """The innermost loop of the assembly that works most, on vectors if there are any."""
        return hot_loop(self.assembly())

    def vectorizer(self) -> VectorizerReport:
        """What LLVM says of each loop: vectorised, or why not (compiles in another process)."""
        return vectorizer_report(self.kernel_source)

    def vector_bits(self) -> int:
        """Bits of the widest vectors that it computes on, 0 if all is scalar."""
        return vector_width(self.assembly())

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        plain = ("key", "name", "bytes", "compile_seconds", "memory_hits", "disk_hits", "last_use")
        found = {
            name: getattr(self, name) for name in (*plain, "in_memory", "on_disk", "is_current")
        }
        told = {"serves": self.serves, "dtypes": self.dtypes, "rank": self.rank}
        return {**found, **told, "loops": self.depth}

    @cached_property
    def _header_parts(self) -> tuple[list[str], list[str]]:
        """The header's lines before the first empty one, and behind it."""
        lines = self.header.splitlines()
        end = lines.index("") if "" in lines else len(lines)
        return lines[:end], lines[end + 1 :]

    @cached_property
    def _values(self) -> list[tuple[str, str]]:
        """(dtype, sizes) of what the region's instructions make."""
        made = [line.partition(" = ")[0] for line in self.region.splitlines()]
        return [found for line in made for found in _VALUE.findall(line.partition(": ")[2])]

    @cached_property
    def kernel_source(self) -> KernelSource:
        """What it is compiled from."""
        return KernelSource(
            self.name, self.source, self.names, self.options, self.types, self.header, self.helpers
        )

    @cached_property
    def _compiled(self) -> CompiledObject:
        source = self.kernel_source
        if not self.source.strip():
            raise ValueError(f"kernel {self.key[:12]} has no source that can be compiled again")
        return compile_source(CompileRequest(source, symbol(self.key), resolve_names(source)), True)

    def __str__(self) -> str:
        return f"{self.key[:12]}  {self.name}"


def stored_entry(
    stored: StoredKernel, memory_hits: int, in_memory: bool, is_current: bool
) -> KernelEntry:
    """The entry of a kernel on disk."""
    record = stored.record()
    header, source = _parted(stored.source())
    disk_hits, earlier_memory_hits = stored.uses()
    return KernelEntry(
        key=stored.key,
        name=str(record.get("name", "?")),
        header=header,
        source=source,
        names=tuple(record.get("names", ())),
        helpers=str(record.get("helpers", "jitgraph.lowering")),
        options=tuple((str(name), str(value)) for name, value in record.get("options", ())),
        types=tuple(record.get("signature", ())),
        bytes=stored.size,
        compile_seconds=float(record.get("compile_seconds", 0.0)),
        memory_hits=earlier_memory_hits + memory_hits,
        disk_hits=disk_hits,
        last_use=stored.last_use,
        in_memory=in_memory,
        on_disk=True,
        is_current=is_current,
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
