"""Arrays of strings, as references of ops on strings take and make them: object arrays of bytes.

In: arrays, and functions of one string. Out: arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from jitgraph.errors import InvalidArgumentError


def strings_of(items: Iterable[bytes], shape: Sequence[int]) -> np.ndarray:
    """An array of strings."""
    found = list(items)
    result = np.empty(len(found), object)
    result[:] = found
    return result.reshape(tuple(shape))


def each_of(function: Callable[[bytes], bytes], texts: Any) -> np.ndarray:
    """The array of what `function` makes of each string."""
    array = np.asarray(texts, object)
    return strings_of(map(function, array.ravel().tolist()), array.shape)


def text_of(value: Any) -> str:
    """A string attribute, or a scalar tensor of strings, as text; bytes that are no UTF-8 stay."""
    if isinstance(value, np.ndarray):
        value = value.item()
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def bytes_of(value: Any) -> bytes:
    """A string attribute, or a scalar tensor of strings, as bytes."""
    if isinstance(value, np.ndarray):
        value = value.item()
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else bytes(value)


def refused(text: str) -> InvalidArgumentError:
    """The error of a run for bad data; whoever runs the op adds which op it was."""
    return InvalidArgumentError(None, None, text)
