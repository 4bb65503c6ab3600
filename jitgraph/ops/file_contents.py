"""Whole files: tf.read_file, write_file, matching_files. They run on the host, between programs.

In: names of files, and what is to be in them. Out: what is in them; names. Errors are TensorFlow's.
"""

from __future__ import annotations

import glob
import os
from pathlib import PurePath
from typing import Any

import numpy as np

from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import OpDef, ShapeQuery, no_gradient
from jitgraph.ops.file_errors import as_op_errors
from jitgraph.ops.file_places import LOCAL, place_of
from jitgraph.ops.string_arrays import bytes_of, strings_of


def _scalars(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes:
        require_rank(dims, 0)
    return [()]


def _names_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    if dims is not None and len(dims) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(dims)}")
    return [(None,)]


def _place(name: Any) -> tuple[Any, str]:
    return place_of(os.fsdecode(bytes_of(name)))


def _read(filename: Any) -> np.ndarray:
    files, path = _place(filename)
    with as_op_errors(path):
        return strings_of([files.contents(path)], ())


def _written(filename: Any, contents: Any) -> None:
    files, path = _place(filename)
    with as_op_errors(path):
        files.make_folders(os.path.dirname(path) or ".")
        with files.open(path, "wb") as file:
            file.write(bytes_of(contents))


def _matching(pattern: Any) -> np.ndarray:
    patterns = np.asarray(pattern, object).ravel().tolist()
    places = map(_place, patterns)
    found = sorted({os.fsencode(path) for place in places for path in _matches(*place)})
    return strings_of(found, [len(found)])


def _matches(files: Any, pattern: str) -> list[str]:
    if files is not LOCAL:
        found: list[str] = files.matches(pattern)
        return found
    folder = PurePath(pattern).parent
    while glob.has_magic(str(folder)):
        folder = folder.parent
    with as_op_errors(str(folder)):
        os.stat(folder)
    return glob.glob(pattern, include_hidden=True)


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


READ_FILE = OpDef(
    "ReadFile",
    "filename: string -> contents: string",
    _scalars,
    reference=_read,
    gradient=no_gradient,
    calls_python=True,
    samples=_no_samples,
)

WRITE_FILE = OpDef(
    "WriteFile",
    "filename: string, contents: string ->",
    lambda q: _scalars(q)[1:],
    reference=_written,
    gradient=no_gradient,
    stateful=True,
    must_run=True,
    calls_python=True,
    samples=_no_samples,
)

MATCHING_FILES = OpDef(
    "MatchingFiles",
    "pattern: string -> filenames: string",
    _names_shape,
    reference=_matching,
    gradient=no_gradient,
    calls_python=True,
    samples=_no_samples,
)


def read_file(filename: Any, name: str | None = None) -> Tensor:
    """What is in a file.

    Args:
      filename: a string.
      name: the op's name.

    Returns:
      A string. A run raises errors.NotFoundError where there is no such file, and
      errors.FailedPreconditionError for a folder.

    Raises:
      ValueError: `filename` is no scalar.

    Example:
      >>> tf.read_file("picture.jpg")
      <tf.Tensor 'ReadFile:0' shape=() dtype=string>
    """
    found: Tensor = apply(READ_FILE, [filename], {}, name)
    return found


def write_file(filename: Any, contents: Any, name: str | None = None) -> Operation:
    """Writes a file, and makes the folders above it.

    Args:
      filename: a string.
      contents: a string, what is to be in it.
      name: the op's name.

    Returns:
      The operation. A run raises errors.OpError where it can't be written.

    Raises:
      ValueError: one of both is no scalar.

    Example:
      >>> tf.Session().run(tf.write_file("/tmp/words.txt", "one two"))
    """
    found: Operation = apply(WRITE_FILE, [filename, contents], {}, name)
    return found


def matching_files(pattern: Any, name: str | None = None) -> Tensor:
    """The files whose names match one of several patterns, in order.

    Args:
      pattern: a string, or several; "*" stands for any characters but "/", "?" for one.
      name: the op's name.

    Returns:
      A vector of strings. A run raises errors.NotFoundError where there is no such folder.

    Raises:
      ValueError: `pattern` has two dimensions or more.

    Example:
      >>> tf.matching_files("pictures/*.jpg")
      <tf.Tensor 'MatchingFiles:0' shape=(?,) dtype=string>
    """
    found: Tensor = apply(MATCHING_FILES, [pattern], {}, name)
    return found
