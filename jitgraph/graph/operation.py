"""Operation: a node of the graph."""

from __future__ import annotations

import os
import re
from typing import Any

from jitgraph.graph.tensor import Tensor

VALID_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")


class Operation:
    """A node of the graph: a type, inputs, outputs, attributes, and where the user made it."""

    __slots__ = (
        "__weakref__", "_attrs", "_code", "_control_inputs", "_definition", "_device", "_graph",
        "_id", "_inputs", "_line", "_name", "_outputs", "_type", "_original_op",
    )  # fmt: skip

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
    def device(self) -> str:
        """The device it was placed on by the user, "" if none."""
        return self._device or ""

    @property
    def definition(self) -> Any:
        """What the vocabulary knows of its type."""
        return self._definition

    @property
    def node_def(self) -> Any:
        """A readable description."""
        return repr(self)

    @property
    def site(self) -> str:
        """The user's file and line: "train.py:12"."""
        if self._code is None:
            return "unknown"
        return f"{os.path.basename(self._code.co_filename)}:{self._line}"

    @property
    def traceback(self) -> list[tuple[str, int, str]]:
        """Where it was made: (file, line, function)."""
        if self._code is None:
            return []
        return [(self._code.co_filename, self._line, self._code.co_name)]

    def get_attr(self, name: str) -> Any:
        """The attribute `name`.

        Raises:
          ValueError: it has none of that name.
        """
        if name in self._attrs:
            return self._attrs[name]
        raise ValueError(f"Operation '{self._name}' has no attr named '{name}'.")

    def values(self) -> tuple[Tensor, ...]:
        """The tensors it makes."""
        return self._outputs

    def colocation_groups(self) -> list[bytes]:
        """The colocation groups: its own where none was given."""
        return list(self._attrs.get("_class") or [f"loc:@{self._name}".encode()])

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs it in `session` or the default session.

        Raises:
          ValueError: there is no session.
        """
        from jitgraph.graph.stacks import session_for

        session_for(session, self._graph, "execute operation", "run()").run(self, feed_dict)

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: Any) -> None:
        added = [op for op in ops if op not in self._control_inputs]
        if added:
            self._control_inputs = [*self._control_inputs, *added]
            self._graph._mutations += 1

    def _remove_all_control_inputs(self) -> None:
        self._control_inputs = []
        self._graph._mutations += 1

    def _set_attr(self, name: str, value: Any) -> None:
        self._attrs[name] = value
        self._graph._mutations += 1

    def _set_device(self, device: str) -> None:
        self._device = device

    def __repr__(self) -> str:
        return f"<tf.Operation '{self._name}' type={self._type}>"

    def __str__(self) -> str:
        lines = [f'name: "{self._name}"', f'op: "{self._type}"']
        lines += [f'input: "{t._as_node_def_input()}"' for t in self._inputs]
        lines += [f'input: "^{op._name}"' for op in self._control_inputs]
        return "\n".join(lines) + "\n"
