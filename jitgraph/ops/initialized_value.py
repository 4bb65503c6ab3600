"""The value a variable has, or will have once initialised: what initial values are built from.

In: a reference to a variable and its initial value. Out: the variable's contents when it has some,
else the initial value. Not an op of TensorFlow's: there it is a `cond`, whose two branches make
the same choice.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery, no_gradient


def _shape(q: ShapeQuery) -> list[Dims | None]:
    ref, initial = q.shapes
    return [ref if ref is not None else initial]


def _samples(rng: np.random.Generator) -> Any:
    yield Sample((np.float32(1.0), np.float32(2.0)))


INITIALIZED_VALUE = OpDef(
    "InitializedValue",
    "ref: Ref(T), initial: T -> value: T",
    _shape,
    types={"T": ANY},
    reference=lambda ref, initial: ref,
    gradient=no_gradient,
    state="initialized_value",
    samples=_samples,
    internal=True,
)


def initialized_value(ref: Any, initial: Tensor, name: str | None = None) -> Tensor:
    """The contents of a variable, or `initial` while it has none.

    Args:
      ref: a variable.
      initial: its initial value.
      name: the op's name.
    """
    return apply(INITIALIZED_VALUE, [ref, initial], name=name)
