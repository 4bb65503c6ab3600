"""tf.nn.dropout: elements that are zeroed at random.

In: a tensor of floats and the share that is dropped. Out: the tensor with what is left scaled up,
made of the ops of which TensorFlow 1.15 makes it.
"""

from __future__ import annotations

import numbers
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import TensorShape, as_shape


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Zeroes elements with probability `rate` and multiplies the others by 1 / (1 - rate).

    Args:
      x: a tensor of floats.
      keep_prob: 1 - rate, the older way to say it.
      noise_shape: a shape that broadcasts to that of `x`: elements that share one of its elements
        are kept or zeroed together; None in it stands for the size of `x`.
      seed: see `tf.set_random_seed`.
      name: the name of the result.
      rate: the probability, a float of [0, 1) or a scalar tensor.

    Raises:
      ValueError: no rate or two, one out of range, or a tensor that is not of floats.

    Example:
      >>> tf.nn.dropout([1.0, 2.0, 3.0], rate=0.5)
      <tf.Tensor 'dropout/mul_1:0' shape=(3,) dtype=float32>
    """
    dropped = _rate(keep_prob, rate)
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(
                "x has to be a floating point tensor since it's going to be scaled. "
                f"Got a {x.dtype} tensor instead."
            )
        if isinstance(dropped, numbers.Real):
            _check_range(float(dropped))
            if dropped == 0:
                return x
        dropped = convert_to_tensor(dropped, dtype=x.dtype, name="rate")
        dropped.get_shape().assert_has_rank(0)
        if constant_value(dropped) == 0:
            return x
        return _dropped(x, dropped, _noise_shape(x, noise_shape), seed)


def _rate(keep_prob: Any, rate: Any) -> Any:
    if keep_prob is not None:
        try:
            dropped = 1.0 - keep_prob
        except TypeError:
            raise ValueError(
                f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})"
            ) from None
        if rate is not None:
            raise ValueError("Cannot specify both 'keep_prob' and 'rate'")
        return dropped
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    return rate


def _check_range(rate: float) -> None:
    if not 0 <= rate < 1:
        raise ValueError(
            f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}"
        )
    if rate > 0.5:
        logging.log_first_n(
            logging.WARN,
            "Large dropout rate: %g (>0.5). In TensorFlow 2.x, dropout() uses dropout rate instead "
            "of keep_prob. Please ensure that this is intended.",
            5,
            rate,
        )


def _dropped(x: Tensor, rate: Tensor, noise_shape: Any, seed: int | None) -> Tensor:
    noise = random_uniform(noise_shape, seed=seed, dtype=x.dtype)
    scale = 1 / (1 - rate)
    is_kept = noise >= rate
    result: Tensor = x * scale * cast(is_kept, x.dtype)
    result.set_shape(x.get_shape())
    return result


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    """The shape of the noise, what is unknown in it taken from `x`."""
    if noise_shape is None:
        return shape_of(x)
    if isinstance(noise_shape, Tensor):
        return noise_shape
    try:
        wanted = as_shape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape
    if x.shape.dims is None or wanted.dims is None or len(x.shape.dims) != len(wanted.dims):
        return noise_shape
    pairs = zip(x.shape.as_list(), wanted.as_list(), strict=True)
    return TensorShape([mine if asked is None else asked for mine, asked in pairs])
