"""The variables of a graph as groups: the collections, their initializers, who has no value yet.

In: the default graph's collections, or lists of variables. Out: lists of variables, or ops.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import (
    GraphKeys,
    Operation,
    Tensor,
    colocate_with,
    device,
    get_collection,
    get_default_graph,
    name_scope,
)
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops import state
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import group, no_op
from jitgraph.ops.masking import boolean_mask
from jitgraph.ops.packing import stack
from jitgraph.ops.registry import REGISTRY

_ORIGIN = "tensorflow.python.ops.variables"


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables shared by the whole model.

    Args:
      scope: a regular expression; only variables whose names begin with it.
    """
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


@deprecated("2017-03-02", "Please use tf.global_variables instead.", _ORIGIN)
def all_variables() -> list[Any]:
    """The old name of `global_variables`."""
    return global_variables()


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables that aren't part of the model. See `global_variables`."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """The variables used for inference. See `global_variables`."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables that optimizers change. See `global_variables`."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Any]:
    """The variables with moving averages. See `global_variables`."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """One operation that initialises all the variables given.

    Args:
      var_list: variables; may be empty.
      name: the op's name.

    Example:
      >>> tf.variables_initializer([tf.Variable(1.0)])
      <tf.Operation 'init' type=NoOp>
    """
    if not var_list:
        return no_op(name=name)
    return group(*[variable.initializer for variable in var_list], name=name)


@deprecated("2017-03-02", "Use `tf.variables_initializer` instead.", _ORIGIN)
def initialize_variables(var_list: Any, name: str = "init") -> Operation:
    """The old name of `variables_initializer`."""
    return variables_initializer(var_list, name)


def global_variables_initializer() -> Operation:
    """One operation that initialises all global variables.

    Example:
      >>> tf.global_variables_initializer()
      <tf.Operation 'init' type=NoOp>
    """
    return variables_initializer(global_variables())


@deprecated("2017-03-02", "Use `tf.global_variables_initializer` instead.", _ORIGIN)
def initialize_all_variables() -> Operation:
    """The old name of `global_variables_initializer`."""
    return global_variables_initializer()


def local_variables_initializer() -> Operation:
    """One operation that initialises all local variables."""
    return variables_initializer(local_variables())


@deprecated("2017-03-02", "Use `tf.local_variables_initializer` instead.", _ORIGIN)
def initialize_local_variables() -> Operation:
    """The old name of `local_variables_initializer`."""
    return local_variables_initializer()


def is_variable_initialized(variable: Any) -> Tensor:
    """Whether a variable has a value, as a tensor.

    Args:
      variable: a variable.
    """
    return state.is_variable_initialized(variable)


def assert_variables_initialized(var_list: Any = None) -> Tensor | None:
    """A tensor whose evaluation fails unless all variables have a value.

    Args:
      var_list: variables; all global and local ones if None.

    Returns:
      The tensor; None when there are no variables.
    """
    variables = _all_or_given(var_list)
    ranks = []
    for variable in variables:
        with colocate_with(variable.op):
            value = convert_to_tensor(variable)
            ranks.append(apply(REGISTRY["Rank"], [value]))
    if not ranks:
        return None
    return ranks[0] if len(ranks) == 1 else stack(ranks)


def report_uninitialized_variables(
    var_list: Any = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """The names of the variables that have no value yet, as a vector of strings.

    Args:
      var_list: variables; all global and local ones if None.
      name: the ops' name scope.

    Example:
      >>> tf.report_uninitialized_variables().dtype
      tf.string
    """
    variables = list(var_list) if var_list is not None else _all_or_given(None)
    with name_scope(name):
        known = [state.is_variable_initialized(variable) for variable in variables]
        with device("/cpu:0"):
            if not known:
                return constant([], dtypes.string)
            is_missing = apply(REGISTRY["LogicalNot"], [stack(known)])
            names = constant([variable.op.name for variable in variables])
            return boolean_mask(names, is_missing)


def _all_or_given(var_list: Any) -> list[Any]:
    if var_list is not None:
        return list(var_list)
    found = global_variables() + local_variables()
    if found:
        return found
    operations = get_default_graph().get_operations()
    return [op.outputs[0] for op in operations if op.type == "VariableV2"]
