"""tf.contrib.layers.optimize_loss: one step of training, with all that goes with it.

In: a loss, a learning rate, an optimizer. Out: the loss as a tensor that is there behind the step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jitgraph.frontend.initializers import constant_initializer
from jitgraph.frontend.summaries import functions as summary
from jitgraph.frontend.train.adagrad import AdagradOptimizer
from jitgraph.frontend.train.adam import AdamOptimizer
from jitgraph.frontend.train.ftrl import FtrlOptimizer
from jitgraph.frontend.train.global_step import assert_global_step, get_global_step
from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
from jitgraph.frontend.train.momentum import MomentumOptimizer
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.rmsprop import RMSPropOptimizer
from jitgraph.frontend.variable_collections import trainable_variables
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import GraphKeys, Tensor, get_collection
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.norms import clip_by_global_norm, global_norm
from jitgraph.ops.random_numbers import truncated_normal

OPTIMIZER_CLS_NAMES: dict[str, Callable[..., Optimizer]] = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "Momentum": lambda learning_rate: MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}

OPTIMIZER_SUMMARIES = [
    "learning_rate",
    "loss",
    "gradients",
    "gradient_norm",
    "global_gradient_norm",
]

_NORMS = {"global_gradient_norm", "gradient_norm"}
_Pairs = list[tuple[Any, Any]]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Mapping[Any, Any] | None = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable[..., Any] | None = None,
    update_ops: Any = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Sequence[str] | None = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Tensor:
    """One step of training.

    Args:
      loss: a scalar tensor.
      global_step: the variable that counts the steps; the graph's own when None.
      learning_rate: a float, a scalar tensor, or None where the optimizer has its own.
      optimizer: "Adagrad", "Adam", "Ftrl", "Momentum", "RMSProp" or "SGD"; a class of optimizers,
        an optimizer, or a function of the learning rate that makes one.
      gradient_noise_scale: how much noise is added to gradients.
      gradient_multipliers: factors of the gradients of some variables, by variable or name.
      clip_gradients: a global norm that they may have, or a function of the pairs.
      learning_rate_decay_fn: a function of the learning rate and the step.
      update_ops: what must run before; the collection UPDATE_OPS when None.
      variables: the variables; all trainable ones when None.
      name: the variable scope.
      summaries: which of OPTIMIZER_SUMMARIES are made; the norm, the loss and the rate when None.
      colocate_gradients_with_ops: as in `tf.gradients`.
      increment_global_step: whether the step is counted.

    Raises:
      ValueError: an argument of another kind.

    Example:
      >>> w = tf.get_variable("w", [])
      >>> step = tf.train.get_or_create_global_step()
      >>> tf.contrib.layers.optimize_loss(w * w, step, 0.1, "SGD").shape
      TensorShape([])
    """
    loss = convert_to_tensor(loss)
    if loss.shape.ndims not in (0, None):
        raise ValueError(f"Expected scalar shape for {loss.name}, saw shape: {loss.shape}.")
    if global_step is None:
        global_step = get_global_step()
    else:
        assert_global_step(global_step)
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        before = set(get_collection(GraphKeys.UPDATE_OPS)) if update_ops is None else update_ops
        if before:
            loss = with_dependencies(list(before), loss)
        rate = _rate(learning_rate)
        wanted = _summaries(summaries)
        if rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError("global_step is required for learning_rate_decay_fn.")
            rate = learning_rate_decay_fn(rate, global_step)
            if "learning_rate" in wanted:
                summary.scalar("learning_rate", rate)
        made = _optimizer(optimizer, rate)
        targets = trainable_variables() if variables is None else variables
        pairs = made.compute_gradients(
            loss, targets, colocate_gradients_with_ops=colocate_gradients_with_ops
        )
        pairs = _changed(pairs, gradient_noise_scale, gradient_multipliers)
        if _NORMS & set(wanted):
            summary.scalar("global_norm/gradient_norm", global_norm([pair[0] for pair in pairs]))
        pairs = _clipped(pairs, clip_gradients)
        _summarize(pairs, loss, wanted, clip_gradients is not None)
        counted = global_step if increment_global_step else None
        step = made.apply_gradients(pairs, global_step=counted, name="train")
        trained: Tensor = with_dependencies([step], loss)
        return trained


def _rate(learning_rate: Any) -> Any:
    if learning_rate is None:
        return None
    if isinstance(learning_rate, Tensor) and learning_rate.shape.ndims == 0:
        return learning_rate
    if not isinstance(learning_rate, float):
        raise ValueError(
            "Learning rate should be 0d Tensor or float. "
            f"Got {learning_rate} of type {type(learning_rate)}"
        )
    if learning_rate < 0.0:
        raise ValueError(f"Invalid learning_rate {learning_rate}.")
    start = constant_initializer(learning_rate)
    return get_variable("learning_rate", [], trainable=False, initializer=start)


def _summaries(given: Sequence[str] | None) -> Sequence[str]:
    for each in given or ():
        if each not in OPTIMIZER_SUMMARIES:
            allowed = ", ".join(OPTIMIZER_SUMMARIES)
            raise ValueError(f"Summaries should be one of [{allowed}], you provided {each}.")
    return ["loss", "learning_rate", "global_gradient_norm"] if given is None else given


def _optimizer(given: Any, rate: Any) -> Optimizer:
    is_class = isinstance(given, type) and issubclass(given, Optimizer)
    if rate is None and (is_class or isinstance(given, str)):
        kind = "class" if is_class else "string"
        raise ValueError(
            f"Learning rate is None, but should be specified if optimizer is {kind} ({given})."
        )
    if isinstance(given, str):
        if given not in OPTIMIZER_CLS_NAMES:
            allowed = ", ".join(OPTIMIZER_CLS_NAMES)
            raise ValueError(f"Optimizer name should be one of [{allowed}], you provided {given}.")
        return OPTIMIZER_CLS_NAMES[given](learning_rate=rate)
    if is_class:
        made: Optimizer = given(learning_rate=rate)
        return made
    if isinstance(given, Optimizer):
        return given
    if not callable(given):
        raise ValueError(
            "Unrecognized optimizer: should be string, subclass of Optimizer, instance of "
            f"subclass of Optimizer or function with one argument. Got {given}."
        )
    found = given() if rate is None else given(rate)
    if not isinstance(found, Optimizer):
        raise ValueError(
            f"Unrecognized optimizer: function should return subclass of Optimizer. Got {found}."
        )
    return found


def _changed(pairs: _Pairs, noise: float | None, factors: Mapping[Any, Any] | None) -> _Pairs:
    """Gradients with noise, multiplied."""
    if noise is not None:
        pairs = [(_noisy(grad, noise), var) for grad, var in pairs]
    if factors is None:
        return pairs
    changed = [(_multiplied(grad, var, factors), var) for grad, var in pairs]
    if not changed:
        raise ValueError(
            "Empty list of (gradient, var) pairs encountered. This is most likely to be caused "
            "by an improper value of gradient_multipliers."
        )
    return changed


def _noisy(grad: Any, scale: float) -> Any:
    if grad is None:
        return None
    sizes = grad.dense_shape if isinstance(grad, IndexedSlices) else grad.get_shape()
    return grad + truncated_normal(sizes) * scale


def _multiplied(grad: Any, var: Any, factors: Mapping[Any, Any]) -> Any:
    factor = factors.get(var, factors.get(var.name))
    if grad is None or factor is None:
        return grad
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(grad.values * factor, grad.indices, grad.dense_shape)
    return grad * cast(factor, grad.dtype)


def _clipped(pairs: _Pairs, clip: Any) -> _Pairs:
    if clip is None:
        return pairs
    if isinstance(clip, float):
        clipped, _ = clip_by_global_norm([grad for grad, _ in pairs], clip)
        return list(zip(clipped, (var for _, var in pairs), strict=True))
    if not callable(clip):
        raise ValueError(f"Unknown type {type(clip)} for clip_gradients")
    return list(clip(pairs))


def _summarize(pairs: _Pairs, loss: Tensor, wanted: Sequence[str], is_clipped: bool) -> None:
    if "loss" in wanted:
        summary.scalar("loss", loss)
    for grad, var in pairs:
        values = grad.values if isinstance(grad, IndexedSlices) else grad
        title = var.name.replace(":", "_")
        if values is not None and "gradients" in wanted:
            summary.histogram(f"gradients/{title}", values)
        if values is not None and "gradient_norm" in wanted:
            summary.scalar(f"gradient_norm/{title}", global_norm([values]))
    if is_clipped and _NORMS & set(wanted):
        norm = global_norm([grad for grad, _ in pairs])
        summary.scalar("global_norm/clipped_gradient_norm", norm)
