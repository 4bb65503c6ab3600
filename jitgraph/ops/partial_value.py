"""What is known of a tensor's contents while the graph is being built.

In: a Tensor. Out: None, or an object array of ints with None where an element is unknown: enough
for a shape rule to see that `tf.reshape(x, [tf.shape(x)[0], 10])` has ten columns.
The arithmetic is that of the ops' own references, applied to arrays that hold UNKNOWN elements.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.graph import Operation, Tensor
from jitgraph.ops.definition import ShapeQuery

MOST_ELEMENTS = 4096
"""Contents larger than this are not followed: they describe data, not shapes."""

MOST_UNKNOWN_ELEMENTS = 64
"""Tensors of which nothing but the shape is known are followed up to this size."""


_FED = ("PlaceholderWithDefault",)
"""Ops that a run may feed, whatever their inputs say."""


class Undecidable(Exception):
    """A comparison needed an unknown element."""


class _Unknown:
    """An integer of which nothing is known; arithmetic with it gives itself."""

    def _same(self, *_: Any) -> _Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __neg__ = __abs__ = _same
    __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _same

    def _undecidable(self, *_: Any) -> bool:
        raise Undecidable

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _undecidable  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]
    __index__ = __int__ = __float__ = _undecidable  # type: ignore[assignment]


UNKNOWN = _Unknown()

_FAILURES = (Undecidable, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)


def partial_value(tensor: Tensor) -> np.ndarray | None:
    """The known part of `tensor`'s contents, or None.

    Returns:
      An object array of the tensor's shape holding ints (or bools, floats) and None.
    """
    found = _contents(tensor, {})
    if found is None or (found.size and all(item is UNKNOWN for item in found.reshape(-1))):
        return None
    result = np.empty(found.shape, object)
    flat, source = result.reshape(-1), found.reshape(-1)
    for index in range(source.size):
        flat[index] = None if source[index] is UNKNOWN else source[index]
    return result


def constant_value(tensor: Tensor, partial: bool = False) -> np.ndarray | None:
    """The value of a tensor that can be known without running anything (tf.contrib.util).

    Returns:
      A NumPy array, or None when any element is unknown.
    """
    op = tensor._op
    if op._type == "Const":
        return op._attrs["value"]
    found = partial_value(tensor)
    if found is None or (not partial and any(item is None for item in found.reshape(-1))):
        return None
    return found if partial else found.astype(tensor.dtype.base_dtype.as_numpy_dtype)


def _contents(tensor: Tensor, seen: dict[Tensor, np.ndarray | None]) -> np.ndarray | None:
    if tensor not in seen:
        seen[tensor] = None
        found = _compute(tensor, seen)
        seen[tensor] = _nothing_known(tensor) if found is None else found
    return seen[tensor]


def _nothing_known(tensor: Tensor) -> np.ndarray | None:
    """An array of UNKNOWN elements for an integer tensor of small, known shape."""
    dims = tensor._dims
    if dims is None or not tensor._dtype.base_dtype.is_integer:
        return None
    sizes = [dim for dim in dims if dim is not None]
    if len(sizes) < len(dims) or math.prod(sizes) > MOST_UNKNOWN_ELEMENTS:
        return None
    return np.full(sizes, UNKNOWN, object)


def _compute(tensor: Tensor, seen: dict[Tensor, np.ndarray | None]) -> np.ndarray | None:
    op = tensor._op
    if op._type == "Const":
        value = op._attrs["value"]
        return value.astype(object) if value.size <= MOST_ELEMENTS else None
    definition: Any = op.definition
    if definition is not None and definition.contents is not None:
        return _from_shapes(op, tensor._index)
    if not _describes_shapes(op):
        return None
    contents = [_contents(given, seen) for given in op._inputs]
    inputs = [value for value in contents if value is not None]
    if not inputs or len(inputs) < len(contents):
        return None
    return evaluate(op, inputs, tensor._index)


def _from_shapes(op: Operation, index: int) -> np.ndarray | None:
    definition: Any = op.definition
    dims = [None if t._dims is None else _with_unknowns(t._dims) for t in op._inputs]
    dtypes = [t._dtype for t in op._inputs]
    found = definition.contents(ShapeQuery(dims, dtypes, op._attrs, lambda _: None))
    if found is None:
        return None
    return _as_objects(found[index] if len(op._outputs) > 1 else found)


def _with_unknowns(dims: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(UNKNOWN if d is None else d for d in dims)


def object_vector(items: Any) -> np.ndarray:
    """A 1-D object array of `items`."""
    items = list(items)
    result = np.empty(len(items), object)
    for index, item in enumerate(items):
        result[index] = item
    return result


def _describes_shapes(op: Operation) -> bool:
    definition: Any = op.definition
    if definition is None or definition.reference is None:
        return False
    if definition.stateful or definition.state or op._type in _FED:
        return False
    kinds = [given.dtype.base_dtype for given in op._inputs]
    return all(kind.is_integer or kind.is_bool for kind in kinds)


def evaluate(op: Operation, inputs: list[np.ndarray], index: int) -> np.ndarray | None:
    """Output `index` of `op` by its reference, on object arrays; None when that can't be told."""
    definition: Any = op.definition
    try:
        given = group_inputs(definition, op._attrs, inputs)
        keywords = {name: op._attrs[name] for name in definition.attrs if name in op._attrs}
        result = definition.reference(*given, **keywords)
    except _FAILURES:
        return None
    several = len(op._outputs) > 1 or isinstance(result, (tuple, list))
    return _as_objects(result[index] if several else result)


def _as_objects(value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value.astype(object)
    if isinstance(value, (list, tuple)):
        return object_vector(value)
    result = np.empty((), object)
    result[()] = value
    return result


def group_inputs(definition: Any, attrs: Any, inputs: list[Any]) -> list[Any]:
    """Flat inputs of an op grouped as its signature has them: lists where it has lists."""
    groups = input_groups(definition, attrs)
    return inputs if groups is None else [inputs[group] for group in groups]


def input_groups(definition: Any, attrs: Any) -> list[Any] | None:
    """Which of an op's flat inputs each of its signature's are: a place, or a slice where it has a
    list. None where it has no lists."""
    if all(arg.number_attr is None and not arg.is_type_list for arg in definition.inputs):
        return None
    groups: list[Any] = []
    position = 0
    for arg in definition.inputs:
        if arg.number_attr is None and not arg.is_type_list:
            groups.append(position)
            position += 1
            continue
        count = attrs[arg.number_attr] if arg.number_attr else len(attrs[arg.type_attr])
        groups.append(slice(position, position + count))
        position += count
    return groups
