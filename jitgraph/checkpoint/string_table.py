"""Sorted string tables as LevelDB and TensorFlow write them: what a checkpoint's index is.

In: keys and values in order. Out: blocks of entries that share the beginnings of their keys, an
index of the blocks, a footer; each block with its checksum.
https://github.com/google/leveldb/blob/main/doc/table_format.md
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

from jitgraph.checkpoint.checksum import crc32c, masked
from jitgraph.checkpoint.varint import read_varint, varint
from jitgraph.errors import DataLossError

BLOCK_BYTES = 256 * 1024
ENTRIES_A_RESTART = 16
MAGIC = 0xDB4775248B80FB57
FOOTER_BYTES = 48
TRAILER_BYTES = 5
UNCOMPRESSED = 0

Entry = tuple[bytes, bytes]


def write_table(entries: Iterable[Entry]) -> bytes:
    """The table of entries, whose keys must be in order and different."""
    file = bytearray()
    index = _Block(1)
    block = _Block(ENTRIES_A_RESTART)
    for key, value in entries:
        block.add(key, value)
        if block.size >= BLOCK_BYTES:
            index.add(block.last, _append(file, block))
            block = _Block(ENTRIES_A_RESTART)
    if block.size or not index.size:
        index.add(_after(block.last), _append(file, block))
    meta = _append(file, _Block(ENTRIES_A_RESTART))
    handles = meta + _append(file, index)
    file += handles.ljust(FOOTER_BYTES - 8, b"\0") + struct.pack("<Q", MAGIC)
    return bytes(file)


def read_table(file: bytes) -> Iterator[Entry]:
    """The entries of a table.

    Raises:
      errors.DataLossError: the file is truncated, corrupt, or no table.
    """
    if len(file) < FOOTER_BYTES:
        raise DataLossError(None, None, "file is too short to be an sstable")
    footer = file[-FOOTER_BYTES:]
    if struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise DataLossError(None, None, "not an sstable (bad magic number)")
    _, place = _read_handle(footer, 0)
    handle, _ = _read_handle(footer, place)
    for _, value in _entries(_block_at(file, handle)):
        yield from _entries(_block_at(file, _read_handle(value, 0)[0]))


class _Block:
    """Entries in order; every few of them one has its key in full, from where one may begin."""

    def __init__(self, entries_a_restart: int) -> None:
        self._every = entries_a_restart
        self._bytes = bytearray()
        self._restarts = [0]
        self._since = 0
        self.last = b""

    @property
    def size(self) -> int:
        return len(self._bytes)

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._since == self._every:
            self._restarts.append(len(self._bytes))
            self._since = 0
        elif self._bytes:
            shared = _common(self.last, key)
        self._bytes += varint(shared) + varint(len(key) - shared) + varint(len(value))
        self._bytes += key[shared:] + value
        self.last = key
        self._since += 1

    def contents(self) -> bytes:
        restarts = struct.pack(f"<{len(self._restarts) + 1}I", *self._restarts, len(self._restarts))
        return bytes(self._bytes) + restarts


def _append(file: bytearray, block: _Block) -> bytes:
    """Writes a block; gives its handle."""
    contents = block.contents() + bytes([UNCOMPRESSED])
    handle = varint(len(file)) + varint(len(contents) - 1)
    file += contents + struct.pack("<I", masked(crc32c(contents)))
    return handle


def _after(key: bytes) -> bytes:
    """A short key that is not less than `key`: what LevelDB writes behind the last block."""
    for place, byte in enumerate(key):
        if byte != 0xFF:
            return key[:place] + bytes([byte + 1])
    return key


def _common(first: bytes, second: bytes) -> int:
    count = 0
    for left, right in zip(first, second, strict=False):
        if left != right:
            break
        count += 1
    return count


def _read_handle(data: bytes, place: int) -> tuple[tuple[int, int], int]:
    offset, place = read_varint(data, place)
    size, place = read_varint(data, place)
    return (offset, size), place


def _block_at(file: bytes, handle: tuple[int, int]) -> bytes:
    offset, size = handle
    end = offset + size + TRAILER_BYTES
    if end > len(file) - FOOTER_BYTES:
        raise DataLossError(None, None, "truncated block read")
    contents, stored = file[offset : end - 4], struct.unpack("<I", file[end - 4 : end])[0]
    if masked(crc32c(contents)) != stored:
        raise DataLossError(None, None, "block checksum mismatch")
    if contents[-1] != UNCOMPRESSED:
        raise DataLossError(None, None, "compressed block: such tables are not read here")
    return contents[:-1]


def _entries(block: bytes) -> Iterator[Entry]:
    if len(block) < 4:
        raise DataLossError(None, None, "bad block contents")
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    if end < 0:
        raise DataLossError(None, None, "bad block contents")
    key, place = b"", 0
    while place < end:
        shared, place = read_varint(block, place)
        rest, place = read_varint(block, place)
        size, place = read_varint(block, place)
        if shared > len(key) or place + rest + size > end:
            raise DataLossError(None, None, "bad entry in block")
        key = key[:shared] + block[place : place + rest]
        place += rest
        yield key, block[place : place + size]
        place += size
