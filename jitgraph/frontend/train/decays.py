"""Learning rates that fall: exponentially, by inverse time, as a polynomial, piece by piece.

In: a rate and the number of the step, as tensors. Out: the rate of that step, a scalar tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import case, cond
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import add, multiply, negative
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import divide
from jitgraph.ops.elementwise_exponential import exp
from jitgraph.ops.elementwise_extrema import minimum
from jitgraph.ops.elementwise_powers import pow
from jitgraph.ops.elementwise_rounding import ceil, floor


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * decay_rate^(global_step / decay_steps).

    Args:
      learning_rate: the rate of step 0, a scalar.
      global_step: the step, a scalar.
      decay_steps: how many steps multiply the rate by `decay_rate`.
      decay_rate: the factor.
      staircase: whether the exponent is rounded down, so that the rate falls in steps.
      name: the name scope; the result is named so.

    Example:
      >>> tf.train.exponential_decay(0.1, tf.train.get_or_create_global_step(), 1000, 0.96)
      <tf.Tensor 'ExponentialDecay:0' shape=() dtype=float32>
    """
    with name_scope(name or "ExponentialDecay") as scope:
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        steps, factor = cast(decay_steps, rate.dtype), cast(decay_rate, rate.dtype)
        part = _part(global_step, steps, rate, staircase)
        return multiply(rate, pow(factor, part), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """learning_rate * e^(-decay_rate * global_step / decay_steps).

    Args: as those of `exponential_decay`.

    Example:
      >>> rate = tf.train.natural_exp_decay(0.1, 10, 5, 0.5)
    """
    factor = exp(negative(decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, factor, staircase, name)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Any:
    """learning_rate / (1 + decay_rate * global_step / decay_steps).

    Args: as those of `exponential_decay`.

    Example:
      >>> rate = tf.train.inverse_time_decay(0.1, 10, 5, 0.5)
    """
    with name_scope(name or "InverseTimeDecay") as scope:
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        steps, factor = cast(decay_steps, rate.dtype), cast(decay_rate, rate.dtype)
        part = _part(global_step, steps, rate, staircase)
        one = cast(constant(1), rate.dtype)
        return divide(rate, add(one, multiply(factor, part)), name=scope)


def _part(global_step: Any, steps: Any, rate: Tensor, staircase: bool) -> Any:
    """The step in units of `steps`."""
    step: Any = cast(global_step, rate.dtype)
    part = step / steps
    return floor(part) if staircase else part


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> Tensor:
    """(learning_rate - end_learning_rate) * (1 - global_step / decay_steps)^power, plus the end.

    Args:
      learning_rate: the rate of step 0, a scalar.
      global_step: the step, a scalar.
      decay_steps: the step that reaches the end.
      end_learning_rate: the rate that it ends with.
      power: the power; 1 is a straight line.
      cycle: whether the rate rises again behind the end, `decay_steps` becoming twice as many
        steps, and so on.
      name: the name scope; the result is named so.

    Example:
      >>> rate = tf.train.polynomial_decay(0.1, 10, 50, end_learning_rate=0.01)
    """
    with name_scope(name or "PolynomialDecay") as scope:
        rate: Any = convert_to_tensor(learning_rate, name="initial_learning_rate")
        end, exponent = cast(end_learning_rate, rate.dtype), cast(power, rate.dtype)
        step: Any = cast(global_step, rate.dtype)
        steps = cast(decay_steps, rate.dtype)
        if cycle:
            times = cond(equal(step, 0), lambda: 1.0, lambda: ceil(step / decay_steps))
            steps = multiply(steps, times)
        else:
            step = minimum(step, decay_steps)
        part: Any = divide(step, steps)
        return add(multiply(rate - end, pow(1 - part, exponent)), end, name=scope)


def piecewise_constant(
    x: Any, boundaries: Sequence[Any], values: Sequence[Any], name: str | None = None
) -> Tensor:
    """The first of `values` up to the first boundary, the second up to the second, and so on.

    Args:
      x: a scalar, for instance the step.
      boundaries: rising numbers of `x`'s dtype.
      values: one more than boundaries; all of one dtype.
      name: the name scope.

    Raises:
      ValueError: dtypes differ, or the numbers of boundaries and values don't fit.

    Example:
      >>> rate = tf.train.piecewise_constant(10, [100, 200], [0.1, 0.01, 0.001])
    """
    limits = [convert_to_tensor(limit) for limit in boundaries]
    rates: Any = [convert_to_tensor(value) for value in values]
    given: Any = convert_to_tensor(x)
    limits = [_as_dtype_of(limit, given) for limit in limits]
    for value in rates[1:]:
        if value.dtype.base_dtype != rates[0].dtype.base_dtype:
            raise ValueError(
                "Values must have elements all with the same dtype "
                f"({rates[0].dtype.base_dtype} vs {value.dtype.base_dtype})."
            )
    if len(limits) != len(rates) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name or "PiecewiseConstant"):
        pairs: list[tuple[Any, Callable[[], Any]]] = [
            (given <= limits[0], lambda: rates[0]),
            (given > limits[-1], lambda: rates[-1]),
        ]
        for low, high, value in zip(limits[:-1], limits[1:], rates[1:-1], strict=True):
            pairs.append(((given > low) & (given <= high), partial(_given, value)))
        return case(pairs, lambda: rates[0], exclusive=True)


def _given(value: Tensor) -> Tensor:
    return value


def _as_dtype_of(limit: Tensor, x: Tensor) -> Tensor:
    """A boundary in the dtype of `x`; nothing but int32 to int64 is converted."""
    own, wanted = limit.dtype.base_dtype, x.dtype.base_dtype
    if own == wanted:
        return limit
    if own == dtypes.int32 and wanted == dtypes.int64:
        return cast(limit, wanted)
    raise ValueError(f"Boundaries ({own}) must have the same dtype as x ({wanted}).")
