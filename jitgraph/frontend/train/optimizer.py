"""Optimizer: from a loss to the operation that makes one training step.

In: a scalar loss and variables. Out: gradients with their variables, then update operations and
the operation that groups them. What one update is, each kind of optimizer says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.gradients import gradients
from jitgraph.frontend.train.slots import Slots
from jitgraph.frontend.variable_collections import trainable_variables
from jitgraph.frontend.variables import Variable
from jitgraph.graph import (
    GraphKeys,
    Operation,
    Tensor,
    colocate_with,
    control_dependencies,
    get_collection_ref,
    name_scope,
)
from jitgraph.ops import identities, state
from jitgraph.ops.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices

_VALID_DTYPES = (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)


class Optimizer(Slots):
    """The part that all optimizers have in common.

    A kind of optimizer defines `_apply_dense` and `_apply_sparse`, and where it needs them
    `_prepare`, `_create_slots`, `_finish` and `_apply_sparse_duplicate_indices`.

    Args:
      use_locking: accepted for compatibility: an update is never seen half done.
      name: the name scope of the ops of `apply_gradients`.

    Raises:
      ValueError: the name is empty.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        super().__init__()
        self._use_locking = use_locking
        self._name = name

    def get_name(self) -> str:
        """The name given."""
        return self._name

    def minimize(
        self,
        loss: Tensor,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Tensor | None = None,
    ) -> Operation:
        """The operation that makes one step: `compute_gradients`, then `apply_gradients`.

        Args:
          loss: a tensor.
          global_step: a variable to count the steps in.
          var_list: the variables to change; the trainable ones if None.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH: which gradients wait for each other.
          aggregation_method: one of `tf.AggregationMethod`.
          colocate_gradients_with_ops: whether gradients are placed with the ops they belong to.
          name: the name of the operation; the optimizer's if None.
          grad_loss: the weight of the loss.

        Raises:
          ValueError: there are no variables, or none has a gradient.

        Example:
          >>> v = tf.Variable(1.0)
          >>> tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
          <tf.Operation 'GradientDescent' type=NoOp>
        """
        pairs = self.compute_gradients(
            loss,
            var_list,
            gate_gradients,
            aggregation_method,
            colocate_gradients_with_ops,
            grad_loss,
        )
        if all(grad is None for grad, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not "
                f"support gradients, between variables {[str(v) for _, v in pairs]} and loss "
                f"{loss}."
            )
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(
        self,
        loss: Tensor,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Tensor | None = None,
    ) -> list[tuple[Any, Any]]:
        """The gradient of the loss for each variable. Arguments as in `minimize`.

        Returns:
          Pairs (gradient, variable); the gradient is a Tensor, IndexedSlices or None.

        Raises:
          ValueError: there are no variables, or a dtype without gradients.
          TypeError: the loss is no tensor.
        """
        if callable(loss):
            raise TypeError("`loss` must be a Tensor: functions are for eager execution.")
        gates = (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH)
        if gate_gradients not in gates:
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        self._assert_valid_dtypes([loss] if grad_loss is None else [loss, grad_loss])
        variables = trainable_variables() if var_list is None else list(_leaves(var_list))
        for variable in variables:
            _check_optimizable(variable)
        if not variables:
            raise ValueError("No variables to optimize.")
        grads = gradients(
            loss,
            [_target(variable) for variable in variables],
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == Optimizer.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gate_gradients == Optimizer.GATE_GRAPH:
            grads = identities.tuple(grads)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([variable for grad, variable in pairs if grad is not None])
        return pairs

    def apply_gradients(
        self, grads_and_vars: Iterable[Any], global_step: Any = None, name: str | None = None
    ) -> Operation:
        """The operation that updates variables by gradients.

        Args:
          grads_and_vars: pairs as `compute_gradients` gives them.
          global_step: a variable to count the steps in.
          name: the name of the operation; the optimizer's if None.

        Raises:
          TypeError: a gradient that is no tensor.
          ValueError: there is no gradient.
        """
        pairs = [(_converted_gradient(grad), var) for grad, var in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        for _, variable in pairs:
            _check_optimizable(variable)
        changed = [variable for grad, variable in pairs if grad is not None]
        if not changed:
            names = [str(variable) for _, variable in pairs]
            raise ValueError(f"No gradients provided for any variable: {names}.")
        with control_dependencies(None):
            self._create_slots(changed)
        with name_scope(name, self._name) as scope:
            self._prepare()
            updates = [self._update(grad, var) for grad, var in pairs if grad is not None]
            step = self._counted(updates, global_step, scope)
        _add_once(get_collection_ref(GraphKeys.TRAIN_OP), step)
        return step

    def _counted(self, updates: list[Operation], global_step: Any, scope: str) -> Operation:
        if global_step is None:
            return self._finish(updates, scope)
        with control_dependencies([self._finish(updates, "update")]), colocate_with(global_step):
            return state.assign_add(global_step, 1, name=scope).op

    def _update(self, grad: Any, variable: Variable) -> Operation:
        with name_scope(f"update_{variable.op.name}"), colocate_with(variable):
            if isinstance(grad, Tensor):
                return self._constrained(self._apply_dense(grad, variable), variable)
            if variable.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            return _operation(self._apply_sparse_duplicate_indices(grad, variable))

    @staticmethod
    def _constrained(update: Any, variable: Variable) -> Operation:
        if variable.constraint is None:
            return _operation(update)
        with control_dependencies([update]):
            return _operation(variable.assign(variable.constraint(variable)))  # type: ignore[arg-type]

    def _assert_valid_dtypes(self, tensors: Sequence[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(
                    f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}."
                )

    def _valid_dtypes(self) -> tuple[DType, ...]:
        return _VALID_DTYPES

    def _create_slots(self, var_list: list[Variable]) -> None:
        """Makes the variables that the optimizer keeps for each variable."""

    def _prepare(self) -> None:
        """Makes the tensors that all updates share."""

    def _apply_dense(self, grad: Tensor, var: Variable) -> Any:
        raise NotImplementedError

    def _apply_sparse(self, grad: IndexedSlices, var: Variable) -> Any:
        raise NotImplementedError

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Variable) -> Any:
        """The update for rows of which some may be named twice."""
        return self._apply_sparse(_with_unique_indices(grad), var)

    def _finish(self, update_ops: list[Operation], name_scope: str) -> Operation:
        return identities.group(*update_ops, name=name_scope)

    @staticmethod
    def _call_if_callable(param: Any) -> Any:
        return param() if callable(param) and not isinstance(param, Variable) else param


def _operation(update: Any) -> Operation:
    return update if isinstance(update, Operation) else update.op


def _add_once(collection: list[Any], item: Any) -> None:
    if item not in collection:
        collection.append(item)


def _leaves(items: Any) -> Iterable[Any]:
    if not isinstance(items, (list, tuple, set, dict)):
        yield items
        return
    values: Any = [items[key] for key in sorted(items)] if isinstance(items, dict) else items
    for item in values:
        yield from _leaves(item)


def _check_optimizable(variable: Any) -> None:
    if not isinstance(variable, (Variable, Tensor)):
        raise NotImplementedError("Trying to optimize unsupported type ", variable)


def _target(variable: Any) -> Tensor:
    return variable._ref() if isinstance(variable, Variable) else variable


def _converted_gradient(grad: Any) -> Any:
    if grad is None:
        return None
    convert: Callable[..., Any] = convert_to_tensor_or_indexed_slices
    try:
        return convert(grad)
    except TypeError:
        raise TypeError(
            f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}"
        ) from None


def _with_unique_indices(grad: IndexedSlices) -> IndexedSlices:
    from jitgraph.ops.apply import apply
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.scattering import unsorted_segment_sum
    from jitgraph.ops.shapes_of import shape as shape_of

    unique, positions = apply(REGISTRY["Unique"], [grad.indices])
    count: Any = shape_of(unique)
    values = unsorted_segment_sum(grad.values, positions, count[0])
    return IndexedSlices(values, unique, grad.dense_shape)
