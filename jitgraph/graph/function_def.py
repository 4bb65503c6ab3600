"""Functions of a graph as TensorFlow's FunctionDefs: what datasets call for each element.

In: operations of which some have functions as attributes: their graph, arguments, what is captured,
and results. Out: a library of FunctionDefs, and the name of each function in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from jitgraph.graph.operation import Operation
from jitgraph.graph.tensor import Tensor
from jitgraph.protos.tensors import shape_proto

_OTHER = re.compile(r"[^a-z0-9_]")

Fill = Callable[..., None]


class Functions:
    """The functions that a GraphDef has had to name so far.

    Args:
      library: the FunctionDefLibrary they are put into.
      fill: writes an operation into a NodeDef: fill(node, operation, input names).
    """

    def __init__(self, library: Any, fill: Fill) -> None:
        self._library = library
        self._fill = fill
        self._names: dict[Any, str] = {}

    def named(self, body: Any) -> str:
        """The name of a function, which is put into the library if it is new."""
        if body not in self._names:
            taken, name = set(self._names.values()), body.name
            number = 1
            while name in taken:
                name, number = f"{body.name}_{number}", number + 1
            self._names[body] = name
            self._write(name, body)
        return self._names[body]

    def _write(self, name: str, body: Any) -> None:
        given = [*body.arguments, *(inner for _, inner in body.captured)]
        places = {tensor: _argument(tensor, number) for number, tensor in enumerate(given)}
        found = self._library.function.add()
        found.signature.name = name
        for number, (tensor, place) in enumerate(places.items()):
            argument = found.signature.input_arg.add(name=place)
            argument.type = tensor.dtype.base_dtype.as_datatype_enum
            shapes = found.arg_attr[number].attr["_output_shapes"].list
            shapes.shape.add().CopyFrom(shape_proto(tensor._dims))
        own = {tensor.op for tensor in given}
        for op in _needed(body):
            if op not in own:
                controls = [each for each in op._control_inputs if each not in own]
                inputs = [_input(tensor, places) for tensor in op._inputs]
                inputs += [f"^{each._name}" for each in controls]
                self._fill(found.node_def.add(), op, inputs)
                found.signature.is_stateful |= bool(op._definition.stateful)
        for number, tensor in enumerate(body.results):
            result = found.signature.output_arg.add(name=f"result_{number}")
            result.type = tensor.dtype.base_dtype.as_datatype_enum
            found.ret[result.name] = _input(tensor, places)


def _argument(tensor: Tensor, number: int) -> str:
    name = _OTHER.sub("_", tensor.op._name.lower())
    return f"{name}_{number}" if name[:1].isalpha() else f"arg_{number}"


def _input(tensor: Tensor, places: dict[Tensor, str]) -> str:
    """A tensor as the nodes of a function name it: by operation, output and number in it."""
    if tensor in places:
        return places[tensor]
    op, index = tensor.op, tensor._index
    for argument in op._definition.outputs:
        count = argument.count(op._attrs)
        if index < count:
            return f"{op._name}:{argument.name}:{index}"
        index -= count
    raise AssertionError(f"{tensor} is no output of its operation")


def _needed(body: Any) -> Iterable[Operation]:
    """The operations of a function, in order: all of its own graph, or what the results need."""
    if body.graph.building_function:
        return list(body.graph._ops)
    found: set[Operation] = set()
    pending = [tensor.op for tensor in body.results]
    while pending:
        op = pending.pop()
        if op not in found:
            found.add(op)
            pending += [*(tensor.op for tensor in op._inputs), *op._control_inputs]
    return sorted(found, key=lambda op: op._id)
