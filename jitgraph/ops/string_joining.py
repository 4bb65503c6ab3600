"""Joining strings: StringJoin.

In: string tensors of one shape, or scalars. Out: a string tensor. It runs on the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import Dims, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.string_arrays import strings_of


def _joined_shape(q: ShapeQuery) -> list[Dims | None]:
    if any(dims is None for dims in q.shapes):
        return [None]
    found = [dims for dims in q.shapes if dims]
    if not found:
        return [()]
    for dims in found[1:]:
        if dims is not None and found[0] is not None and len(dims) != len(found[0]):
            raise ValueError(f"Shapes must be equal rank, but are {len(found[0])} and {len(dims)}")
    return [found[0]]


def _joined(inputs: Sequence[np.ndarray], separator: str = "") -> np.ndarray:
    arrays = [np.asarray(each, object) for each in inputs]
    shape: tuple[int, ...] = ()
    for array in arrays:
        if array.ndim and shape and array.shape != shape:
            raise ValueError(f"Input shapes do not match: {list(shape)} vs. {list(array.shape)}")
        shape = array.shape or shape
    between = separator.encode("utf-8", "surrogateescape")
    rows = [np.broadcast_to(array, shape).ravel().tolist() for array in arrays]
    return strings_of(map(between.join, zip(*rows, strict=True)), shape)


def _samples(rng: np.random.Generator) -> Any:
    words = np.array([b"a", b"", b"\xff\x00b"], object)
    yield Sample(([words, words],))
    yield Sample(([words, np.array(b"x", object), words],), {"separator": ", "})
    yield Sample(([np.array(b"x", object), np.array(b"y", object)],), {"separator": "/"})


STRING_JOIN = OpDef(
    "StringJoin",
    "inputs: N*string -> output: string",
    _joined_shape,
    attrs={"separator": ""},
    reference=_joined,
    gradient=no_gradient,
    samples=_samples,
)


def string_join(inputs: Sequence[Any], separator: str = "", name: str | None = None) -> Tensor:
    """Joins strings element by element.

    Args:
      inputs: string tensors of one shape; scalars go with every element.
      separator: what is put between.
      name: the op's name.

    Returns:
      A string tensor.

    Example:
      >>> tf.Session().run(tf.string_join(["a", "b"], "/"))
      b'a/b'
    """
    found: Tensor = apply(STRING_JOIN, [inputs], {"separator": separator}, name)
    return found
