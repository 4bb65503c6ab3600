"""Stage graph: which tensor or operation of a graph an object or a name stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph.graph.operation import Operation
from jitgraph.graph.tensor import Tensor

_TENSOR_FORM = 'Tensor names must be of the form "<op_name>:<output_index>".'


def element_of(graph: Any, obj: Any, allow_tensor: bool, allow_operation: bool) -> Any:
    """The element of `graph` that `obj` is, stands for (`_as_graph_element`), or names.

    Raises:
      TypeError: it is nothing of the kind.
      ValueError: it is of another graph, or its name is of the other kind.
      KeyError: nothing has that name.
    """
    kinds = _kinds(allow_tensor, allow_operation)
    stand_in = getattr(type(obj), "_as_graph_element", None)
    if stand_in is not None:
        obj = stand_in(obj)
    if isinstance(obj, (str, bytes)):
        name = obj if isinstance(obj, str) else obj.decode()
        return _named(graph._by_name, name, allow_tensor, allow_operation)
    if isinstance(obj, Tensor) and allow_tensor:
        return _own(graph, obj, "Tensor")
    if isinstance(obj, Operation) and allow_operation:
        return _own(graph, obj, "Operation")
    raise TypeError(f"Can not convert a {type(obj).__name__} into a {kinds}.")


def _kinds(allow_tensor: bool, allow_operation: bool) -> str:
    if allow_tensor and allow_operation:
        return "Tensor or Operation"
    if allow_tensor:
        return "Tensor"
    if allow_operation:
        return "Operation"
    raise ValueError("allow_tensor and allow_operation can't both be False.")


def _own(graph: Any, element: Tensor | Operation, kind: str) -> Any:
    if element.graph is not graph:
        text = str(element) if kind == "Tensor" else repr(element)
        raise ValueError(f"{kind} {text} is not an element of this graph.")
    return element


def _named(
    ops: Mapping[str, Operation], name: str, allow_tensor: bool, allow_operation: bool
) -> Any:
    if ":" in name:
        if allow_tensor:
            return _tensor_named(ops, name)
        raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
    if not allow_operation:
        what = "refers to an" if name in ops else "looks like an (invalid)"
        noun = "Operation" if name in ops else "Operation name"
        raise ValueError(f"The name {name!r} {what} {noun}, not a Tensor. {_TENSOR_FORM}")
    if name not in ops:
        raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
    return ops[name]


def _tensor_named(ops: Mapping[str, Operation], name: str) -> Tensor:
    op_name, _, number = name.partition(":")
    try:
        index = int(number)
    except ValueError:
        raise ValueError(
            f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_TENSOR_FORM}"
        ) from None
    missing = f"The name {name!r} refers to a Tensor which does not exist. The operation, "
    op = ops.get(op_name)
    if op is None:
        raise KeyError(f"{missing}{op_name!r}, does not exist in the graph.")
    if not -len(op._outputs) <= index < len(op._outputs):
        raise KeyError(f"{missing}{op_name!r}, exists but only has {len(op._outputs)} outputs.")
    return op._outputs[index]
