"""The functions of a GraphDef's library: what its datasets call for each element.

In: FunctionDefs, as TensorFlow or jitgraph wrote them. Out: bodies for the operations that call
them; a function is built when an operation is made that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jitgraph import dtypes, errors, protos
from jitgraph.dtypes import as_dtype
from jitgraph.frontend.imported_loops import enter_loops
from jitgraph.graph import Tensor, get_default_graph
from jitgraph.graph.graph_def import attribute_value
from jitgraph.ops.definition import OpDef
from jitgraph.ops.function_graph import Body, FunctionGraph, stand_in
from jitgraph.ops.registry import REGISTRY
from jitgraph.shapes import TensorShape

MOST_NAMED = 10

_OTHERS = ("{}_other_arguments", "{}_other_args", "other_arguments")


def captures_of(definition: OpDef, function: str, attrs: Mapping[str, Any]) -> int:
    """How many of a function's last arguments are tensors of the graph around it.

    Args:
      definition: the op that calls it; function: the name of its attribute.
      attrs: the op's attributes.
    """
    names = [each.format(function) for each in _OTHERS]
    found = (each for each in definition.inputs if each.name in names)
    return sum(each.count(attrs) for each in found)


class FunctionLibrary:
    """Functions by their names.

    Args:
      functions: FunctionDefs.
      importer: makes operations of nodes: the class of `import_graph_def`.
    """

    def __init__(self, functions: Iterable[Any], importer: Any) -> None:
        self._functions = {each.signature.name: each for each in functions}
        self._importer = importer
        self._building: list[str] = []

    def check(self, name: Any, node: Any) -> None:
        """Raises NotFoundError where a node calls a function that is not there."""
        if name not in self._functions:
            text = f"Function '{name}' is not defined (node {node.name})"
            raise errors.NotFoundError(None, None, text)

    def body(self, name: str, captured: int) -> Body:
        """A function of that name, for one operation.

        Args:
          name: its name.
          captured: how many of its last arguments are tensors of the graph around it.

        Raises:
          ValueError: it can't be built, or calls itself.
        """
        if name in self._building:
            raise ValueError(f"Function '{name}' calls itself")
        self._building.append(name)
        try:
            return self._built(name, self._functions[name], captured)
        finally:
            self._building.pop()

    def _built(self, name: str, function: Any, captured: int) -> Body:
        graph = FunctionGraph(get_default_graph())
        with graph.as_default():
            given = {
                each.name: _placeholder(function, number, each)
                for number, each in enumerate(function.signature.input_arg)
            }
            check_types(function.node_def)
            nodes = [_renamed(node, function, given) for node in function.node_def]
            used = {source for node in nodes for source in node.input}
            mapped = {f"{key}:0": tensor for key, tensor in given.items() if f"{key}:0" in used}
            importer = self._importer(nodes, set(mapped), self)
            order = importer.order()
            made = importer.made(graph, order, "", mapped)
            enter_loops(graph, made, importer.frames(order))
            results = []
            for each in function.signature.output_arg:
                source = _source(function.ret[each.name], _nodes_of(function), given)
                op, _, index = source.rpartition(":")
                result = given[op] if op in given else made[op]._outputs[int(index)]
                results.append(_dataset_itself(result))
        places = list(given.values())
        own = len(places) - captured
        pairs = tuple((tensor, tensor) for tensor in places[own:])
        return Body(name, graph, tuple(places[:own]), pairs, tuple(results))


def _dataset_itself(tensor: Tensor) -> Tensor:
    """A dataset without the identities that TensorFlow puts behind a function's results."""
    while tensor.dtype is dtypes.variant and tensor.op.type == "Identity":
        tensor = tensor.op.inputs[0]
    return tensor


def _nodes_of(function: Any) -> dict[str, Any]:
    """For each node of a function its NodeDef."""
    return {node.name: node for node in function.node_def}


def _placeholder(function: Any, number: int, argument: Any) -> Tensor:
    shapes = (
        function.arg_attr[number].attr["_output_shapes"] if number in function.arg_attr else None
    )
    known = attribute_value(shapes) if shapes is not None and shapes.list.shape else ()
    shape = known[0] if known else TensorShape(None)
    return stand_in(as_dtype(argument.type), shape, argument.name)


def _renamed(node: Any, function: Any, given: Mapping[str, Tensor]) -> Any:
    """A node whose inputs are named as a graph's are: by operation and number of the output."""
    found = protos.NodeDef()
    found.CopyFrom(node)
    del found.input[:]
    nodes = _nodes_of(function)
    for name in node.input:
        found.input.append(name if name.startswith("^") else _source(name, nodes, given))
    return found


def _source(name: str, nodes: Mapping[str, Any], given: Mapping[str, Tensor]) -> str:
    op, _, rest = name.partition(":")
    if op in given and op not in nodes:
        return f"{op}:0"
    output, _, index = rest.partition(":")
    node = nodes.get(op)
    if node is None or not index.isdecimal() or node.op not in REGISTRY:
        raise ValueError(f"Input '{name}' of a function is not there")
    attrs = {key: attribute_value(value) for key, value in node.attr.items() if _is_plain(value)}
    before = 0
    for each in REGISTRY[node.op].outputs:
        if each.name == output:
            return f"{op}:{before + int(index)}"
        before += each.count(attrs)
    raise ValueError(f"Input '{name}' of a function is not there")


def _is_plain(value: Any) -> bool:
    return value.WhichOneof("value") in ("list", "type", "shape", "s", "i", "f", "b")


def check_types(nodes: Sequence[Any]) -> None:
    """Raises NotFoundError for types that are not there, all at once."""
    missing: dict[str, list[str]] = {}
    for node in nodes:
        if node.op not in REGISTRY or REGISTRY[node.op].internal:
            missing.setdefault(node.op, []).append(node.name)
    if not missing:
        return
    texts = []
    for kind, names in missing.items():
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        texts.append(
            f"Op type not registered '{kind}' (node {', '.join(names[:MOST_NAMED])}{more})"
        )
    raise errors.NotFoundError(None, None, "; ".join(texts))
