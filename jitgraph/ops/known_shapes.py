"""ensure_shape: a tensor of a shape that is known in part, which each run checks.

In: a tensor. Out: the same one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply, shape_text
from jitgraph.ops.array_dims import Dims, merge_dims
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.shapes import TensorShape


def _merged(q: ShapeQuery) -> list[Dims | None]:
    wanted = TensorShape(q.attrs["shape"])
    known = None if wanted.ndims is None else tuple(wanted.as_list())
    return [merge_dims(q.shapes[0], known)]


def _misfit(q: ShapeQuery, name: str) -> str | None:
    expected = shape_text(tuple(TensorShape(q.attrs["shape"]).as_list()))
    return (
        f"Shape of tensor {name} {shape_text(q.shapes[0])} is not compatible with "
        f"expected shape {expected}."
    )


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for shape in ([2, 3], [None, 3], [None, None]):
        for kind in (np.float32, np.int32):
            values = rng.uniform(-3, 3, (2, 3)).astype(kind)
            yield Sample((values,), {"shape": TensorShape(shape)})


ENSURE_SHAPE = OpDef(
    "EnsureShape",
    "input: T -> output: T",
    _merged,
    types={"T": ANY},
    attrs={"shape": REQUIRED},
    misfit=_misfit,
    reference=lambda input, shape: input,
    view="identity",
    gradient=lambda op, grad: [grad],
    samples=_samples,
)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor of which more is known: its shape, which each run checks.

    Args:
      x: the tensor.
      shape: its shape; None for sizes that may be any.
      name: the op's name.

    Raises:
      ValueError: the shape that is known by now is another one.
      InvalidArgumentError: when run, if the tensor has another one.

    Example:
      >>> tf.ensure_shape(tf.placeholder(tf.float32), [None, 3]).shape.as_list()
      [None, 3]
    """
    found: Tensor = apply(ENSURE_SHAPE, [x], {"shape": TensorShape(shape)}, name)
    return found
