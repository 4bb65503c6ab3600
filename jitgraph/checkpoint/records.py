"""TensorFlow's record files: byte strings one after the other, each with two checksums.

In: records, or a file. Out: the other. A record is its length (8 bytes), the length's masked
CRC-32C (4), the bytes, their masked CRC-32C (4); numbers have their least significant byte first.
https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from jitgraph.checkpoint.checksum import ALL, MASK, checksum_function, masked
from jitgraph.errors import DataLossError

_HEAD = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
_AROUND = _HEAD.size + _CHECKSUM.size
_AT_ONCE = 1 << 17


def framed(record: bytes) -> bytes:
    """A record as it is in a file."""
    crc = checksum_function()
    length = len(record).to_bytes(8, "little")
    head = length + _CHECKSUM.pack(masked(crc(length)))
    return head + record + _CHECKSUM.pack(masked(crc(record)))


def read_records(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The records of an open file.

    Args:
      file: the file, at its beginning.
      size: its length in bytes: a record that claims to be longer is damaged.

    Raises:
      errors.DataLossError: a record is cut off, or a checksum is wrong.
    """
    crc, whole_head, tail = checksum_function(), _HEAD.size, _CHECKSUM.size
    read_head, packed = _HEAD.unpack_from, _CHECKSUM.pack
    place, start, content = 0, 0, b""
    while True:
        if len(content) - start < whole_head:
            content, start = _with_more(file, content[start:], whole_head), 0
            if not content:
                return
            if len(content) < whole_head:
                raise DataLossError(None, None, f"truncated record at {place}")
        length, checksum = read_head(content, start)
        found = crc(content[start : start + 8])
        if ((found >> 15 | found << 17) + MASK) & ALL != checksum:
            raise DataLossError(None, None, f"corrupted record at {place}")
        whole = _AROUND + length
        if place + whole > size:
            raise DataLossError(None, None, f"truncated record at {place}")
        if len(content) - start < whole:
            content, start = _with_more(file, content[start:], whole), 0
        end = start + whole
        record = content[start + whole_head : end - tail]
        found = crc(record)
        if content[end - tail : end] != packed(((found >> 15 | found << 17) + MASK) & ALL):
            raise DataLossError(None, None, f"corrupted record at {place}")
        yield record
        place, start = place + whole, end


def _with_more(file: BinaryIO, rest: bytes, least: int) -> bytes:
    """At least so many bytes, as long as the file has them."""
    while len(rest) < least:
        more = file.read(max(_AT_ONCE, least - len(rest)))
        if not more:
            break
        rest += more
    return rest
