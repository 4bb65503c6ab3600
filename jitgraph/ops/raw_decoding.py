"""Decoding strings as numbers: DecodeRaw.

In: strings of equal length. Out: the numbers whose bytes they are. It runs on the host.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.errors import InvalidArgumentError
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import REQUIRED, Dims, OpDef, Sample, ShapeQuery, no_gradient

_NAMES = "float16 float32 float64 int32 uint16 uint8 int16 int8 int64 complex64 complex128 bool"
DECODED = tuple(as_dtype(name) for name in _NAMES.split())


def _shape(q: ShapeQuery) -> list[Dims | None]:
    return [None if q.shapes[0] is None else (*q.shapes[0], None)]


def _decoded(bytes: np.ndarray, out_type: DType, little_endian: bool = True) -> np.ndarray:
    texts = np.asarray(bytes, object)
    items = texts.ravel().tolist()
    kind = np.dtype(out_type.as_numpy_dtype)
    length = len(items[0]) if items else 0
    for number, item in enumerate(items):
        if len(item) != length:
            raise InvalidArgumentError(
                None,
                None,
                "DecodeRaw requires input strings to all be the same size, but element "
                f"{number} has size {len(item)} != {length}",
            )
    if length % kind.itemsize:
        raise InvalidArgumentError(
            None,
            None,
            f"Input to DecodeRaw has length {length} that is not a multiple of {kind.itemsize}, "
            f"the size of {_word(out_type)}",
        )
    stored = kind.newbyteorder("<" if little_endian else ">")
    numbers = np.frombuffer(b"".join(items), stored).astype(kind)
    return numbers.reshape(*texts.shape, length // kind.itemsize)


def _word(dtype: DType) -> str:
    return {"float16": "half", "float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def _samples(rng: np.random.Generator) -> Any:
    texts = np.array([b"\x01\x02\x03\x04\x05\x06\x07\x08", b"abcdefgh"], object)
    for dtype in (dtypes.uint8, dtypes.int32, dtypes.float64):
        yield Sample((texts,), {"out_type": dtype})
    yield Sample((texts[0:1].reshape(()),), {"out_type": dtypes.int16, "little_endian": False})


DECODE_RAW = OpDef(
    "DecodeRaw",
    "bytes: string -> output: out_type",
    _shape,
    types={"out_type": DECODED},
    attrs={"out_type": REQUIRED, "little_endian": True},
    reference=_decoded,
    gradient=no_gradient,
    samples=_samples,
)


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """The numbers whose bytes are in strings.

    Args:
      input_bytes: a string tensor; all strings have one length.
      out_type: the numbers' dtype.
      little_endian: whether a number's least significant byte comes first.
      name: the op's name.
      bytes: former name of `input_bytes`.

    Returns:
      A tensor with one dimension more.

    Raises:
      ValueError: no `out_type`. A run raises errors.InvalidArgumentError for a length that does
        not fit.

    Example:
      >>> tf.Session().run(tf.decode_raw(b"abc", tf.uint8))
      array([97, 98, 99], dtype=uint8)
    """
    given = bytes if input_bytes is None else input_bytes
    if out_type is None:
        raise ValueError("decode_raw_v1() missing 1 positional argument: 'out_type'")
    attrs = {"out_type": as_dtype(out_type), "little_endian": little_endian}
    found: Tensor = apply(DECODE_RAW, [given], attrs, name)
    return found
