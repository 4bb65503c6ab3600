"""Compressed strings: DecodeCompressed. It runs on the host.

In: strings as gzip or zlib wrote them. Out: what they hold.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import numpy as np

from jitgraph.errors import DataLossError
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape
from jitgraph.ops.string_arrays import each_of, refused, strings_of, text_of

_KINDS = {"": lambda text: text, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}


def _decompressed(bytes: Any, compression_type: Any) -> np.ndarray:
    name = text_of(compression_type)
    if name not in _KINDS:
        raise refused("Only ZLIB, GZIP or NONE are supported compressions")

    def one(text: Any) -> Any:
        try:
            return _KINDS[name](text)
        except (OSError, EOFError, zlib.error) as error:
            raise DataLossError(None, None, f"{name} data can't be decompressed: {error}") from None

    return each_of(one, bytes)


def _samples(rng: np.random.Generator) -> Any:
    texts = strings_of([b"", b"one", b"x" * 100], [3])
    yield Sample((texts,))
    yield Sample((each_of(gzip.compress, texts),), {"compression_type": "GZIP"})
    yield Sample((each_of(zlib.compress, texts),), {"compression_type": "ZLIB"})


DECODE_COMPRESSED = OpDef(
    "DecodeCompressed",
    "bytes: string -> output: string",
    same_shape,
    attrs={"compression_type": ""},
    reference=_decompressed,
    gradient=no_gradient,
    samples=_samples,
)


def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """What compressed strings hold.

    Args:
      bytes: strings.
      compression_type: "GZIP", "ZLIB", or "" for no compression.
      name: the op's name.

    Returns:
      A string tensor of the same shape. A run raises errors.DataLossError for what is not
      compressed so.

    Example:
      >>> import zlib
      >>> tf.Session().run(tf.decode_compressed(zlib.compress(b"one"), "ZLIB"))
      b'one'
    """
    attrs = {"compression_type": compression_type}
    found: Tensor = apply(DECODE_COMPRESSED, [bytes], attrs, name)
    return found
