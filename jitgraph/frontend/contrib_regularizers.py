"""tf.contrib.layers' regularizers: functions of weights that give a loss.

In: weights. Out: a scalar, the scaled sum of their absolute values or squares.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.graph import GraphKeys, Tensor, add_to_collection, get_collection, name_scope
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_losses import l2_loss
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.reductions import reduce_sum

Regularizer = Callable[[Any], Any]


def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale * sum(abs(weights)).

    Args:
      scale: a float that is not negative, or a scalar tensor; 0.0 gives no loss.
      scope: the ops' name scope.

    Raises:
      ValueError: an integer or a negative scale.

    Example:
      >>> tf.contrib.layers.l1_regularizer(0.1)(tf.ones([3]))
      <tf.Tensor 'l1_regularizer:0' shape=() dtype=float32>
    """
    return _scaled(scale, scope, "l1_regularizer", lambda x: reduce_sum(absolute(x)), end="")


def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """scale * sum(weights ** 2) / 2.

    Args:
      scale: a float that is not negative, or a scalar tensor; 0.0 gives no loss.
      scope: the ops' name scope.

    Raises:
      ValueError: an integer or a negative scale.

    Example:
      >>> tf.contrib.layers.l2_regularizer(0.1)(tf.ones([3]))
      <tf.Tensor 'l2_regularizer:0' shape=() dtype=float32>
    """
    return _scaled(scale, scope, "l2_regularizer", l2_loss, end=".")


def _scaled(
    scale: Any, scope: str | None, default: str, norm: Callable[[Any], Tensor], end: str
) -> Regularizer:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real):
        if float(scale) < 0.0:
            text = "Setting a scale less than 0 on a regularizer: "
            raise ValueError(f"{text}{float(scale):g}{end}")
        if float(scale) == 0.0:
            logging.info("Scale of 0 disables regularizer.")
            return lambda _: None

    def regularizer(weights: Any, name: str | None = None) -> Tensor:
        with name_scope(scope, default, [weights]) as whole:
            factor = convert_to_tensor(scale, weights.dtype.base_dtype, name="scale")
            return multiply(factor, norm(weights), name=whole)

    return regularizer


def l1_l2_regularizer(
    scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None
) -> Regularizer | None:
    """The sum of `l1_regularizer` and `l2_regularizer`.

    Args:
      scale_l1, scale_l2: floats that are not negative.
      scope: the ops' name scope.

    Raises:
      ValueError: an integer or a negative scale.
    """
    for scale, name in ((scale_l1, "scale_l1"), (scale_l2, "scale_l2")):
        if isinstance(scale, numbers.Integral):
            raise ValueError(f"{name} cannot be an integer: {scale}")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(
    regularizer_list: Sequence[Regularizer | None], scope: str | None = None
) -> Regularizer | None:
    """The sum of regularizers; None where there are none.

    Args:
      regularizer_list: functions of weights, or None.
      scope: the ops' name scope.
    """
    given = [each for each in regularizer_list if each is not None]
    if not given:
        return None

    def regularizer(weights: Any) -> Tensor | None:
        with name_scope(scope, "sum_regularizer", [weights]) as whole:
            losses = [loss for loss in (each(weights) for each in given) if loss is not None]
            return add_n(losses, name=whole) if losses else None

    return regularizer


def apply_regularization(
    regularizer: Regularizer, weights_list: Sequence[Any] | None = None
) -> Tensor:
    """The sum of a regularizer's losses, which joins REGULARIZATION_LOSSES.

    Args:
      regularizer: a function of weights.
      weights_list: the weights; the collection WEIGHTS if None.

    Raises:
      ValueError: there are no weights, or a loss is no scalar.
    """
    weights = weights_list or get_collection(GraphKeys.WEIGHTS)
    if not weights:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights) as scope:
        found = [regularizer(each) for each in weights]
        losses = [constant(0.0) if loss is None else loss for loss in found]
        for loss in losses:
            if loss.get_shape().ndims != 0:
                raise ValueError(
                    "regularizer must return a scalar Tensor instead of a Tensor with rank "
                    f"{loss.get_shape().ndims}."
                )
        total = add_n(losses, name=scope)
        add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
        return total
