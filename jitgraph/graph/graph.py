"""Stage graph: Graph, what the user builds. Knows operations by their names, not their meaning.

In: `create_op` with inputs, dtypes and shapes decided by the vocabulary. Out: Operations, in the
order of their making, each with the user's line and what the open `with` blocks add to it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.graph.blocks import ControlBlock, NameBlock, Surroundings
from jitgraph.graph.collections import Collections
from jitgraph.graph.devices import device_rule
from jitgraph.graph.lookup import element_of
from jitgraph.graph.operation import Operation
from jitgraph.graph.sites import user_site
from jitgraph.graph.stacks import DefaultStack, Pushed
from jitgraph.graph.tensor import Tensor
from jitgraph.shapes import RawDims

_IS_OP_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*").fullmatch
_IS_INNER_SCOPE = re.compile(r"[A-Za-z0-9_.\-/]*").fullmatch

default_graph_stack = DefaultStack()


class Graph:
    """A computation as a graph of operations. Sessions run it; it holds no values."""

    building_function = False
    outer: Any = None

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ops: list[Operation] = []
        self._by_name: dict[str, Operation] = {}
        self._names: dict[str, int] = {}
        self._around = Surroundings()
        self._collections = Collections()
        self._unfeedable: set[Any] = set()
        self._unfetchable: set[Any] = set()
        self._finalized = False
        self._mutations = 0
        self._has_loops = False
        self.seed: int | None = None

    # What it is made of

    def create_op(
        self,
        op_type: str,
        inputs: tuple[Tensor, ...],
        output_dtypes: Sequence[DType],
        output_dims: Sequence[RawDims],
        name: str | None,
        attrs: dict[str, Any],
        definition: Any = None,
    ) -> Operation:
        """Adds an operation.

        Args:
          op_type: the type's name.
          inputs: tensors of this graph.
          output_dtypes, output_dims: dtype and shape of each output.
          name: made unique within the current name scope; with a trailing slash it is the full
            name; the type's name when None.
          attrs: the attributes (kept, not copied).
          definition: what the vocabulary knows of the type.

        Raises:
          RuntimeError: the graph is finalized.
          ValueError: the name is invalid or taken.
        """
        op = Operation()
        op._type = op_type
        op._graph = self
        op._inputs = inputs
        op._attrs = attrs
        op._definition = definition
        op._device = ""
        op._control_inputs = []
        op._control_flow_context = None
        op._code, op._line = user_site()
        op._outputs = tuple(
            [
                Tensor(op, index, dtype, output_dims[index])
                for index, dtype in enumerate(output_dtypes)
            ]
        )
        with self._lock:
            self._check_not_finalized()
            op._name = self._op_name(op_type if name is None else name)
            around = self._around
            if around.are_open:
                around.apply_to(op)
            for tensor in inputs:
                if tensor._consumers is None:
                    tensor._consumers = [op]
                else:
                    tensor._consumers.append(op)
            self._ops.append(op)
            op._id = len(self._ops)
            self._by_name[op._name] = op
            if around.flow is not None or self._has_loops:
                self._check_loops(op)
            if around.flow is not None:
                around.flow.add_op(op)
        return op

    def _op_name(self, name: str) -> str:
        full = name[:-1] if name[-1:] == "/" else self.unique_name(name)
        if full in self._by_name:
            raise ValueError(f"Duplicate node name in graph: '{full}'")
        if not _IS_OP_NAME(full):
            raise ValueError(f"'{full}' is not a valid node name")
        return full

    def _take_name(self, full: str) -> None:
        """Marks the whole name of an imported operation as used."""
        with self._lock:
            self._names.setdefault(full.lower(), 1)

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` within the current name scope, with `_1`, `_2` .. behind it where taken."""
        scope = self._around.name
        if scope:
            name = f"{scope}/{name}"
        names = self._names
        key = name.lower()
        with self._lock:
            count = names.get(key, 0)
            if mark_as_used:
                names[key] = count + 1
            if not count:
                return name
            free = key
            while free in names:
                free = f"{key}_{count}"
                count += 1
            if mark_as_used:
                names[free] = 1
        return f"{name}_{count - 1}"

    def finalize(self) -> None:
        """Makes the graph read-only."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    @property
    def finalized(self) -> bool:
        """Whether it is read-only."""
        return self._finalized

    @property
    def version(self) -> int:
        """A number that grows with each operation."""
        return len(self._ops)

    @property
    def _last_id(self) -> int:
        return len(self._ops)

    @property
    def _next_id(self) -> int:
        return len(self._ops) + 1

    # Blocks

    def as_default(self) -> Pushed:
        """A block in which this graph is the default one of this thread."""
        return default_graph_stack.pushed(self)

    def name_scope(self, name: Any) -> NameBlock:
        """A block whose operations' names begin with `name/`.

        Args:
          name: made unique; entered again as it is with a trailing slash; None or "" leaves all
            scopes.

        Raises:
          ValueError: the name is invalid.
        """
        if not name:
            return NameBlock(self._around, "")
        is_valid = _IS_INNER_SCOPE if self._around.name else _IS_OP_NAME
        if not is_valid(name):
            raise ValueError(f"'{name}' is not a valid scope name")
        full = name[:-1] if name[-1] == "/" else self.unique_name(name)
        return NameBlock(self._around, full)

    def get_name_scope(self) -> str:
        """The current name scope."""
        return self._around.name

    def control_dependencies(self, control_inputs: Any) -> ControlBlock:
        """A block whose operations run after `control_inputs`; None clears those around it."""
        if control_inputs is None:
            return ControlBlock(self._around, (), clears=True)
        ops = dict.fromkeys(self._op_of(item) for item in control_inputs)
        known = self._around.all_control_inputs()
        return ControlBlock(self._around, (op for op in ops if op not in known))

    def _op_of(self, item: Any) -> Operation:
        """The operation that makes what `item` is: an op, tensor, variable, slices or a name."""
        if not hasattr(item, "_as_graph_element") and not isinstance(item, Tensor):
            item = getattr(item, "op", item)
        element = self.as_graph_element(item)
        return element._op if isinstance(element, Tensor) else element

    def _control_dependencies_for_inputs(self, inputs: Sequence[Tensor]) -> list[Operation]:
        return self._around.control_inputs_for(inputs)

    @property
    def _builds_control_flow(self) -> bool:
        """Whether this thread is building a branch or a loop."""
        return self._around.flow is not None

    @staticmethod
    def _check_loops(op: Operation) -> None:
        """Refuses inputs from inside a loop that the operation is not in."""
        from jitgraph.graph.control_flow_context import check_input

        for tensor in op._inputs:
            check_input(op, tensor._op)

    def _note_in_control_blocks(self, op: Operation) -> None:
        """Takes an operation for one made inside the open control blocks."""
        for block in self._around.controls:
            block.made.add(op)

    def _get_control_flow_context(self) -> Any:
        return self._around.flow

    def _set_control_flow_context(self, context: Any) -> None:
        self._around.flow = context

    def device(self, device_name_or_function: Any) -> AbstractContextManager[None]:
        """A block whose operations are placed on a device.

        Args:
          device_name_or_function: a name or DeviceSpec, which fills what inner blocks leave open;
            a function of the operation; or None, which ignores the blocks around it.

        Raises:
          ValueError: it is no device's name.
        """
        rule = device_rule(device_name_or_function)
        return self._around.replaced(devices=(rule, *self._around.devices))

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
        """A block whose operations are placed where `op` is, devices around it ignored.

        Raises:
          ValueError: `op` is None and `ignore_existing` false.
        """
        if op is None and not ignore_existing:
            raise ValueError(
                "Trying to reset colocation (op is None) but ignore_existing is not True"
            )
        outer = () if ignore_existing else self._around.colocated
        inner = () if op is None else (self._op_of(op),)
        return self._around.replaced(colocated=(*inner, *outer), devices=())

    def _attr_scope(self, attr_map: dict[str, Any]) -> AbstractContextManager[None]:
        if not isinstance(attr_map, dict):
            raise TypeError("attr_map must be a dictionary mapping strings to attributes")
        return self._around.replaced(attrs={**self._around.attrs, **attr_map})

    def gradient_override_map(self, op_type_map: dict[str, str]) -> AbstractContextManager[None]:
        """A block in which ops of the given types take the gradient registered by another name."""
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        for op_type, name in op_type_map.items():
            if not (isinstance(op_type, str) and isinstance(name, str)):
                raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        overrides = {**self._around.gradient_overrides, **op_type_map}
        return self._around.replaced(gradient_overrides=overrides)

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """A block whose stateful operations use the resource container of that name."""
        with self._around.replaced(container=container_name):
            yield container_name

    # Collections

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Appends `value` to a collection.

        Raises:
          RuntimeError: the graph is finalized.
        """
        self._check_not_finalized()
        self._collections.add(name, value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Appends `value` to several collections, once to each."""
        for name in (names,) if isinstance(names, str) else dict.fromkeys(names):
            self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of a collection; with `scope`, a regular expression, of the names that match."""
        return self._collections.items(name, scope)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The collection itself: changing the list changes it."""
        return self._collections.reference(name)

    def get_all_collection_keys(self) -> list[str]:
        """The names of the collections."""
        return [key for key in self._collections.names() if isinstance(key, str)]

    @property
    def collections(self) -> list[Any]:
        """The keys of the collections."""
        return self._collections.names()

    def clear_collection(self, name: Any) -> None:
        """Drops a collection.

        Raises:
          RuntimeError: the graph is finalized.
        """
        self._check_not_finalized()
        self._collections.clear(name)

    # Lookup

    def get_operations(self) -> list[Operation]:
        """All operations in the order of their making."""
        return list(self._ops)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """The graph as TensorFlow's GraphDef, a protocol buffer.

        Args:
          from_version: leaves out what was there at this version.
          add_shapes: adds an attribute `_output_shapes` to each node.

        Raises:
          ImportError: the package `protobuf` is missing: `pip install 'jitgraph[io]'`.

        Example:
          >>> text = str(tf.get_default_graph().as_graph_def())
        """
        from jitgraph.graph.graph_def import graph_def

        return graph_def(self._ops[from_version or 0 :], add_shapes)

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name.

        Raises:
          KeyError: there is none.
          ValueError: it is a tensor's name.
          TypeError: the name is no string.
        """
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"Operation names are strings (or similar), not {kind}.")
        return element_of(self, name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name ("op:0").

        Raises:
          KeyError: there is none.
          ValueError: it is an operation's name.
          TypeError: the name is no string.
        """
        if not isinstance(name, str):
            kind = type(name).__name__
            raise TypeError(f"Tensor names are strings (or similar), not {kind}.")
        return element_of(self, name, allow_tensor=True, allow_operation=False)

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """The tensor or operation that `obj` is, stands for, or names.

        Raises:
          TypeError: it is nothing of the kind.
          ValueError: it is of another graph, or its name is of the other kind.
          KeyError: nothing has that name.
        """
        return element_of(self, obj, allow_tensor, allow_operation)

    def is_feedable(self, tensor: Any) -> bool:
        """Whether the tensor may be fed."""
        return tensor not in self._unfeedable

    def prevent_feeding(self, tensor: Any) -> None:
        """Refuses feeds of the tensor from now on."""
        self._unfeedable.add(tensor)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether the tensor (by its operation) or operation may be fetched."""
        op = tensor_or_op._op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op not in self._unfetchable

    def prevent_fetching(self, op: Any) -> None:
        """Refuses fetches of the operation from now on."""
        self._unfetchable.add(op)
