"""tf.contrib.framework's variables: model variables, and variables found by their names.

In: names. Out: variables, made by `tf.get_variable` and kept in the collection of model variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variable_scope import VariableScope, get_variable_scope
from jitgraph.frontend.variable_sharing import get_variable
from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, device as device_scope, get_collection


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable[..., Any] | None = None,
    use_resource: bool | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """As `tf.get_variable`, on a device.

    Args:
      device: where it is placed.
      custom_getter: called instead of `tf.get_variable`; the rest are its arguments.
    """
    found = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
    getter: Callable[..., Any] = get_variable
    if custom_getter is not None:
        getter = partial(custom_getter, reuse=get_variable_scope().reuse)
    with device_scope(device or ""):
        return getter(
            name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=list(dict.fromkeys(found)),
            caching_device=caching_device,
            partitioner=partitioner,
            use_resource=use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
        )


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    collections: Any = None,
    **kwargs: Any,
) -> Any:
    """As `variable`, for a variable that joins MODEL_VARIABLES, too."""
    own = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    return variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=[*(collections or ()), *own],
        **kwargs,
    )


def local_variable(
    initial_value: Any,
    validate_shape: bool = True,
    name: str | None = None,
    use_resource: bool | None = None,
) -> Variable:
    """A variable that is not part of the model: one of LOCAL_VARIABLES."""
    return Variable(
        initial_value,
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = GraphKeys.GLOBAL_VARIABLES
) -> list[Any]:
    """The variables of a collection whose names begin with `scope` and end with `suffix`.

    Args:
      scope: a regular expression or a variable scope.
      suffix: what their names end with.
      collection: the collection.
    """
    if isinstance(scope, VariableScope):
        scope = scope.name
    if suffix is not None:
        end = suffix if ":" in suffix else f"{suffix}:"
        scope = f"{scope or ''}.*{end}"
    return get_collection(collection, scope)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of MODEL_VARIABLES. See `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of LOCAL_VARIABLES. See `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """Those of TRAINABLE_VARIABLES. See `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """The variables whose names end with `suffix`."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """The variables of a name, in whichever scope below `scope`."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """The variable whose operation has that name.

    Raises:
      ValueError: there is none, or several begin like it and none is it.
    """
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for each in candidates:
        if each.op.name == var_op_name:
            return each
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variable_full_name(var: Any) -> str:
    """The name that a checkpoint knows a variable by: a part of one has the whole one's."""
    part = getattr(var, "_save_slice_info", None)
    name: str = part.full_name if part else var.op.name
    return name


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list[Any]:
    """Variables of some scopes but not of others.

    Args:
      include: scopes, a list or tuple; all variables when None.
      exclude: scopes, a list or tuple; none when None.

    Raises:
      TypeError: scopes that are neither.

    Example:
      >>> with tf.variable_scope("logits"):
      ...     w = tf.get_variable("w", [2])
      >>> tf.contrib.framework.get_variables_to_restore(exclude=["logits"])
      []
    """
    for name, given in (("include", include), ("exclude", exclude)):
        if given is not None and not isinstance(given, (list, tuple)):
            raise TypeError(f"{name} is provided but is not a list or a tuple.")
    wanted = get_variables() if include is None else [v for s in include for v in get_variables(s)]
    unwanted = {id(variable) for scope in exclude or () for variable in get_variables(scope)}
    return [variable for variable in wanted if id(variable) not in unwanted]


def filter_variables(
    var_list: Iterable[Any],
    include_patterns: Iterable[str] | None = None,
    exclude_patterns: Iterable[str] | None = None,
    reg_search: bool = True,
) -> list[Any]:
    """Variables whose names match patterns.

    Args:
      var_list: the variables.
      include_patterns: regular expressions of which one must match; all variables when None.
      exclude_patterns: regular expressions of which none may match.
      reg_search: whether they may match anywhere; only at the beginning of the name otherwise.
    """
    matches = re.search if reg_search else re.match

    def is_wanted(name: str) -> bool:
        wanted = include_patterns is None or any(matches(each, name) for each in include_patterns)
        return wanted and not any(matches(each, name) for each in exclude_patterns or ())

    return [variable for variable in var_list if is_wanted(variable.name)]
