"""AdamOptimizer: steps by running means of the gradient and of its square."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor, colocate_with, control_dependencies, get_default_graph
from jitgraph.ops import state
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.identities import group
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.scatter import scatter_add
from jitgraph.ops.training_dense import APPLY_ADAM


class AdamOptimizer(Optimizer):
    """variable -= rate * m / (sqrt(v) + epsilon), m and v the means of gradient and its square.

    The rate is learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t) in step t. A sparse gradient
    changes all rows, because the means of all rows decay.
    See "Adam: A Method for Stochastic Optimization", Kingma and Ba, 2014.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      beta1: how much of the gradient's mean a step keeps.
      beta2: how much of the square's mean a step keeps.
      epsilon: keeps the divisor from zero.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.AdamOptimizer(0.01).minimize(v * v)
      <tf.Operation 'Adam' type=NoOp>
    """

    _use_nesterov = False

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any] = 0.001,
        beta1: float | Tensor | Callable[[], Any] = 0.9,
        beta2: float | Tensor | Callable[[], Any] = 0.999,
        epsilon: float | Tensor | Callable[[], Any] = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _create_slots(self, var_list: list[Variable]) -> None:
        first = min(var_list, key=lambda variable: variable.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        self._create_non_slot_variable(self._beta2, "beta2_power", first)
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)
            self._zeros_slot(variable, "v", self._name)

    def _prepare(self) -> None:
        given = [self._lr, self._beta1, self._beta2, self._epsilon]
        lr, beta1, beta2, epsilon = map(self._call_if_callable, given)
        self._lr_t = convert_to_tensor(lr, name="learning_rate")
        self._beta1_t = convert_to_tensor(beta1, name="beta1")
        self._beta2_t = convert_to_tensor(beta2, name="beta2")
        self._epsilon_t = convert_to_tensor(epsilon, name="epsilon")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        slots = [self.get_slot(var, "m"), self.get_slot(var, "v")]
        numbers = self._numbers_for(var)
        attrs = {"use_locking": self._use_locking, "use_nesterov": self._use_nesterov}
        updated: Tensor = apply(APPLY_ADAM, [var, *slots, *numbers, grad], attrs)
        return updated.op

    def _numbers_for(self, var: Variable) -> list[Any]:
        given = [*self._get_beta_accumulators(), self._lr_t, self._beta1_t, self._beta2_t]
        return [cast(number, var.dtype.base_dtype) for number in [*given, self._epsilon_t]]

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        power1, power2, lr, beta1, beta2, epsilon = self._numbers_for(var)
        rate = lr * sqrt(1 - power2) / (1 - power1)
        values: Any = grad.values
        scaled = values * (1 - beta1)
        m = self._moved(self.get_slot(var, "m"), beta1, grad, scaled)
        squares = (values * values) * (1 - beta2)
        v = self._moved(self.get_slot(var, "v"), beta2, grad, squares)
        root = sqrt(v)
        change = rate * m / (root + epsilon)
        updated = state.assign_sub(var, change, use_locking=self._use_locking)
        return group(updated, m, v)

    def _moved(self, slot: Any, beta: Any, grad: IndexedSlices, delta: Tensor) -> Any:
        """slot * beta, plus `delta` in the rows of the gradient."""
        decayed = state.assign(slot, slot * beta, use_locking=self._use_locking)
        with control_dependencies([decayed]):
            return scatter_add(slot, grad.indices, delta, use_locking=self._use_locking)

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        power1, power2 = self._get_beta_accumulators()
        with control_dependencies(update_ops), colocate_with(power1):
            update1 = power1.assign(power1 * self._beta1_t, use_locking=self._use_locking)
            update2 = power2.assign(power2 * self._beta2_t, use_locking=self._use_locking)
        return group(*update_ops, update1, update2, name=name_scope)
