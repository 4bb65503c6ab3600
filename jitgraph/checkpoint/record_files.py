"""Files of records, plain or compressed.

In: a path and how it is compressed ("", "GZIP", "ZLIB"). Out: an open file, and its length as far
as that bounds a record's.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from jitgraph.errors import (
    DataLossError,
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
)

COMPRESSIONS = ("", "GZIP", "ZLIB")


def check_compression(compression: str) -> None:
    """Raises InvalidArgumentError for a kind of compression that there is none."""
    if compression not in COMPRESSIONS:
        text = f"Unsupported compression_type:{compression}. Expected one of: GZIP, ZLIB, or none"
        raise InvalidArgumentError(None, None, text)


@contextmanager
def opened_records(path: str, compression: str = "") -> Iterator[tuple[Any, int]]:
    """A block in which a file of records is open: (file, bound of its length).

    Raises:
      errors.NotFoundError: there is no such file.
      errors.FailedPreconditionError: it is a directory.
      errors.DataLossError: compressed data is damaged.
    """
    check_compression(compression)
    try:
        file = open(path, "rb")  # noqa: SIM115 (closed below)
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    except IsADirectoryError:
        raise FailedPreconditionError(None, None, f"{path}; Is a directory") from None
    except OSError as error:
        raise InvalidArgumentError(None, None, f"{path}; {error.strerror}") from None
    with file:
        size = os.fstat(file.fileno()).st_size
        try:
            if compression == "GZIP":
                yield gzip.GzipFile(fileobj=file), sys.maxsize
            elif compression == "ZLIB":
                yield io.BufferedReader(_Inflated(file)), sys.maxsize
            else:
                yield file, size
        except (zlib.error, gzip.BadGzipFile, EOFError) as error:
            raise DataLossError(None, None, f"{path}: {error}") from None


class _Inflated(io.RawIOBase):
    """What a zlib stream holds."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._stream = zlib.decompressobj()
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any) -> int:
        while not self._rest:
            data = self._stream.unconsumed_tail or self._file.read(1 << 16)
            if not data:
                return 0
            self._rest = self._stream.decompress(data, 1 << 18)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
