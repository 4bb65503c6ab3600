"""tf.gfile.GFile: a file, opened when it is first read or written. Errors are TensorFlow's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jitgraph import errors
from jitgraph.ops.file_errors import as_op_errors
from jitgraph.ops.file_places import place_of

MODES = ("r", "w", "a", "r+", "w+", "a+")


class GFile:
    """A file of bytes, or of text in UTF-8.

    Args:
      name: its path.
      mode: "r", "w", "a", "r+", "w+" or "a+"; with "b" for bytes.

    Raises:
      tf.errors.InvalidArgumentError: there is no such mode.
      tf.errors.NotFoundError: when it is first read: there is no such file.
      tf.errors.PermissionDeniedError: it is not open for what is asked.

    Example:
      >>> with tf.gfile.GFile("/tmp/words.txt", "w") as file:
      ...     file.write("one two")
      >>> tf.gfile.GFile("/tmp/words.txt").read()
      'one two'
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name = name
        self._mode = mode
        self._binary = "b" in mode
        plain = mode.replace("b", "")
        if plain not in MODES:
            raise errors.InvalidArgumentError(
                None, None, f"mode is not 'r' or 'w' or 'a', but {mode!r}"
            )
        self._reads = plain[0] == "r" or "+" in plain
        self._writes = plain[0] in "wa" or "+" in plain
        self._file: Any = None

    @property
    def name(self) -> Any:
        """The path."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode that it was made with."""
        return self._mode

    def _open(self) -> Any:
        if self._file is None:
            files, path = place_of(self._name)
            with as_op_errors(path):
                self._file = files.open(path, self._mode.replace("b", "") + "b")
        return self._file

    def _open_to_read(self) -> Any:
        if not self._reads:
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        return self._open()

    def _given(self, data: bytes) -> Any:
        return data if self._binary else data.decode("utf-8")

    def size(self) -> int:
        """How many bytes it holds."""
        self.flush()
        files, path = place_of(self._name)
        with as_op_errors(path):
            return int(files.status(path).length)

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes, or all that are left; text unless the mode has "b"."""
        file = self._open_to_read()
        with as_op_errors(str(self._name)):
            return self._given(file.read(n))

    def readline(self) -> Any:
        """The next line with its end, or nothing at the end of the file."""
        return self._given(self._open_to_read().readline())

    def readlines(self) -> list[Any]:
        """The lines that are left."""
        return list(self)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Goes to a byte: of the file, from here (whence 1), or from the end (whence 2)."""
        place = position if offset is None else offset
        if place is None:
            raise TypeError("seek(): offset argument required")
        if whence not in (0, 1, 2):
            raise errors.InvalidArgumentError(
                None,
                None,
                f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.",
            )
        self._open_to_read().seek(place, whence)

    def tell(self) -> int:
        """The byte at which it stands."""
        return self._open().tell()

    def write(self, file_content: str | bytes) -> None:
        """Writes text or bytes."""
        if not self._writes:
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        text = file_content.encode() if isinstance(file_content, str) else file_content
        self._open().write(text)

    def flush(self) -> None:
        """Hands what was written to the operating system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Closes it; it opens again when it is used again."""
        if self._writes:
            self._open()
        if self._file is not None:
            self._file.close()
        self._file = None

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_file", None) is not None:
            self._file.close()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__
