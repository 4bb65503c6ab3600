"""Graph: what the user builds. Knows operations by their names, not what they mean."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.graph.keys import GraphKeys
from jitgraph.graph.operation import VALID_NAME, Operation
from jitgraph.graph.stacks import DefaultStack
from jitgraph.graph.tensor import Tensor

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OWN_PLACES = (_PACKAGE + os.sep, os.path.join(os.path.dirname(_PACKAGE), "passes") + os.sep)
_OWN_FILES: dict[str, bool] = {}
_VALID_SCOPE = re.compile(r"^[A-Za-z0-9_.\-/]*$")
_COLLECTION_LOCK = threading.RLock()


class Graph:
    """A computation as a graph of operations. Sessions run it; it holds no values."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._by_name: dict[str, Operation] = {}
        self._ops: list[Operation] = []
        self._names: dict[str, int] = {}
        self._scope = threading.local()
        self._collections: dict[Any, list[Any]] = {}
        self._finalized = False
        self._seed: int | None = None
        self._mutations = 0
        self._unfeedable: set[Any] = set()
        self._unfetchable: set[Any] = set()
        self._container = ""
        self._gradient_overrides: dict[str, str] = {}
        self._gradient_function_map: dict[Any, Any] = {}
        self.graph_def_versions = None

    # -- building ------------------------------------------------------------------------------

    def create_op(
        self,
        op_type: str,
        inputs: tuple[Tensor, ...],
        output_dtypes: tuple[DType, ...],
        output_dims: Sequence[Any],
        name: str,
        attrs: dict[str, Any],
        definition: Any = None,
    ) -> Operation:
        """Adds an operation.

        Args:
          op_type: the type's name.
          inputs: tensors of this graph.
          output_dtypes, output_dims: dtype and raw shape of each output.
          name: made unique within the current name scope; taken as it is with a trailing slash.
          attrs: the attributes (kept, not copied).
          definition: what the vocabulary knows of the type.

        Raises:
          RuntimeError: the graph is finalized.
          ValueError: the name is invalid.
        """
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        op = Operation()
        scope = self._scope.__dict__
        with self._lock:
            op._name = name[:-1] if name[-1:] == "/" else self.unique_name(name)
            if not scope.get("name") and not VALID_NAME.match(op._name):
                raise ValueError(f"'{op._name}' is not a valid node name")
            op._id = len(self._ops) + 1
            op._type = op_type
            op._graph = self
            op._inputs = inputs
            op._attrs = attrs
            op._definition = definition
            op._device = ""
            op._original_op = None
            op._control_inputs = []
            op._code, op._line = _user_site()
            op._outputs = tuple(
                Tensor(op, index, dtype, output_dims[index])
                for index, dtype in enumerate(output_dtypes)
            )
            if scope:
                self._apply_scopes(op, scope)
            for tensor in inputs:
                if tensor._consumers is None:
                    tensor._consumers = [op]
                elif tensor._consumers[-1] is not op:
                    tensor._consumers.append(op)
            self._ops.append(op)
            self._by_name[op._name] = op
        return op

    def _apply_scopes(self, op: Operation, scope: dict[str, Any]) -> None:
        controls = scope.get("controls")
        if controls:
            op._control_inputs = self._control_dependencies_for_inputs(op._inputs)
            for layer in controls:
                layer[2].add(op)
        for device in scope.get("devices") or ():
            op._device = device(op) if callable(device) else _merged_device(op._device, device)
        colocated = scope.get("colocated")
        if colocated:
            groups = sorted({group for other in colocated for group in other.colocation_groups()})
            op._attrs = {**op._attrs, "_class": groups}
            op._device = colocated[-1]._device
        extra = scope.get("attrs")
        if extra:
            op._attrs = {**op._attrs, **extra}
        if self._gradient_overrides and op._type in self._gradient_overrides:
            override = self._gradient_overrides[op._type]
            op._attrs = {**op._attrs, "_gradient_op_type": override}

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """`name` within the current name scope, with `_1`, `_2` .. behind it where taken."""
        scope = self._scope.__dict__.get("name")
        if scope:
            name = f"{scope}/{name}"
        with self._lock:
            key = name.lower()
            count = self._names.get(key, 0)
            if mark_as_used:
                self._names[key] = count + 1
            if count:
                base = key
                while key in self._names:
                    key = f"{base}_{count}"
                    count += 1
                if mark_as_used:
                    self._names[key] = 1
                name = f"{name}_{count - 1}"
        return name

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """A block whose operations' names begin with `name/`.

        Args:
          name: made unique; entered again as it is with a trailing slash; None or "" leaves all
            scopes.

        Raises:
          ValueError: the name is invalid.
        """
        if name:
            if hasattr(name, "name"):
                name = name.name
            if self._name_stack:
                if not _VALID_SCOPE.match(name):
                    raise ValueError(f"'{name}' is not a valid scope name")
            elif not VALID_NAME.match(name):
                raise ValueError(f"'{name}' is not a valid scope name")
        scope = self._scope
        before = self._name_stack
        if not name:
            new = None
        elif name[-1] == "/":
            new = name[:-1]
        else:
            new = self.unique_name(name)
        scope.name = new
        try:
            yield "" if new is None else new + "/"
        finally:
            scope.name = before

    @property
    def _name_stack(self) -> str | None:
        return self._scope.__dict__.get("name")

    def get_name_scope(self) -> str:
        """The current name scope."""
        return self._name_stack or ""

    @contextmanager
    def control_dependencies(self, control_inputs: Any) -> Iterator[None]:
        """A block whose operations run after `control_inputs`; None clears those around it."""
        scope = self._scope
        before = scope.__dict__.get("controls", ())
        if control_inputs is None:
            scope.controls = ()
        else:
            ops = [self._as_control(item) for item in control_inputs]
            scope.controls = (*before, (list(dict.fromkeys(ops)), None, set()))
        try:
            yield
        finally:
            scope.controls = before

    def _as_control(self, item: Any) -> Operation:
        if hasattr(item, "_as_graph_element"):
            item = item._as_graph_element()
        if type(item).__name__ == "IndexedSlices":
            item = item.op
        found = self.as_graph_element(item)
        if isinstance(found, Tensor):
            return found._op
        return found

    def _control_dependencies_for_inputs(self, inputs: Sequence[Tensor]) -> list[Operation]:
        """The control inputs of an op made here, less those its inputs bring along."""
        found: dict[Operation, None] = {}
        sources = {tensor._op for tensor in inputs}
        for ops, _, made in self._scope.__dict__.get("controls", ()):
            if sources & made:
                continue
            found.update((op, None) for op in ops if op not in sources)
        return list(found)

    def _current_control_dependencies(self) -> list[Operation]:
        layers = self._scope.__dict__.get("controls", ())
        return list(dict.fromkeys(op for ops, _, _ in layers for op in ops))

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """A block whose operations are placed on a device: a name, a function of the op, None."""
        scope = self._scope
        before = scope.__dict__.get("devices", ())
        given = device_name_or_function
        scope.devices = (*before, given) if given is not None else ()
        try:
            yield
        finally:
            scope.devices = before

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """A block whose operations are placed where `op` is."""
        scope = self._scope
        before = scope.__dict__.get("colocated", ())
        if op is None:
            scope.colocated = ()
        else:
            target = self._as_control(op)
            scope.colocated = (target,) if ignore_existing else (*before, target)
        try:
            yield
        finally:
            scope.colocated = before

    @contextmanager
    def _attr_scope(self, attr_map: dict[str, Any]) -> Iterator[None]:
        scope = self._scope
        before = scope.__dict__.get("attrs", {})
        scope.attrs = {**before, **attr_map}
        try:
            yield
        finally:
            scope.attrs = before

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """A block in which ops of the given types take the gradient registered by another name."""
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        before = self._gradient_overrides
        self._gradient_overrides = {**before, **op_type_map}
        try:
            yield
        finally:
            self._gradient_overrides = before

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """A block whose stateful operations use the resource container of that name."""
        before = self._container
        self._container = container_name
        try:
            yield self._container
        finally:
            self._container = before

    def finalize(self) -> None:
        """Makes the graph read-only."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    # -- what it is ----------------------------------------------------------------------------

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
    def _next_id_counter(self) -> int:
        return len(self._ops)

    @property
    def seed(self) -> int | None:
        """The graph-level random seed."""
        return self._seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        self._seed = seed

    @property
    def building_function(self) -> bool:
        """Whether this is the body of a function: never."""
        return False

    def as_default(self) -> Any:
        """A block in which this graph is the default one of this thread."""
        return default_graph_stack.pushed(self)

    # -- collections ---------------------------------------------------------------------------

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Appends `value` to a collection."""
        self._check_not_finalized()
        with self._lock:
            self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Appends `value` to several collections."""
        names = (names,) if isinstance(names, str) else dict.fromkeys(names)
        for name in names:
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """The collection itself: changing the list changes it."""
        with self._lock:
            return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """A copy of a collection; with `scope` (a regular expression) the items whose names match."""
        with self._lock:
            items = list(self._collections.get(name, ()))
        if scope is None:
            return items
        pattern = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and pattern.match(item.name)]

    def get_all_collection_keys(self) -> list[Any]:
        """The names of the collections."""
        return [key for key in self._collections if isinstance(key, str)]

    def clear_collection(self, name: Any) -> None:
        """Empties a collection."""
        self._check_not_finalized()
        self._collections.pop(name, None)

    @property
    def collections(self) -> list[Any]:
        return list(self._collections)

    # -- lookup --------------------------------------------------------------------------------

    def get_operations(self) -> list[Operation]:
        """All operations in the order of their making."""
        return list(self._ops)

    def get_operation_by_name(self, name: str) -> Operation:
        """The operation of that name.

        Raises:
          KeyError: there is none.
          TypeError: the name is no string.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor of that name ("op:0").

        Raises:
          KeyError: there is none.
          ValueError: it is an operation's name.
          TypeError: the name is no string.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def _get_operation_by_name_unsafe(self, name: str) -> Operation:
        return self._by_name[name]

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """The tensor or operation that `obj` stands for: itself, or a name.

        Raises:
          KeyError, ValueError, TypeError: it stands for none, or not for one of this graph.
        """
        with self._lock:
            return self._graph_element(obj, allow_tensor, allow_operation)

    def _graph_element(self, obj: Any, allow_tensor: bool, allow_operation: bool) -> Any:
        if allow_tensor and allow_operation:
            types_text = "Tensor or Operation"
        elif allow_tensor:
            types_text = "Tensor"
        elif allow_operation:
            types_text = "Operation"
        else:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        if hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, str):
            return self._element_by_name(obj, allow_tensor, allow_operation)
        if isinstance(obj, Tensor) and allow_tensor:
            if obj.graph is not self:
                raise ValueError(f"Tensor {obj} is not an element of this graph.")
            return obj
        if isinstance(obj, Operation) and allow_operation:
            if obj.graph is not self:
                raise ValueError(f"Operation {obj!r} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {types_text}.")

    def _element_by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        if ":" in name and allow_tensor:
            try:
                op_name, text = name.split(":")
                index = int(text)
            except ValueError:
                raise ValueError(
                    f"The name {name!r} looks a like a Tensor name, but is not a valid one. "
                    'Tensor names must be of the form "<op_name>:<output_index>".'
                ) from None
            op = self._by_name.get(op_name)
            if op is None:
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                    f"{op_name!r}, does not exist in the graph."
                )
            if index >= len(op._outputs):
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, "
                    f"{op_name!r}, exists but only has {len(op._outputs)} outputs."
                )
            return op._outputs[index]
        if ":" in name:
            raise ValueError(
                f"The name {name!r} appears to refer to a Tensor, not a Operation."
            )
        if not allow_operation:
            if name in self._by_name:
                text = (
                    f"The name {name!r} refers to an Operation, not a Tensor. Tensor names must "
                    'be of the form "<op_name>:<output_index>".'
                )
            else:
                text = (
                    f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. "
                    'Tensor names must be of the form "<op_name>:<output_index>".'
                )
            raise ValueError(text)
        if name not in self._by_name:
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
        return self._by_name[name]

    def is_feedable(self, tensor: Any) -> bool:
        """Whether the tensor may be fed."""
        return tensor not in self._unfeedable

    def prevent_feeding(self, tensor: Any) -> None:
        """Refuses feeds of the tensor from now on."""
        self._unfeedable.add(tensor)

    def is_fetchable(self, element: Any) -> bool:
        """Whether the element may be fetched."""
        if isinstance(element, Tensor):
            return element not in self._unfetchable and element._op not in self._unfetchable
        return element not in self._unfetchable

    def prevent_fetching(self, op: Any) -> None:
        """Refuses fetches of the operation from now on."""
        self._unfetchable.add(op)


