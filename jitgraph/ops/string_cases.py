"""Strings in lower and upper case, and without the spaces around them. They run on the host.

In: strings. Out: strings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import each_of, refused, strings_of, text_of

_ENCODINGS = ("", "utf-8")


def _changed(
    input: Any, encoding: Any, plain: Callable[[bytes], bytes], wide: Callable[[str], str]
) -> np.ndarray:
    name = text_of(encoding)
    if name not in _ENCODINGS:
        raise refused(f"only utf-8 or '' (no encoding) is supported, received {name}")
    if not name:
        return each_of(plain, input)
    return each_of(lambda text: wide(text.decode("utf-8", "replace")).encode(), input)


def _samples(rng: np.random.Generator) -> Any:
    texts = strings_of([b"Ab c", "ÄÖ straße".encode(), b"", b" \t x\n"], [2, 2])
    yield Sample((texts,))
    yield Sample((texts[0, 0:1].reshape(()),))


def _case_samples(rng: np.random.Generator) -> Any:
    for sample in _samples(rng):
        yield sample
        yield Sample(sample.inputs, {"encoding": "utf-8"})


def _case(name: str, plain: Callable[[bytes], bytes], wide: Callable[[str], str]) -> OpDef:
    return OpDef(
        name,
        "input: string -> output: string",
        same_shape,
        attrs={"encoding": ""},
        reference=partial(_changed, plain=plain, wide=wide),
        gradient=no_gradient,
        samples=_case_samples,
    )


STRING_LOWER = _case("StringLower", bytes.lower, str.lower)
STRING_UPPER = _case("StringUpper", bytes.upper, str.upper)

STRING_STRIP = OpDef(
    "StringStrip",
    "input: string -> output: string",
    same_shape,
    reference=lambda input: each_of(bytes.strip, input),
    gradient=no_gradient,
    samples=_samples,
)


def string_lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Strings in lower case.

    Args:
      input: strings.
      encoding: "" changes the letters of ASCII, "utf-8" all.
      name: the op's name.

    Returns:
      A string tensor of the same shape. A run raises errors.InvalidArgumentError for another
      encoding.

    Example:
      >>> tf.Session().run(tf.strings.lower("One"))
      b'one'
    """
    found: Tensor = apply(STRING_LOWER, [input], {"encoding": encoding}, name)
    return found


def string_upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Strings in upper case.

    Args:
      input: strings.
      encoding: "" changes the letters of ASCII, "utf-8" all.
      name: the op's name.

    Returns:
      A string tensor of the same shape. A run raises errors.InvalidArgumentError for another
      encoding.

    Example:
      >>> tf.Session().run(tf.strings.upper("One"))
      b'ONE'
    """
    found: Tensor = apply(STRING_UPPER, [input], {"encoding": encoding}, name)
    return found


def string_strip(input: Any, name: str | None = None) -> Tensor:
    """Strings without the spaces around them.

    Args:
      input: strings.
      name: the op's name.

    Returns:
      A string tensor of the same shape.

    Example:
      >>> tf.Session().run(tf.string_strip("  a b "))
      b'a b'
    """
    found: Tensor = apply(STRING_STRIP, [input], {}, name)
    return found
