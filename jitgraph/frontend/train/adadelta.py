"""AdadeltaOptimizer: steps as large as earlier steps beside earlier gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_ADADELTA
from jitgraph.ops.training_sparse import SPARSE_APPLY_ADADELTA


class AdadeltaOptimizer(Optimizer):
    """variable -= rate * sqrt(mean of updates^2) / sqrt(mean of gradients^2) * gradient.

    See Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012; the paper's rate is 1.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      rho: how much of both means a step keeps; likewise.
      epsilon: keeps roots and divisor from zero; likewise.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.AdadeltaOptimizer(1.0).minimize(v * v)
      <tf.Operation 'Adadelta' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any] = 0.001,
        rho: float | Tensor | Callable[[], Any] = 0.95,
        epsilon: float | Tensor | Callable[[], Any] = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            self._zeros_slot(variable, "accum", self._name)
            self._zeros_slot(variable, "accum_update", self._name)

    def _prepare(self) -> None:
        lr, rho, epsilon = map(self._call_if_callable, [self._lr, self._rho, self._epsilon])
        self._lr_t = convert_to_tensor(lr, name="lr")
        self._rho_t = convert_to_tensor(rho, name="rho")
        self._epsilon_t = convert_to_tensor(epsilon, name="epsilon")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Tensor:
        return self._applied(APPLY_ADADELTA, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Tensor:
        return self._applied(SPARSE_APPLY_ADADELTA, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Tensor:
        slots = [self.get_slot(var, "accum"), self.get_slot(var, "accum_update")]
        given = [self._lr_t, self._rho_t, self._epsilon_t]
        numbers = [cast(number, var.dtype.base_dtype) for number in given]
        attrs = {"use_locking": self._use_locking}
        updated: Tensor = apply(definition, [var, *slots, *numbers, *grad], attrs)
        return updated
