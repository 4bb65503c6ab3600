"""RMSPropOptimizer: steps divided by the root of the running mean of squared gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.initializers import ones_initializer
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import ones_like
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_CENTERED_RMS_PROP, APPLY_RMS_PROP
from jitgraph.ops.training_sparse import SPARSE_APPLY_CENTERED_RMS_PROP, SPARSE_APPLY_RMS_PROP


class RMSPropOptimizer(Optimizer):
    """moment = momentum * moment + rate * gradient / sqrt(mean square); variable -= moment.

    See Tieleman and Hinton, "Lecture 6.5 - rmsprop", Neural Networks for Machine Learning, 2012.
    A sparse gradient changes the rows that it names, and their slots, alone.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      decay: how much of the mean square a step keeps.
      momentum: how much of the moment a step keeps.
      epsilon: keeps the divisor from zero.
      use_locking: accepted for compatibility.
      centered: whether to divide by the variance of the gradient instead of its square.
      name: the name scope of the ops, and of the slots below each variable.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.RMSPropOptimizer(0.01).minimize(v * v)
      <tf.Operation 'RMSProp' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any],
        decay: float | Tensor | Callable[[], Any] = 0.9,
        momentum: float | Tensor | Callable[[], Any] = 0.0,
        epsilon: float | Tensor | Callable[[], Any] = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            dtype, shape = variable.dtype.base_dtype, variable.get_shape()
            known = shape.is_fully_defined()
            start = ones_initializer(dtype=dtype) if known else ones_like(variable)
            self._get_or_make_slot_with_initializer(
                variable, start, shape, dtype, "rms", self._name
            )
            if self._centered:
                self._zeros_slot(variable, "mg", self._name)
            self._zeros_slot(variable, "momentum", self._name)

    def _prepare(self) -> None:
        given = [self._learning_rate, self._decay, self._momentum, self._epsilon]
        rate, decay, momentum, epsilon = map(self._call_if_callable, given)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")
        self._decay_tensor = convert_to_tensor(decay, name="decay")
        self._momentum_tensor = convert_to_tensor(momentum, name="momentum")
        self._epsilon_tensor = convert_to_tensor(epsilon, name="epsilon")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        definition = APPLY_CENTERED_RMS_PROP if self._centered else APPLY_RMS_PROP
        return self._applied(definition, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Operation:
        definition = SPARSE_APPLY_CENTERED_RMS_PROP if self._centered else SPARSE_APPLY_RMS_PROP
        return self._applied(definition, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Operation:
        names = ["mg", "rms", "momentum"] if self._centered else ["rms", "momentum"]
        slots = [self.get_slot(var, name) for name in names]
        given = [self._learning_rate_tensor, self._decay_tensor, self._momentum_tensor]
        numbers = [cast(each, var.dtype.base_dtype) for each in [*given, self._epsilon_tensor]]
        attrs = {"use_locking": self._use_locking}
        updated: Tensor = apply(definition, [var, *slots, *numbers, *grad], attrs)
        return updated.op
