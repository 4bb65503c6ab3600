"""Probabilities given as such or as logits, checked, and as both.

In: one of the two. Out: both.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.check_ops import (
    assert_less_equal,
    assert_near,
    assert_non_negative,
)
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log, log1p, sigmoid
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.softmax import softmax


def logits_and_probs(
    logits: Any, probs: Any, name: str, validate_args: bool, multidimensional: bool = False
) -> tuple[Tensor, Tensor]:
    """The logits and the probabilities, of which one is given.

    Args:
      logits, probs: a float tensor and None, or the other way round.
      name: the ops' name scope.
      validate_args: whether runs check probabilities.
      multidimensional: whether the last axis holds those of one event's outcomes.

    Raises:
      ValueError: both are given, or none.
      TypeError: the tensor isn't of floats.
    """
    with name_scope(name, values=[probs, logits]):
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        if probs is None:
            given = _floats(logits, "logits")
            to_probs = softmax if multidimensional else sigmoid
            return given, to_probs(given, name="probs")
        given = _floats(probs, "probs")
        if validate_args:
            with name_scope("validate_probs"):
                given = with_dependencies(_checks(given, multidimensional), given)
        with name_scope("logits"):
            if multidimensional:
                return log(given), given
            return log(given) - log1p(-1.0 * given), given


def _floats(value: Any, name: str) -> Tensor:
    tensor = convert_to_tensor(value, name=name)
    if not tensor.dtype.is_floating:
        raise TypeError(f"{name} must having floating type.")
    return tensor


def _checks(probs: Tensor, multidimensional: bool) -> list[Any]:
    one = constant(1.0, probs.dtype)
    found: list[Any] = [assert_non_negative(probs)]
    if multidimensional:
        total = reduce_sum(probs, -1)
        return [*found, assert_near(total, one, message="probs does not sum to 1.")]
    said = "probs has components greater than 1."
    return [*found, assert_less_equal(probs, one, message=said)]
