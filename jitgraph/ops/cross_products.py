"""Cross products of vectors of three numbers.

In: two tensors whose last axis has three elements. Out: their cross products, element by element.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, dims_text, merge_dims, require_rank_at_least
from jitgraph.ops.definition import REALS, OpDef, Sample, ShapeQuery


def _crossed_shape(q: ShapeQuery) -> list[Dims | None]:
    first, second = q.shapes
    require_rank_at_least(first, 1)
    require_rank_at_least(second, 1)
    dims = merge_dims(first, second)
    if dims is not None and isinstance(dims[-1], int) and dims[-1] != 3:
        raise ValueError(f"Dimension must be 3 but is {dims[-1]}, of {dims_text(dims)}")
    return [None if dims is None else (*dims[:-1], 3)]


def _crossed(a: Any, b: Any) -> np.ndarray:
    if np.shape(a)[-1] != 3:
        raise ValueError(f"Cross-products are only defined for 3-element vectors, not {a.shape}")
    before, after = [2, 0, 1], [1, 2, 0]
    found: np.ndarray = a[..., after] * b[..., before] - a[..., before] * b[..., after]
    return found


def _column(b: Any, x: Any, number: int) -> Any:
    rank = len(x.type.dims)
    starts, sizes = [0] * rank, [-1] * rank
    starts[-1], sizes[-1] = number, 1
    return b.emit("Slice", x, b.sizes(starts), b.sizes(sizes))


def _by_columns(b: Any, instr: Any) -> Sequence[Any]:
    first, second = instr.inputs
    x, y = ([_column(b, each, n) for n in range(3)] for each in (first, second))
    columns = []
    for n in range(3):
        i, k = (n + 1) % 3, (n + 2) % 3
        left, right = b.emit("Mul", x[i], y[k]), b.emit("Mul", x[k], y[i])
        columns.append(b.emit("Sub", left, right))
    axis = b.scalar_host(len(first.type.dims) - 1)
    return [b.emit("ConcatV2", columns, axis)]


def _gradient(op: Any, grad: Tensor) -> list[Tensor]:
    first, second = op.inputs
    return [cross(second, grad), cross(grad, first)]


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for dims in ((3,), (4, 3), (2, 5, 3)):
            first, second = (rng.uniform(-5, 5, dims).astype(kind) for _ in range(2))
            yield Sample((first, second))


CROSS = OpDef(
    "Cross",
    "a: T, b: T -> product: T",
    _crossed_shape,
    types={"T": REALS},
    reference=_crossed,
    decompose=_by_columns,
    gradient=_gradient,
    samples=_samples,
)


def cross(a: Any, b: Any, name: str | None = None) -> Tensor:
    """The cross products of vectors of three numbers.

    Args:
      a, b: tensors of one shape, whose last axis has three elements.
      name: the op's name.

    Raises:
      ValueError: other shapes.

    Example:
      >>> tf.Session().run(tf.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])).tolist()
      [0.0, 0.0, 1.0]
    """
    found: Tensor = apply(CROSS, [a, b], name=name)
    return found
