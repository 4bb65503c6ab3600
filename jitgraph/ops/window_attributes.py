"""The attributes of ops with windows, from what a user gives: strides, sizes, padding, format.

In: Python values in any of TensorFlow's forms. Out: the attributes in their one form, or
TensorFlow's error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Any

from jitgraph.ops.window_geometry import EXPLICIT, SAME, VALID

PADDINGS = (SAME, VALID)
CONVOLUTION_PADDINGS = (SAME, VALID, EXPLICIT)
FORMATS = ("NHWC", "NCHW")


def chosen_text(op: str, attribute: str, value: Any, allowed: Iterable[str]) -> str:
    """A text attribute that must be one of `allowed`.

    Raises:
      TypeError: it isn't a text.
      ValueError: it is another one.
    """
    text = value.decode() if isinstance(value, bytes) else value
    if not isinstance(text, str):
        raise TypeError(f"Expected string for argument '{attribute}' not {value!r}.")
    if text not in allowed:
        names = ", ".join(f'"{name}"' for name in allowed)
        message = f"Attr '{attribute}' of '{op}' Op passed string '{text}' not in: {names}."
        raise ValueError(message)
    return text


def numbers(
    attribute: str, values: Any, function: str, op: str = "", least: int = 0
) -> tuple[int, ...]:
    """A list of whole numbers.

    Raises:
      TypeError: it isn't a list, or not of numbers.
      ValueError: it has less than `least` of them.
    """
    if not isinstance(values, Iterable) or isinstance(values, (str, bytes)):
        shown = str(values)
        message = f"Expected list for '{attribute}' argument to '{function}' Op, not {shown}."
        raise TypeError(message)
    found = tuple(_number(attribute, value) for value in values)
    if len(found) < least:
        length = f"passed list of length {len(found)} less than minimum {least}."
        raise ValueError(f"Attr '{attribute}' of '{op}' Op {length}")
    return found


def _number(attribute: str, value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        message = f"Expected int for argument '{attribute}' not {value!r}."
        raise TypeError(message) from None


def of_all_axes(attribute: str, value: Any, spatial: int, channels: int) -> tuple[int, ...]:
    """A number for each axis, from a single one, one for each spatial axis, or all of them.

    Args:
      attribute: its name, for errors.
      value: what the user gave; None stands for 1.
      spatial: the number of spatial axes.
      channels: the axis of channels: 1, or the last.

    Raises:
      ValueError: another length.
    """
    given = [1] if value is None else value if isinstance(value, Sized) else [value]
    items = [_number(attribute, item) for item in given]  # type: ignore[attr-defined]
    if len(items) == spatial + 2:
        return tuple(items)
    if len(items) not in (1, spatial):
        lengths = f"1, {spatial} or {spatial + 2}"
        raise ValueError(f"{attribute} should be of length {lengths} but was {len(items)}")
    inner = items * spatial if len(items) == 1 else items
    return (1, 1, *inner) if channels == 1 else (1, *inner, 1)


def channels_of(data_format: str) -> int:
    """The axis of channels by a data format's first letters."""
    return 1 if data_format.startswith("NC") else len(data_format) - 1


def split_padding(padding: Any) -> tuple[Any, tuple[int, ...]]:
    """The attributes padding and explicit_paddings, from a name or a list of pairs.

    Raises:
      ValueError: the list isn't one of four pairs.
    """
    if padding == EXPLICIT:
        raise ValueError(
            '"EXPLICIT" is not a valid value for the padding parameter. To use explicit padding, '
            "the padding parameter must be a list."
        )
    if not isinstance(padding, (list, tuple)):
        return padding, ()
    for index, pair in enumerate(padding):
        _check_pair(index, pair)
    if len(padding) != 4:
        raise ValueError(
            f"When padding is a list, it must be of size 4. Got padding of size: {len(padding)}"
        )
    return EXPLICIT, tuple(_number("explicit_paddings", item) for pair in padding for item in pair)


def _check_pair(index: int, pair: Any) -> None:
    rule = "When padding is a list, each element of padding must be a list/tuple of size 2."
    if not isinstance(pair, (list, tuple)):
        raise ValueError(f"{rule} Element with index {index} of padding is not a list/tuple")
    if len(pair) != 2:
        raise ValueError(f"{rule} Element with index {index} of padding has size {len(pair)}")
