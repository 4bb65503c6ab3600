"""Text files as contents of look-up tables: a pair of key and value for each line.

In: a file, and which part of a line is what. Out: pairs. Errors are TensorFlow's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from jitgraph.dtypes import DType
from jitgraph.errors import FailedPreconditionError, NotFoundError, OutOfRangeError
from jitgraph.ops.string_arrays import refused
from jitgraph.ops.string_numbers import parsed_number

WHOLE_LINE = -2
LINE_NUMBER = -1


class Column(NamedTuple):
    """Which part of a line is meant, and its dtype."""

    part: int
    dtype: DType


def pairs_of_lines(
    name: bytes, key: Column, value: Column, most: int, delimiter: bytes
) -> Iterator[tuple[Any, Any]]:
    """The pairs of a file.

    Args:
      name: the file.
      key, value: parts of a line.
      most: so many lines are read, and must be there; all if -1.
      delimiter: what is between the parts of a line.

    Raises:
      errors.NotFoundError, errors.FailedPreconditionError: no such file, or a directory.
      errors.InvalidArgumentError: a line that does not fit, or too few of them.
      errors.OutOfRangeError: there are no lines at all.
    """
    path = os.fsdecode(name)
    lines = _lines(path)
    if not lines:
        raise OutOfRangeError(None, None, "Read less bytes than requested")
    count = len(lines) if most < 0 else min(most, len(lines))
    place = 0
    for number, line in enumerate(lines[:count]):
        place += len(line) + 1
        text = line.removesuffix(b"\r")
        if not text:
            raise refused(f"Invalid content in {path}: empty line found at position {place}.")
        parts = text.split(delimiter)
        yield tuple(_part(path, number, text, parts, each) for each in (key, value))  # type: ignore[misc]
    if count < most:
        raise refused(f"Invalid vocab_size in {path}: expected {most} but got {count}")


def _lines(path: str) -> list[bytes]:
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    except OSError as error:
        raise FailedPreconditionError(None, None, f"{path}; {error.strerror}") from None
    return content.removesuffix(b"\n").split(b"\n") if content else []


def _part(path: str, number: int, text: bytes, parts: list[bytes], wanted: Column) -> Any:
    if wanted.part == LINE_NUMBER:
        return number
    if wanted.part == WHOLE_LINE:
        return _value(text, number, wanted.dtype)
    if wanted.part >= len(parts):
        raise refused(
            f"Invalid number of columns in {path} line {number} ({text.decode('utf-8', 'replace')})"
            f" : expected {wanted.part} got {len(parts)}"
        )
    return _value(parts[wanted.part], number, wanted.dtype)


def _value(text: bytes, number: int, dtype: DType) -> Any:
    if dtype.name == "string":
        return text
    found = parsed_number(text, dtype)
    if found is None:
        word = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
        shown = text.decode("utf-8", "replace")
        raise refused(f"Field {shown} in line {number} is not a valid {word}.")
    return found
