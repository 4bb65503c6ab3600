"""Stage frontend: a GraphDef becomes operations of the default graph.

In: a GraphDef, as TensorFlow or jitgraph wrote it. Out: operations, whose shapes are inferred anew.
Everything is checked before the first operation is made: a graph that can't be read leaves the
default graph as it was.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph import errors, protos
from jitgraph.dtypes import DType
from jitgraph.frontend.imported_functions import FunctionLibrary, captures_of, check_types
from jitgraph.frontend.imported_loops import OF_LOOPS, Frame, FrameFinder, enter_loops, goes_round
from jitgraph.graph import Graph, Operation, Tensor, get_default_graph, name_scope
from jitgraph.graph.graph_def import attribute_value
from jitgraph.ops.apply import create_with, output_dtypes
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import REQUIRED, OpDef
from jitgraph.ops.registry import REGISTRY

_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/-]*$")
_LOCATION = b"loc:@"


def import_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Sequence[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Operation | Tensor] | None:
    """Adds the operations of a GraphDef to the default graph.

    Args:
      graph_def: a GraphDef; of `tf.GraphDef`, or TensorFlow's own class.
      input_map: for names of tensors in the GraphDef, tensors to take instead.
      return_elements: names of operations ("a") and tensors ("a:0") to return.
      name: what all names begin with; "import" when None, nothing when "".
      op_dict, producer_op_list: accepted, as TensorFlow's.

    Returns:
      What `return_elements` names, in order; None without it.

    Raises:
      TypeError: an argument of another type.
      ValueError: nodes refer to what is not there, are in a cycle, or don't fit each other.
      errors.NotFoundError: ops or functions that are not there, each named with its nodes.

    Example:
      >>> graph_def = tf.GraphDef()
      >>> graph_def.ParseFromString(open("frozen.pb", "rb").read())
      >>> (y,) = tf.import_graph_def(graph_def, {"x:0": x}, ["y:0"])
    """
    graph_def = _checked(graph_def)
    inputs = _checked_map(input_map)
    wanted = _checked_elements(return_elements)
    library = FunctionLibrary(graph_def.library.function, Importer)
    importer = Importer(graph_def.node, set(inputs), library)
    order = importer.order()
    frames = importer.frames(order)
    importer.check_returned(wanted or ())
    with name_scope(name, "import", list(inputs.values())) as scope:
        graph = get_default_graph()
        prefix = scope or ""
        mapped = {key: convert_to_tensor(value) for key, value in inputs.items()}
        importer.check_free(graph, prefix)
        made = importer.made(graph, order, prefix, mapped)
        enter_loops(graph, made, frames)
    if wanted is None:
        return None
    return [_element(made, mapped, element) for element in wanted]


def _checked(graph_def: Any) -> Any:
    if not hasattr(graph_def, "SerializeToString") or not hasattr(graph_def, "node"):
        raise TypeError("graph_def must be a GraphDef proto.")
    if not isinstance(graph_def, protos.GraphDef):
        own = protos.GraphDef()
        own.ParseFromString(graph_def.SerializeToString())
        graph_def = own
    return graph_def


def _checked_map(input_map: Any) -> dict[str, Any]:
    if input_map is None:
        return {}
    if not isinstance(input_map, dict) or not all(isinstance(key, str) for key in input_map):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    return {_canonical(key): value for key, value in input_map.items()}


def _checked_elements(elements: Any) -> tuple[str, ...] | None:
    if elements is None:
        return None
    if not all(isinstance(item, (str, bytes)) for item in elements):
        raise TypeError("return_elements must be a list of strings.")
    return tuple(item.decode() if isinstance(item, bytes) else item for item in elements)


def _canonical(name: str) -> str:
    """ "a" and "a:0" are the same tensor; "^a" is an operation."""
    return name if ":" in name or name.startswith("^") else f"{name}:0"


def _parsed(name: str) -> tuple[str, int]:
    """(operation, number of the output)."""
    op, _, index = name.partition(":")
    if index and not index.isdecimal():
        raise ValueError(f"Cannot convert {name!r} to a tensor name.")
    return op, int(index or 0)


def _element(
    made: dict[str, Operation], mapped: dict[str, Tensor], name: str
) -> Operation | Tensor:
    if ":" not in name:
        return made[name]
    if name in mapped:
        return mapped[name]
    op, index = _parsed(name)
    return made[op]._outputs[index]


@dataclass(frozen=True)
class _Node:
    """What is made of a node: its inputs are names, those behind "^" control inputs."""

    proto: Any
    definition: OpDef
    attrs: dict[str, Any]
    inputs: tuple[str, ...]
    controls: tuple[str, ...]

    @property
    def title(self) -> str:
        """As TensorFlow's messages show it."""
        return f"{{{{node {self.proto.name}}}}}"


