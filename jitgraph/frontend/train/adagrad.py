"""AdagradOptimizer: steps divided by the root of all squared gradients so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.initializers import constant_initializer
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import fill
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.training_dense import APPLY_ADAGRAD
from jitgraph.ops.training_sparse import SPARSE_APPLY_ADAGRAD


class AdagradOptimizer(Optimizer):
    """accumulator += gradient^2; variable -= rate * gradient / sqrt(accumulator).

    See Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      initial_accumulator_value: what accumulators start with; above zero.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Raises:
      ValueError: the initial value isn't above zero.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.AdagradOptimizer(0.1).minimize(v * v)
      <tf.Operation 'Adagrad' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any],
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(
                f"initial_accumulator_value must be positive: {initial_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            dtype = variable.dtype.base_dtype
            shape = variable.get_shape()
            start = (
                constant_initializer(self._initial_accumulator_value, dtype=dtype)
                if shape.is_fully_defined()
                else self._start_like(variable)
            )
            self._get_or_make_slot_with_initializer(
                variable, start, shape, dtype, "accumulator", self._name
            )

    def _start_like(self, variable: Variable) -> Callable[..., Tensor]:
        dtype = variable.dtype.base_dtype
        return lambda: cast(fill(shape_of(variable), self._initial_accumulator_value), dtype)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Tensor:
        return self._applied(APPLY_ADAGRAD, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Tensor:
        return self._applied(SPARSE_APPLY_ADAGRAD, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Tensor:
        slot = self.get_slot(var, "accumulator")
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        attrs = {"use_locking": self._use_locking}
        updated: Tensor = apply(definition, [var, slot, rate, *grad], attrs)
        return updated
