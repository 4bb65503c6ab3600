"""Records of comma-separated values: DecodeCSV. It runs on the host.

In: lines. Out: a tensor for each column. https://datatracker.ietf.org/doc/html/rfc4180 has the
format; spaces around numbers don't count.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import Dims, OpDef, Sample, ShapeQuery
from jitgraph.ops.string_arrays import bytes_of, refused, strings_of
from jitgraph.ops.string_numbers import parsed_number

COLUMNS = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_QUOTE = b'"'


class _Dialect(NamedTuple):
    """How fields are told apart."""

    mark: bytes
    has_quotes: bool


def _shape(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes[1:]:
        if dims is not None and len(dims) > 1:
            raise ValueError(f"Shape must be at most rank 1 but is rank {len(dims)}")
        if dims and isinstance(dims[0], int) and dims[0] > 1:
            raise ValueError(
                "Shape of a default must be a length-0 or length-1 vector, or a scalar."
            )
    return [q.shapes[0]] * (len(q.shapes) - 1)


def _decoded(
    records: Any,
    record_defaults: Sequence[np.ndarray],
    field_delim: Any,
    use_quote_delim: bool,
    na_value: Any,
    select_cols: Sequence[int],
) -> tuple[np.ndarray, ...]:
    dialect = _Dialect(bytes_of(field_delim), use_quote_delim)
    texts, missing = np.asarray(records, object), bytes_of(na_value)
    if len(dialect.mark) != 1:
        raise refused("field_delim should be only 1 char")
    rows = [_chosen(fields_of(text, dialect), select_cols) for text in texts.ravel().tolist()]
    for number, row in enumerate(rows):
        if len(row) != len(record_defaults):
            raise refused(
                f"Expect {len(record_defaults)} fields but have {len(row)} in record {number}"
            )
    columns = zip(*rows, strict=True) if rows else [[] for _ in record_defaults]
    return tuple(
        _column(fields, default, place, missing).reshape(texts.shape)
        for place, (fields, default) in enumerate(zip(columns, record_defaults, strict=True))
    )


def _chosen(fields: list[bytes], columns: Sequence[int]) -> list[bytes]:
    if not columns:
        return fields
    return [fields[column] for column in columns if column < len(fields)]


def _column(fields: Any, default: np.ndarray, place: int, missing: bytes) -> np.ndarray:
    array = np.asarray(default)
    dtype = dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)
    found = [_value(field, array, dtype, place, n, missing) for n, field in enumerate(fields)]
    if dtype is dtypes.string:
        return strings_of(found, [len(found)])
    return np.array(found, dtype.as_numpy_dtype)


def _value(
    field: bytes, default: np.ndarray, dtype: DType, place: int, record: int, missing: bytes
) -> Any:
    if not field or field == missing:
        if not default.size:
            raise refused(f"Field {place} is required but missing in record {record}!")
        return default.reshape(-1)[0]
    if dtype is dtypes.string:
        return field
    found = parsed_number(field, dtype)
    if found is None:
        shown = field.decode("utf-8", "backslashreplace")
        raise refused(f"Field {place} in record {record} is not a valid {_word(dtype)}: {shown}")
    return found


def _word(dtype: DType) -> str:
    return {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def fields_of(record: bytes, dialect: _Dialect) -> list[bytes]:
    """The fields of one record, without their quotes.

    Raises:
      errors.InvalidArgumentError: a quote where none may be, or none where one must be.
    """
    if not record:
        return []
    if not dialect.has_quotes or _QUOTE not in record:
        _require_no_line_end(record, dialect)
        return record.split(dialect.mark)
    found, place = [], 0
    while place <= len(record):
        if record[place : place + 1] == _QUOTE:
            field, place = _quoted(record, place + 1, dialect.mark)
        else:
            field, place = _bare(record, place, dialect)
        found.append(field)
    return found


def _bare(record: bytes, start: int, dialect: _Dialect) -> tuple[bytes, int]:
    end = record.find(dialect.mark, start)
    field = record[start:] if end < 0 else record[start:end]
    if _QUOTE in field:
        raise refused("Unquoted fields cannot have quotes/CRLFs inside")
    _require_no_line_end(field, dialect)
    return field, len(record) + 1 if end < 0 else end + 1


def _require_no_line_end(text: bytes, dialect: _Dialect) -> None:
    if dialect.has_quotes and (b"\n" in text or b"\r" in text):
        raise refused("Unquoted fields cannot have quotes/CRLFs inside")


def _quoted(record: bytes, start: int, mark: bytes) -> tuple[bytes, int]:
    parts, place = [], start
    while True:
        end = record.find(_QUOTE, place)
        if end < 0:
            raise refused("Quoted field has to end with quote followed by delim or end")
        parts.append(record[place:end])
        after = record[end + 1 : end + 2]
        if after != _QUOTE:
            break
        parts.append(_QUOTE)
        place = end + 2
    if after and after != mark:
        raise refused("Quote inside a string has to be escaped by another quote")
    return b"".join(parts), end + 2


def _samples(rng: np.random.Generator) -> Any:
    lines = strings_of([b'1, 2.5,"a ""b"", c",', b"-3,1e3,,x", b",,x,NA"], [3])
    defaults = [
        np.array([7], np.int32),
        np.array([0.5], np.float32),
        strings_of([b"none"], [1]),
        strings_of([b"last"], []),
    ]
    yield Sample((lines, defaults))
    yield Sample((lines, defaults), {"na_value": "NA"})
    yield Sample((lines.reshape(3, 1), [defaults[0], defaults[2]]), {"select_cols": [0, 2]})
    spaced = strings_of([b'1|"x|4', b"2||5"], [2])
    kinds = [np.array([1]), defaults[2], np.array([0.0])]
    yield Sample((spaced, kinds), {"field_delim": "|", "use_quote_delim": False})


DECODE_CSV = OpDef(
    "DecodeCSV",
    "records: string, record_defaults: [OUT_TYPE] -> output: [OUT_TYPE]",
    _shape,
    types={"OUT_TYPE": COLUMNS},
    attrs={"field_delim": ",", "use_quote_delim": True, "na_value": "", "select_cols": []},
    reference=_decoded,
    gradient=None,
    samples=_samples,
)


def decode_csv(
    records: Any,
    record_defaults: Sequence[Any],
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> list[Any]:
    """The columns of comma-separated values.

    Args:
      records: strings, a record each.
      record_defaults: for each column a tensor of its dtype: what an empty field stands for, or an
        empty vector where no field may be empty.
      field_delim: what is between fields.
      use_quote_delim: whether quotes hold fields together.
      name: the op's name.
      na_value: a text that stands for an empty field.
      select_cols: the numbers of the columns that are wanted, in order; all if None.

    Returns:
      A tensor for each column, of the shape of `records`.

    Raises:
      ValueError: columns out of order, or not as many as defaults. A run raises
        errors.InvalidArgumentError for a record that does not fit.

    Example:
      >>> tf.Session().run(tf.decode_csv(["1,a", "2,"], [[0], ["none"]]))
      [array([1, 2], dtype=int32), array([b'a', b'none'], dtype=object)]
    """
    if select_cols is not None:
        _check_columns(select_cols, record_defaults)
    attrs = {
        "field_delim": field_delim,
        "use_quote_delim": use_quote_delim,
        "na_value": na_value,
        "select_cols": list(select_cols or []),
    }
    found: list[Any] = apply(DECODE_CSV, [records, record_defaults], attrs, name)
    return found


def _check_columns(columns: Sequence[int], defaults: Sequence[Any]) -> None:
    if any(a >= b for a, b in itertools.pairwise(columns)):
        raise ValueError("select_cols is not strictly increasing.")
    if columns and columns[0] < 0:
        raise ValueError("select_cols contains negative values.")
    if len(columns) != len(defaults):
        raise ValueError("Length of select_cols and record_defaults do not match.")
