"""Stage frontend: GraphDefs cut, frozen and written to files (`tf.graph_util`, `tf.train`).

In: GraphDefs. Out: new ones; nothing of the default graph changes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from jitgraph import protos
from jitgraph.dtypes import as_dtype
from jitgraph.frontend.graph_import import import_graph_def
from jitgraph.graph import Graph
from jitgraph.protos.tensors import tensor_proto

__all__ = ["convert_variables_to_constants", "extract_sub_graph", "import_graph_def"]

_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")


def extract_sub_graph(graph_def: Any, dest_nodes: Sequence[str]) -> Any:
    """The part of a GraphDef that `dest_nodes` need.

    Args:
      graph_def: a GraphDef.
      dest_nodes: names of operations.

    Returns:
      A GraphDef with the nodes in their order.

    Raises:
      TypeError: `graph_def` is no GraphDef, or `dest_nodes` a string.
      AssertionError: a name is not in it.
    """
    _check_graph_def(graph_def)
    if isinstance(dest_nodes, str):
        raise TypeError("dest_nodes must be a list.")
    nodes = {node.name: node for node in graph_def.node}
    for name in dest_nodes:
        assert name in nodes, f"{name} is not in graph"
    waiting, needed = list(dest_nodes), set(dest_nodes)
    while waiting:
        sources = {_operation(given) for given in nodes[waiting.pop()].input} - needed
        needed |= sources
        waiting.extend(sources)
    found = protos.GraphDef()
    found.node.extend(node for node in graph_def.node if node.name in needed)
    found.library.CopyFrom(graph_def.library)
    found.versions.CopyFrom(graph_def.versions)
    return found


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Sequence[str],
    variable_names_whitelist: Iterable[str] | None = None,
    variable_names_blacklist: Iterable[str] | None = None,
) -> Any:
    """A frozen graph: variables become constants of what they hold in the session.

    Args:
      sess: the session whose values are taken.
      input_graph_def: a GraphDef of its graph.
      output_node_names: names of operations to keep with all that they need.
      variable_names_whitelist: only these variables, when given.
      variable_names_blacklist: not these.

    Returns:
      A GraphDef.

    Raises:
      errors.FailedPreconditionError: a variable has no value.

    Example:
      >>> graph_def = tf.graph_util.convert_variables_to_constants(
      ...     sess, sess.graph.as_graph_def(), ["output"])
    """
    cut = extract_sub_graph(input_graph_def, output_node_names)
    variables = [
        node.name
        for node in cut.node
        if node.op in _VARIABLES
        and (variable_names_whitelist is None or node.name in variable_names_whitelist)
        and (variable_names_blacklist is None or node.name not in variable_names_blacklist)
    ]
    values = sess.run([f"{name}:0" for name in variables]) if variables else []
    held = dict(zip(variables, values, strict=True))
    found = protos.GraphDef()
    found.library.CopyFrom(cut.library)
    found.versions.CopyFrom(cut.versions)
    for node in cut.node:
        _add_frozen(found.node.add(), node, held)
    return found


def _add_frozen(to: Any, node: Any, held: dict[str, np.ndarray]) -> None:
    if node.name not in held:
        to.CopyFrom(node)
        return
    dtype = as_dtype(node.attr["dtype"].type)
    to.op, to.name = "Const", node.name
    to.attr["dtype"].CopyFrom(node.attr["dtype"])
    to.attr["value"].tensor.CopyFrom(tensor_proto(held[node.name], dtype))


def write_graph(graph_or_graph_def: Any, logdir: str, name: str, as_text: bool = True) -> str:
    """Writes a graph to a file.

    Args:
      graph_or_graph_def: a Graph or a GraphDef.
      logdir: the folder, which is made where it is missing.
      name: the file's name.
      as_text: as text of protocol buffers, or binary.

    Returns:
      The file's path.

    Example:
      >>> tf.train.write_graph(sess.graph, "/tmp/my-model", "train.pbtxt")
    """
    graph_def = graph_or_graph_def
    if isinstance(graph_or_graph_def, Graph):
        graph_def = graph_or_graph_def.as_graph_def()
    path = Path(logdir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = str(graph_def).encode() if as_text else graph_def.SerializeToString()
    write_whole(path, content)
    return str(path)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that it is there in full or not at all."""
    temporary = path.with_name(f"{path.name}.tmp{secrets.token_hex(8)}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _operation(given: str) -> str:
    return given.removeprefix("^").partition(":")[0]


def _check_graph_def(graph_def: Any) -> None:
    if not hasattr(graph_def, "node") or not hasattr(graph_def, "versions"):
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")
