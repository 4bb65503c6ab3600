"""Strings as web-safe Base64 and back: EncodeBase64, DecodeBase64. They run on the host.

In: strings. Out: strings. https://datatracker.ietf.org/doc/html/rfc4648#section-5 has the alphabet.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import each_of, refused, strings_of

_ENCODED = re.compile(rb"[A-Za-z0-9_-]*(={0,2})")


def _encoded(input: Any, pad: bool) -> np.ndarray:
    def one(text: bytes) -> bytes:
        found = base64.urlsafe_b64encode(text)
        return found if pad else found.rstrip(b"=")

    return each_of(one, input)


def _decoded_one(text: bytes) -> bytes:
    if len(text.rstrip(b"=")) % 4 == 1:
        raise refused("Base64 string length cannot be 1 modulo 4.")
    match = _ENCODED.fullmatch(text)
    missing = -len(text) % 4
    if match is None or (match.group(1) and missing):
        raise refused("Invalid character found in base64.")
    return base64.urlsafe_b64decode(text + b"=" * missing)


def _samples(rng: np.random.Generator) -> Any:
    texts = [b"", b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfc", bytes(range(256))]
    array = strings_of(texts, [2, 3])
    yield Sample((array,))
    yield Sample((array,), {"pad": True})


def _encoded_samples(rng: np.random.Generator) -> Any:
    for sample in _samples(rng):
        yield Sample((_encoded(sample.inputs[0], sample.attrs.get("pad", False)),))


ENCODE_BASE64 = OpDef(
    "EncodeBase64",
    "input: string -> output: string",
    same_shape,
    attrs={"pad": False},
    reference=_encoded,
    gradient=no_gradient,
    samples=_samples,
)

DECODE_BASE64 = OpDef(
    "DecodeBase64",
    "input: string -> output: string",
    same_shape,
    reference=lambda input: each_of(_decoded_one, input),
    gradient=no_gradient,
    samples=_encoded_samples,
)


def encode_base64(input: Any, pad: bool = False, name: str | None = None) -> Tensor:
    """Strings as web-safe Base64.

    Args:
      input: strings.
      pad: whether they are filled up with "=".
      name: the op's name.

    Returns:
      A string tensor of the same shape.

    Example:
      >>> tf.Session().run(tf.encode_base64("one", pad=True))
      b'b25l'
    """
    found: Tensor = apply(ENCODE_BASE64, [input], {"pad": pad}, name)
    return found


def decode_base64(input: Any, name: str | None = None) -> Tensor:
    """The strings that web-safe Base64 stands for, filled up with "=" or not.

    Args:
      input: strings.
      name: the op's name.

    Returns:
      A string tensor of the same shape. A run raises errors.InvalidArgumentError for what is no
      web-safe Base64.

    Example:
      >>> tf.Session().run(tf.decode_base64("b25l"))
      b'one'
    """
    found: Tensor = apply(DECODE_BASE64, [input], {}, name)
    return found
