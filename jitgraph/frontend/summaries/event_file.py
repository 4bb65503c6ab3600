"""Files of events, which TensorBoard reads: records, each a serialized Event.

In: events. Out: a file `events.out.tfevents.<seconds>.<host>` in a folder, made when the first
event is written, as TensorFlow does; and back.
"""

from __future__ import annotations

import socket
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from jitgraph import protos
from jitgraph.checkpoint.records import framed, read_records
from jitgraph.errors import NotFoundError

VERSION = "brain.Event:2"


class EventFile:
    """Takes events and appends them to a file; several threads may do so.

    Args:
      folder: where the file is; made if it is not there.
      flush_seconds: how often what was added goes to the disk.
      suffix: the end of the file's name.
    """

    def __init__(self, folder: str, flush_seconds: float, suffix: str = "") -> None:
        self.folder = folder
        self._flush_seconds = flush_seconds
        self._suffix = suffix
        self._lock = threading.Lock()
        self._file: BinaryIO | None = None
        self._next_flush = 0.0
        Path(folder).mkdir(parents=True, exist_ok=True)
        if suffix:
            self._open()

    def write(self, event: Any) -> None:
        """Adds one event."""
        record = framed(event.SerializeToString())
        with self._lock:
            file = self._file or self._open()
            file.write(record)
            now = time.monotonic()
            if now >= self._next_flush:
                file.flush()
                self._next_flush = now + self._flush_seconds

    def flush(self) -> None:
        """All that was added is in the file now."""
        with self._lock:
            if self._file is not None:
                self._file.flush()

    def close(self) -> None:
        """Ends the file; the next event begins another."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _open(self) -> BinaryIO:
        """A new file: of two that begin in the same second, one is called after the next."""
        seconds = int(time.time())
        while True:
            name = f"events.out.tfevents.{seconds:010d}.{socket.gethostname()}{self._suffix}"
            try:
                file: BinaryIO = open(Path(self.folder, name), "xb")  # noqa: SIM115
            except FileExistsError:
                seconds += 1
                continue
            break
        first = protos.Event(wall_time=float(seconds), file_version=VERSION)
        file.write(framed(first.SerializeToString()))
        weakref.finalize(self, file.close)
        self._file = file
        self._next_flush = 0.0
        return file


def summary_iterator(path: str) -> Iterator[Any]:
    """The events of a file.

    Args:
      path: the file.

    Raises:
      errors.NotFoundError: there is no such file.
      errors.DataLossError: it is damaged, or cut off.

    Example:
      >>> for event in tf.train.summary_iterator(path):
      ...     for value in event.summary.value:
      ...         print(event.step, value.tag, value.simple_value)
    """
    try:
        with open(path, "rb") as file:
            for record in read_records(file, Path(path).stat().st_size, str(path)):
                yield protos.Event.FromString(record)
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
