"""Stage kernels: object code → callable address, with llvmlite alone.

In: object files as bytes, each defining one symbol. Out: addresses that stay valid until the
process ends. Numba is not needed and not imported.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterable, Sequence
from functools import cache

import llvmlite.binding as llvm

from jitgraph.kernels.machine import initialize_llvm

_ELF64_LITTLE = b"\x7fELF\x02\x01"
_SYMBOL_TABLE = 2


class UnresolvedSymbol(RuntimeError):
    """An object file needs a function that this process does not have."""


class ObjectLoader:
    """One execution engine; loaded code is never unloaded."""

    def __init__(self) -> None:
        initialize_llvm()
        machine = llvm.Target.from_default_triple().create_target_machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._lock = threading.Lock()

    def load(self, objects: Sequence[tuple[str, bytes]]) -> list[int]:
        """Link (symbol, object code) pairs into the process; one finalisation for all."""
        for symbol, code in objects:
            check_resolvable(symbol, code)
        with self._lock:
            for _, code in objects:
                self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            self._engine.finalize_object()
            return [self._engine.get_function_address(symbol) for symbol, _ in objects]

    def reset_after_fork(self) -> None:
        """In a forked child: forget a lock that a thread of the parent may have held."""
        self._lock = threading.Lock()


@cache
def process_loader() -> ObjectLoader:
    """The loader of this process."""
    return ObjectLoader()


def check_resolvable(symbol: str, code: bytes) -> None:
    """LLVM ends the process on a missing symbol: find it before."""
    missing = [name for name in undefined_symbols(code) if not _is_resolvable(name)]
    if missing:
        raise UnresolvedSymbol(
            f"kernel {symbol} needs {', '.join(sorted(missing))}, which this process does not have"
        )


@cache
def _is_resolvable(name: str) -> bool:
    return name == "_GLOBAL_OFFSET_TABLE_" or bool(llvm.address_of_symbol(name))


def undefined_symbols(code: bytes) -> list[str]:
    """Names that an ELF object file leaves to the linker; nothing for other formats."""
    if not code.startswith(_ELF64_LITTLE):
        return []
    sections = list(_elf_sections(code))
    for kind, offset, size, link in sections:
        if kind == _SYMBOL_TABLE:
            names = sections[link][1]
            return [
                code[names + name : code.index(b"\0", names + name)].decode()
                for name, _, _, section, _, _ in struct.iter_unpack(
                    "<IBBHQQ", code[offset : offset + size]
                )
                if section == 0 and name != 0
            ]
    return []


def _elf_sections(code: bytes) -> Iterable[tuple[int, int, int, int]]:
    """(type, offset, size, link) of each section."""
    (table,) = struct.unpack_from("<Q", code, 0x28)
    entry_size, count = struct.unpack_from("<HH", code, 0x3A)
    for index in range(count):
        kind, _, _, offset, size, link = struct.unpack_from(
            "<IQQQQI", code, table + index * entry_size + 4
        )
        yield kind, offset, size, link
