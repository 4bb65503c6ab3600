"""TensorFlow's record files: byte strings one after the other, each with two checksums.

In: records, or a file. Out: the other. A record is its length (8 bytes), the length's masked
CRC-32C (4), the bytes, their masked CRC-32C (4); numbers have their least significant byte first.
https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from jitgraph.checkpoint.checksum import ALL, MASK, checksum_function, masked
from jitgraph.errors import DataLossError

_HEAD = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
_AROUND = _HEAD.size + _CHECKSUM.size
_AT_ONCE = 1 << 17
_MOST_AT_ONCE = 1 << 24
_MOST_LENGTHS = 1 << 12
"""So many lengths, whose checksums were computed, are kept: records have few."""


def framed(record: bytes) -> bytes:
    """A record as it is in a file."""
    found = checksum_function()(record)
    tail = _CHECKSUM.pack(((found >> 15 | found << 17) + MASK) & ALL)
    return b"".join((_head(len(record)), record, tail))


@lru_cache(_MOST_LENGTHS)
def _head(length: int) -> bytes:
    """What stands before a record of this length."""
    number = length.to_bytes(8, "little")
    return number + _CHECKSUM.pack(masked(checksum_function()(number)))


def read_records(file: BinaryIO, size: int, path: str) -> Iterator[bytes]:
    """The records of an open file.

    Args:
      file: the file, at its beginning.
      size: its length in bytes: a record that claims to be longer is damaged.
      path: its name, for messages.

    Raises:
      errors.DataLossError: a record is cut off, or a checksum is wrong.
    """
    crc, before, after = checksum_function(), _HEAD.size, _CHECKSUM.size
    packed, lengths = _CHECKSUM.pack, _Lengths()
    content, start, base = b"", 0, 0
    while True:
        begin = start + before
        length = lengths[content[start:begin]]
        end = begin + length
        tail = content[end : end + after]
        if length < 0 or len(tail) < after:
            base, content, start = base + start, content[start:], 0
            content = _with_record(file, content, base, size, path)
            if not content:
                return
            continue
        record = content[begin:end]
        found = crc(record)
        if tail != packed(((found >> 15 | found << 17) + MASK) & ALL):
            raise _damaged("corrupted", base + start + before, path)
        yield record
        start = end + after


class _Lengths(dict[bytes, int]):
    """The lengths that heads of records say, -1 for what is none; some are kept."""

    def __missing__(self, head: bytes) -> int:
        length = _length_in(head) if len(head) == _HEAD.size else -1
        if length >= 0 and len(self) < _MOST_LENGTHS:
            self[head] = length
        return length


def _damaged(how: str, place: int, path: str) -> DataLossError:
    return DataLossError(None, None, f"{how} record at {place} of {path}")


def _with_record(file: BinaryIO, rest: bytes, place: int, size: int, path: str) -> bytes:
    """The rest of what was read, with as much more as its first record needs; nothing at the end.

    Raises:
      errors.DataLossError: the record is cut off, or its head is damaged.
    """
    rest = _with_more(file, rest, _HEAD.size)
    if not rest:
        return rest
    if len(rest) < _HEAD.size:
        raise _damaged("truncated", place, path)
    length = _length_in(rest[: _HEAD.size])
    if length < 0:
        raise _damaged("corrupted", place, path)
    whole = _AROUND + length
    if place + whole > size:
        raise _damaged("truncated", place, path)
    rest = _with_more(file, rest, whole)
    if len(rest) < whole:
        raise _damaged("truncated", place, path)
    return rest


def _length_in(head: bytes) -> int:
    """The length that stands before a record, -1 where the checksum is wrong."""
    length, checksum = _HEAD.unpack(head)
    return int(length) if masked(checksum_function()(head[:8])) == checksum else -1


def _with_more(file: BinaryIO, rest: bytes, least: int) -> bytes:
    """At least so many bytes, as long as the file has them.

    No more is asked for than _MOST_AT_ONCE: a damaged length may say anything.
    """
    if len(rest) >= least:
        return rest
    parts, missing = [rest], least - len(rest)
    while missing > 0:
        more = file.read(min(max(_AT_ONCE, missing), _MOST_AT_ONCE))
        if not more:
            break
        parts.append(more)
        missing -= len(more)
    return b"".join(parts)
