"""Remainders of division, elementwise with broadcasting. Those of floats are exact.

In: dividends and divisors. Out: what is left when the quotient is rounded down, or towards zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import FLOATS, OpDef
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import INT32_64, binary
from jitgraph.ops.elementwise_division import INTEGER_CHECK, division_samples, floor_div


def _floor_mod_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.arithmetic import negative

    x, y = (conj(given) for given in op.inputs)
    spread_x, spread_y = spreads(x, y)
    quotient = floor_div(x, y)
    grad_x = spread_x.back(grad)
    return [grad_x, spread_y.back(grad * negative(quotient))]


FLOOR_MOD = binary(
    "FloorMod",
    INT32_64 + FLOATS,
    np.remainder,
    scalar={"int": "floor_mod(x, y)", "float": "floor_fmod(x, y)"},
    check=INTEGER_CHECK,
    gradient=_floor_mod_gradient,
    samples=division_samples(INT32_64 + FLOATS),
)


def _truncating(name: str) -> OpDef:
    return binary(
        name,
        INT32_64 + FLOATS,
        np.fmod,
        scalar={"int": "trunc_mod(x, y)", "float": "fmod(x, y)"},
        check=INTEGER_CHECK,
        samples=division_samples(INT32_64 + FLOATS),
    )


MOD = _truncating("Mod")
TRUNCATE_MOD = _truncating("TruncateMod")


def floormod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The remainder of x // y, elementwise: it has the sign of y; what `x % y` makes of tensors.

    Args:
      x, y: tensors of one dtype that broadcast.
      name: the op's name.

    Example:
      >>> tf.floormod([7, -8], 3)
      <tf.Tensor 'FloorMod:0' shape=(2,) dtype=int32>
    """
    return apply(FLOOR_MOD, [x, y], name=name)


mod = floormod


def truncatemod(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The remainder of x / y rounded towards zero, elementwise: it has the sign of x.

    Example:
      >>> tf.truncatemod([7, -8], 3)
      <tf.Tensor 'TruncateMod:0' shape=(2,) dtype=int32>
    """
    return apply(TRUNCATE_MOD, [x, y], name=name)
