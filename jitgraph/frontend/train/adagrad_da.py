"""AdagradDAOptimizer: variables from the sums of all gradients so far (dual averaging)."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.slots import constant_slot
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, colocate_with, device
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_ADAGRAD_DA
from jitgraph.ops.training_sparse import SPARSE_APPLY_ADAGRAD_DA


class AdagradDAOptimizer(Optimizer):
    """Adagrad by dual averaging: sparse linear models, where l1 sets weights to zero.

    See Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011.

    Args:
      learning_rate: a number or a tensor.
      global_step: the variable that counts the steps.
      initial_gradient_squared_accumulator_value: what sums of squares start with; above zero.
      l1_regularization_strength: the penalty on magnitudes.
      l2_regularization_strength: the penalty on squares.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.

    Raises:
      ValueError: the initial value isn't above zero.

    Example:
      >>> v = tf.Variable(1.0)
      >>> step = tf.train.get_or_create_global_step()
      >>> tf.train.AdagradDAOptimizer(0.1, step).minimize(v * v, global_step=step)
      <tf.Operation 'AdagradDA' type=AssignAdd>
    """

    def __init__(
        self,
        learning_rate: float | Tensor,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:
        if initial_gradient_squared_accumulator_value <= 0.0:
            raise ValueError(
                "initial_gradient_squared_accumulator_value must be positive: "
                f"{initial_gradient_squared_accumulator_value}"
            )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._global_step = global_step

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            total = constant_slot(variable, 0.0)
            squares = constant_slot(variable, self._initial_value)
            self._get_or_make_slot(variable, total, "gradient_accumulator", self._name)
            self._get_or_make_slot(variable, squares, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = convert_to_tensor(self._learning_rate, name="learning_rate")
        with colocate_with(self._learning_rate_tensor):
            step: Any = identity(self._global_step)
            self._global_step_on_worker = step + 1

    def _apply_dense(self, grad: Tensor, var: Variable) -> Tensor:
        return self._applied(APPLY_ADAGRAD_DA, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Tensor:
        return self._applied(SPARSE_APPLY_ADAGRAD_DA, var, [grad.values, grad.indices])

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Tensor:
        names = ("gradient_accumulator", "gradient_squared_accumulator")
        slots = [self.get_slot(var, name) for name in names]
        with device(var.device):
            step = identity(self._global_step_on_worker)
        l1, l2 = self._l1_regularization_strength, self._l2_regularization_strength
        numbers = [cast(x, var.dtype.base_dtype) for x in (self._learning_rate_tensor, l1, l2)]
        attrs = {"use_locking": self._use_locking}
        updated: Tensor = apply(definition, [var, *slots, *grad, *numbers, step], attrs)
        return updated