def _user_site() -> tuple[Any, int]:
    """Code and line of the nearest frame outside this package."""
    frame: Any = sys._getframe(2)
    known = _OWN_FILES
    while frame is not None:
        code = frame.f_code
        name = code.co_filename
        own = known.get(name)
        if own is None:
            own = known[name] = name.startswith(_OWN_PLACES) or name.endswith("contextlib.py")
        if not own:
            return code, frame.f_lineno
        frame = frame.f_back
    return None, 0


def _merged_device(before: str, device: str) -> str:
    text = str(device)
    match = re.fullmatch(r"/?(?:device:)?(cpu|gpu):(\d+)", text, re.IGNORECASE)
    return f"/device:{match.group(1).upper()}:{match.group(2)}" if match else text


class _DefaultGraphStack(DefaultStack):
    def __init__(self) -> None:
        super().__init__()

    def get(self) -> Graph:
        """The innermost graph, or the process's own."""
        if self.stack:
            return self.stack[-1]
        return _global_graph()


_global: list[Graph] = []


def _global_graph() -> Graph:
    if not _global:
        with _COLLECTION_LOCK:
            if not _global:
                _global.append(Graph())
    return _global[0]


default_graph_stack = _DefaultGraphStack()


def get_default_graph() -> Graph:
    """The innermost graph made default in this thread, or the process's own graph."""
    stack = default_graph_stack.stack
    return stack[-1] if stack else (_global[0] if _global else _global_graph())