class Importer:
    """Makes operations of nodes.

    Args:
      nodes: NodeDefs.
      mapped: names of tensors that are taken from elsewhere.
      library: the functions that nodes call.

    Raises:
      ValueError, errors.NotFoundError: as `import_graph_def`.
    """

    def __init__(self, nodes: Sequence[Any], mapped: set[str], library: FunctionLibrary) -> None:
        check_types(nodes)
        self._mapped, self._library = mapped, library
        self._used: set[str] = set()
        self._nodes: dict[str, _Node] = {}
        for proto in nodes:
            if not _NAME.match(proto.name):
                raise ValueError(f"Node '{proto.name}': Node name contains invalid characters")
            if proto.name in self._nodes:
                raise ValueError(f"Node '{proto.name}' is not unique")
            self._nodes[proto.name] = self._node(proto)
        for node in self._nodes.values():
            self._check_inputs(node)
            self._check_dtypes(node)

    def _node(self, proto: Any) -> _Node:
        definition = REGISTRY[proto.op]
        inputs, controls = [], []
        for given in proto.input:
            if given.startswith("^"):
                if given not in self._mapped:
                    controls.append(given[1:])
            elif controls:
                raise ValueError(
                    f"Node '{proto.name}': Control dependencies must come after regular "
                    "dependencies"
                )
            else:
                inputs.append(_canonical(given))
        self._used.update(
            self._mapped.intersection(
                inputs,
            )
        )
        attrs = _attributes(proto, definition)
        for name in definition.functions:
            self._library.check(attrs[name], proto)
        return _Node(proto, definition, attrs, tuple(inputs), tuple(controls))

    def _check_inputs(self, node: _Node) -> None:
        name = node.proto.name
        for given in node.inputs:
            if given in self._mapped:
                continue
            op, index = _parsed(given)
            source = self._nodes.get(op)
            if source is None:
                raise ValueError(f"Node '{name}': Unknown input node '{given.removesuffix(':0')}'")
            count = _output_count(source)
            if index >= count:
                raise ValueError(
                    f"Node '{name}': Connecting to invalid output {index} of source node {op} "
                    f"which has {count} outputs."
                )
        for control in node.controls:
            if control not in self._nodes:
                raise ValueError(f"Node '{name}': Unknown input node '^{control}'")
        expected = _input_dtypes(node)
        if len(expected) != len(node.inputs):
            raise ValueError(
                f"NodeDef expected inputs '{', '.join(map(_short, expected))}' do not match "
                f"{len(node.inputs)} inputs specified; Op<name={node.definition.name}; signature="
                f"{node.definition.signature}>; NodeDef: {{{{node {name}}}}}"
            )

    def _check_dtypes(self, node: _Node) -> None:
        """Raises ValueError for an input that is made with another dtype than the node takes."""
        for place, (given, dtype) in enumerate(zip(node.inputs, _input_dtypes(node), strict=True)):
            if given not in self._mapped:
                op, index = _parsed(given)
                source = self._nodes[op]
                found = output_dtypes(source.definition, _completed(source))[index].base_dtype
                _check_dtype(node, place, given, found, dtype, "import/")

    def order(self) -> list[str]:
        """The nodes' names, each behind what it needs, but for what goes round in a loop.

        Of those that are ready the first in the file comes first, as in TensorFlow.

        Raises:
          ValueError: there is another cycle; or `input_map` names what no node takes.
        """
        waiting = {name: self._needs(node) for name, node in self._nodes.items()}
        users: dict[str, list[str]] = {}
        for name, needs in waiting.items():
            for need in needs:
                users.setdefault(need, []).append(name)
        places = {name: place for place, name in enumerate(self._nodes)}
        names = list(self._nodes)
        ready = [places[name] for name in names if not waiting[name]]
        found = []
        while ready:
            name = names[heapq.heappop(ready)]
            found.append(name)
            for user in users.get(name, ()):
                waiting[user].discard(name)
                if not waiting[user]:
                    heapq.heappush(ready, places[user])
        if len(found) < len(self._nodes):
            raise ValueError(f"{len(self._nodes) - len(found)} nodes in a cycle")
        unused = sorted(self._mapped - self._used)
        if unused:
            raise ValueError(
                f"Attempted to map inputs that were not found in graph_def: [{', '.join(unused)}]"
            )
        return found

    def _needs(self, node: _Node) -> set[str]:
        inputs = self._sources(node)
        if node.definition.control == "merge":
            inputs = [name for name in inputs if not self._goes_round(node, name)]
            if node.inputs and not inputs and not self._mapped.intersection(node.inputs):
                raise ValueError(f"Node '{node.proto.name}' begins a loop that nothing enters")
        return {*inputs, *node.controls}

    def _sources(self, node: _Node) -> list[str]:
        return [_parsed(given)[0] for given in node.inputs if given not in self._mapped]

    def _goes_round(self, node: _Node, source: str) -> bool:
        return goes_round(node.definition.control, self._nodes[source].definition.control)

    def frames(self, order: Sequence[str]) -> dict[str, Frame]:
        """For each node that is in a loop which one."""
        kinds = {node.definition.control for node in self._nodes.values()}
        if kinds.isdisjoint(OF_LOOPS):
            return {}
        finder = FrameFinder(
            lambda name: self._nodes[name].definition.control,
            lambda name: [*self._sources(self._nodes[name]), *self._nodes[name].controls],
            lambda name: str(self._nodes[name].attrs.get("frame_name", "")),
        )
        return finder.find(order)

    def check_returned(self, elements: Sequence[str]) -> None:
        """Raises ValueError for an element that is not there."""
        for element in elements:
            op, index = _parsed(element)
            if ":" in element and element in self._mapped:
                continue
            node = self._nodes.get(op)
            if node is None or (":" in element and index >= _output_count(node)):
                kind = "tensor" if ":" in element else "node"
                raise ValueError(f"Requested return {kind} '{element}' not found in graph def")

    def check_free(self, graph: Graph, prefix: str) -> None:
        """Raises ValueError where the graph has an operation of such a name."""
        for name in self._nodes:
            if f"{prefix}{name}" in graph._by_name:
                raise ValueError(f"Node name '{prefix}{name}' already exists in the Graph")

    def made(
        self, graph: Graph, order: Sequence[str], prefix: str, mapped: dict[str, Tensor]
    ) -> dict[str, Operation]:
        """The operations by the names of their nodes."""
        found: dict[str, Operation] = {}
        going_round: list[tuple[str, int, str]] = []
        for name in order:
            node = self._nodes[name]
            tensors: list[Tensor] = []
            for given in node.inputs:
                source, index = _parsed(given)
                if given in mapped:
                    tensors.append(mapped[given])
                elif source in found:
                    tensors.append(found[source]._outputs[index])
                else:
                    going_round.append((name, len(tensors), source))
                    tensors.append(tensors[0])
            op = found[name] = self._make(graph, node, tensors, prefix)
            graph._take_name(op.name)
            op._add_control_inputs(found[control] for control in node.controls)
            if node.proto.device:
                op._set_device(node.proto.device)
        for name, place, source in going_round:
            found[name]._update_input(place, found[source]._outputs[0])
        return found

    def _make(self, graph: Graph, node: _Node, tensors: list[Tensor], prefix: str) -> Operation:
        attrs = dict(node.attrs)
        if "_class" in attrs:
            attrs["_class"] = [_moved(group, prefix) for group in _groups(node)]
        for place, (given, dtype) in enumerate(zip(node.inputs, _input_dtypes(node), strict=True)):
            if given in self._mapped:
                found = tensors[place].dtype.base_dtype
                _check_dtype(node, place, tensors[place].name, found, dtype, "")
        for key in node.definition.functions:
            attrs[key] = self._library.body(attrs[key], captures_of(node.definition, key, attrs))
        try:
            name = f"{prefix}{node.proto.name}/"
            return create_with(graph, node.definition, tensors, attrs, name)
        except (AttributeError, TypeError, LookupError) as error:
            raise ValueError(
                f"An attribute is not what the op needs: {error}; NodeDef: {node.title}"
            ) from error


