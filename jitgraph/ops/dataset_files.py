"""Datasets of what is in files: lines, records, pieces of one length; and elements kept in a file.

In: names of files. Out: nodes. Errors are TensorFlow's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np

from jitgraph.checkpoint.record_files import check_compression, opened_records
from jitgraph.checkpoint.records import read_records
from jitgraph.errors import DataLossError
from jitgraph.ops.dataset_nodes import (
    Element,
    Lazily,
    Node,
    Over,
    Pass,
    Stream,
    as_value,
    read_only,
    refused,
)
from jitgraph.ops.dataset_steps import Listed


@dataclass(frozen=True, eq=False)
class Lines(Node):
    """The lines of files, without their ends."""

    names: tuple[bytes, ...]
    compression: str

    def stream(self, run: Pass) -> Stream:
        return Lazily(lambda: _each(self.names, self._lines))

    def _lines(self, name: bytes) -> Iterator[bytes]:
        with opened_records(os.fsdecode(name), self.compression) as (file, _):
            for line in file:
                yield line.removesuffix(b"\n").replace(b"\r", b"")


@dataclass(frozen=True, eq=False)
class Records(Node):
    """The records of TFRecord files."""

    names: tuple[bytes, ...]
    compression: str

    def stream(self, run: Pass) -> Stream:
        return Lazily(lambda: _each(self.names, self._records))

    def _records(self, name: bytes) -> Iterator[bytes]:
        with opened_records(os.fsdecode(name), self.compression) as (file, size):
            yield from read_records(file, size, os.fsdecode(name))


@dataclass(frozen=True, eq=False)
class Pieces(Node):
    """Pieces of one length of what is between the headers and the footers of files."""

    names: tuple[bytes, ...]
    header: int
    length: int
    footer: int
    compression: str

    def stream(self, run: Pass) -> Stream:
        return Lazily(lambda: _each(self.names, self._pieces))

    def _pieces(self, name: bytes) -> Iterator[bytes]:
        path = os.fsdecode(name)
        with opened_records(path, self.compression) as (file, _):
            if not self.compression:
                self._check(path, os.fstat(file.fileno()).st_size)
            file.read(self.header)
            ahead = file.read(self.footer)
            while piece := file.read(self.length):
                ahead += piece
                if len(ahead) < self.length + self.footer:
                    return
                yield ahead[: self.length]
                ahead = ahead[self.length :]

    def _check(self, path: str, size: int) -> None:
        body = size - self.header - self.footer
        if body % self.length or body < 0:
            raise refused(
                f"Excluding the header ({self.header} bytes) and footer ({self.footer} bytes), "
                f'input file "{path}" has body length {body} bytes, which is not an exact multiple '
                f"of the record length ({self.length} bytes)."
            )


def _each(names: Sequence[bytes], parts: Any) -> Iterator[Element]:
    for name in names:
        for part in parts(name):
            yield (as_value(part),)


def compression_of(given: Any) -> str:
    """A compression's name.

    Raises:
      errors.InvalidArgumentError: there is no such.
    """
    name = os.fsdecode(given.item()) if isinstance(given, np.ndarray) else os.fsdecode(given)
    check_compression(name)
    return name


@dataclass(frozen=True, eq=False)
class Cached(Node):
    """The elements of a source, which is passed through once: then they are kept.

    Attributes:
      path: the file in which they are kept; empty for the memory.
    """

    source: Node
    path: str

    def stream(self, run: Pass) -> Stream:
        if self.path:
            return self._of_file(run)
        kept: list[Node] = run.kept(self, list)
        if kept:
            return kept[0].stream(run)
        return _Noting(self.source.stream(run), kept)

    def _of_file(self, run: Pass) -> Stream:
        if os.path.exists(f"{self.path}.data"):
            return Lazily(lambda: _elements_in(f"{self.path}.data"))
        return _Writing(self.source.stream(run), self.path)


class _Noting(Over):
    def __init__(self, source: Stream, kept: list[Node]) -> None:
        super().__init__(source)
        self._kept = kept
        self._found: list[Element] = []
        self._has_failed = False

    def __next__(self) -> Element:
        try:
            found = tuple(map(read_only, next(self.source)))
        except StopIteration:
            if not self._kept and not self._has_failed:
                self._kept.append(Listed(tuple(self._found)))
            raise
        except BaseException:
            self._has_failed = True
            raise
        self._found.append(found)
        return found


class _Writing(Over):
    def __init__(self, source: Stream, path: str) -> None:
        super().__init__(source)
        self._path = path
        self._partial = f"{path}.{os.getpid()}.partial"
        self._file: BinaryIO | None = None
        self._is_over = False

    def __next__(self) -> Element:
        if self._file is None and not self._is_over:
            self._file = open(self._partial, "wb")  # noqa: SIM115 (closed at the end)
        try:
            found = next(self.source)
        except StopIteration:
            self._finish()
            raise
        except BaseException:
            self.close()
            self._is_over = True
            raise
        if self._file is not None:
            _write(self._file, found)
        return found

    def _finish(self) -> None:
        self._is_over = True
        if self._file is not None:
            self._file.close()
            os.replace(self._partial, f"{self._path}.data")
            self._file = None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            os.unlink(self._partial)
        super().close()


def _write(file: BinaryIO, element: Element) -> None:
    np.save(file, np.asarray(len(element)), allow_pickle=False)
    for array in element:
        np.save(file, np.asarray(array.dtype == object), allow_pickle=False)
        if array.dtype != object:
            np.save(file, array, allow_pickle=False)
            continue
        texts = array.reshape(-1).tolist()
        np.save(file, np.asarray(array.shape, np.int64), allow_pickle=False)
        np.save(file, np.asarray([len(text) for text in texts], np.int64), allow_pickle=False)
        np.save(file, np.frombuffer(b"".join(texts), np.uint8), allow_pickle=False)


def _elements_in(path: str) -> Iterator[Element]:
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        while file.tell() < size:
            try:
                yield tuple(_read(file) for _ in range(int(np.load(file))))
            except (ValueError, EOFError) as error:
                raise DataLossError(None, None, f"{path}: damaged cache: {error}") from None


def _read(file: BinaryIO) -> np.ndarray:
    if not np.load(file):
        array: np.ndarray = np.load(file)
        return array
    shape, lengths, joined = np.load(file), np.load(file), np.load(file).tobytes()
    result = np.empty(len(lengths), object)
    ends = np.cumsum(lengths)
    for place, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        result[place] = joined[end - length : end]
    return result.reshape(tuple(shape))
