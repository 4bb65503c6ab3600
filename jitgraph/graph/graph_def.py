"""Stage graph: a graph as TensorFlow's GraphDef.

In: a graph. Out: a protocol buffer (extra `io`): a node for each operation in the order of their
making, with all attributes. Attributes of Python become fields of an AttrValue by their kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from jitgraph import protos
from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph.function_def import Functions
from jitgraph.graph.operation import Operation
from jitgraph.protos.tensors import shape_dims, shape_proto, tensor_array, tensor_proto
from jitgraph.shapes import TensorShape

PRODUCER = 134
"""The version of TensorFlow 1.15's graphs."""


def graph_def(ops: Iterable[Operation], add_shapes: bool = False) -> Any:
    """A GraphDef of these operations.

    Args:
      add_shapes: whether each node tells the shapes of its outputs, as `_output_shapes`.

    Raises:
      ImportError: the package `protobuf` is missing.
    """
    found = protos.GraphDef()
    found.versions.producer = PRODUCER

    def fill(node: Any, op: Operation, inputs: Iterable[str]) -> None:
        _fill(node, op, inputs, functions)

    functions = Functions(found.library, fill)
    for op in ops:
        inputs = [tensor._as_node_def_input() for tensor in op._inputs]
        inputs += [f"^{control._name}" for control in op._control_inputs]
        node = found.node.add()
        fill(node, op, inputs)
        _add_shapes(node, op, add_shapes)
    if not found.library.function:
        found.ClearField("library")
    return found


def _fill(node: Any, op: Operation, inputs: Iterable[str], functions: Functions) -> None:
    node.name, node.op, node.device = op._name, op._type, op._device
    node.input.extend(inputs)
    dtype = op._outputs[0].dtype.base_dtype if op._outputs else None
    called = op._definition.functions
    for name, value in op._attrs.items():
        if name in called:
            node.attr[name].func.name = functions.named(value)
        elif isinstance(value, np.ndarray):
            node.attr[name].tensor.CopyFrom(tensor_proto(value, dtype or as_dtype(value.dtype)))
        else:
            set_attribute(node.attr[name], value)


def _add_shapes(node: Any, op: Operation, add_shapes: bool) -> None:
    if add_shapes:
        shapes = node.attr["_output_shapes"].list
        shapes.SetInParent()
        shapes.shape.extend(shape_proto(tensor._dims) for tensor in op._outputs)


def set_attribute(found: Any, value: Any) -> None:
    """Puts a value of Python into an AttrValue."""
    if isinstance(value, (list, tuple)):
        found.list.SetInParent()
        for item in value:
            field, given = _field_of(item)
            target = getattr(found.list, field)
            if field in ("shape", "tensor"):
                target.add().CopyFrom(given)
            else:
                target.append(given)
        return
    field, given = _field_of(value)
    if field in ("shape", "tensor"):
        getattr(found, field).CopyFrom(given)
    else:
        setattr(found, field, given)


def _field_of(value: Any) -> tuple[str, Any]:
    """(field of an AttrValue, value for it)."""
    if isinstance(value, DType):
        return "type", value.as_datatype_enum
    if isinstance(value, TensorShape) or value is None:
        return "shape", shape_proto(None if value is None else value._dims)
    if isinstance(value, (bool, np.bool_)):
        return "b", bool(value)
    if isinstance(value, (int, np.integer)):
        return "i", int(value)
    if isinstance(value, (float, np.floating)):
        return "f", float(value)
    if isinstance(value, str):
        return "s", value.encode()
    if isinstance(value, bytes):
        return "s", value
    if isinstance(value, np.ndarray):
        return "tensor", tensor_proto(value, as_dtype(value.dtype))
    raise TypeError(f"an attribute can't be {value!r}")


def attribute_value(found: Any) -> Any:
    """What is in an AttrValue, as Python has it; strings as bytes.

    Raises:
      ValueError: it is empty, or holds a function or a placeholder.
      errors.InvalidArgumentError: it holds a tensor that can't be read.
    """
    kind = found.WhichOneof("value")
    if kind == "list":
        return _listed(found.list)
    if kind == "type":
        return as_dtype(found.type)
    if kind == "shape":
        return TensorShape(shape_dims(found.shape))
    if kind == "tensor":
        return tensor_array(found.tensor)
    if kind in ("s", "i", "f", "b"):
        return getattr(found, kind)
    raise ValueError(f"an attribute of kind {kind} can't be read")


def _listed(found: Any) -> tuple[Any, ...]:
    if found.type:
        return tuple(as_dtype(item) for item in found.type)
    if found.shape:
        return tuple(TensorShape(shape_dims(item)) for item in found.shape)
    if found.tensor:
        return tuple(tensor_array(item) for item in found.tensor)
    return tuple(next((list(items) for items in (found.s, found.i, found.f, found.b) if items), ()))
