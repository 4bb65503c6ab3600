"""Strings cut at separators: StringSplit, StringSplitV2. They run on the host.

In: a vector of strings, a separator. Out: the parts as a sparse matrix, a row for each string.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument, require_rank
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import Dims, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.string_arrays import bytes_of, strings_of

_KINDS = ("SparseTensor", "RaggedTensor")


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 1)
    require_rank(q.shapes[1], 0)
    return [(None, 2), (None,), (2,)]


def _rows(texts: Any, cut: Callable[[bytes], list[bytes]]) -> tuple[np.ndarray, ...]:
    rows = [cut(text) for text in np.asarray(texts, object).tolist()]
    counts = [len(row) for row in rows]
    numbers = np.repeat(np.arange(len(rows), dtype=np.int64), counts)
    parts = [part for row in rows for part in row]
    ends = np.cumsum(np.array(counts, np.int64))
    columns = np.arange(len(parts)) - np.repeat(ends - counts, counts)
    places = np.stack([numbers, columns], axis=1)
    return places, strings_of(parts, [len(parts)]), np.array([len(rows), max(counts, default=0)])


def _rows_at_byte(texts: Any, mark: bytes, skip_empty: bool) -> tuple[np.ndarray, ...]:
    """`_rows` for a separator of one byte."""
    rows = [text.split(mark) if text else [] for text in np.asarray(texts, object).tolist()]
    counts = np.fromiter(map(len, rows), np.int64, len(rows))
    parts = strings_of(chain.from_iterable(rows), [int(counts.sum())])
    numbers = np.repeat(np.arange(len(rows)), counts)
    if skip_empty:
        kept = np.fromiter(map(len, parts.tolist()), np.int64, len(parts)) > 0
        parts, numbers = parts[kept], numbers[kept]
        counts = np.bincount(numbers, minlength=len(rows))
    columns = np.arange(len(parts)) - np.repeat(np.cumsum(counts) - counts, counts)
    places = np.stack([numbers, columns], axis=1)
    return places, parts, np.array([len(rows), counts.max(initial=0)])


def _split(input: Any, delimiter: Any, skip_empty: bool) -> tuple[np.ndarray, ...]:
    marks = bytes_of(delimiter)
    if len(marks) == 1:
        return _rows_at_byte(input, marks, skip_empty)
    table = bytes.maketrans(marks, marks[:1] * len(marks))

    def cut(text: bytes) -> list[bytes]:
        if not marks:
            return [text[at : at + 1] for at in range(len(text))]
        unified = text.translate(table)
        parts = unified.split(marks[:1]) if text else []
        return [part for part in parts if part] if skip_empty and b"" in parts else parts

    return _rows(input, cut)


def _split_in_order(input: Any, sep: Any, maxsplit: int) -> tuple[np.ndarray, ...]:
    mark = bytes_of(sep)

    def cut(text: bytes) -> list[bytes]:
        if not maxsplit:
            return [text]
        parts = text.split(mark or None, maxsplit)
        has_empty_rest = not mark and len(parts) == maxsplit
        return [*parts, b""] if has_empty_rest else parts

    return _rows(input, cut)


def _samples(rng: np.random.Generator) -> Any:
    texts = strings_of([b"a b  c", b"", b" x,y ", b"no"], [4])
    for mark in (b" ", b"", b", "):
        yield Sample((texts, strings_of([mark], [])))
        yield Sample((texts, strings_of([mark], [])), {"skip_empty": False})
    yield Sample((texts[:0], strings_of([b" "], [])))


def _samples_in_order(rng: np.random.Generator) -> Any:
    texts = strings_of([b"a b  c ", b"", b"1<>2<><>3", b"<>"], [4])
    for mark in (b" ", b"", b"<>"):
        for most in (-1, 0, 1, 2):
            yield Sample((texts, strings_of([mark], [])), {"maxsplit": most})


STRING_SPLIT = OpDef(
    "StringSplit",
    "input: string, delimiter: string -> indices: int64, values: string, shape: int64",
    _shape,
    attrs={"skip_empty": True},
    reference=_split,
    gradient=no_gradient,
    samples=_samples,
)

STRING_SPLIT_V2 = OpDef(
    "StringSplitV2",
    "input: string, sep: string -> indices: int64, values: string, shape: int64",
    _shape,
    attrs={"maxsplit": -1},
    reference=_split_in_order,
    gradient=no_gradient,
    samples=_samples_in_order,
)


def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: str | None = None,
) -> SparseTensor:
    """Strings cut at single characters.

    Args:
      source: a vector of strings.
      sep: the characters at which they are cut, each by itself; "" cuts at every byte. A space if
        not given.
      skip_empty: whether empty parts are left out.
      delimiter: former name of `sep`.
      result_type: "SparseTensor".
      name: a name scope for the ops.

    Returns:
      A SparseTensor, row n with the parts of string n.

    Raises:
      ValueError: `source` is no vector, or another `result_type`.
      NotImplementedError: a "RaggedTensor".

    Example:
      >>> tf.Session().run(tf.string_split(["a b", "c"]).values).tolist()
      [b'a', b'b', b'c']
    """
    with name_scope(name, "StringSplit", [source]):
        marks = chosen_argument("sep", sep, "delimiter", delimiter)
        separator = convert_to_tensor(" " if marks is None else marks, dtypes.string)
        texts = convert_to_tensor(source, dtypes.string)
        attrs = {"skip_empty": skip_empty}
        found = _sparse(apply(STRING_SPLIT, [texts, separator], attrs))
    return _of_kind(found, result_type)


def strings_split(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: str | None = None,
) -> SparseTensor:
    """Strings cut as Python's `split` does it.

    Args:
      input: a vector of strings.
      sep: the separator; any white space if None or "".
      maxsplit: how often a string is cut at most; -1 for no limit.
      result_type: "SparseTensor".
      source: another name of `input`.
      name: a name scope for the ops.

    Returns:
      A SparseTensor, row n with the parts of string n.

    Raises:
      ValueError: another `result_type`.
      NotImplementedError: a "RaggedTensor", or strings that are no vector.

    Example:
      >>> tf.Session().run(tf.strings.split(["a<>b", "c"], "<>").values).tolist()
      [b'a', b'b', b'c']
    """
    given = chosen_argument("input", input, "source", source)
    with name_scope(name, "StringSplit", [given]):
        texts = convert_to_tensor(given, dtypes.string, name="input")
        if texts.shape.ndims != 1:
            raise NotImplementedError(f"strings to split must be a vector, not {texts.shape}")
        separator = convert_to_tensor("" if sep is None else sep, dtypes.string)
        found = _sparse(apply(STRING_SPLIT_V2, [texts, separator], {"maxsplit": maxsplit}))
    return _of_kind(found, result_type)


def _sparse(parts: tuple[Tensor, Tensor, Tensor]) -> SparseTensor:
    return SparseTensor(*parts)


def _of_kind(found: SparseTensor, kind: str) -> SparseTensor:
    if kind not in _KINDS:
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
    if kind != "SparseTensor":
        raise NotImplementedError("there are no RaggedTensors here: take a SparseTensor")
    return found
