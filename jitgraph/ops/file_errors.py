"""What an operating system says of a file, as TensorFlow's errors. In: OSError. Out: OpError."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jitgraph import errors

_CLASSES = {
    errno.ENOENT: errors.NotFoundError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.ENOTEMPTY: errors.FailedPreconditionError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
}


_NUMBERS = {
    FileNotFoundError: errno.ENOENT,
    FileExistsError: errno.EEXIST,
    IsADirectoryError: errno.EISDIR,
    NotADirectoryError: errno.ENOTDIR,
    PermissionError: errno.EACCES,
}


@contextmanager
def as_op_errors(path: str) -> Iterator[None]:
    """OSErrors inside become TensorFlow's errors, named after the path."""
    try:
        yield
    except OSError as error:
        number = error.errno or _numbered(error)
        text = error.strerror or (os.strerror(number) if number else error)
        cls = _CLASSES.get(number, errors.UnknownError)
        raise cls(None, None, f"{path}; {text}") from error


def _numbered(error: OSError) -> int:
    """The number of an error that has none: file systems behind a scheme tell it by class."""
    return next((number for kind, number in _NUMBERS.items() if isinstance(error, kind)), 0)


def local_path(path: Any) -> str:
    """A path as text.

    Raises:
      tf.errors.UnimplementedError: it names a file system that is not the machine's own.
    """
    text = path.decode() if isinstance(path, bytes) else os.fspath(path)
    scheme, found, rest = text.partition("://")
    if not found:
        return text
    if scheme == "file":
        return rest
    raise errors.UnimplementedError(
        None, None, f"File system scheme '{scheme}' not implemented (file: '{text}')"
    )
