"""Stage kernels: object code → callable address, with llvmlite alone.

In: object files as bytes, each defining one symbol. Out: addresses that stay valid until the
process ends. Numba is not needed and not imported.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import llvmlite.binding as llvm

from jitgraph.kernels.machine import initialize_llvm

_ELF64_LITTLE = b"\x7fELF\x02\x01"
_SYMBOL_TABLE = 2


class UnlinkableCode(RuntimeError):
    """An object file lacks its function, or needs one that this process does not have."""


class ObjectLoader:
    """One execution engine; loaded code is never unloaded."""

    def __init__(self) -> None:
        initialize_llvm()
        machine = llvm.Target.from_default_triple().create_target_machine()
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self.lock = threading.RLock()

    def load(self, objects: Sequence[tuple[str, bytes]]) -> list[int]:
        """Link (symbol, object code) pairs into the process; one finalisation for all.

        Assumes that `check_linkable` found nothing wrong with any of them.

        Raises:
          UnlinkableCode: one does not define its symbol.
        """
        with self.lock:
            for _, code in objects:
                self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            self._engine.finalize_object()
            addresses = [self._engine.get_function_address(symbol) for symbol, _ in objects]
        if not all(addresses):
            raise UnlinkableCode(f"{objects[addresses.index(0)][0]} is not in its object file")
        return addresses


@cache
def process_loader() -> ObjectLoader:
    """The loader of this process."""
    return ObjectLoader()


def check_linkable(symbol: str, code: bytes) -> None:
    """LLVM ends the process on a missing symbol, and gives 0 for one not defined: find it before.

    Raises:
      UnlinkableCode: with the reason.
    """
    if not code.startswith(_ELF64_LITTLE):
        return
    try:
        symbols = list(_elf_symbols(code))
    except (struct.error, ArithmeticError, LookupError, ValueError) as error:
        raise UnlinkableCode(f"kernel {symbol} is no object file: {error}") from error
    missing = sorted({name for name, section in symbols if not section and not _is_here(name)})
    if missing:
        needed = ", ".join(missing)
        raise UnlinkableCode(f"kernel {symbol} needs {needed}, which this process does not have")
    if not any(name == symbol and section for name, section in symbols):
        raise UnlinkableCode(f"kernel {symbol} is not in its object file")


@cache
def _is_here(name: str) -> bool:
    """Whether the process has a symbol. LLVM sees the process's own once there is an engine."""
    process_loader()
    return name == "_GLOBAL_OFFSET_TABLE_" or bool(llvm.address_of_symbol(name))


def undefined_symbols(code: bytes) -> list[str]:
    """Names that an ELF object file leaves to the linker; nothing for other formats."""
    if not code.startswith(_ELF64_LITTLE):
        return []
    return [name for name, section in _elf_symbols(code) if not section]


def _elf_symbols(code: bytes) -> Iterator[tuple[str, int]]:
    """(name, section) of the named symbols; section 0 means that it is defined elsewhere."""
    sections = list(_elf_sections(code))
    for kind, offset, size, link in sections:
        if kind != _SYMBOL_TABLE:
            continue
        names = sections[link][1]
        table = code[offset : offset + size]
        for name, _, _, section, _, _ in struct.iter_unpack("<IBBHQQ", table):
            if name:
                start = names + name
                yield code[start : code.index(b"\0", start)].decode(), section


def _elf_sections(code: bytes) -> Iterable[tuple[int, int, int, int]]:
    """(type, offset, size, link) of each section."""
    (table,) = struct.unpack_from("<Q", code, 0x28)
    entry_size, count = struct.unpack_from("<HH", code, 0x3A)
    for index in range(count):
        kind, _, _, offset, size, link = struct.unpack_from(
            "<IQQQQI", code, table + index * entry_size + 4
        )
        yield kind, offset, size, link
