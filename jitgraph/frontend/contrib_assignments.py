"""tf.contrib.framework: variables set from arrays, or from a checkpoint.

In: variables, arrays or a checkpoint's path. Out: operations with what to feed them, or functions
of a session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jitgraph.frontend.contrib_variables import get_variable_full_name
from jitgraph.frontend.train.checkpoint_utils import NewCheckpointReader
from jitgraph.frontend.train.saver import Saver
from jitgraph.graph import GraphKeys, Operation, Tensor, get_collection
from jitgraph.graph.logger import get_logger
from jitgraph.ops.identities import group
from jitgraph.ops.placeholders import placeholder


def assign_from_values(
    var_names_to_values: Mapping[str, np.ndarray],
) -> tuple[Operation, dict[Tensor, np.ndarray]]:
    """An operation that sets variables, and what it must be fed.

    Args:
      var_names_to_values: arrays by the variables' names.

    Raises:
      ValueError: there is no such variable, or several begin like it.

    Example:
      >>> w = tf.get_variable("w", [2])
      >>> assign, feed = tf.contrib.framework.assign_from_values({"w": np.ones(2)})
      >>> tf.Session().run(assign, feed)
    """
    feed, assigned = {}, []
    for name, value in var_names_to_values.items():
        found = get_collection(GraphKeys.GLOBAL_VARIABLES, name)
        if not found:
            raise ValueError(f"Variable {name} wasn't found")
        exact = [each for each in found if each.op.name == name]
        if len(found) > 1 and not exact:
            raise ValueError(f"Variable {name} doesn't uniquely identify a variable")
        variable = exact[0] if exact else found[0]
        given = _placeholder_of(variable)
        assigned.append(variable.assign(given))
        feed[given] = value.reshape(variable.get_shape().as_list())
    return group(*assigned), feed


def assign_from_values_fn(var_names_to_values: Mapping[str, np.ndarray]) -> Callable[[Any], Any]:
    """A function of a session that sets variables.

    Args:
      var_names_to_values: arrays by the variables' names.

    Raises:
      ValueError: there is no such variable, or several begin like it.
    """
    assign, feed = assign_from_values(var_names_to_values)

    def callback(session: Any) -> Any:
        return session.run(assign, feed)

    return callback


def _placeholder_of(variable: Any) -> Tensor:
    kind, dims = variable.dtype.base_dtype, variable.get_shape()
    return placeholder(dtype=kind, shape=dims, name=f"placeholder/{variable.op.name}")


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Operation, dict[Tensor, np.ndarray]]:
    """An operation that sets variables, and what it must be fed: the values of a checkpoint.

    Args:
      model_path: the checkpoint.
      var_list: variables, or a dict by names in the checkpoint of variables or lists of them.
      ignore_missing_vars: whether ones that the checkpoint lacks are left as they are.

    Raises:
      ValueError: the checkpoint lacks one, or has it in another shape.
    """
    reader = NewCheckpointReader(model_path)
    feed, assigned = {}, []
    for name, variables in _grouped(var_list).items():
        if not reader.has_tensor(name):
            if not ignore_missing_vars:
                raise ValueError(f"Checkpoint is missing variable [{name}]")
            get_logger().warning("Checkpoint is missing variable [%s]", name)
            continue
        value = np.asarray(reader.get_tensor(name))
        for variable in variables:
            given = _placeholder_of(variable)
            assigned.append(variable.assign(given))
            feed[given] = _part_of(value, variable, name)
    return group(*assigned), feed


def _grouped(var_list: Any) -> dict[str, list[Any]]:
    if isinstance(var_list, (tuple, list)):
        found: dict[str, list[Any]] = {}
        for variable in var_list:
            found.setdefault(get_variable_full_name(variable), []).append(variable)
        return found
    return {
        name: list(given) if isinstance(given, (tuple, list)) else [given]
        for name, given in var_list.items()
    }


def _part_of(value: np.ndarray, variable: Any, name: str) -> np.ndarray:
    part = getattr(variable, "_save_slice_info", None)
    if part:
        places = zip(part.var_offset, part.var_shape, strict=True)
        return value[tuple(slice(start, start + size) for start, size in places)]
    dims = variable.get_shape()
    if dims.as_list() != list(value.shape):
        raise ValueError(
            f"Total size of new array must be unchanged for {name} lh_shape: [{value.shape}], "
            f"rh_shape: [{dims}]"
        )
    return value


def assign_from_checkpoint_fn(
    model_path: str,
    var_list: Any,
    ignore_missing_vars: bool = False,
    reshape_variables: bool = False,
) -> Callable[[Any], None] | None:
    """A function of a session that restores variables from a checkpoint.

    Args:
      model_path: the checkpoint.
      var_list: variables, or a dict of them by their names in the checkpoint.
      ignore_missing_vars: whether ones that the checkpoint lacks are left as they are.
      reshape_variables: whether a variable may have another shape than in the checkpoint.

    Returns:
      The function; None where the checkpoint has none of the variables.

    Raises:
      ValueError: there are no variables.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        var_list = _held(model_path, var_list)
    if not var_list:
        get_logger().warning("No Variables to restore")
        return None
    saver = Saver(var_list, reshape=reshape_variables)

    def callback(session: Any) -> None:
        saver.restore(session, model_path)

    return callback


def _held(model_path: str, var_list: Any) -> dict[str, Any]:
    """Those of the variables that a checkpoint holds."""
    reader = NewCheckpointReader(model_path)
    named = var_list if isinstance(var_list, dict) else {v.op.name: v for v in var_list}
    for name in named:
        if not reader.has_tensor(name):
            get_logger().warning("Variable %s missing in checkpoint %s", name, model_path)
    return {name: variable for name, variable in named.items() if reader.has_tensor(name)}
