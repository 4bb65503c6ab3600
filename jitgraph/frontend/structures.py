"""Nested structures of tensors: what branches return and loops carry.

In: lists, tuples, named tuples, dicts and IndexedSlices, nested. Out: their leaves in TensorFlow's
order (dicts by sorted key), and structures built again around new leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.tensor_array import TensorArray


def is_nested(value: Any) -> bool:
    """Whether it is a list, tuple or dict."""
    return isinstance(value, (list, tuple, dict))


def parts_of(value: Any) -> list[Any] | None:
    """The direct parts of a structure, None for a leaf."""
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, IndexedSlices):
        parts = [value.values, value.indices]
        return parts if value.dense_shape is None else [*parts, value.dense_shape]
    return None


def flatten(value: Any) -> list[Any]:
    """The leaves of a structure, IndexedSlices taken apart."""
    parts = parts_of(value)
    return [value] if parts is None else [leaf for part in parts for leaf in flatten(part)]


def pack_like(structure: Any, leaves: Sequence[Any]) -> Any:
    """A structure like `structure` around other leaves."""
    return _packed(structure, iter(leaves))


def map_leaves(function: Callable[[Any], Any], structure: Any) -> Any:
    """The structure with `function` of each leaf."""
    return pack_like(structure, [function(leaf) for leaf in flatten(structure)])


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(structure, dict):
        made = {key: _packed(structure[key], leaves) for key in sorted(structure)}
        return type(structure)((key, made[key]) for key in structure)
    if isinstance(structure, (list, tuple)):
        return _rebuilt(structure, [_packed(part, leaves) for part in structure])
    if isinstance(structure, IndexedSlices):
        shape = structure.dense_shape
        values, indices = next(leaves), next(leaves)
        return IndexedSlices(values, indices, None if shape is None else next(leaves))
    leaf = next(leaves)
    is_flow = isinstance(structure, TensorArray) and isinstance(leaf, Tensor)
    return structure.with_flow(leaf) if is_flow else leaf


def flow_of(leaf: Any) -> Any:
    """What stands for a leaf in branches and loops: the flow of a tensor array."""
    return leaf.flow if isinstance(leaf, TensorArray) else leaf


def _rebuilt(structure: Any, parts: list[Any]) -> Any:
    kind = type(structure)
    return kind(*parts) if hasattr(structure, "_fields") else kind(parts)


def assert_same_structure(first: Any, second: Any) -> None:
    """Checks that both are nested alike.

    Raises:
      ValueError: they differ in the number of parts, or a leaf stands against a structure.
      TypeError: they differ in the type of a sequence, or in a dict's keys.
    """
    found = _difference(first, second)
    if found is None:
        return
    kind, what = found
    raise kind(
        "The two structures don't have the same nested structure.\n\n"
        f"First structure: {_described(first)}\n\nSecond structure: {_described(second)}\n\n"
        f"More specifically: {what}\n"
        f"Entire first structure:\n{_dotted(first)}\nEntire second structure:\n{_dotted(second)}"
    )


def _difference(first: Any, second: Any) -> tuple[type[Exception], str] | None:
    a, b = parts_of(first), parts_of(second)
    if (a is None) is not (b is None):
        nested, leaf = (first, second) if a is not None else (second, first)
        return ValueError, (
            f'Substructure "{_described(nested)}" is a sequence, while substructure '
            f'"{_described(leaf)}" is not'
        )
    if a is None or b is None:
        return None
    if not _are_alike(first, second):
        return TypeError, (
            "The two namedtuples don't have the same sequence type. First structure "
            f"{_described(first)} has type {type(first).__name__}, while second structure "
            f"{_described(second)} has type {type(second).__name__}"
        )
    if isinstance(first, Mapping) and set(first) != set(second):
        return ValueError, (
            "The two dictionaries don't have the same set of keys. First structure has keys "
            f"{_described(list(first))}, while second structure has keys {_described(list(second))}"
        )
    if len(a) != len(b):
        return ValueError, (
            "The two structures don't have the same number of elements. "
            f"First structure: {_described(first)}. Second structure: {_described(second)}"
        )
    return next((d for d in map(_difference, a, b) if d is not None), None)


def _are_alike(first: Any, second: Any) -> bool:
    if isinstance(first, dict):
        return isinstance(second, dict)
    if hasattr(first, "_fields") or hasattr(second, "_fields"):
        return getattr(first, "_fields", None) == getattr(second, "_fields", None)
    return type(first) is type(second)


def _described(value: Any) -> str:
    return f"type={type(value).__name__} str={value}"


def _dotted(value: Any) -> str:
    return str(map_leaves(lambda leaf: ".", value)).replace("'.'", ".")
