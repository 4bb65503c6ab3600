"""MomentumOptimizer: steps along a decaying sum of gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_MOMENTUM
from jitgraph.ops.training_sparse import SPARSE_APPLY_MOMENTUM


class MomentumOptimizer(Optimizer):
    """accumulation = momentum * accumulation + gradient; variable -= rate * accumulation.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      momentum: how much of the accumulation a step keeps; likewise.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.
      use_nesterov: whether the gradient counts as if one step further on. See Sutskever et al.,
        "On the importance of initialization and momentum in deep learning", 2013.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.MomentumOptimizer(0.1, momentum=0.9).minimize(v * v)
      <tf.Operation 'Momentum' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any],
        momentum: float | Tensor | Callable[[], Any],
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            self._zeros_slot(variable, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")
        momentum = self._call_if_callable(self._momentum)
        self._momentum_tensor = convert_to_tensor(momentum, name="momentum")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        return self._applied(APPLY_MOMENTUM, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        return self._applied(SPARSE_APPLY_MOMENTUM, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Operation:
        dtype = var.dtype.base_dtype
        rate = cast(self._learning_rate_tensor, dtype)
        momentum = cast(self._momentum_tensor, dtype)
        attrs = {"use_locking": self._use_locking, "use_nesterov": self._use_nesterov}
        slot = self.get_slot(var, "momentum")
        updated: Tensor = apply(definition, [var, slot, rate, *grad, momentum], attrs)
        return updated.op