def _attributes(proto: Any, definition: OpDef) -> dict[str, Any]:
    """The attributes as operations have them: texts for names, bytes for what begins with "_"."""
    found: dict[str, Any] = {}
    for key, value in proto.attr.items():
        if key == "_output_shapes":
            continue
        if value.WhichOneof("value") == "func":
            found[key] = value.func.name
            continue
        try:
            given = attribute_value(value)
        except (ValueError, TypeError, errors.InvalidArgumentError) as error:
            raise ValueError(
                f"NodeDef attr '{key}': {error}; NodeDef: {{{{node {proto.name}}}}}"
            ) from None
        found[key] = given if key.startswith("_") else _as_text(given)
    for key, default in definition.attrs.items():
        if default is REQUIRED and key not in found:
            raise ValueError(_missing(key, proto, definition))
    for arg in (*definition.inputs, *definition.outputs):
        for needed in (arg.type_attr, arg.number_attr):
            attr = definition.type_attrs.get(needed or "")
            if needed and needed not in found and (attr is None or attr.default is None):
                raise ValueError(_missing(needed, proto, definition))
        _check_kind(arg.number_attr, int, "int", found, proto)
        if arg.is_type_list:
            _check_kind(arg.type_attr, tuple, "list(type)", found, proto)
        else:
            _check_kind(arg.type_attr, DType, "type", found, proto)
    return found


