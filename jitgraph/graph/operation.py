"""Stage graph: Operation, a node of the graph. Made by `Graph.create_op` alone."""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterable
from types import CodeType
from typing import Any

from jitgraph.graph.devices import DeviceSpec
from jitgraph.graph.node_def import NodeDef
from jitgraph.graph.stacks import session_to_run
from jitgraph.graph.tensor import Tensor


class Operation:
    """A node of the graph: a type, inputs, outputs, attributes, and where the user made it."""

    __slots__ = (
        "__dict__", "__weakref__", "_attrs", "_code", "_control_flow_context", "_control_inputs",
        "_definition", "_device", "_graph", "_id", "_inputs", "_line", "_name", "_outputs", "_type",
    )  # fmt: skip

    _attrs: dict[str, Any]
    _code: CodeType | None
    _control_flow_context: Any
    _control_inputs: list[Operation]
    _definition: Any
    _device: str
    _graph: Any
    _id: int
    _inputs: tuple[Tensor, ...]
    _line: int
    _name: str
    _outputs: tuple[Tensor, ...]
    _type: str

    @property
    def name(self) -> str:
        """The full name."""
        return self._name

    @property
    def type(self) -> str:
        """The op type, such as "MatMul"."""
        return self._type

    @property
    def graph(self) -> Any:
        """The graph it belongs to."""
        return self._graph

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors it takes."""
        return self._inputs

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors it makes."""
        return list(self._outputs)

    @property
    def control_inputs(self) -> list[Operation]:
        """The operations that must run before it."""
        return list(self._control_inputs)

    @property
    def _control_outputs(self) -> list[Operation]:
        return [op for op in self._graph._ops if self in op._control_inputs]

    @property
    def device(self) -> str:
        """The device it was placed on by the user, "" if none."""
        return self._device

    @property
    def definition(self) -> Any:
        """What the vocabulary knows of its type."""
        return self._definition

    @property
    def node_def(self) -> NodeDef:
        """A readable record of it."""
        inputs = [tensor._as_node_def_input() for tensor in self._inputs]
        controls = [f"^{op._name}" for op in self._control_inputs]
        return NodeDef(self._name, self._type, (*inputs, *controls), self._device, self._attrs)

    @property
    def site(self) -> str:
        """The user's file and line: "train.py:12"."""
        if self._code is None:
            return "unknown"
        return f"{os.path.basename(self._code.co_filename)}:{self._line}"

    @property
    def traceback(self) -> list[tuple[str, int, str, str]]:
        """Where the user made it: (file, line number, function, line)."""
        if self._code is None:
            return []
        file = self._code.co_filename
        return [(file, self._line, self._code.co_name, linecache.getline(file, self._line).strip())]

    def get_attr(self, name: str) -> Any:
        """The attribute `name`.

        Raises:
          ValueError: it has none of that name.
        """
        if name not in self._attrs:
            raise ValueError(f"Operation '{self._name}' has no attr named '{name}'.")
        return self._attrs[name]

    def values(self) -> tuple[Tensor, ...]:
        """The tensors it makes."""
        return self._outputs

    def colocation_groups(self) -> list[bytes]:
        """The groups it must be placed with; one of its own where none was given."""
        groups = self._attrs.get("_class") or ()
        return [group for group in groups if group.startswith(b"loc:@")] or [
            f"loc:@{self._name}".encode()
        ]

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs it in `session` or the default session.

        Raises:
          ValueError: there is no session.
        """
        session_to_run(session, self._graph).run(self, feed_dict)

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: Iterable[Operation]) -> None:
        added = [op for op in dict.fromkeys(ops) if op not in self._control_inputs]
        for op in added:
            if op._graph is not self._graph:
                raise ValueError(f"{op!r} must be from the same graph as {self!r}.")
        if added:
            self._control_inputs = [*self._control_inputs, *added]
            self._graph._mutations += 1

    def _update_input(self, index: int, tensor: Tensor) -> None:
        """Takes `tensor` as input `index` instead of what it took."""
        before = self._inputs[index]
        self._inputs = (*self._inputs[:index], tensor, *self._inputs[index + 1 :])
        if before._consumers is not None:
            before._consumers.remove(self)
        tensor._consumers = [*(tensor._consumers or ()), self]
        self._graph._mutations += 1

    def _get_control_flow_context(self) -> Any:
        return self._control_flow_context

    def _set_control_flow_context(self, context: Any) -> None:
        self._control_flow_context = context

    def _remove_all_control_inputs(self) -> None:
        self._control_inputs = []
        self._graph._mutations += 1

    def _set_attr(self, name: str, value: Any) -> None:
        self._attrs = {**self._attrs, name: value}
        self._graph._mutations += 1

    def _set_device(self, device: str | DeviceSpec) -> None:
        self._device = device if isinstance(device, str) else device.to_string()

    def __repr__(self) -> str:
        return f"<tf.Operation '{self._name}' type={self._type}>"

    def __str__(self) -> str:
        return str(self.node_def)
