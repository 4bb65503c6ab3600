"""Whole numbers of as many bytes as they need: seven bits a byte, the lowest first.

https://protobuf.dev/programming-guides/encoding/#varints
"""

from __future__ import annotations

from jitgraph.errors import DataLossError

MOST_BYTES = 10


def varint(number: int) -> bytes:
    """The bytes of a number that is not negative."""
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def read_varint(data: bytes, place: int) -> tuple[int, int]:
    """(number, place behind it).

    Raises:
      errors.DataLossError: the data ends, or there is no end to the number.
    """
    number = 0
    for count in range(MOST_BYTES):
        if place + count >= len(data):
            break
        byte = data[place + count]
        number |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            return number, place + count + 1
    raise DataLossError(None, None, "bad number in file")
