"""Stage graph: what the user wrote. Graph, Operation, Tensor, scopes, collections, devices."""

from jitgraph.graph.default import (
    _get_graph_from_inputs,
    get_default_graph,
    reset_default_graph,
)
from jitgraph.graph.devices import DeviceSpec
from jitgraph.graph.graph import Graph
from jitgraph.graph.keys import GraphKeys
from jitgraph.graph.node_def import NodeDef
from jitgraph.graph.operation import Operation
from jitgraph.graph.scopes import (
    add_to_collection,
    add_to_collections,
    colocate_with,
    container,
    control_dependencies,
    device,
    get_all_collection_keys,
    get_collection,
    get_collection_ref,
    name_scope,
    op_scope,
    set_random_seed,
)
from jitgraph.graph.stacks import default_session_stack, get_default_session
from jitgraph.graph.tensor import Tensor

__all__ = [
    "DeviceSpec",
    "Graph",
    "GraphKeys",
    "NodeDef",
    "Operation",
    "Tensor",
    "_get_graph_from_inputs",
    "add_to_collection",
    "add_to_collections",
    "colocate_with",
    "container",
    "control_dependencies",
    "default_session_stack",
    "device",
    "get_all_collection_keys",
    "get_collection",
    "get_collection_ref",
    "get_default_graph",
    "get_default_session",
    "name_scope",
    "op_scope",
    "reset_default_graph",
    "set_random_seed",
]
