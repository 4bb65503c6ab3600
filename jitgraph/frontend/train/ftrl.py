"""FtrlOptimizer: "follow the regularized leader", for sparse linear models."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.slots import constant_slot
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, colocate_with
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.training_dense import APPLY_FTRL, APPLY_FTRL_V2
from jitgraph.ops.training_sparse import SPARSE_APPLY_FTRL, SPARSE_APPLY_FTRL_V2


class FtrlOptimizer(Optimizer):
    """Ftrl-proximal. See McMahan et al., "Ad Click Prediction: a View from the Trenches", 2013.

    Args:
      learning_rate: a number or a tensor.
      learning_rate_power: how the rate falls; at most zero, which keeps it.
      initial_accumulator_value: what sums of squares start with; zero or above.
      l1_regularization_strength: the penalty on magnitudes; zero or above.
      l2_regularization_strength: the penalty on squares; zero or above.
      use_locking: accepted for compatibility.
      name: the name scope of the ops, and of the slots below each variable.
      accum_name: the name of the sums' slot; `name` if None.
      linear_name: the name of the linear slot; `name` if None.
      l2_shrinkage_regularization_strength: a penalty on squares that enters the gradient.

    Raises:
      ValueError: a number is out of its range.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.FtrlOptimizer(0.1).minimize(v * v)
      <tf.Operation 'Ftrl' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ) -> None:
        super().__init__(use_locking, name)
        _require_not_negative("initial_accumulator_value", initial_accumulator_value)
        if learning_rate_power > 0.0:
            raise ValueError(
                f"learning_rate_power {learning_rate_power:f} needs to be negative or zero"
            )
        _require_not_negative("l1_regularization_strength", l1_regularization_strength)
        _require_not_negative("l2_regularization_strength", l2_regularization_strength)
        _require_not_negative(
            "l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength
        )
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name

    def _create_slots(self, var_list: list[Variable]) -> None:
        for variable in var_list:
            with colocate_with(variable):
                start = constant_slot(variable, self._initial_accumulator_value)
                self._get_or_make_slot(variable, start, "accum", self._accum_name or self._name)
                self._zeros_slot(variable, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = convert_to_tensor(self._learning_rate, name="learning_rate")
        self._l1_tensor = convert_to_tensor(
            self._l1_regularization_strength, name="l1_regularization_strength"
        )
        self._l2_tensor = convert_to_tensor(
            self._l2_regularization_strength, name="l2_regularization_strength"
        )
        self._l2_shrinkage_tensor = convert_to_tensor(
            self._l2_shrinkage_regularization_strength, name="l2_shrinkage_regularization_strength"
        )
        self._learning_rate_power_tensor = convert_to_tensor(
            self._learning_rate_power, name="learning_rate_power"
        )

    def _apply_dense(self, grad: Tensor, var: Variable) -> Tensor:
        return self._applied(APPLY_FTRL_V2 if self._shrinks() else APPLY_FTRL, var, [grad])

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Tensor:
        definition = SPARSE_APPLY_FTRL_V2 if self._shrinks() else SPARSE_APPLY_FTRL
        return self._applied(definition, var, [grad.values, grad.indices])

    def _shrinks(self) -> bool:
        return self._l2_shrinkage_regularization_strength > 0.0

    def _applied(self, definition: Any, var: Variable, grad: list[Any]) -> Tensor:
        shrinkage = [self._l2_shrinkage_tensor] if self._shrinks() else []
        given = [self._learning_rate_tensor, self._l1_tensor, self._l2_tensor, *shrinkage]
        given.append(self._learning_rate_power_tensor)
        numbers = [cast(number, var.dtype.base_dtype) for number in given]
        slots = [self.get_slot(var, "accum"), self.get_slot(var, "linear")]
        attrs = {"use_locking": self._use_locking}
        updated: Tensor = apply(definition, [var, *slots, *grad, *numbers], attrs)
        return updated


def _require_not_negative(what: str, value: float) -> None:
    if value < 0.0:
        raise ValueError(f"{what} {value:f} needs to be positive or zero")
