"""Comparisons, elementwise with broadcasting: tensors of bools."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import BOOL, COMPLEX, FLOATS, REALS, STRING, OpDef, no_gradient
from jitgraph.ops.elementwise_definition import INT8_16, INT32_64, binary, widened
from jitgraph.ops.shape_rules import merged_shape

_EQUALITY = (*FLOATS, dtypes.uint8, *INT8_16, *INT32_64, *COMPLEX, *STRING, *BOOL)


def _ordering(name: str, reference: Any, scalar: str) -> OpDef:
    return binary(
        name,
        REALS,
        reference,
        signature="x: T, y: T -> z: bool",
        scalar=scalar,
        gradient=no_gradient,
    )


def _equality(name: str, reference: Any, scalar: str) -> OpDef:
    return binary(
        name,
        _EQUALITY,
        lambda x, y, incompatible_shape_error: reference(x, y),
        signature="x: T, y: T -> z: bool",
        attrs={"incompatible_shape_error": True},
        scalar=dict.fromkeys(("float", "int", "complex", "bool"), scalar),
        gradient=no_gradient,
        commutative=True,
    )


EQUAL = _equality("Equal", np.equal, "x == y")
NOT_EQUAL = _equality("NotEqual", np.not_equal, "x != y")
LESS = _ordering("Less", np.less, "x < y")
LESS_EQUAL = _ordering("LessEqual", np.less_equal, "x <= y")
GREATER = _ordering("Greater", np.greater, "x > y")
GREATER_EQUAL = _ordering("GreaterEqual", np.greater_equal, "x >= y")

APPROXIMATE_EQUAL = OpDef(
    "ApproximateEqual",
    "x: T, y: T -> z: bool",
    merged_shape,
    types={"T": REALS + COMPLEX},
    reference=widened(lambda x, y, tolerance: np.abs(x - y) < tolerance),
    attrs={"tolerance": float(np.float32(1e-5))},
    scalar={"float": "abs(x - y) < tolerance"},
    gradient=no_gradient,
    commutative=True,
)


def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x == y, elementwise. (The operator `==` compares identity, as in TensorFlow 1.)

    Args:
      x, y: tensors of one dtype that broadcast.
      name: the op's name.

    Example:
      >>> tf.equal([1, 2], 2)
      <tf.Tensor 'Equal:0' shape=(2,) dtype=bool>
    """
    return apply(EQUAL, [x, y], name=name)


def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x != y, elementwise.

    Example:
      >>> tf.not_equal([1, 2], 2)
      <tf.Tensor 'NotEqual:0' shape=(2,) dtype=bool>
    """
    return apply(NOT_EQUAL, [x, y], name=name)


def less(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x < y, elementwise.

    Example:
      >>> tf.less([1, 2], 2)
      <tf.Tensor 'Less:0' shape=(2,) dtype=bool>
    """
    return apply(LESS, [x, y], name=name)


def less_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x <= y, elementwise.

    Example:
      >>> tf.less_equal([1, 2], 2)
      <tf.Tensor 'LessEqual:0' shape=(2,) dtype=bool>
    """
    return apply(LESS_EQUAL, [x, y], name=name)


def greater(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x > y, elementwise.

    Example:
      >>> tf.greater([1, 2], 2)
      <tf.Tensor 'Greater:0' shape=(2,) dtype=bool>
    """
    return apply(GREATER, [x, y], name=name)


def greater_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x >= y, elementwise.

    Example:
      >>> tf.greater_equal([1, 2], 2)
      <tf.Tensor 'GreaterEqual:0' shape=(2,) dtype=bool>
    """
    return apply(GREATER_EQUAL, [x, y], name=name)
