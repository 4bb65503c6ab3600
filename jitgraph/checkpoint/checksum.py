"""The checksums of TensorFlow's files: CRC-32C, masked, because the data may hold checksums too.

In: bytes. Out: a number of 32 bits. https://datatracker.ietf.org/doc/html/rfc3720#appendix-B.4 has
the polynomial; the mask is LevelDB's (util/crc32c.h).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jitgraph.errors import missing_extra

MASK = 0xA282EAD8
ALL = 0xFFFFFFFF


@cache
def checksum_function() -> Callable[..., int]:
    """The library's function: of bytes, and of the checksum of bytes before them."""
    try:
        import crc32c as library
    except ImportError as error:
        raise missing_extra("crc32c", "io", "TensorFlow's file formats") from error
    function: Callable[..., int] = library.crc32c
    return function


def crc32c(data: Any, before: int = 0) -> int:
    """The checksum of bytes that follow bytes whose checksum is `before`."""
    return checksum_function()(data, before)


def masked(crc: int) -> int:
    """The checksum as it is stored."""
    return (((crc >> 15) | (crc << 17)) + MASK) & ALL
