"""Stage frontend: tf.python_io: files of records, written and read.

In: byte strings. Out: a TFRecord file, as TensorFlow writes it; and back.
"""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from typing import Any

from jitgraph.checkpoint.record_files import check_compression, opened_records
from jitgraph.checkpoint.records import framed, read_records
from jitgraph.errors import FailedPreconditionError, NotFoundError


class TFRecordCompressionType:
    """How a file of records is compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


_BUFFER = 1 << 17
_NAMES = {
    TFRecordCompressionType.NONE: "",
    TFRecordCompressionType.ZLIB: "ZLIB",
    TFRecordCompressionType.GZIP: "GZIP",
}


class TFRecordOptions:
    """How files of records are written and read.

    Args:
      compression_type: "GZIP", "ZLIB", "" or None, or one of TFRecordCompressionType.
      flush_mode, input_buffer_size, output_buffer_size, window_bits, compression_method,
      mem_level, compression_strategy: accepted.
      compression_level: from 0 to 9; zlib's own choice if None.

    Raises:
      ValueError: there is no such compression.
    """

    compression_type_map = _NAMES

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.compression_type = compression_type
        self.compression_level = compression_level
        self.compression = self.get_compression_type_string(compression_type)

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """The compression of options, or of a file with such options: "GZIP", "ZLIB" or ""."""
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return options.compression
        if options in _NAMES:
            return _NAMES[options]
        if options in _NAMES.values():
            return str(options)
        raise ValueError(f'Not a valid compression_type: "{options}"')


class TFRecordWriter:
    """Writes records to a file; a context manager that closes it.

    Args:
      path: the file's path; what was there is lost.
      options: TFRecordOptions, or a compression.

    Raises:
      errors.NotFoundError: the folder is not there.

    Example:
      >>> with tf.python_io.TFRecordWriter("/tmp/numbers.tfrecord") as writer:
      ...     writer.write(b"one")
    """

    def __init__(self, path: str, options: Any = None) -> None:
        compression = TFRecordOptions.get_compression_type_string(options)
        check_compression(compression)
        name = os.fsdecode(path)
        try:
            self._file: Any = open(name, "wb", _BUFFER)  # noqa: SIM115 (close() closes it)
        except FileNotFoundError:
            raise NotFoundError(None, None, f"{name}; No such file or directory") from None
        except IsADirectoryError:
            raise FailedPreconditionError(None, None, f"{name}; Is a directory") from None
        level = getattr(options, "compression_level", None)
        self._zip: Any = None
        if compression == "GZIP":
            self._zip = gzip.GzipFile("", "wb", 6 if level is None else level, self._file, mtime=0)
        elif compression == "ZLIB":
            self._zip = _Deflated(self._file, -1 if level is None else level)
        self._write = (self._zip or self._file).write

    def write(self, record: bytes) -> None:
        """Adds a record.

        Raises:
          errors.FailedPreconditionError: the writer is closed.
          TypeError: `record` is no byte string.
        """
        if self._file is None:
            raise FailedPreconditionError(None, None, "Writer is closed.")
        if type(record) is not bytes:
            record = record.encode() if isinstance(record, str) else bytes(memoryview(record))
        self._write(framed(record))

    def flush(self) -> None:
        """Hands what was written to the system."""
        if self._file is None:
            raise FailedPreconditionError(None, None, "Writer is closed.")
        if self._zip is not None:
            self._zip.flush()
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        if self._file is None:
            return
        if self._zip is not None:
            self._zip.close()
        self._file.close()
        self._file = None

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Deflated:
    """Writes a zlib stream."""

    def __init__(self, file: Any, level: int) -> None:
        self._file = file
        self._stream = zlib.compressobj(level)

    def write(self, data: bytes) -> None:
        self._file.write(self._stream.compress(data))

    def flush(self) -> None:
        self._file.write(self._stream.flush(zlib.Z_SYNC_FLUSH))

    def close(self) -> None:
        self._file.write(self._stream.flush())


def tf_record_iterator(path: str, options: Any = None) -> Iterator[bytes]:
    """The records of a file, one after the other.

    Args:
      path: the file's path.
      options: TFRecordOptions, or a compression.

    Yields:
      byte strings.

    Raises:
      errors.NotFoundError: there is no such file.
      errors.DataLossError: a record is cut off or damaged; its place in the file is told.

    Example:
      >>> for record in tf.python_io.tf_record_iterator("/tmp/numbers.tfrecord"):
      ...     example = tf.train.Example.FromString(record)
    """
    compression = TFRecordOptions.get_compression_type_string(options)
    with opened_records(os.fsdecode(path), compression) as (file, size):
        yield from read_records(file, min(size, sys.maxsize), os.fsdecode(path))
