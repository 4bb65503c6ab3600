"""Structures of elements: tensors in tuples, named tuples and dicts, nested; lists are tensors.

In: values. Out: specs, which tell dtype and shape of each component, and flat lists of tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.dtypes import DType, as_dtype, variant
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.shapes import TensorShape, as_shape


@dataclass(frozen=True)
class TensorSpec:
    """What a tensor is: its shape and dtype.

    Args:
      shape: a shape; dtype: a dtype; name: what it is called.

    Example:
      >>> tf.TensorSpec([None, 3], tf.float32)
      TensorSpec(shape=(?, 3), dtype=tf.float32, name=None)
    """

    shape: TensorShape
    dtype: DType
    name: str | None = None

    def __init__(self, shape: Any, dtype: Any = "float32", name: str | None = None) -> None:
        put = object.__setattr__
        put(self, "shape", as_shape(shape))
        put(self, "dtype", as_dtype(dtype))
        put(self, "name", name)

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a tensor or spec has the same dtype and a shape that fits."""
        fits = self.shape.is_compatible_with(other.shape)
        return bool(fits) and self.dtype == as_dtype(other.dtype).base_dtype

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorSpec):
            return NotImplemented
        same_shape = self.shape._dims == other.shape._dims
        return same_shape and self.dtype == other.dtype and self.name == other.name

    def __hash__(self) -> int:
        return hash((self.shape._dims, self.dtype))


@dataclass(frozen=True)
class DatasetSpec:
    """What a dataset among an element's components is: the spec of its own elements."""

    element: Any
    shape: TensorShape = TensorShape([])  # noqa: RUF009 (never changed)
    dtype: DType = variant


Spec = TensorSpec | DatasetSpec


def parts_of(value: Any) -> list[Any] | None:
    """The direct parts of a structure, None for a leaf."""
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, tuple) else None


def flatten(value: Any) -> list[Any]:
    """The leaves, those of a dict by sorted keys."""
    parts = parts_of(value)
    return [value] if parts is None else [leaf for part in parts for leaf in flatten(part)]


def pack_like(structure: Any, leaves: Sequence[Any]) -> Any:
    """A structure of the same form around other leaves."""
    return _packed(structure, iter(leaves))


def _packed(structure: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(structure, Mapping):
        made = {key: _packed(structure[key], leaves) for key in sorted(structure)}
        kind: Any = type(structure)
        return kind((key, made[key]) for key in structure)
    if isinstance(structure, tuple):
        parts = [_packed(part, leaves) for part in structure]
        kind = type(structure)
        return kind(*parts) if hasattr(structure, "_fields") else kind(parts)
    return next(leaves)


def map_leaves(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """The structure with what a function gives for its leaves and those of others like it."""
    flat = zip(flatten(structure), *map(flatten, others), strict=True)
    return pack_like(structure, [function(*leaves) for leaves in flat])


def flatten_up_to(structure: Any, value: Any) -> list[Any]:
    """What of `value` stands where `structure` has leaves.

    Raises:
      TypeError: another kind of sequence, or none.
      ValueError: another number of parts, or other keys.
    """
    parts = parts_of(structure)
    if parts is None:
        return [value]
    if isinstance(structure, Mapping):
        if not isinstance(value, Mapping):
            raise TypeError(f"a dict was expected, got {value!r}")
        if set(structure) != set(value):
            raise ValueError(f"keys {sorted(structure)} were expected, got {sorted(value)}")
    elif not isinstance(value, (tuple, list)):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. Input has type: "
            f"{type(value)}."
        )
    found = parts_of(value) if not isinstance(value, list) else value
    assert found is not None
    if len(found) != len(parts):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(found)}, while shallow structure has length {len(parts)}."
        )
    return [leaf for pair in zip(parts, found, strict=True) for leaf in flatten_up_to(*pair)]


