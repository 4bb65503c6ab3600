"""Stage frontend: operations that make a model that was loaded ready to run."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.variable_collections import (
    global_variables_initializer,
    local_variables_initializer,
)
from jitgraph.graph import (
    GraphKeys,
    Operation,
    control_dependencies,
    get_collection,
    get_default_graph,
)
from jitgraph.ops.identities import group


def main_op() -> Operation:
    """An operation that initialises all variables and tables."""
    tables = group(*get_collection(GraphKeys.TABLE_INITIALIZERS), name="init_all_tables")
    return group(global_variables_initializer(), local_variables_initializer(), tables)


def main_op_with_restore(restore_op_name: Any) -> Operation:
    """An operation that initialises all variables and tables, then restores.

    Args:
      restore_op_name: the name of the operation that restores, or itself.
    """
    with control_dependencies([main_op()]):
        return group(get_default_graph().as_graph_element(restore_op_name))
