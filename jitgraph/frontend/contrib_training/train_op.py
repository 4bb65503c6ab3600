"""tf.contrib.training.create_train_op: a tensor that makes one step of training and is the loss.

In: a loss, an optimizer. Out: the loss, behind updates and gradients' application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from jitgraph.frontend.summaries import functions as summary
from jitgraph.frontend.train.global_step import get_or_create_global_step
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variable_collections import trainable_variables
from jitgraph.graph import (
    GraphKeys,
    Tensor,
    control_dependencies,
    get_collection,
    get_collection_ref,
    name_scope,
)
from jitgraph.graph.logger import get_logger
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import no_op, with_dependencies
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.norms import clip_by_norm, global_norm
from jitgraph.ops.numerics import check_numerics as checked

Pairs = list[tuple[Any, Any]]

USE_GLOBAL_STEP = 0


def _changed(grad: Any, function: Callable[[Any], Any]) -> Any:
    """A gradient whose values are changed."""
    if isinstance(grad, IndexedSlices):
        return IndexedSlices(function(grad.values), grad.indices, grad.dense_shape)
    return function(grad)


def _multiplied(values: Any, factor: Tensor) -> Any:
    """A gradient's values times a factor."""
    return values * factor


def clip_gradient_norms(gradients_to_variables: Pairs, max_norm: float) -> Pairs:
    """Gradients, each clipped to a norm.

    Args:
      gradients_to_variables: pairs of gradients and variables.
      max_norm: the largest norm.

    Example:
      >>> w = tf.Variable([3.0, 4.0])
      >>> clipped = tf.contrib.training.clip_gradient_norms([(tf.constant([3.0, 4.0]), w)], 1.0)
    """
    return [
        (grad if grad is None else _changed(grad, lambda g: clip_by_norm(g, max_norm)), variable)
        for grad, variable in gradients_to_variables
    ]


def clip_gradient_norms_fn(max_norm: float) -> Callable[[Pairs], Pairs]:
    """`clip_gradient_norms` as what `create_train_op` takes to transform gradients.

    Args:
      max_norm: the largest norm.
    """

    def clip_norms(gradients_to_variables: Pairs) -> Pairs:
        return clip_gradient_norms(gradients_to_variables, max_norm)

    return clip_norms


def multiply_gradients(grads_and_vars: Pairs, gradient_multipliers: Mapping[Any, Any]) -> Pairs:
    """Gradients, some of them _multiplied.

    Args:
      grads_and_vars: pairs of gradients and variables.
      gradient_multipliers: factors by variable, or by the name of its operation.

    Raises:
      ValueError: no list, no factors, or a factor for what has no gradient.

    Example:
      >>> w = tf.Variable([3.0, 4.0], name="w")
      >>> pairs = [(tf.constant([3.0, 4.0]), w)]
      >>> scaled = tf.contrib.training.multiply_gradients(pairs, {"w": 0.1})
    """
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    found = []
    for grad, variable in grads_and_vars:
        factor = gradient_multipliers.get(variable, gradient_multipliers.get(variable.op.name))
        if factor is not None:
            if grad is None:
                raise ValueError("Requested multiple of `None` gradient.")
            scale = partial(_multiplied, factor=convert_to_tensor(factor, dtype=grad.dtype))
            grad = _changed(grad, scale)
        found.append((grad, variable))
    return found


def add_gradients_summaries(grads_and_vars: Pairs) -> list[Tensor]:
    """A histogram and the norm of each gradient, as summaries.

    Args:
      grads_and_vars: pairs of gradients and variables.
    """
    return summarized(grads_and_vars, "_gradient")


def summarized(grads_and_vars: Pairs, ending: str) -> list[Tensor]:
    """`add_gradients_summaries` with names that end so."""
    summaries = []
    for grad, variable in grads_and_vars:
        name = variable.op.name
        if grad is None:
            get_logger().info("Var %s has no gradient", name)
            continue
        values = grad.values if isinstance(grad, IndexedSlices) else grad
        summaries.append(summary.histogram(f"{name}{ending}", values))
        summaries.append(summary.scalar(f"{name}{ending}_norm", global_norm([values])))
    return summaries


def create_train_op(
    total_loss: Tensor,
    optimizer: Optimizer,
    global_step: Any = USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Sequence[Any] | None = None,
    transform_grads_fn: Callable[[Pairs], Pairs] | None = None,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Tensor:
    """A tensor that makes one step of training and is the loss.

    Args:
      total_loss: the loss.
      optimizer: applies the gradients.
      global_step: the variable that counts steps; the graph's own by default; None for none.
      update_ops: what is run before the loss; the collection UPDATE_OPS when None.
      variables_to_train: the variables; all trainable ones when None.
      transform_grads_fn: changes the pairs of gradients and variables.
      summarize_gradients: whether each gradient is summarised.
      gate_gradients, aggregation_method, colocate_gradients_with_ops: see
        `Optimizer.compute_gradients`.
      check_numerics: whether a loss that is no number fails the step.

    Raises:
      AssertionError: there is nothing to train.

    Example:
      >>> w = tf.get_variable("w", [3])
      >>> optimizer = tf.train.GradientDescentOptimizer(0.1)
      >>> step = tf.contrib.training.create_train_op(tf.reduce_sum(w * w), optimizer)
    """
    if global_step is USE_GLOBAL_STEP:
        global_step = get_or_create_global_step()
    total_loss = _behind_updates(total_loss, update_ops)
    if variables_to_train is None:
        variables_to_train = trainable_variables()
    assert variables_to_train, "there are no variables to train"
    grads = optimizer.compute_gradients(
        total_loss,
        variables_to_train,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if transform_grads_fn:
        grads = transform_grads_fn(grads)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(grads)
    update = optimizer.apply_gradients(grads, global_step=global_step)
    with name_scope("train_op"):
        if check_numerics:
            total_loss = checked(total_loss, "LossTensor is inf or nan")
        step: Tensor = with_dependencies([update], total_loss)
    kept = get_collection_ref(GraphKeys.TRAIN_OP)
    if all(step is not each for each in kept):
        kept.append(step)
    return step


def _behind_updates(total_loss: Tensor, update_ops: Any) -> Tensor:
    known = list(dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS)))
    wanted = known if update_ops is None else list(dict.fromkeys(update_ops))
    if not set(known) <= set(wanted):
        get_logger().warning(
            "update_ops in create_train_op does not contain all the update_ops in "
            "GraphKeys.UPDATE_OPS"
        )
    if not wanted:
        return total_loss
    with control_dependencies(wanted):
        barrier = no_op(name="update_barrier")
    behind: Tensor = with_dependencies([barrier], total_loss)
    return behind
