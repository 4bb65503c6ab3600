"""Readers as sessions keep them: what is in files, record by record.

In: a queue of the names of files. Out: keys and records. A file is taken from the queue when the
one before is at its end. Errors are TensorFlow's.
"""

from __future__ import annotations

import gzip
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO

import numpy as np

from jitgraph.checkpoint.records import read_records
from jitgraph.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
)
from jitgraph.ops.file_reading import contents_of
from jitgraph.ops.held_queues import HeldQueue

Record = tuple[bytes, bytes]


class HeldReader:
    """A reader that threads share.

    Args:
      title: its name in messages.
      records: for a file's name its records, each with a key.
    """

    def __init__(self, title: str, records: Any) -> None:
        self._title = title
        self._records_of = records
        self._lock = threading.Lock()
        self._current: Iterator[Record] | None = None
        self.records = self.files = 0

    def read(self, queue: HeldQueue) -> Record:
        """The next record: (key, contents).

        Raises:
          errors.OutOfRangeError: the queue is closed and empty.
          errors.OpError: a file can't be read.
        """
        with self._lock:
            return self._next(queue)

    def read_up_to(self, queue: HeldQueue, most: int) -> list[Record]:
        """The next records, as many as the file that is read has, and not more than `most`."""
        with self._lock:
            first = self._next(queue)
            return [first, *self._rest_within_file(most - 1)]

    def _next(self, queue: HeldQueue) -> Record:
        while True:
            record = self._within_file()
            if record is not None:
                return record
            name = queue.dequeue()[0].item()
            self._current = iter(self._records_of(name))

    def _within_file(self) -> Record | None:
        if self._current is None:
            return None
        try:
            record = next(self._current, None)
        except BaseException:
            self._current = None
            raise
        if record is None:
            self._current = None
            self.files += 1
        else:
            self.records += 1
        return record

    def _rest_within_file(self, most: int) -> list[Record]:
        """Further records of this file; where they are too few, the file is done with."""
        if self._current is None:
            return []
        try:
            found = list(islice(self._current, most))
        except BaseException:
            self._current = None
            raise
        self.records += len(found)
        if len(found) < most:
            self._within_file()
        return found

    def reset(self) -> None:
        """Starts anew; the next record is the first one of the next file."""
        self._current = None
        self.records = self.files = 0

    def cancel(self) -> None:
        """Nothing waits here: the queue is cancelled by itself."""


def whole_file(name: bytes) -> list[Record]:
    """The contents of a file."""
    return [(name, _read_by(contents_of, name))]


def identity(name: bytes) -> list[Record]:
    """The name itself."""
    return [(name, name)]


def lines(name: bytes, skipped: int) -> Iterator[Record]:
    """The lines of a file without their ends; the key is file:number, from 1."""
    with _opened(name) as file:
        for number, line in enumerate(file, start=1):
            if number > skipped:
                text = line.removesuffix(b"\n").removesuffix(b"\r")
                yield b"%s:%d" % (name, number), text


def fixed_length(
    name: bytes, header: int, record: int, footer: int, hop: int, encoding: str
) -> Iterator[Record]:
    """Pieces of one length; the key is file:number, from 0."""
    with _opened(name) as file:
        content = zlib.decompress(file.read()) if encoding == "ZLIB" else file.read()
    if encoding == "GZIP":
        content = gzip.decompress(content)
    end = len(content) - footer
    if end < header:
        text = f"File {os.fsdecode(name)} is shorter than its header and footer"
        raise InvalidArgumentError(None, None, text)
    step = hop or record
    for number, place in enumerate(range(header, end - record + 1, step)):
        yield b"%s:%d" % (name, number), content[place : place + record]


def records(name: bytes, compression: str) -> Iterator[Record]:
    """The records of a TFRecord file; the key is file:place."""
    from jitgraph.checkpoint.record_files import opened_records

    place = 0
    with opened_records(os.fsdecode(name), compression) as (file, size):
        for record in read_records(file, size, os.fsdecode(name)):
            yield b"%s:%d" % (name, place), record
            place += len(record) + 16


def _opened(name: bytes) -> BinaryIO:
    return _read_by(lambda path: open(path, "rb"), name)


def _read_by(read: Callable[[str], Any], name: bytes) -> Any:
    path = os.fsdecode(name)
    try:
        return read(path)
    except IsADirectoryError:
        raise FailedPreconditionError(None, None, f"{path}; Is a directory") from None
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    except OSError as error:
        raise InvalidArgumentError(None, None, f"{path}; {error.strerror}") from None


def as_array(text: bytes) -> np.ndarray:
    """A scalar string."""
    result = np.empty((), object)
    result[()] = text
    return result


def as_vector(texts: list[bytes]) -> np.ndarray:
    """A vector of strings."""
    result = np.empty(len(texts), object)
    result[:] = texts
    return result
