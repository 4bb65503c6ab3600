"""tf.contrib.framework: arg_scope, model variables, global steps."""

from __future__ import annotations

from jitgraph.frontend.contrib_arg_scope import (
    add_arg_scope,
    arg_scope,
    arg_scope_func_key,
    arg_scoped_arguments,
    current_arg_scope,
    has_arg_scope,
)
from jitgraph.frontend.contrib_variables import (
    get_local_variables,
    get_model_variables,
    get_trainable_variables,
    get_variables,
    get_variables_by_name,
    get_variables_by_suffix,
    local_variable,
    model_variable,
    variable,
)
from jitgraph.frontend.shape_assertions import with_same_shape, with_shape
from jitgraph.frontend.train.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
)

__all__ = [
    "add_arg_scope",
    "arg_scope",
    "arg_scope_func_key",
    "arg_scoped_arguments",
    "assert_global_step",
    "create_global_step",
    "current_arg_scope",
    "get_global_step",
    "get_local_variables",
    "get_model_variables",
    "get_or_create_global_step",
    "get_trainable_variables",
    "get_variables",
    "get_variables_by_name",
    "get_variables_by_suffix",
    "has_arg_scope",
    "local_variable",
    "model_variable",
    "variable",
    "with_same_shape",
    "with_shape",
]
