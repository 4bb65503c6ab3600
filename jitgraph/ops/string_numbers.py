"""Numbers as strings and strings as numbers: AsString, StringToNumber. They run on the host.

In: numbers, or strings. Out: strings, or numbers.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.definition import OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import refused, strings_of, text_of

WRITTEN = tuple(
    as_dtype(name)
    for name in "int8 int16 int32 int64 complex64 complex128 float32 float64 bool".split()
)
READ = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
_FLAGS = " +-0#"


def _written(
    input: np.ndarray, precision: int, scientific: bool, shortest: bool, width: int, fill: Any
) -> np.ndarray:
    form = _form(input.dtype, precision, scientific, shortest, width, text_of(fill))
    items = input.ravel().tolist()
    if input.dtype.kind == "c":
        items = [part for item in items for part in (item.real, item.imag)]
    elif input.dtype.kind == "b":
        items = ["true" if item else "false" for item in items]
    lines = (f"{form}\n" * input.size % tuple(items)).encode()
    return strings_of(lines.split(b"\n")[:-1], input.shape)


def _form(
    kind: Any, precision: int, scientific: bool, shortest: bool, width: int, fill: str
) -> str:
    """How one number is written: C's printf, which Python's formatting follows."""
    if kind.kind not in "fc":
        _require_float(as_dtype(kind).name, precision, scientific, shortest)
    if scientific and shortest:
        raise refused("Cannot select both scientific and shortest notation")
    if len(fill) > 1:
        raise refused("Fill string must be one or fewer characters")
    if fill not in _FLAGS:
        raise refused(f'Fill argument not supported: "{fill}"')
    if kind.kind == "b":
        return "%s"
    size = f"{width}" if width > -1 else ""
    digits = f".{precision}" if precision > -1 else ""
    letter = _letter(kind, scientific, shortest)
    one = f"%{fill}{size}{digits}{letter}"
    return f"({one},{one})" if kind.kind == "c" else one


def _require_float(name: str, precision: int, scientific: bool, shortest: bool) -> None:
    if scientific or shortest:
        raise refused(f"scientific and shortest format not supported for datatype {name}")
    if precision > -1:
        raise refused(f"precision not supported for datatype {name}")


def _letter(kind: Any, scientific: bool, shortest: bool) -> str:
    if kind.kind not in "fc":
        return "d"
    return "e" if scientific else "g" if shortest else "f"


_FLOAT = re.compile(rb"\s*[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf|nan)\s*", re.IGNORECASE)
_HEXADECIMAL = re.compile(rb"\s*[+-]?0x[0-9a-f]+\s*", re.IGNORECASE)
_WHOLE = re.compile(rb"\s*-?\d+\s*")


def parsed_number(text: bytes, dtype: DType) -> Any:
    """The number that a text stands for, or None; spaces around it don't count."""
    if dtype.is_floating:
        return _parsed_float(text, dtype)
    if _WHOLE.fullmatch(text) is None:
        return None
    found = int(text)
    return found if dtype.min <= found <= dtype.max else None


def _parsed_float(text: bytes, dtype: DType) -> Any:
    if _FLOAT.fullmatch(text):
        return float(text)
    if _HEXADECIMAL.fullmatch(text):
        return float(int(text, 16))
    return None


def _read(string_tensor: Any, out_type: DType) -> np.ndarray:
    texts = np.asarray(string_tensor, object)
    items = texts.ravel().tolist()
    plain = _plain_numbers(items, out_type)
    numbers = plain or []
    for text in items if plain is None else ():
        number = parsed_number(text, out_type)
        if number is None:
            shown = text.decode("utf-8", "backslashreplace")
            raise refused(f"StringToNumberOp could not correctly convert string: {shown}")
        numbers.append(number)
    return np.array(numbers, out_type.as_numpy_dtype).reshape(texts.shape)


