"""Buckets: which of several intervals numbers fall in.

In: numbers, rising boundaries. Out: the number of boundaries that are not above each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import same_shape

_KINDS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)
_COUNTED_AT_ONCE = 64


def _bucketed(input: Any, boundaries: Sequence[float]) -> np.ndarray:
    limits = np.asarray(boundaries, np.float32)
    values = np.asarray(input)
    values = values if values.dtype == np.float64 else values.astype(np.float32)
    return np.searchsorted(limits, values, side="right").astype(np.int32)


def _counted(b: Any, instr: Any) -> Sequence[Any] | None:
    """The boundaries that are not above each number, counted: fused with what is around."""
    limits = np.asarray(instr.attrs["boundaries"], np.float32)
    if len(limits) > _COUNTED_AT_ONCE:
        return None
    (values,) = instr.inputs
    dtype = values.type.dtype
    if dtype != dtypes.float64 and dtype != dtypes.float32:
        values, dtype = b.emit("Cast", values, DstT=dtypes.float32), dtypes.float32
    total = None
    for limit in limits.astype(dtype.as_numpy_dtype):
        is_below = b.emit("Less", values, b.constant(limit, dtype))
        part = b.emit("Cast", b.emit("LogicalNot", is_below), DstT=dtypes.int32)
        total = part if total is None else b.emit("Add", total, part)
    return None if total is None else [total]


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32, np.int64):
        for limits in ([0.0, 1.5, 4.0], [float(n) for n in range(70)]):
            yield Sample((rng.uniform(-2, 80, (3, 7)).astype(kind),), {"boundaries": limits})
    exact = np.array([0.0, 1.5, np.nan, np.inf, -np.inf], np.float32)
    yield Sample((exact,), {"boundaries": [0.0, 1.5]})
    yield Sample((np.zeros((0, 2), np.float32),), {"boundaries": [0.0]})
    yield Sample((exact,), {"boundaries": []})


BUCKETIZE = OpDef(
    "Bucketize",
    "input: T -> output: int32",
    same_shape,
    types={"T": _KINDS},
    attrs={"boundaries": REQUIRED},
    reference=_bucketed,
    decompose=_counted,
    gradient=no_gradient,
    samples=_samples,
)


def bucketize(input: Any, boundaries: Sequence[float], name: str | None = None) -> Tensor:
    """For each number how many of the boundaries are not above it: the number of its bucket.

    Args:
      input: numbers.
      boundaries: rising floats.
      name: the op's name.

    Returns:
      An int32 tensor of the same shape.

    Example:
      >>> from jitgraph.ops.bucketing import bucketize
      >>> tf.Session().run(bucketize([-1.0, 0.0, 5.0], [0.0, 2.0])).tolist()
      [0, 1, 2]
    """
    limits = [float(limit) for limit in boundaries]
    found: Tensor = apply(BUCKETIZE, [input], {"boundaries": limits}, name)
    return found
