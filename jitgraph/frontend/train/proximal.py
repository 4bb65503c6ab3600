"""ProximalGradientDescentOptimizer and ProximalAdagradOptimizer: steps, then towards zero."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.slots import constant_slot
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_PROXIMAL_ADAGRAD, APPLY_PROXIMAL_GRADIENT_DESCENT
from jitgraph.ops.training_sparse import (
    SPARSE_APPLY_PROXIMAL_ADAGRAD,
    SPARSE_APPLY_PROXIMAL_GRADIENT_DESCENT,
)


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent with penalties that are applied after the step.

    See Duchi and Singer, "Efficient Learning using Forward-Backward Splitting", 2009.

    Args:
      learning_rate: a number or a tensor.
      l1_regularization_strength: the penalty on magnitudes.
      l2_regularization_strength: the penalty on squares.
      use_locking: accepted for compatibility.
      name: the name scope of the ops.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.ProximalGradientDescentOptimizer(0.1).minimize(v * v)
      <tf.Operation 'ProximalGradientDescent' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _prepare(self) -> None:
        self._numbers = _tensors(
            self._learning_rate, self._l1_regularization_strength, self._l2_regularization_strength
        )

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        attrs = {"use_locking": self._use_locking}
        definition = APPLY_PROXIMAL_GRADIENT_DESCENT
        return apply(definition, [var, *self._numbers, grad], attrs).op

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Any:
        attrs = {"use_locking": self._use_locking}
        inputs = [var, *self._numbers, grad.values, grad.indices]
        return apply(SPARSE_APPLY_PROXIMAL_GRADIENT_DESCENT, inputs, attrs).op


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad with penalties that are applied after the step.

    See Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011.

    Args:
      learning_rate: a number or a tensor.
      initial_accumulator_value: what accumulators start with; above zero.
      l1_regularization_strength: the penalty on magnitudes.
      l2_regularization_strength: the penalty on squares.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Raises:
      ValueError: the initial value isn't above zero.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.ProximalAdagradOptimizer(0.1).minimize(v * v)
      <tf.Operation 'ProximalAdagrad' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(
                f"initial_accumulator_value must be positive: {initial_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            start = constant_slot(variable, self._initial_accumulator_value)
            self._get_or_make_slot(variable, start, "accumulator", self._name)

    def _prepare(self) -> None:
        self._numbers = _tensors(
            self._learning_rate, self._l1_regularization_strength, self._l2_regularization_strength
        )

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        return self._applied(APPLY_PROXIMAL_ADAGRAD, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Any:
        return self._applied(SPARSE_APPLY_PROXIMAL_ADAGRAD, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Any:
        slot = self.get_slot(var, "accumulator")
        attrs = {"use_locking": self._use_locking}
        return apply(definition, [var, slot, *self._numbers, *grad], attrs)


def _tensors(rate: Any, l1: Any, l2: Any) -> list[Tensor]:
    return [
        convert_to_tensor(rate, name="learning_rate"),
        convert_to_tensor(l1, name="l1_regularization_strength"),
        convert_to_tensor(l2, name="l2_regularization_strength"),
    ]