def _plain_numbers(texts: list[bytes], dtype: DType) -> list[Any] | None:
    """The numbers, if all are of the usual kind: Python reads a few that TensorFlow doesn't."""
    joined = b"\n".join(texts)
    if b"_" in joined or (b"+" in joined and not dtype.is_floating):
        return None
    try:
        lines = joined.decode("ascii").split("\n")
        found: list[Any] = list(map(float if dtype.is_floating else int, lines)) if texts else []
    except ValueError:
        return None
    if len(found) != len(texts):
        return None
    if dtype.is_floating:
        return found if all(map(isfinite, found)) else None
    return found if not found or dtype.min <= min(found) <= max(found) <= dtype.max else None


def _written_samples(rng: np.random.Generator) -> Any:
    whole = np.array([[0, -7], [100, 12]])
    for kind in (np.int8, np.int16, np.int32, np.int64, np.bool_):
        yield Sample((whole.astype(kind),))
    yield Sample((whole,), {"width": 5, "fill": "0"})
    numbers = np.array([0.1, -2.5e10, np.inf, np.nan, 3.0])
    for name in ("float32", "float64", "complex64", "complex128"):
        yield Sample((numbers.astype(name),))
        yield Sample((numbers.astype(name),), {"shortest": True})
        yield Sample((numbers.astype(name),), {"scientific": True, "precision": 3, "width": 12})


def _read_samples(rng: np.random.Generator) -> Any:
    whole = strings_of([b"12", b" -7 ", b"0"], [3])
    for dtype in READ:
        yield Sample((whole,), {"out_type": dtype})
    texts = strings_of([b"1.5", b"-2e-3", b"inf", b"nan", b".5", b"7."], [2, 3])
    for dtype in READ[:2]:
        yield Sample((texts,), {"out_type": dtype})


AS_STRING = OpDef(
    "AsString",
    "input: T -> output: string",
    same_shape,
    types={"T": WRITTEN},
    attrs={"precision": -1, "scientific": False, "shortest": False, "width": -1, "fill": ""},
    reference=_written,
    gradient=no_gradient,
    samples=_written_samples,
)

STRING_TO_NUMBER = OpDef(
    "StringToNumber",
    "string_tensor: string -> output: out_type",
    same_shape,
    types={"out_type": (READ, dtypes.float32)},
    attrs={"out_type": dtypes.float32},
    reference=_read,
    gradient=no_gradient,
    samples=_read_samples,
)


def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Tensor:
    """Numbers written as strings.

    Args:
      input: numbers or bools.
      precision: digits after the point, for floats; -1 for six.
      scientific: whether floats are written with an exponent.
      shortest: whether floats are written with or without an exponent, whichever is shorter.
      width: how many characters a number takes at least.
      fill: what fills it up: "0", " ", "+", "-" (then on the right) or "".
      name: the op's name.

    Returns:
      A string tensor of the same shape.

    Raises:
      TypeError: other elements. A run raises errors.InvalidArgumentError for options that don't
        go together.

    Example:
      >>> tf.Session().run(tf.as_string([3.14159, 2.0], precision=2)).tolist()
      [b'3.14', b'2.00']
    """
    attrs = {
        "precision": precision,
        "scientific": scientific,
        "shortest": shortest,
        "width": width,
        "fill": fill,
    }
    found: Tensor = apply(AS_STRING, [input], attrs, name)
    return found


def string_to_number(
    string_tensor: Any = None,
    out_type: Any = dtypes.float32,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The numbers that strings stand for.

    Args:
      string_tensor: strings.
      out_type: float32, float64, int32 or int64.
      name: the op's name.
      input: another name of `string_tensor`.

    Returns:
      A tensor of the same shape.

    Raises:
      TypeError: another dtype. A run raises errors.InvalidArgumentError for a string that is no
        number, or too large a one.

    Example:
      >>> tf.Session().run(tf.string_to_number(["1", "2.5"])).tolist()
      [1.0, 2.5]
    """
    texts = chosen_argument("input", input, "string_tensor", string_tensor)
    wanted = as_dtype(out_type)
    if wanted not in READ:
        names = ", ".join(each.name for each in READ)
        raise TypeError(
            f"Value passed to parameter 'out_type' has DataType {wanted.name} not in list of "
            f"allowed values: {names}"
        )
    found: Tensor = apply(STRING_TO_NUMBER, [texts], {"out_type": wanted}, name)
    return found