def _check_kind(
    key: str | None, kind: type, title: str, attrs: Mapping[str, Any], proto: Any
) -> None:
    if key is None or key not in attrs:
        return
    value = attrs[key]
    fits = isinstance(value, kind)
    if kind is tuple:
        fits = fits and all(isinstance(each, DType) for each in value)
    if not fits:
        raise ValueError(
            f"AttrValue had value {value!r} when '{title}' expected; for attr '{key}'; "
            f"NodeDef: {{{{node {proto.name}}}}}"
        )


def _groups(node: _Node) -> Sequence[bytes]:
    """The groups that a node is in."""
    groups = node.attrs["_class"]
    if isinstance(groups, tuple) and all(isinstance(each, bytes) for each in groups):
        return groups
    raise ValueError(
        f"AttrValue had value {groups!r} when 'list(string)' expected; for attr '_class'; "
        f"NodeDef: {node.title}"
    )


def _missing(key: str, proto: Any, definition: OpDef) -> str:
    return (
        f"NodeDef missing attr '{key}' from Op<name={definition.name}; signature="
        f"{definition.signature}>; NodeDef: {{{{node {proto.name}}}}}"
    )


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return value


def _output_count(node: _Node) -> int:
    return sum(arg.count(node.attrs) for arg in node.definition.outputs)


def _completed(node: _Node) -> dict[str, Any]:
    """The attributes, with those that have defaults."""
    types = node.definition.type_attrs.items()
    defaults = {name: attr.default for name, attr in types if attr.default is not None}
    return {**node.definition.attrs, **defaults, **node.attrs}


def _input_dtypes(node: _Node) -> list[DType]:
    """The dtypes of all inputs, as the attributes say."""
    attrs, found = _completed(node), []
    for arg in node.definition.inputs:
        if arg.is_type_list:
            found.extend(attrs[str(arg.type_attr)])
        else:
            found.extend([arg.dtype or attrs[str(arg.type_attr)]] * arg.count(attrs))
    return found


def _check_dtype(
    node: _Node, place: int, source: str, found: DType, expected: DType, prefix: str
) -> None:
    if found != expected:
        raise ValueError(
            f"Input {place} of node {prefix}{node.proto.name} was passed {_short(found)} from "
            f"{prefix}{source} incompatible with expected {_short(expected)}."
        )


_SHORT = {"float32": "float", "float64": "double", "float16": "half"}


def _short(dtype: DType) -> str:
    """The dtype's name as TensorFlow's kernels write it."""
    return _SHORT.get(dtype.name, dtype.name)


def _moved(group: bytes, prefix: str) -> bytes:
    if not group.startswith(_LOCATION):
        return group
    return _LOCATION + prefix.encode() + group[len(_LOCATION) :]
