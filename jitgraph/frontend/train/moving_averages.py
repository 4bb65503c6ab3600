"""Moving averages: ExponentialMovingAverage, assign_moving_average, weighted_moving_average.

In: variables and tensors. Out: variables that hold running means of them, and the operation that
takes the present values in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.initializers import zeros_initializer
from jitgraph.frontend.train.slots import value_slot, zeros_slot
from jitgraph.frontend.variable_collections import (
    global_variables,
    moving_average_variables,
    trainable_variables,
)
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.frontend.variables import Variable
from jitgraph.graph import (
    GraphKeys,
    Operation,
    Tensor,
    add_to_collection,
    colocate_with,
    control_dependencies,
    get_default_graph,
    name_scope,
)
from jitgraph.ops import elementwise_division, state
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import minimum
from jitgraph.ops.elementwise_powers import pow
from jitgraph.ops.identities import group

_DTYPES = (dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)


def assign_moving_average(
    variable: Variable, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Tensor:
    """variable = variable * decay + value * (1 - decay).

    Args:
      variable: the average.
      value: the present value.
      decay: how much of the average is kept.
      zero_debias: whether to divide by what is still missing of the weights' sum, as an average
        that started with zero needs; two more variables count for that.
      name: the name scope; the result is named so.

    Returns:
      A reference to the variable, which holds the new average.
    """
    with name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        rest = convert_to_tensor(1.0 - decay, name="decay")
        rest = cast(rest, variable.dtype.base_dtype)
        if zero_debias:
            return _debiased(variable, value, rest, scope)
        with colocate_with(variable):
            change: Any = (variable - value) * rest  # type: ignore[operator]
            return state.assign_sub(variable, change, name=scope)


def weighted_moving_average(
    value: Any,
    decay: Any,
    weight: Any,
    truediv: bool = True,
    collections: Any = None,
    name: str | None = None,
) -> Any:
    """The mean of values weighted by `weight`, the older ones less.

    It is the quotient of two moving averages, held in variables below `name`.

    Args:
      value: the present value.
      decay: how much of both averages is kept.
      weight: the weight of the present value.
      truediv: whether to divide as `/` does; as `tf.div` if not.
      collections: the collections the variables join; the global variables if None.
      name: the variable scope, made unique if None.

    Returns:
      The mean after the present value was taken in.
    """
    joined = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
    with variable_scope(name, "WeightedMovingAvg", [value, weight, decay]) as scope:
        sums = _zeros_below("value_x_weight", value, joined)
        weights = _zeros_below("weight", weight, joined)
        numerator = assign_moving_average(sums, value * weight, decay, zero_debias=False)
        denominator = assign_moving_average(weights, weight, decay, zero_debias=False)
        divide = elementwise_division.truediv if truediv else elementwise_division.div
        return divide(numerator, denominator, name=scope.name)


def _zeros_below(name: str, like: Any, collections: Any) -> Any:
    return get_variable(
        name,
        shape=like.get_shape(),
        dtype=like.dtype,
        initializer=zeros_initializer(),
        trainable=False,
        collections=collections,
    )


def _debiased(variable: Variable, value: Any, rest: Any, scope: str) -> Tensor:
    with control_dependencies(None):
        biased = zeros_slot(variable, "biased")
        count = zeros_slot(variable, "local_step", shape=[])
    with colocate_with(variable):
        change: Any = (biased - value) * rest  # type: ignore[operator]
        moved: Any = state.assign_sub(biased, change)
        counted = count.assign_add(1)
        weight: Any = 1 - pow(1.0 - rest, counted)
        return state.assign(variable, moved / weight, name=scope)


class ExponentialMovingAverage:
    """Keeps a running mean beside each variable: mean = mean * decay + value * (1 - decay).

    Args:
      decay: how much of the mean an update keeps, for instance 0.999.
      num_updates: the number of updates so far, a variable; while it is small, the decay is at
        most (1 + num_updates) / (10 + num_updates).
      zero_debias: whether means of tensors, which start with zero, are corrected for that.
      name: the name of the update, and of the means below each variable.

    Example:
      >>> w = tf.Variable(1.0)
      >>> ema = tf.train.ExponentialMovingAverage(0.99)
      >>> update = ema.apply([w])
      >>> ema.average_name(w)
      'Variable/ExponentialMovingAverage'
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[Any, Variable] = {}

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    def apply(self, var_list: Iterable[Any] | None = None) -> Operation:
        """The operation that takes the present values into the means.

        Args:
          var_list: variables and tensors; the trainable variables if None.

        Raises:
          TypeError: a dtype other than float.
        """
        items = trainable_variables() if var_list is None else list(var_list)
        debiased = {id(avg) for avg in map(self._made, items) if avg is not None}
        with name_scope(self._name) as scope:
            decay = self._present_decay()
            updates = []
            for item in items:
                average = self._averages[item]
                is_debiased = id(average) in debiased
                updates.append(assign_moving_average(average, item, decay, is_debiased))
            return group(*updates, name=scope)

    def _made(self, item: Any) -> Variable | None:
        """Makes the mean of an item that has none; returns it if it needs a correction."""
        if item.dtype.base_dtype not in _DTYPES:
            raise TypeError(f"The variables must be half, float, or double: {item.name}")
        if item in self._averages:
            return None
        with control_dependencies(None):
            if isinstance(item, Variable):
                self._averages[item] = value_slot(item, item.initialized_value(), self._name)
                add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, item)
                return None
            average = self._averages[item] = zeros_slot(item, self._name)
            return average if self._zero_debias else None

    def _present_decay(self) -> Any:
        decay = convert_to_tensor(self._decay, name="decay")
        if self._num_updates is None:
            return decay
        number: Any = cast(self._num_updates, dtypes.float32, name="num_updates")
        return minimum(decay, (1.0 + number) / (10.0 + number))

    def average(self, var: Any) -> Variable | None:
        """The variable that holds the mean of `var`; None if there is none."""
        return self._averages.get(var)

    def average_name(self, var: Any) -> str:
        """The name of the mean of `var`, also of one that isn't there.

        Args:
          var: a variable.
        """
        if var in self._averages:
            return self._averages[var].op.name
        return get_default_graph().unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Iterable[Any] | None = None) -> Any:
        """Which saved value each variable takes, to run a model with means for its variables.

        Args:
          moving_avg_variables: the variables that take their means; those that are trainable or
            have a mean if None.

        Returns:
          A dict: the name in the checkpoint, the variable.
        """
        averaged = (
            [*trainable_variables(), *moving_average_variables()]
            if moving_avg_variables is None
            else list(moving_avg_variables)
        )
        found = {self.average_name(variable): variable for variable in dict.fromkeys(averaged)}
        names = {variable.name for variable in averaged}
        for variable in dict.fromkeys(global_variables()):
            if variable.name not in names:
                found.setdefault(variable.op.name, variable)
        return found