def reset_default_graph() -> None:
    """Replaces the process's own graph by an empty one.

    Raises:
      AssertionError: called within a `graph.as_default()` block.
    """
    if not default_graph_stack.is_cleared():
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
            "graph, exit the nesting and create a new graph."
        )
    _global[:] = [Graph()]


def _get_graph_from_inputs(op_input_list: Sequence[Any], graph: Graph | None = None) -> Graph:
    """The one graph that all inputs belong to; the default graph when there is none."""
    if graph is None and get_default_graph().building_function:
        return get_default_graph()
    first = None
    for item in op_input_list:
        element = _element(item)
        if element is None:
            continue
        if first is None:
            first = element
            graph = graph or element.graph
        if element.graph is not graph:
            if first is element:
                raise ValueError(f"{element} is not from the passed-in graph.")
            raise ValueError(f"{element} must be from the same graph as {first}.")
    return graph or get_default_graph()


def _element(item: Any) -> Any:
    if isinstance(item, (Tensor, Operation)):
        return item
    if hasattr(item, "_as_graph_element"):
        return item._as_graph_element()
    if type(item).__name__ in ("IndexedSlices", "SparseTensor"):
        return item
    return None


Function = Callable[..., Any]
__all__ = ["Graph", "GraphKeys", "get_default_graph", "reset_default_graph"]