def assert_same_structure(first: Any, second: Any) -> None:
    """Checks that both are nested alike.

    Raises:
      ValueError: another number of parts, other keys, or a leaf against a structure.
      TypeError: another kind of sequence.
    """
    a, b = parts_of(first), parts_of(second)
    if (a is None) is not (b is None):
        raise ValueError(
            "The two structures don't have the same nested structure. "
            f"First structure: {first!r}. Second structure: {second!r}"
        )
    if a is None or b is None:
        return
    if type(first) is not type(second):
        raise TypeError(
            "The two structures don't have the same sequence type. First structure has type "
            f"{type(first)}, while second structure has type {type(second)}."
        )
    if len(a) != len(b) or (isinstance(first, Mapping) and set(first) != set(second)):
        raise ValueError(
            "The two structures don't have the same number of elements or keys. "
            f"First structure: {first!r}. Second structure: {second!r}"
        )
    for left, right in zip(a, b, strict=True):
        assert_same_structure(left, right)


# -- values ----------------------------------------------------------------------------------------


def normalized(element: Any) -> Any:
    """The structure with tensors for values."""
    from jitgraph.frontend.data.datasets import Dataset

    with name_scope("normalize_element"):
        leaves = [
            leaf if isinstance(leaf, Dataset) else convert_to_tensor(leaf, name=f"component_{n}")
            for n, leaf in enumerate(flatten(element))
        ]
    return pack_like(element, leaves)


def spec_of(element: Any) -> Any:
    """The specs of tensors and datasets in a structure."""
    return map_leaves(_spec_of_leaf, element)


def _spec_of_leaf(leaf: Any) -> Spec:
    from jitgraph.frontend.data.datasets import Dataset

    if isinstance(leaf, Dataset):
        return DatasetSpec(leaf.element_spec)
    return TensorSpec(leaf.shape, leaf.dtype.base_dtype)


def tensors_of(element: Any) -> list[Tensor]:
    """The tensors that stand for the leaves."""
    return [getattr(leaf, "_variant_tensor", leaf) for leaf in flatten(element)]


def element_of(spec: Any, tensors: Sequence[Tensor]) -> Any:
    """The element that tensors stand for."""
    from jitgraph.frontend.data.datasets import Dataset

    def leaf(one: Spec, tensor: Tensor) -> Any:
        if isinstance(one, DatasetSpec):
            return Dataset(tensor, one.element)
        return tensor

    pairs = zip(flatten(spec), tensors, strict=True)
    return pack_like(spec, [leaf(one, tensor) for one, tensor in pairs])


def flat_types(spec: Any) -> tuple[DType, ...]:
    """The dtypes of the components."""
    return tuple(one.dtype for one in flatten(spec))


def flat_shapes(spec: Any) -> tuple[TensorShape, ...]:
    """The shapes of the components."""
    return tuple(one.shape for one in flatten(spec))


def types_of(spec: Any) -> Any:
    """The structure with dtypes."""
    return map_leaves(lambda one: one if isinstance(one, DatasetSpec) else one.dtype, spec)


def shapes_of(spec: Any) -> Any:
    """The structure with shapes."""
    return map_leaves(lambda one: one if isinstance(one, DatasetSpec) else one.shape, spec)


def classes_of(spec: Any) -> Any:
    """The structure with classes."""
    return map_leaves(lambda one: one if isinstance(one, DatasetSpec) else Tensor, spec)


def specs_from(types: Any, shapes: Any = None) -> Any:
    """Specs of a structure of dtypes and one of shapes (None: unknown ones)."""
    if shapes is None:
        return map_leaves(
            lambda each: each if isinstance(each, DatasetSpec) else TensorSpec(None, each), types
        )
    flat = flatten_up_to(types, shapes)
    leaves = flatten(types)
    return pack_like(
        types,
        [
            each if isinstance(each, DatasetSpec) else TensorSpec(as_shape(shape), each)
            for each, shape in zip(leaves, flat, strict=True)
        ],
    )


def common_shape(first: TensorShape, second: TensorShape) -> TensorShape:
    """What two shapes have in common."""
    a, b = first._dims, second._dims
    if a is None or b is None or len(a) != len(b):
        return TensorShape(None)
    return TensorShape([x if x == y else None for x, y in zip(a, b, strict=True)])
