"""Remainders of division, elementwise with broadcasting.

Floats have no remainder in a kernel's vocabulary: it is found by steps `x - floor(x / y) * y`, each
rounded once. Three steps are exact for quotients up to 2**69 in float32, 2**156 in float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import FLOATS, OpDef, no_gradient
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import INT32_64, binary
from jitgraph.ops.elementwise_division import INTEGER_CHECK, division_samples, floor_div

_STEPS = 3


def _step(x: Any, y: Any) -> Any:
    wide = np.float64 if x.dtype == np.float32 else np.longdouble
    return (-np.floor(x / y).astype(wide) * y.astype(wide) + x.astype(wide)).astype(x.dtype)


REMAINDER_STEP = binary(
    "RemainderStep",
    FLOATS,
    _step,
    scalar="fma(-floor(x / y), y, x)",
    gradient=no_gradient,
    samples=division_samples(FLOATS),
    internal=True,
)
"""x less the nearest lower multiple of y, as far as one quotient tells."""

FLOOR_REMAINDER = OpDef(
    "FloorRemainder",
    "x: T, y: T, rest: T -> z: T",
    REMAINDER_STEP.shape,
    types={"T": FLOATS},
    reference=lambda x, y, rest: _floor_remainder(x, y, rest),
    scalar=(
        "(x if x == 0 or (x < 0) == (y < 0) else y) if is_inf(y) and is_finite(x) else "
        "(rest + y if rest != 0 and (rest < 0) != (y < 0) else rest)"
    ),
    gradient=no_gradient,
    internal=True,
)
"""The remainder with the sign of y, from one that may be off by one y."""


def _floor_remainder(x: Any, y: Any, rest: Any) -> Any:
    corrected = np.where((rest != 0) & ((rest < 0) != (y < 0)), rest + y, rest)
    unbounded = np.where((x == 0) | ((x < 0) == (y < 0)), x, y)
    return np.where(np.isinf(y) & np.isfinite(x), unbounded, corrected)


def _by_steps(builder: Any, x: Any, y: Any) -> Any:
    """The remainder of |x| / |y| with the sign of x."""
    dividend, divisor = builder.emit("Abs", x), builder.emit("Abs", y)
    rest = dividend
    for _ in range(_STEPS):
        rest = builder.emit(REMAINDER_STEP, rest, divisor)
    size = builder.emit(FLOOR_REMAINDER, dividend, divisor, rest)
    return builder.emit(SIGNED_LIKE, size, x)


def _floor_mod_by_steps(builder: Any, instr: Any) -> Any:
    if not instr.outputs[0].type.dtype.is_floating:
        return None
    x, y = instr.inputs
    return builder.emit(FLOOR_REMAINDER, x, y, _by_steps(builder, x, y))


def _truncate_mod_by_steps(builder: Any, instr: Any) -> Any:
    if not instr.outputs[0].type.dtype.is_floating:
        return None
    return _by_steps(builder, *instr.inputs)


SIGNED_LIKE = binary(
    "SignedLike",
    FLOATS,
    lambda x, y: np.where(y < 0, -x, x),
    scalar="-x if y < 0 else x",
    gradient=no_gradient,
    internal=True,
)
"""x, negated where y is negative."""


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
    scalar={"int": "floor_mod(x, y)"},
    check=INTEGER_CHECK,
    decompose=_floor_mod_by_steps,
    gradient=_floor_mod_gradient,
    samples=division_samples(INT32_64 + FLOATS),
)


def _truncating(name: str) -> OpDef:
    return binary(
        name,
        INT32_64 + FLOATS,
        np.fmod,
        scalar={"int": "trunc_mod(x, y)"},
        check=INTEGER_CHECK,
        decompose=_truncate_mod_by_steps,
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
