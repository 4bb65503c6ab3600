"""Arguments that layers share: windows, formats, and functions given by name.

In: what the user gives. Out: tuples, lower-case words and functions, or TensorFlow's error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CHANNELS_FIRST = "channels_first"
CHANNELS_LAST = "channels_last"
_FORMATS = {
    CHANNELS_LAST: {3: "NWC", 4: "NHWC", 5: "NDHWC"},
    CHANNELS_FIRST: {3: "NCW", 4: "NCHW", 5: "NCDHW"},
}
_ACTIVATIONS = (
    "elu", "exp", "leaky_relu", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus",
    "softsign", "tanh",
)  # fmt: skip


def sizes_of(value: Any, count: int, name: str) -> tuple[int, ...]:
    """An integer for each axis, from one of them or all.

    Raises:
      ValueError: neither an integer nor so many of them.
    """
    if isinstance(value, int):
        return (value,) * count
    text = f"The `{name}` argument must be a tuple of {count} integers. Received: {value}"
    try:
        found = tuple(value)
    except TypeError:
        raise ValueError(text) from None
    if len(found) != count:
        raise ValueError(text)
    for each in found:
        try:
            int(each)
        except (ValueError, TypeError):
            raise ValueError(f"{text} including element {each} of type {type(each)}") from None
    return found


def format_of(value: str | None) -> str:
    """`channels_first` or `channels_last`, the latter by default.

    Raises:
      ValueError: another word.
    """
    found = (value or CHANNELS_LAST).lower()
    if found not in _FORMATS:
        raise ValueError(
            'The `data_format` argument must be one of "channels_first", "channels_last". '
            f"Received: {value}"
        )
    return found


def letters_of(data_format: str, rank: int) -> str:
    """The format as operations name it: "NHWC" for images with channels last."""
    return _FORMATS[data_format][rank]


def padding_of(value: str) -> str:
    """`valid`, `same` or `causal`.

    Raises:
      ValueError: another word.
    """
    found = value.lower()
    if found not in ("valid", "same", "causal"):
        raise ValueError(
            'The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", '
            f"only for `Conv1D). Received: {found}"
        )
    return found


def activation_of(given: Any) -> Callable[[Any], Any] | None:
    """A function of a tensor, from itself or its name; None for none.

    Raises:
      ValueError: an unknown name.
      TypeError: neither a name nor a function.
    """
    if given is None or given == "linear":
        return None
    if callable(given):
        return given  # type: ignore[no-any-return]
    if not isinstance(given, str):
        raise TypeError(f"Could not interpret activation function identifier: {given!r}")
    from jitgraph.frontend.api import math, nn

    name = "exp" if given == "exponential" else given
    if name not in _ACTIVATIONS:
        raise ValueError(f"Unknown activation function:{given}")
    return getattr(nn, name, None) or getattr(math, name)  # type: ignore[no-any-return]


def initializer_of(given: Any) -> Any:
    """An initializer, from itself or its name; None for none.

    Raises:
      ValueError: an unknown name.
    """
    if not isinstance(given, str):
        return given
    from jitgraph.frontend import initializers

    scaled = initializers.variance_scaling_initializer
    named: dict[str, Callable[[], Any]] = {
        "zeros": initializers.zeros_initializer,
        "ones": initializers.ones_initializer,
        "identity": initializers.identity_initializer,
        "orthogonal": initializers.orthogonal_initializer,
        "glorot_uniform": initializers.glorot_uniform_initializer,
        "glorot_normal": initializers.glorot_normal_initializer,
        "he_normal": lambda: scaled(2.0, "fan_in", "truncated_normal"),
        "he_uniform": lambda: scaled(2.0, "fan_in", "uniform"),
        "lecun_normal": lambda: scaled(1.0, "fan_in", "truncated_normal"),
        "lecun_uniform": lambda: scaled(1.0, "fan_in", "uniform"),
    }
    if given not in named:
        raise ValueError(f"Unknown initializer: {given}")
    return named[given]()
