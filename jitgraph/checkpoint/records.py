"""TensorFlow's record files: byte strings one after the other, each with two checksums.

In: records, or a file. Out: the other. A record is its length (8 bytes), the length's masked
CRC-32C (4), the bytes, their masked CRC-32C (4); numbers have their least significant byte first.
https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from jitgraph.checkpoint.checksum import crc32c, masked
from jitgraph.errors import DataLossError

_HEAD = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")


def framed(record: bytes) -> bytes:
    """A record as it is in a file."""
    length = len(record).to_bytes(8, "little")
    head = length + _CHECKSUM.pack(masked(crc32c(length)))
    return head + record + _CHECKSUM.pack(masked(crc32c(record)))


def read_records(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The records of an open file.

    Args:
      file: the file, at its beginning.
      size: its length in bytes: a record that claims to be longer is damaged.

    Raises:
      errors.DataLossError: a record is cut off, or a checksum is wrong.
    """
    place = 0
    while head := file.read(_HEAD.size):
        if len(head) < _HEAD.size:
            raise DataLossError(None, None, f"truncated record at {place}")
        length, checksum = _HEAD.unpack(head)
        if masked(crc32c(head[:8])) != checksum:
            raise DataLossError(None, None, f"corrupted record at {place}")
        end = place + _HEAD.size + length + _CHECKSUM.size
        if end > size:
            raise DataLossError(None, None, f"truncated record at {place}")
        record = file.read(length)
        if file.read(_CHECKSUM.size) != _CHECKSUM.pack(masked(crc32c(record))):
            raise DataLossError(None, None, f"corrupted record at {place}")
        yield record
        place = end
