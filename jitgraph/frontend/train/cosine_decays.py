"""Learning rates that fall along a cosine: once, with restarts, on a line, with noise.

In: a rate and the number of the step, as tensors. Out: the rate of that step, a scalar tensor.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_extrema import minimum
from jitgraph.ops.elementwise_powers import pow, sqrt
from jitgraph.ops.elementwise_rounding import floor
from jitgraph.ops.elementwise_trigonometric import cos
from jitgraph.ops.random_numbers import random_normal


def cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Half a cosine from `learning_rate` down to `alpha` times it.

    See Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.

    Args:
      learning_rate: the rate of step 0, a scalar.
      global_step: the step, a scalar.
      decay_steps: the step that reaches the end.
      alpha: the part of the rate that it ends with.
      name: the name scope.

    Example:
      >>> rate = tf.train.cosine_decay(0.1, 10, 50)
    """
    with name_scope(name or "CosineDecay"):
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        steps: Any = cast(decay_steps, rate.dtype)
        part = minimum(cast(global_step, rate.dtype), steps) / steps  # type: ignore[operator]
        decayed = (1 - alpha) * _half_cosine(part) + alpha
        return multiply(rate, decayed)


def _half_cosine(part: Any) -> Any:
    """1 at the start, 0 where `part` is 1."""
    pi: Any = constant(math.pi)
    swing: Any = cos(pi * part)
    return 0.5 * (1.0 + swing)


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> Tensor:
    """Half cosines one after the other, each longer by `t_mul` and lower by `m_mul`.

    Args:
      learning_rate: the rate of step 0, a scalar.
      global_step: the step, a scalar.
      first_decay_steps: the steps of the first half cosine.
      t_mul: how much longer each takes than the one before.
      m_mul: how much lower each starts.
      alpha: the part of the rate that each ends with.
      name: the name scope; the result is named so.

    Example:
      >>> rate = tf.train.cosine_decay_restarts(0.1, 70, 50)
    """
    with name_scope(name or "SGDRDecay") as scope:
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        dtype = rate.dtype
        steps, least, longer, lower = (
            cast(each, dtype) for each in (first_decay_steps, alpha, t_mul, m_mul)
        )
        step: Any = cast(global_step, dtype)
        part = step / steps
        number, part = _restarts(part, longer)
        scale: Any = 0.5 * lower**number
        pi: Any = constant(math.pi)
        decayed: Any = scale * (1.0 + cos(pi * part))  # type: ignore[operator]
        return multiply(rate, (1 - least) * decayed + least, name=scope)  # type: ignore[operator]


def _restarts(part: Any, longer: Any) -> tuple[Any, Any]:
    """The number of restarts so far, and the part done of the present half cosine."""

    def of_equal_length() -> tuple[Any, Any]:
        number: Any = floor(part)
        return number, part - number

    def of_growing_length() -> tuple[Any, Any]:
        number: Any = floor(log(1.0 - part * (1.0 - longer)) / log(longer))
        before = (1.0 - longer**number) / (1.0 - longer)
        return number, (part - before) / longer**number

    number, done = cond(equal(longer, 1.0), of_equal_length, of_growing_length)
    return number, done


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """((alpha + a line from 1 to 0) * a cosine + beta) * learning_rate.

    See Bello et al., "Neural Optimizer Search with Reinforcement Learning", 2017.

    Args:
      learning_rate: the rate of step 0, a scalar.
      global_step: the step, a scalar.
      decay_steps: the step that reaches the end.
      num_periods: how many periods of the cosine there are.
      alpha, beta: see above.
      name: the name scope; the result is named so.

    Example:
      >>> rate = tf.train.linear_cosine_decay(0.1, 10, 50)
    """
    with name_scope(name or "LinearCosineDecay") as scope:
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        given = (decay_steps, num_periods, alpha, beta)
        steps, periods, added, least = (cast(each, rate.dtype) for each in given)
        step, line = _on_line(cast(global_step, rate.dtype), steps)
        swing = _swings(step, steps, periods)
        return multiply(rate, (added + line) * swing + least, name=scope)


def _on_line(step: Any, steps: Any) -> tuple[Any, Any]:
    """The step, at most `steps`, and the line from 1 to 0."""
    step = minimum(step, steps)
    return step, (steps - step) / steps


def _swings(step: Any, steps: Any, periods: Any) -> Any:
    part = step / steps
    return _half_cosine(2.0 * periods * part)


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> Tensor:
    """As `linear_cosine_decay`, with noise on the line.

    Args:
      learning_rate, global_step, decay_steps, num_periods, alpha, beta: as those of
        `linear_cosine_decay`.
      initial_variance: the variance of the noise in step 0.
      variance_decay: the power of the steps by which the variance is divided.
      name: the name scope; the result is named so.

    Example:
      >>> rate = tf.train.noisy_linear_cosine_decay(0.1, 10, 50)
    """
    with name_scope(name or "NoisyLinearCosineDecay") as scope:
        rate = convert_to_tensor(learning_rate, name="initial_learning_rate")
        given = (decay_steps, initial_variance, variance_decay, num_periods, alpha, beta)
        steps, variance, power, periods, added, least = (cast(each, rate.dtype) for each in given)
        step, line = _on_line(cast(global_step, rate.dtype), steps)
        deviation = sqrt(variance / pow(1.0 + step, power))  # type: ignore[operator]
        noisy = line + random_normal(line.shape, stddev=deviation)
        swing = _swings(step, steps, periods)
        return multiply(rate, (added + noisy) * swing + least, name=scope)
