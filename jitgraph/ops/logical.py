"""Logic on tensors of bools, elementwise with broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample, no_gradient
from jitgraph.ops.shape_rules import broadcast_shape, same_shape


def _pairs(rng: np.random.Generator) -> Any:
    for left, right in (((4, 5), (4, 5)), ((4, 5), (5,)), ((), (3,)), ((0, 2), (1, 2)), ((), ())):
        yield Sample((rng.random(left) < 0.5, rng.random(right) < 0.5))


def _connective(name: str, reference: Any, scalar: str, **algebra: Any) -> OpDef:
    return OpDef(
        name,
        "x: bool, y: bool -> z: bool",
        broadcast_shape,
        reference=reference,
        scalar=scalar,
        gradient=no_gradient,
        commutative=True,
        idempotent=True,
        samples=_pairs,
        **algebra,
    )


LOGICAL_AND = _connective("LogicalAnd", np.logical_and, "x and y", neutral=1.0, absorbing=0.0)
LOGICAL_OR = _connective("LogicalOr", np.logical_or, "x or y", neutral=0.0, absorbing=1.0)

LOGICAL_NOT = OpDef(
    "LogicalNot",
    "x: bool -> y: bool",
    same_shape,
    reference=np.logical_not,
    scalar="not x",
    gradient=no_gradient,
    involution=True,
    samples=lambda rng: [Sample(sample.inputs[:1]) for sample in _pairs(rng)],
)


def logical_and(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether both x and y, elementwise.

    Args:
      x, y: tensors of bools that broadcast.
      name: the op's name.

    Example:
      >>> tf.logical_and([True, False], True)
      <tf.Tensor 'LogicalAnd:0' shape=(2,) dtype=bool>
    """
    return apply(LOGICAL_AND, [x, y], name=name)


def logical_or(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Whether x or y, elementwise.

    Example:
      >>> tf.logical_or([True, False], True)
      <tf.Tensor 'LogicalOr:0' shape=(2,) dtype=bool>
    """
    return apply(LOGICAL_OR, [x, y], name=name)


def logical_not(x: Any, name: str | None = None) -> Tensor:
    """Whether not x, elementwise.

    Example:
      >>> tf.logical_not([True, False])
      <tf.Tensor 'LogicalNot:0' shape=(2,) dtype=bool>
    """
    return apply(LOGICAL_NOT, [x], name=name)


def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """Whether x or y but not both, elementwise.

    Example:
      >>> tf.logical_xor([True, False], True)
      <tf.Tensor 'LogicalXor:0' shape=(2,) dtype=bool>
    """
    either = logical_or(x, y)
    not_both = logical_not(logical_and(x, y))
    return logical_and(either, not_both, name=name)
