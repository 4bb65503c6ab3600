"""Lengths of strings: StringLength. In: strings. Out: int32 numbers. It runs on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample, no_gradient

_UNITS = ("BYTE", "UTF8_CHAR")
_CONTINUES = 0x80
_KIND_BITS = 0xC0


def _lengths(input: Any, unit: Any) -> np.ndarray:
    found = np.asarray(input, object)
    name = unit.decode() if isinstance(unit, bytes) else unit
    measure = len if name == "BYTE" else _characters
    return np.array([measure(text) for text in found.ravel()], np.int32).reshape(found.shape)


def _characters(text: bytes) -> int:
    """The bytes that do not go on with a character: what TensorFlow counts, valid UTF-8 or not."""
    return sum(byte & _KIND_BITS != _CONTINUES for byte in text)


def _samples(rng: np.random.Generator) -> Any:
    words = np.array([[b"abc", b""], ["héé".encode(), b"\xff\x80\x00"]], object)
    yield Sample((words,))
    yield Sample((words,), {"unit": "UTF8_CHAR"})
    yield Sample((np.array(b"four", object),))


STRING_LENGTH = OpDef(
    "StringLength",
    "input: string -> output: int32",
    lambda q: [q.shapes[0]],
    attrs={"unit": "BYTE"},
    reference=_lengths,
    gradient=no_gradient,
    samples=_samples,
)


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """The length of each string.

    Args:
      input: strings.
      name: the op's name.
      unit: "BYTE", or "UTF8_CHAR" for characters of UTF-8.

    Returns:
      An int32 tensor of the same shape.

    Raises:
      ValueError: another unit.

    Example:
      >>> tf.Session().run(tf.strings.length(["one", "three"])).tolist()
      [3, 5]
    """
    if unit not in _UNITS:
        raise ValueError(
            f"Attr 'unit' of 'StringLength' Op passed string '{unit}' not in: "
            '"BYTE", "UTF8_CHAR".'
        )
    found: Tensor = apply(STRING_LENGTH, [input], {"unit": unit}, name)
    return found
