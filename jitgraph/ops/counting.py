"""count_up_to: a variable that counts runs, up to a limit.

In: a reference to an integer variable. Out: the number it held; to the compiler the op gives the
new contents, as every write does, and the tracer hands out the old ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import (
    INDEX,
    LIMIT_REACHED,
    REQUIRED,
    OpDef,
    ShapeQuery,
    no_gradient,
)


def _scalar_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    return [()]


def _counted(ref: Any, limit: int) -> np.ndarray:
    if ref >= limit:
        raise ValueError(f"Reached limit of {limit}")
    return np.asarray(ref + 1)


COUNT_UP_TO = OpDef(
    "CountUpTo",
    "ref: Ref(T) -> output: T",
    _scalar_shape,
    types={"T": INDEX},
    attrs={"limit": REQUIRED},
    reference=_counted,
    scalar="ref + 1 if ref < limit else ref",
    check=("ref >= limit", LIMIT_REACHED),
    gradient=no_gradient,
    state="step",
)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Adds 1 to a variable, and gives what it held before.

    Args:
      ref: a scalar variable, int32 or int64.
      limit: the number that it can't go beyond.
      name: the op's name.

    Raises:
      OutOfRangeError: when run, if the variable has reached the limit; it stays as it is.

    Example:
      >>> tf.count_up_to(tf.Variable(0), 10)
      <tf.Tensor 'CountUpTo:0' shape=() dtype=int32>
    """
    return apply(COUNT_UP_TO, [ref], {"limit": limit}, name)
