"""Parts of strings: Substr. It runs on the host.

In: strings, where parts begin, how long they are. Out: strings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import INDEX, Dims, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.shape_rules import broadcast_dims
from jitgraph.ops.string_arrays import refused, strings_of, text_of

_UNITS = ("BYTE", "UTF8_CHAR")
_CONTINUES = 0x80
_KIND_BITS = 0xC0


def _shape(q: ShapeQuery) -> list[Dims | None]:
    first, second = q.shapes[1], q.shapes[2]
    if first is not None and second is not None:
        if len(first) != len(second):
            text = f"Shape must be rank {len(second)} but is rank {len(first)}"
            raise ValueError(text)
        for a, b in zip(first, second, strict=True):
            if isinstance(a, int) and isinstance(b, int) and a != b:
                raise ValueError(f"pos and len shapes must match: {list(first)} vs. {list(second)}")
    return [broadcast_dims(q.shapes[0], first)]


def _parts(input: Any, pos: Any, len: Any, unit: Any) -> np.ndarray:
    texts, places, sizes = np.broadcast_arrays(np.asarray(input, object), pos, len)
    cut = _by_bytes if text_of(unit) == "BYTE" else _by_characters
    rows = zip(texts.ravel().tolist(), places.ravel().tolist(), sizes.ravel().tolist(), strict=True)
    found = [_part(cut, number, *row) for number, row in enumerate(rows)]
    return strings_of(found, texts.shape)


def _part(
    cut: Callable[[bytes, int, int], bytes | None], number: int, text: bytes, place: int, size: int
) -> bytes:
    found = cut(text, place, size)
    if found is None:
        raise refused(f"pos {place} out of range for {_shown(cut, text)} at index {number}")
    return found


def _shown(cut: Any, text: bytes) -> str:
    return "string" if cut is _by_characters else f"string b'{text.decode('utf-8', 'replace')}'"


def _by_bytes(text: bytes, place: int, size: int) -> bytes | None:
    if not -len(text) <= place <= len(text):
        return None
    start = place if place >= 0 else len(text) + place
    return text[start : start + size] if size >= 0 else text[start:]


def _by_characters(text: bytes, place: int, size: int) -> bytes | None:
    starts = [at for at, byte in enumerate(text) if byte & _KIND_BITS != _CONTINUES]
    if not -len(starts) <= place <= len(starts):
        return None
    starts.append(len(text))
    start = place if place >= 0 else len(starts) - 1 + place
    end = min(start + max(size, 0), len(starts) - 1)
    return text[starts[start] : starts[end]]


def _samples(rng: np.random.Generator) -> Any:
    texts = strings_of([b"hello", "größe".encode(), b"abcdef"], [3])
    yield Sample((texts, np.array(1, np.int32), np.array(3, np.int32)))
    yield Sample((texts, np.array([-2, 0, 5]), np.array([9, 0, 1])))
    yield Sample((texts[1:2].reshape(()), np.array([[1], [2]]), np.array([[2], [1]])))
    by_characters = {"unit": "UTF8_CHAR"}
    yield Sample((texts, np.array(2, np.int32), np.array(2, np.int32)), by_characters)
    yield Sample((texts, np.array([-3, -3, 6]), np.array([2, 9, 1])), by_characters)


SUBSTR = OpDef(
    "Substr",
    "input: string, pos: T, len: T -> output: string",
    _shape,
    types={"T": INDEX},
    attrs={"unit": "BYTE"},
    reference=_parts,
    gradient=no_gradient,
    samples=_samples,
)


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """A part of each string.

    Args:
      input: strings.
      pos: where parts begin; from the end where negative. It broadcasts against `input`.
      len: how long they are; a string that ends before ends its part.
      name: the op's name.
      unit: whether both count bytes ("BYTE") or characters ("UTF8_CHAR").

    Returns:
      A string tensor.

    Raises:
      ValueError: `pos` and `len` have different shapes, or another unit. A run raises
        errors.InvalidArgumentError for a part that begins outside of its string.

    Example:
      >>> tf.Session().run(tf.substr("hello", 1, 3))
      b'ell'
    """
    if unit not in _UNITS:
        raise ValueError(
            f"Attr 'unit' of 'Substr' Op passed string '{unit}' not in: \"BYTE\", \"UTF8_CHAR\"."
        )
    found: Tensor = apply(SUBSTR, [input, pos, len], {"unit": unit}, name)
    return found
