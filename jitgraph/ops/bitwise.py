"""Operations on the bits of integers, elementwise with broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import INTEGERS, OpDef, Sample, no_gradient
from jitgraph.ops.elementwise_definition import binary, unary


def _bits(name: str, reference: Any, scalar: str, **rest: Any) -> OpDef:
    return binary(name, INTEGERS, reference, scalar=scalar, gradient=no_gradient, **rest)


BITWISE_AND = _bits(
    "BitwiseAnd", np.bitwise_and, "x & y", commutative=True, idempotent=True, absorbing=0.0
)
BITWISE_OR = _bits(
    "BitwiseOr", np.bitwise_or, "x | y", commutative=True, idempotent=True, neutral=0.0
)
BITWISE_XOR = _bits("BitwiseXor", np.bitwise_xor, "x ^ y", commutative=True, neutral=0.0)

INVERT = unary("Invert", INTEGERS, np.invert, scalar="~x", gradient=no_gradient, involution=True)


def _clamped(x: Any, y: Any) -> Any:
    """A shift by less than 0 or by the width and more is a shift by the nearest allowed."""
    return np.clip(y, 0, x.dtype.itemsize * 8 - 1).astype(x.dtype)


def _shift_samples(rng: np.random.Generator) -> Any:
    for dtype in INTEGERS:
        kind = dtype.as_numpy_dtype
        low = 0 if dtype.is_unsigned else -100
        for left, right in (((3, 4), (4,)), ((), (3,)), ((0,), ())):
            value = rng.integers(low, 100, left).astype(kind)
            yield Sample((value, rng.integers(0, 12, right).astype(kind)))


LEFT_SHIFT = _bits(
    "LeftShift",
    lambda x, y: np.left_shift(x, _clamped(x, y)),
    "shift_left(x, y)",
    samples=_shift_samples,
)
RIGHT_SHIFT = _bits(
    "RightShift",
    lambda x, y: np.right_shift(x, _clamped(x, y)),
    "shift_right(x, y)",
    samples=_shift_samples,
)

POPULATION_COUNT = unary(
    "PopulationCount",
    INTEGERS,
    lambda x: np.bitwise_count(x.view(f"uint{x.dtype.itemsize * 8}")),
    signature="x: T -> y: uint8",
    scalar="popcount(x)",
    gradient=no_gradient,
)


def bitwise_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits set in both x and y, elementwise.

    Args:
      x, y: integer tensors of one dtype that broadcast.
      name: the op's name.

    Example:
      >>> tf.bitwise.bitwise_and([6, 3], 2)
      <tf.Tensor 'BitwiseAnd:0' shape=(2,) dtype=int32>
    """
    return apply(BITWISE_AND, [x, y], name=name)


def bitwise_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits set in x or y, elementwise.

    Example:
      >>> tf.bitwise.bitwise_or([6, 3], 2)
      <tf.Tensor 'BitwiseOr:0' shape=(2,) dtype=int32>
    """
    return apply(BITWISE_OR, [x, y], name=name)


def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits set in one of x and y, elementwise.

    Example:
      >>> tf.bitwise.bitwise_xor([6, 3], 2)
      <tf.Tensor 'BitwiseXor:0' shape=(2,) dtype=int32>
    """
    return apply(BITWISE_XOR, [x, y], name=name)


def invert(x: Any, name: str | None = None) -> Tensor:
    """All bits of x flipped, elementwise.

    Example:
      >>> tf.bitwise.invert([6, 3])
      <tf.Tensor 'Invert:0' shape=(2,) dtype=int32>
    """
    return apply(INVERT, [x], name=name)


def left_shift(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits of x moved up by y, elementwise.

    Example:
      >>> tf.bitwise.left_shift([6, 3], 2)
      <tf.Tensor 'LeftShift:0' shape=(2,) dtype=int32>
    """
    return apply(LEFT_SHIFT, [x, y], name=name)


def right_shift(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The bits of x moved down by y, elementwise; signed integers keep their sign.

    Example:
      >>> tf.bitwise.right_shift([6, 3], 2)
      <tf.Tensor 'RightShift:0' shape=(2,) dtype=int32>
    """
    return apply(RIGHT_SHIFT, [x, y], name=name)


def population_count(x: Any, name: str | None = None) -> Tensor:
    """How many bits of x are set, elementwise.

    Example:
      >>> tf.raw_ops.PopulationCount(x=[6, 3])
      <tf.Tensor 'PopulationCount:0' shape=(2,) dtype=uint8>
    """
    return apply(POPULATION_COUNT, [x], name=name)
