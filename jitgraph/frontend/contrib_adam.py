"""Kinds of Adam in tf.contrib.opt: LazyAdam, Nadam, AdaMax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.train.adam import AdamOptimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor, colocate_with, control_dependencies, get_default_graph
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import square
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.elementwise_rounding import abs
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import group
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.scatter import scatter_add, scatter_sub, scatter_update
from jitgraph.ops.training_dense import APPLY_ADA_MAX


class LazyAdamOptimizer(AdamOptimizer):
    """Adam whose means of rows that a sparse gradient doesn't name stay as they are.

    Args: as those of `tf.train.AdamOptimizer`.

    Example:
      >>> v = tf.Variable([[1.0], [2.0]])
      >>> tf.contrib.opt.LazyAdamOptimizer(0.01).minimize(tf.gather(v, [0]))
      <tf.Operation 'Adam' type=NoOp>
    """

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        power1, power2, lr, beta1, beta2, epsilon = self._numbers_for(var)
        rate = lr * sqrt(1 - power2) / (1 - power1)
        values: Any = grad.values
        m = self._replaced(var, "m", grad, beta1, lambda: values)
        v = self._replaced(var, "v", grad, beta2, lambda: square(values))
        means: Any = gather(m, grad.indices)
        squares: Any = gather(v, grad.indices)
        divisor: Any = sqrt(squares)
        divisor = divisor + epsilon
        change = rate * means / divisor
        updated = scatter_sub(var, grad.indices, change, use_locking=self._use_locking)
        return group(updated, m, v)

    def _replaced(
        self, var: Variable, name: str, grad: IndexedSlices, beta: Any, value: Callable[[], Any]
    ) -> Tensor:
        """The rows of a slot, moved towards a value."""
        slot = self.get_slot(var, name)
        kept: Any = beta * gather(slot, grad.indices)
        rows = kept + (1 - beta) * value()
        return scatter_update(slot, grad.indices, rows, use_locking=self._use_locking)


class NadamOptimizer(AdamOptimizer):
    """Adam with Nesterov's momentum. See Dozat, "Incorporating Nesterov Momentum into Adam", 2015.

    Args: as those of `tf.train.AdamOptimizer`.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.NadamOptimizer(0.01).minimize(v * v)
      <tf.Operation 'Adam' type=NoOp>
    """

    _use_nesterov = True

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        power1, power2, lr, beta1, beta2, epsilon = self._numbers_for(var)
        rate = lr * sqrt(1 - power2) / (1 - power1)
        values: Any = grad.values
        scaled = values * (1 - beta1)
        m = self._moved(self.get_slot(var, "m"), beta1, grad, scaled)
        with control_dependencies(m.op.control_inputs):  # its decay
            ahead = scaled + beta1 * gather(m, grad.indices)
        v = self._moved(self.get_slot(var, "v"), beta2, grad, (values * values) * (1 - beta2))
        root: Any = sqrt(gather(v, grad.indices))
        change = -rate * ahead / (root + epsilon)
        updated = scatter_add(var, grad.indices, change, use_locking=self._use_locking)
        return group(updated, ahead, v)


class AdaMaxOptimizer(AdamOptimizer):
    """Adam by the greatest gradient so far in place of the mean of squares.

    See "Adam: A Method for Stochastic Optimization", Kingma and Ba, 2014, section 7.

    Args: as those of `tf.train.AdamOptimizer`.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.contrib.opt.AdaMaxOptimizer(0.01).minimize(v * v)
      <tf.Operation 'AdaMax' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any] = 0.001,
        beta1: float | Tensor | Callable[[], Any] = 0.9,
        beta2: float | Tensor | Callable[[], Any] = 0.999,
        epsilon: float | Tensor | Callable[[], Any] = 1e-8,
        use_locking: bool = False,
        name: str = "AdaMax",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _power(self) -> Any:
        return self._get_non_slot_variable("beta1_power", get_default_graph())

    def _create_slots(self, var_list: list[Variable]) -> None:
        first = min(var_list, key=lambda variable: variable.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        for variable in var_list:
            self._zeros_slot(variable, "m", self._name)
            self._zeros_slot(variable, "v", self._name)

    def _numbers_for(self, var: Variable) -> list[Any]:
        given = [self._power(), self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t]
        return [cast(number, var.dtype.base_dtype) for number in given]

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        slots = [self.get_slot(var, "m"), self.get_slot(var, "v")]
        inputs = [var, *slots, *self._numbers_for(var), grad]
        updated: Tensor = apply(APPLY_ADA_MAX, inputs, {"use_locking": self._use_locking})
        return updated.op

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        power, lr, beta1, beta2, epsilon = self._numbers_for(var)
        values: Any = grad.values
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        rows: Any = gather(m, grad.indices)
        means = rows * beta1 + values * (1 - beta1)
        with control_dependencies([means]):
            new_m = scatter_update(m, grad.indices, means, use_locking=self._use_locking)
        rows = gather(v, grad.indices)
        greatest: Any = maximum(rows * beta2, abs(values))
        with control_dependencies([greatest]):
            new_v = scatter_update(v, grad.indices, greatest, use_locking=self._use_locking)
        change = -lr / (1 - power) * (means / (greatest + epsilon))
        with control_dependencies([change]):
            updated = scatter_add(var, grad.indices, change, use_locking=self._use_locking)
        return group(updated, new_m, new_v)

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        power = self._power()
        with control_dependencies(update_ops), colocate_with(power):
            update = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return group(*update_ops, update, name=name_scope)
