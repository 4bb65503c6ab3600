"""Stage frontend: tf.TextLineReader and its kin: records of files whose names come from a queue.

In: a queue of names. Out: operations that give the next record, named as TensorFlow 1.15's.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.queues.queues import QueueBase
from jitgraph.graph import Operation, Tensor
from jitgraph.ops import reader_definitions as definitions
from jitgraph.ops.apply import apply


class ReaderBase:
    """A reader: what all kinds share.

    Args:
      reader_ref: the tensor that stands for the reader.
      supports_serialize: accepted.
    """

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Tensor:
        """The tensor that stands for the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether its state can be told: no."""
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """The next record of a file; the next file's name is taken from the queue.

        Args:
          queue: a queue of strings, or the tensor that stands for one.
          name: the operation's name.

        Returns:
          (key, value): two string scalars. A run raises errors.OutOfRangeError where the queue is
          closed and empty, and errors.NotFoundError for a file that is not there.
        """
        return apply(definitions.READER_READ, [self._reader_ref, _ref(queue)], name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """The next records of a file, `num_records` at most.

        Args:
          queue: a queue of strings, or the tensor that stands for one.
          num_records: how many, an int64 scalar.
          name: the operation's name.

        Returns:
          (keys, values): two string vectors.
        """
        inputs = [self._reader_ref, _ref(queue), num_records]
        return apply(definitions.READER_READ_UP_TO, inputs, name=name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records were read: an int64 scalar."""
        found: Tensor = apply(definitions.READER_RECORDS, [self._reader_ref], name=name)
        return found

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files were read to the end: an int64 scalar."""
        found: Tensor = apply(definitions.READER_UNITS, [self._reader_ref], name=name)
        return found

    def reset(self, name: str | None = None) -> Operation:
        """An operation after which the reader is as it was first."""
        found: Operation = apply(definitions.READER_RESET, [self._reader_ref], name=name)
        return found


class WholeFileReader(ReaderBase):
    """Gives files: the key is the name, the value all that is in it.

    Args:
      name: the operation's name.

    Example:
      >>> files = tf.train.string_input_producer(["a.jpg", "b.jpg"])
      >>> name, content = tf.WholeFileReader().read(files)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(apply(definitions.WHOLE_FILE_READER, [], name=name), True)


class TextLineReader(ReaderBase):
    """Gives lines without their ends.

    Args:
      skip_header_lines: so many lines of each file are left out.
      name: the operation's name.
    """

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        attrs = {"skip_header_lines": skip_header_lines or 0}
        super().__init__(apply(definitions.TEXT_LINE_READER, [], attrs, name))


class FixedLengthRecordReader(ReaderBase):
    """Gives pieces of one length.

    Args:
      record_bytes: the length.
      header_bytes, footer_bytes: so many bytes of each file are left out at its ends.
      hop_bytes: from the beginning of a piece to that of the next one; the length if 0.
      name: the operation's name.
      encoding: "ZLIB" or "GZIP" for compressed files.
    """

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        attrs = {
            "record_bytes": record_bytes,
            "header_bytes": header_bytes or 0,
            "footer_bytes": footer_bytes or 0,
            "hop_bytes": hop_bytes or 0,
            "encoding": encoding or "",
        }
        super().__init__(apply(definitions.FIXED_LENGTH_RECORD_READER, [], attrs, name))


class TFRecordReader(ReaderBase):
    """Gives the records of TFRecord files.

    Args:
      name: the operation's name.
      options: a TFRecordOptions: how the files are compressed.
    """

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        kind = "" if options is None else options.compression
        attrs = {"compression_type": kind}
        super().__init__(apply(definitions.TF_RECORD_READER, [], attrs, name))


class IdentityReader(ReaderBase):
    """Gives what is in the queue, as key and as value.

    Args:
      name: the operation's name.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(apply(definitions.IDENTITY_READER, [], name=name), True)


def _ref(queue: Any) -> Any:
    return queue.queue_ref if isinstance(queue, QueueBase) else queue
