"""Tracing of tensor arrays and stacks: their contents are state of a run, like a variable's.

In: operations on handles. Out: instructions on contents [size, *element], which loops and branches
carry as they carry variables' contents. What an array's elements look like is told by its
`element_shape`, else by what is written first; a loop that writes first is traced once to learn it.

A stack is as large as the loops that push onto it can make it, if that is known before they run;
its top says what is in use. Else (in loops driven in Python) it holds just what was pushed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import TOP, ArrayKey
from jitgraph.ir.array_places import Places, unwritten
from jitgraph.ir.needs import NeedsRun, NeedsValue
from jitgraph.ir.program import Type, Value
from jitgraph.ops.array_rows import ADD_TO_ROW, READ_ROW, UNREAD, WRITE_ROW


class UnknownElements(Exception):
    """An array is read of which nothing is known yet."""


class ArrayTracer:
    """Traces operations on arrays.

    Args:
      tracer: traces single ops; it holds the contents, in `current`.
    """

    def __init__(self, tracer: Any) -> None:
        self.tracer = tracer
        self.sizes: dict[ArrayKey, Any] = {}
        self.elements: dict[ArrayKey, tuple[Any, ...]] = {}
        self.zeros: set[Value] = set()
        self.grown: set[ArrayKey] = set()
        self.places = Places()
        self.handles: dict[ArrayKey, ArrayKey] = {}
        self.pushed: dict[ArrayKey, tuple[Operation | None, Any]] = {}

    def trace(self, op: Operation) -> None:
        """Traces one operation."""
        definition: Any = op.definition
        if definition.array not in ("make", "stack", "close") and self.is_uneven(self.key(op)):
            raise NeedsRun(op)
        getattr(self, f"_{definition.array}")(op)

    def key(self, op: Operation) -> ArrayKey:
        """The array that an operation's handle stands for."""
        found = self.tracer.aliases.get(op._inputs[0])
        if found is None:
            raise _not_there(op, "a handle that was saved by a loop can't be used")
        return found  # type: ignore[no-any-return]

    # -- arrays --------------------------------------------------------------------------------

    def _make(self, op: Operation) -> None:
        tracer, key = self.tracer, ArrayKey(op)
        tracer._alias(op._outputs[0], key)
        tracer._constant(op._outputs[1], np.float32(0), op)
        self.sizes[key] = self._number(op._inputs[0])
        element = op._attrs["element_shape"]._dims
        if element is not None and None not in element:
            self.elements[key] = tuple(element)
        if key in self.elements:
            self.create(key)

    def _number(self, tensor: Tensor) -> Any:
        known = self.tracer._contents_of(tensor)
        if known is None:
            known = self.tracer._contents_of(tensor, feeds=True)
        if known is None:
            raise NeedsValue(tensor)
        item = known.reshape(-1)[0]
        return item if hasattr(item, "terms") else int(item)

    def _grad(self, op: Operation) -> None:
        tracer, base = self.tracer, self.key(op)
        key = base.gradients(op._attrs["source"])
        tracer._alias(op._outputs[0], key)
        tracer._pass_on(op._inputs[1], op._outputs[1])
        if key not in tracer.current and self.element_of(base) is not None:
            self.create(key)

    def create(self, key: ArrayKey, rows: Any = None) -> None:
        """Makes the contents: zeros."""
        tracer = self.tracer
        if rows is None:
            rows = self.size_of(key)
        element = self.element_of(key)
        assert element is not None
        made = self._filled(key, (rows, *element))
        self.zeros.add(made)
        self.sizes[key] = rows
        tracer.current[key] = made

    def element_of(self, key: ArrayKey) -> tuple[Any, ...] | None:
        """The shape of elements, None where nothing tells it yet."""
        held = self.tracer.current.get(key)
        if held is not None:
            return tuple(held.type.dims[1:])
        if key in self.elements:
            return self.elements[key]
        return self.element_of(key.base) if key.source else None

    def _filled(self, key: ArrayKey, dims: tuple[Any, ...]) -> Value:
        builder = self.tracer.builder
        builder.base, builder.origin = key.name, (key.maker,)
        empty: Any = b"" if key.dtype is dtypes.string else 0
        unread = {UNREAD: True} if key.is_stack else {}
        filled: Value = builder.emit(
            "BroadcastTo", builder.constant(empty, key.dtype), builder.sizes(dims), **unread
        )
        return filled

    def size_of(self, key: ArrayKey) -> Any:
        """The number of elements."""
        held = self.tracer.current.get(key)
        if held is not None:
            return held.type.dims[0]
        if key in self.sizes:
            return self.sizes[key]
        if key.source:
            return self.size_of(key.base)
        return self._number(key.maker._inputs[0])

    def is_made(self, key: ArrayKey) -> bool:
        """Whether the operation that makes it is done."""
        return key in self.tracer.current or key in self.sizes

    def contents(self, key: ArrayKey) -> Value:
        """What it holds now.

        Raises:
          UnknownElements: nothing was written, and nothing says what its elements look like.
        """
        held = self.tracer.current.get(key)
        if held is None:
            if self.element_of(key) is None:
                raise UnknownElements(key)
            self.create(key)
            held = self.tracer.current[key]
        return held  # type: ignore[no-any-return]

    def _opened(self, key: ArrayKey, element: tuple[Any, ...], op: Operation) -> Value:
        """What it holds, for a write of elements of a shape."""
        if key not in self.tracer.current:
            self.elements.setdefault(key, element)
        held = self.contents(key)
        dims = held.type.dims[1:]
        scope = self.tracer.scope
        same = len(dims) == len(element) and all(
            scope.decide(a, "==", b) for a, b in zip(dims, element, strict=True)
        )
        if not same:
            shapes = [_text(each) for each in (element, dims)]
            raise _refused(
                op,
                f"TensorArray {key.name}: Could not write to TensorArray index because the value "
                f"shape is {shapes[0]} which is incompatible with the TensorArray's inferred "
                f"element shape: {shapes[1]} (consider setting infer_shape=False).",
            )
        return held

    def _read(self, op: Operation) -> None:
        self._pick(op)

    def _pick(self, op: Operation) -> None:
        self._note(op)
        held, index = self._held(op), self.tracer._value(op._inputs[1])
        made = self._appended(READ_ROW, (held, index), op)
        self._set(op._outputs[0], made)

    def _held(self, op: Operation) -> Value:
        try:
            return self.contents(self.key(op))
        except UnknownElements:
            if self.tracer.is_trial:
                raise
            raise unwritten(op, self.key(op), "index") from None

    def _gather(self, op: Operation) -> None:
        held = self._held(op)
        if self._is_whole(op._inputs[1], held.type.dims[0]):
            self._note(op, held.type.dims[0])
            self._set(op._outputs[0], held)
        else:
            self._pick(op)

    def _write(self, op: Operation) -> None:
        key, value = self.key(op), self.tracer._value(op._inputs[2])
        held = self.tracer.current.get(key)
        may_differ = held is not None and self._may_be_uneven(key)
        if may_differ and not self._fits(held.type.dims[1:], value.type.dims):
            raise NeedsRun(op)
        if key.maker._attrs["dynamic_size"] and not key.source:
            self._grow(key, op._inputs[1], value.type.dims)
        self._note(op)
        held = self._opened(key, value.type.dims, op)
        index = self.tracer._value(op._inputs[1])
        how = ADD_TO_ROW if key.source and not key.dtype.is_bool else WRITE_ROW
        self.tracer.current[key] = self._appended(how, (held, index, value), op)
        self.tracer._pass_on(op._inputs[3], op._outputs[0])

    def _scatter(self, op: Operation) -> None:
        key, value = self.key(op), self.tracer._value(op._inputs[2])
        indices = self.tracer._value(op._inputs[1])
        dims = value.type.dims
        if key.maker._attrs["dynamic_size"] and not key.source:
            self._grow_to(key, op._inputs[1], dims)
        held = self._opened(key, dims[1:], op)
        if self._is_whole(op._inputs[1], held.type.dims[0]):
            self._note(op, held.type.dims[0])
            is_first = not key.source or held in self.zeros
            new = value if is_first else self.tracer.builder.emit("AddV2", held, value)
        else:
            how = ADD_TO_ROW if key.source and not key.dtype.is_bool else WRITE_ROW
            self._note(op)
            new = self._appended(how, (held, indices, value), op)
        self.tracer.current[key] = new
        self.tracer._pass_on(op._inputs[3], op._outputs[0])

    def _note(self, op: Operation, size: Any = None) -> None:
        """Notes that an operation reads or writes elements: those that its indices name, or all of
        them where a size is given."""
        tracer, key = self.tracer, self.key(op)
        if key.source:
            return
        known = range(size) if isinstance(size, int) else tracer._contents_of(op._inputs[1])
        inside = tracer.depth or (tracer.branches is not None and tracer.branches.inside)
        if known is None or inside:
            self.places.forget(key)
            return
        items = [int(each) for each in np.reshape(known, -1) if not hasattr(each, "terms")]
        held = self.size_of(key)
        items = [each for each in items if isinstance(held, int) and 0 <= each < held]
        note = (
            self.places.write if op._definition.array in ("write", "scatter") else self.places.read
        )
        note(op, key, items)

    def _is_whole(self, indices: Tensor, size: Any) -> bool:
        """Whether indices are 0, 1, ... size - 1."""
        op, tracer = indices._op, self.tracer
        while op._definition.control == "enter" or op._definition.view == "identity":
            op = op._inputs[0]._op
        if op._type != "Range":
            return False
        known = [tracer._contents_of(op._inputs[number]) for number in (0, 2)]
        if any(each is None for each in known) or [int(each) for each in known] != [0, 1]:
            return False
        return bool(tracer.scope.decide(tracer._value(indices).type.dims[0], "==", size))

    def _concat(self, op: Operation) -> None:
        held = self._held(op)
        size, *element = held.type.dims
        if not element:
            raise _refused(
                op, "Concat saw a scalar shape at index 0 but requires at least vectors."
            )
        builder = self.tracer.builder
        builder.base, builder.origin = op.name, (op,)
        dims = builder.sizes((size * element[0], *element[1:]))
        self._set(op._outputs[0], builder.emit("Reshape", held, dims, Tshape=dims.dtype))
        length = builder.scalar_size(element[0], dtypes.int64)
        lengths = builder.emit("Fill", builder.sizes((size,)), length)
        self._set(op._outputs[1], lengths)
        if isinstance(size, int) and isinstance(element[0], int):
            known = np.full(size, element[0], object)
            self.tracer.contents.update({(op._outputs[1], f): known for f in (False, True)})

    def _split(self, op: Operation) -> None:
        key, value = self.key(op), self.tracer._value(op._inputs[1])
        number = self.tracer._value(op._inputs[2]).type.dims[0]
        total, *rest = value.type.dims
        known = self._lengths(op._inputs[2])
        if known is not None and len({int(each) for each in known}) > 1:
            if self._may_be_uneven(key):
                raise NeedsRun(op)
            raise _not_there(op, "pieces of different lengths in one array")
        scope = self.tracer.scope
        if not scope.decide(number, ">", 0):
            raise _not_there(op, "no pieces")
        element = (total // number, *rest)
        held = self._opened(key, element, op)
        builder = self.tracer.builder
        builder.base, builder.origin = op.name, (op,)
        dims = builder.sizes((number, *element))
        new = builder.emit("Reshape", value, dims, Tshape=dims.dtype)
        if not scope.decide(number, "==", held.type.dims[0]):
            raise _refused(op, "TensorArray's size is not equal to the size of lengths")
        if key.source and held not in self.zeros:
            new = builder.emit("AddV2", held, new)
        self.tracer.current[key] = new
        self.tracer._pass_on(op._inputs[3], op._outputs[0])

    def _lengths(self, tensor: Tensor) -> Any:
        known = self.tracer._contents_of(tensor)
        if known is None and tensor._op._definition.array != "concat":
            raise NeedsValue(tensor)
        return None if known is None else known.reshape(-1)

    def _size(self, op: Operation) -> None:
        size = np.empty((), object)
        size[()] = self.size_of(self.key(op))
        tensor, tracer = op._outputs[0], self.tracer
        tracer.contents.update({(tensor, feeds): size for feeds in (False, True)})
        tracer._known(tensor, size, op)

    def _close(self, op: Operation) -> None:
        """Nothing is held behind a run."""

    # -- growing -------------------------------------------------------------------------------

    def _grow(self, key: ArrayKey, index: Tensor, element: tuple[Any, ...]) -> None:
        """Makes an array longer, for a write at an index."""
        place = self._number_of(index, key)
        if place is not None:
            self._resize(key, place + 1, element)

    def _grow_to(self, key: ArrayKey, indices: Tensor, dims: tuple[Any, ...]) -> None:
        if self._is_whole(indices, dims[0]):
            self._resize(key, dims[0], dims[1:])

    def _number_of(self, index: Tensor, key: ArrayKey) -> Any:
        if self.tracer.is_trial:
            return None
        if key in self.grown:
            return None
        return self._number(index)

    def _resize(self, key: ArrayKey, size: Any, element: tuple[Any, ...]) -> None:
        tracer, now = self.tracer, self.size_of(key)
        if not tracer.scope.decide(now, "<", size):
            return
        if key not in tracer.current:
            self.sizes[key] = size
            return
        more = self._filled(key, (size - now, *element))
        axis = tracer.builder.scalar_host(0)
        held = tracer.current[key]
        tracer.current[key] = tracer.builder.emit("ConcatV2", [held, more], axis, Tidx=axis.dtype)

    # -- stacks --------------------------------------------------------------------------------

    def _stack(self, op: Operation) -> None:
        self.tracer._alias(op._outputs[0], ArrayKey(op))

    def _push(self, op: Operation) -> None:
        tracer, key = self.tracer, self.key(op)
        tracer._pass_on(op._inputs[1], op._outputs[0])
        if key.dtype is dtypes.resource:
            self.handles[key] = tracer.aliases[op._inputs[1]]
            return
        value = tracer._value(op._inputs[1])
        self._note_pushed(key, op)
        self.elements.setdefault(key, value.type.dims)
        top, held = tracer.current.get(key.top), tracer.current.get(key)
        if top is None:
            tracer.current[key] = self._longer(key, held, value, op)
            return
        tracer.current[key] = self._appended(WRITE_ROW, (held, top, value), op)
        one = tracer.builder.constant(1, dtypes.int32)
        tracer.current[key.top] = tracer.builder.emit("AddV2", top, one)

    def _note_pushed(self, key: ArrayKey, op: Operation) -> None:
        """Keeps what is known of all that is pushed: a shape is the same in all iterations."""
        is_only = self.pushed.get(key, (op, None))[0] is op
        known = self.tracer._contents_of(op._inputs[1]) if is_only else None
        self.pushed[key] = (op if is_only else None, known)

    def _longer(self, key: ArrayKey, held: Value | None, value: Value, op: Operation) -> Value:
        if held is not None and not self._fits(held.type.dims[1:], value.type.dims):
            raise NeedsRun(op)
        builder = self.tracer.builder
        builder.base, builder.origin = op.name, (op,)
        dims = builder.sizes((1, *value.type.dims))
        row: Value = builder.emit("Reshape", value, dims, Tshape=dims.dtype)
        if held is None:
            return row
        axis = builder.scalar_host(0)
        longer: Value = builder.emit("ConcatV2", [held, row], axis, Tidx=axis.dtype)
        return longer

    def is_uneven(self, key: ArrayKey) -> bool:
        """Whether a stack's elements differ in shape, so that it is no array."""
        part = self.tracer.part
        return part is not None and key in part.uneven

    @staticmethod
    def _may_be_uneven(key: ArrayKey) -> bool:
        """Whether the user says that an array's elements may differ in shape."""
        return not key.is_stack and not key.maker._attrs["identical_element_shapes"]

    def _fits(self, element: Any, dims: Any) -> bool:
        decide = self.tracer.scope.decide
        same = (decide(a, "==", b) for a, b in zip(element, dims, strict=False))
        return len(element) == len(dims) and all(same)

    def _pop(self, op: Operation) -> None:
        tracer, key = self.tracer, self.key(op)
        if key.dtype is dtypes.resource:
            tracer._alias(op._outputs[0], self.handles[key])
            return
        held = self._held(op)
        known = self.pushed.get(key, (op, None))[1]
        if known is not None:
            tracer.contents.update({(op._outputs[0], feeds): known for feeds in (False, True)})
        builder = tracer.builder
        builder.base, builder.origin = op.name, (op,)
        if key.top not in tracer.current:
            self._set(op._outputs[0], self._shorter(key, held, op))
            return
        one = builder.constant(1, dtypes.int32)
        top = builder.emit("Sub", tracer.current[key.top], one)
        tracer.current[key.top] = top
        self._set(op._outputs[0], self._appended(READ_ROW, (held, top), op))

    def _shorter(self, key: ArrayKey, held: Value, op: Operation) -> Value:
        """The last row of a stack that holds just what was pushed; the rest stays."""
        builder, (size, *element) = self.tracer.builder, held.type.dims
        last = builder.scalar_host(size - 1)
        zeros = builder.sizes([0] * (1 + len(element)))
        sizes = builder.sizes((size - 1, *element))
        row: Value = builder.emit(
            "GatherV2", held, builder.scalar_size(size - 1, dtypes.int32), builder.scalar_host(0),
            Taxis=last.dtype, batch_dims=0,
        )  # fmt: skip
        self.tracer.current[key] = builder.emit("Slice", held, zeros, sizes, Index=zeros.dtype)
        return row

    def make_room(self, key: ArrayKey, more: Any) -> None:
        """Makes a stack large enough for so many elements more, and gives it a top."""
        tracer, held = self.tracer, self.tracer.current.get(key)
        if key.top not in tracer.current:
            builder = tracer.builder
            builder.base, builder.origin = key.top.name, (key.maker,)
            used = 0 if held is None else held.type.dims[0]
            tracer.current[key.top] = builder.scalar_size(used, dtypes.int32)
        if held is None:
            self.create(key, more)
            return
        if isinstance(more, int) and more == 0:
            return
        rest = self._filled(key, (more, *held.type.dims[1:]))
        axis = tracer.builder.scalar_host(0)
        tracer.current[key] = tracer.builder.emit("ConcatV2", [held, rest], axis, Tidx=axis.dtype)

    # -- values --------------------------------------------------------------------------------

    def _appended(self, definition: Any, inputs: Iterable[Any], op: Operation) -> Value:
        inputs = tuple(inputs)
        attrs = {"T": inputs[0].type.dtype}
        made: tuple[Value, ...] = self.tracer._appended(definition, inputs, attrs, op)
        return made[0]

    def _set(self, tensor: Tensor, value: Value) -> None:
        if tensor not in self.tracer.fed:
            self.tracer.values[tensor] = value

    @contextmanager
    def trial(self) -> Iterator[None]:
        """A block that is traced only to learn what arrays hold; all else is forgotten."""
        tracer = self.tracer
        names = ("values", "current", "aliases", "contents", "known_numbers")
        kept = {name: getattr(tracer, name) for name in names}
        for name, found in kept.items():
            setattr(tracer, name, copy(found))
        before, tracer.is_trial = tracer.is_trial, True
        finished = set(tracer.finished)
        sizes = dict(self.sizes)
        try:
            with tracer.branches.instructions():
                yield
        except UnknownElements:
            pass
        finally:
            tracer.is_trial = before
            tracer.finished = finished
            self.sizes = sizes
            for name, found in kept.items():
                setattr(tracer, name, found)


def type_of(key: ArrayKey, dims: tuple[Any, ...]) -> Type:
    """The type of an array's contents."""
    return Type(key.dtype, () if key.part == TOP else dims)


def _text(dims: Iterable[Any]) -> str:
    return "[" + ",".join(map(str, dims)) + "]"


def _refused(op: Operation, text: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))


def _not_there(op: Operation, text: str) -> errors.UnimplementedError:
    message = f"{op.name}: {text} yet" if text.endswith("used") else f"{op.name}: {text}"
    return errors.UnimplementedError(None, op, errors.message_with_origin(message, op))
