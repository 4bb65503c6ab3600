"""tf.compat: text and bytes, and `v1`, which is the package itself."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

from jitgraph.shapes import TensorShape, dimension_value

__all__ = [
    "as_bytes",
    "as_str",
    "as_str_any",
    "as_text",
    "bytes_or_text_types",
    "complex_types",
    "dimension_at_index",
    "dimension_value",
    "forward_compatible",
    "integral_types",
    "path_to_str",
    "real_types",
    "v1",
]

v1: Any = None
"""Set by the package: `tf.compat.v1` is `tf`."""

real_types = (float, int)
integral_types = (int,)
complex_types = (complex, float, int)
bytes_or_text_types = (bytes, str)


def as_bytes(bytes_or_text: str | bytes, encoding: str = "utf-8") -> bytes:
    """Text as bytes.

    Args:
      bytes_or_text: text, or bytes, which come back as they are.
      encoding: the text's encoding.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: str | bytes, encoding: str = "utf-8") -> str:
    """Bytes as text.

    Args:
      bytes_or_text: bytes, or text, which comes back as it is.
      encoding: the encoding of the bytes.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any) -> str:
    """Any value as text."""
    return as_text(value) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """A path object as text."""
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


HORIZON = date(2019, 11, 1)
"""Until when TensorFlow 1.15 reads what newer versions write."""


def dimension_at_index(shape: TensorShape, index: int) -> Any:
    """A dimension of a shape."""
    return shape[index]


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether programs of TensorFlow 1.15 may use what came before a day."""
    return date(year, month, day) < HORIZON
