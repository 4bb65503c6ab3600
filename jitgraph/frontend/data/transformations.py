"""Datasets made of others.

In: datasets, numbers, functions. Out: datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.data.functions import Traced, traced
from jitgraph.frontend.data.structures import (
    DatasetSpec,
    Spec,
    TensorSpec,
    classes_of,
    common_shape,
    element_of,
    flat_shapes,
    flat_types,
    flatten,
    flatten_up_to,
    map_leaves,
    normalized,
    pack_like,
    shapes_of,
    spec_of,
    tensors_of,
    types_of,
)
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import dataset_definitions as ops
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.iterator_definitions import REDUCE_DATASET
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.random_seed import get_seed
from jitgraph.shapes import TensorShape, as_shape


def number(value: Any, name: str, dtype: Any = dtypes.int64) -> Tensor:
    """A tensor for a number or bool."""
    tensor: Tensor = convert_to_tensor(value, dtype, name=name)
    return tensor


def made(
    definition: OpDef,
    sources: Sequence[Any],
    inputs: Sequence[Any],
    spec: Any,
    functions: Sequence[Traced] = (),
    **attrs: Any,
) -> Any:
    """The dataset that an operation makes."""
    from jitgraph.frontend.data.datasets import Dataset

    has_types = "output_types" in definition.attrs
    kinds: dict[str, Any] = {"output_types": flat_types(spec)} if has_types else {}
    known = {**attrs, **kinds, "output_shapes": flat_shapes(spec)}
    return Dataset(apply(definition, inputs, known), spec, sources, functions=functions)


def unchanged(definition: OpDef, source: Any, *inputs: Any, **attrs: Any) -> Any:
    """A dataset whose elements are of the source's kind."""
    given = [source._variant_tensor, *inputs]
    return made(definition, [source], given, source.element_spec, **attrs)


# -- which elements, in which order ----------------------------------------------------------------


def concatenate(source: Any, other: Any) -> Any:
    """One dataset behind another."""
    for what, of in (("types", types_of), ("classes", classes_of)):
        first, second = of(source.element_spec), of(other.element_spec)
        if first != second:
            raise TypeError(
                f"Two datasets to concatenate have different {what} {first} and {second}"
            )
    spec = map_leaves(_common, source.element_spec, other.element_spec)
    given = [source._variant_tensor, other._variant_tensor]
    return made(ops.CONCATENATE_DATASET, [source, other], given, spec)


def _common(first: Any, second: Any) -> Spec:
    if isinstance(first, DatasetSpec):
        return first
    return TensorSpec(common_shape(first.shape, second.shape), first.dtype)


def repeat(source: Any, count: Any) -> Any:
    """The elements again and again."""
    times = constant(-1, dtypes.int64, name="count") if count is None else number(count, "count")
    return unchanged(ops.REPEAT_DATASET, source, times)


def seeds(seed: Any) -> tuple[Tensor, Tensor]:
    """The two seeds of an operation, as tensors."""
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.logical import logical_and
    from jitgraph.ops.selection import where

    first, second = get_seed(seed)
    if first is None:
        one = constant(0, dtypes.int64, name="seed")
    else:
        one = number(first, "seed")
    if second is None:
        return one, constant(0, dtypes.int64, name="seed2")
    with name_scope("seed2") as scope:
        two = convert_to_tensor(second, dtypes.int64)
        are_zero = logical_and(equal(one, 0), equal(two, 0))
        most = constant(2**31 - 1, dtypes.int64)
        return one, where(are_zero, most, two, name=scope)


def shuffle(source: Any, buffer_size: Any, seed: Any, reshuffle: bool | None) -> Any:
    """The elements in random order."""
    size = number(buffer_size, "buffer_size")
    attrs = {"reshuffle_each_iteration": True if reshuffle is None else reshuffle}
    return unchanged(ops.SHUFFLE_DATASET, source, size, *seeds(seed), **attrs)


def cache(source: Any, filename: Any) -> Any:
    """The elements, made once."""
    name = number(filename, "filename", dtypes.string)
    return unchanged(ops.CACHE_DATASET, source, name)


def take(source: Any, count: Any) -> Any:
    """The first elements."""
    return unchanged(ops.TAKE_DATASET, source, number(count, "count"))


def skip(source: Any, count: Any) -> Any:
    """The elements behind the first ones."""
    return unchanged(ops.SKIP_DATASET, source, number(count, "count"))


def shard(source: Any, num_shards: Any, index: Any) -> Any:
    """Every so manieth element."""
    shards, place = number(num_shards, "num_shards"), number(index, "index")
    return unchanged(ops.SHARD_DATASET, source, shards, place)


def prefetch(source: Any, buffer_size: Any) -> Any:
    """The elements, made ahead."""
    size = number(-1 if buffer_size is None else buffer_size, "buffer_size")
    return unchanged(ops.PREFETCH_DATASET, source, size)


# -- batches ---------------------------------------------------------------------------------------


def batch(source: Any, batch_size: Any, drop_remainder: Any) -> Any:
    """Batches."""
    size = number(batch_size, "batch_size")
    drops = number(drop_remainder, "drop_remainder", dtypes.bool)
    spec = batched_spec(source.element_spec, size, drops)
    return made(ops.BATCH_DATASET, [source], [source._variant_tensor, size, drops], spec)


def batched_spec(spec: Any, size: Tensor, drops: Tensor) -> Any:
    """The specs of batches."""
    known = constant_value(size) if constant_value(drops) else None
    count = None if known is None else int(known)

    def one(each: Any) -> Spec:
        shape = TensorShape([count]).concatenate(each.shape)
        if isinstance(each, DatasetSpec):
            return DatasetSpec(each.element, shape)
        return TensorSpec(shape, each.dtype)

    return map_leaves(one, spec)


def padded_batch(
    source: Any, batch_size: Any, padded_shapes: Any, padding_values: Any, drop_remainder: Any
) -> Any:
    """Batches of what is filled up."""
    size = number(batch_size, "batch_size")
    shapes = shapes_of(source.element_spec)
    leaves = flatten(source.element_spec)
    if padding_values is None:
        padding_values = pack_like(shapes, [_zero(leaf.dtype) for leaf in leaves])
    wanted = [
        _padded_shape(shape, leaf.shape)
        for shape, leaf in zip(flatten_up_to(shapes, padded_shapes), leaves, strict=True)
    ]
    values = [
        _padding(value, leaf.dtype)
        for value, leaf in zip(flatten_up_to(shapes, padding_values), leaves, strict=True)
    ]
    drops = number(drop_remainder, "drop_remainder", dtypes.bool)
    padded = [
        TensorSpec(_as_said(shape), leaf.dtype) for shape, leaf in zip(wanted, leaves, strict=True)
    ]
    spec = batched_spec(pack_like(source.element_spec, padded), size, drops)
    inputs = [source._variant_tensor, size, wanted, values, drops]
    return made(ops.PADDED_BATCH_DATASET, [source], inputs, spec)


def _zero(dtype: Any) -> Any:
    return "" if dtype == dtypes.string else np.zeros((), dtype.as_numpy_dtype)


def _padded_shape(wanted: Any, shape: TensorShape) -> Tensor:
    try:
        known = as_shape(wanted)
        sizes = [-1 if size is None else size for size in known.as_list()]
        tensor = convert_to_tensor(sizes, dtypes.int64)
    except (TypeError, ValueError):
        tensor = convert_to_tensor(wanted, preferred_dtype=dtypes.int64)
        if tensor.shape.ndims not in (None, 1):
            raise ValueError(
                f"Padded shape {wanted} must be a 1-D tensor of tf.int64 values, but its shape was "
                f"{tensor.shape}."
            ) from None
        if tensor.dtype != dtypes.int64:
            raise TypeError(
                f"Padded shape {wanted} must be a 1-D tensor of tf.int64 values, but its element "
                f"type was {tensor.dtype.name}."
            ) from None
        known = _as_said(tensor)
    if not _has_room(known._dims, shape._dims):
        raise ValueError(
            f"The padded shape {known} is not compatible with the corresponding input component "
            f"shape {shape}."
        )
    return tensor


def _as_said(tensor: Tensor) -> TensorShape:
    value = constant_value(tensor)
    if value is None:
        rank = tensor.shape._dims[0] if tensor.shape._dims else None
        return TensorShape(None if rank is None else [None] * rank)
    return TensorShape([None if size < 0 else int(size) for size in value])


def _has_room(wanted: Any, found: Any) -> bool:
    if wanted is None or found is None:
        return True
    if len(wanted) != len(found):
        return False
    return all(a is None or b is None or a >= b for a, b in zip(wanted, found, strict=True))


def _padding(value: Any, dtype: Any) -> Tensor:
    tensor: Tensor = convert_to_tensor(value, name="padding_value")
    if not tensor.shape.is_compatible_with([]):
        raise ValueError(f"Padding value should be a scalar, but is not: {tensor}")
    if tensor.dtype != dtype:
        raise TypeError(f"Padding value tensor ({tensor}) does not match output type: {dtype}")
    return tensor


def window(source: Any, size: Any, shift: Any, stride: Any, drop_remainder: Any) -> Any:
    """Datasets of neighbours."""
    given = [number(size, "size"), number(shift, "shift"), number(stride, "stride")]
    drops = number(drop_remainder, "drop_remainder", dtypes.bool)
    spec = map_leaves(DatasetSpec, source.element_spec)
    return made(ops.WINDOW_DATASET, [source], [source._variant_tensor, *given, drops], spec)


def unbatch(source: Any) -> Any:
    """The rows of each element."""
    rows = mapped(source, lambda *parts: parts if len(parts) > 1 else parts[0], None, False)
    spec = map_leaves(_row, source.element_spec)
    return made(ops.UNBATCH_DATASET, [rows], [rows._variant_tensor], spec)


def _row(spec: Any) -> TensorSpec:
    dims = spec.shape._dims
    if dims == ():
        raise ValueError("Unbatching a tensor is only supported for rank >= 1")
    return TensorSpec(None if dims is None else TensorShape(dims[1:]), spec.dtype)


# -- functions -------------------------------------------------------------------------------------

MAP = "Dataset.map()"


def mapped(source: Any, function: Any, parallel_calls: Any, keeps_count: bool = True) -> Any:
    """What a function gives for each element."""
    found = traced(function, MAP, source.element_spec)
    inputs = [source._variant_tensor, found.captured]
    attrs = {"f": found.body, "preserve_cardinality": keeps_count}
    if parallel_calls is None:
        return made(ops.MAP_DATASET, [source], inputs, found.output, [found], **attrs)
    inputs.append(number(parallel_calls, "num_parallel_calls", dtypes.int32))
    return made(ops.PARALLEL_MAP_DATASET, [source], inputs, found.output, [found], **attrs)


def flat_map(source: Any, function: Callable[..., Any]) -> Any:
    """The elements of datasets."""
    found = traced(function, "Dataset.flat_map()", source.element_spec)
    inputs = [source._variant_tensor, found.captured]
    return made(ops.FLAT_MAP_DATASET, [source], inputs, found.element, [found], f=found.body)


def interleave(
    source: Any, function: Callable[..., Any], cycle: Any, block: Any, parallel_calls: Any
) -> Any:
    """The elements of datasets, by turns."""
    found = traced(function, "Dataset.interleave()", source.element_spec)
    inputs = [source._variant_tensor, found.captured]
    spec = found.element
    inputs += [number(cycle, "cycle_length"), number(block, "block_length")]
    if parallel_calls is None:
        return made(ops.INTERLEAVE_DATASET, [source], inputs, spec, [found], f=found.body)
    inputs.append(number(parallel_calls, "num_parallel_calls"))
    return made(ops.PARALLEL_INTERLEAVE_DATASET, [source], inputs, spec, [found], f=found.body)


def filtered(source: Any, predicate: Callable[..., Any]) -> Any:
    """The elements for which a function gives true."""
    found = traced(predicate, "Dataset.filter()", source.element_spec)
    check_predicate(found)
    inputs = [source._variant_tensor, found.captured]
    spec = source.element_spec
    return made(ops.FILTER_DATASET, [source], inputs, spec, [found], predicate=found.body)


def check_predicate(found: Traced) -> None:
    """Raises ValueError for a function that gives no bool scalar."""
    spec = found.output
    if isinstance(spec, TensorSpec) and spec.is_compatible_with(TensorSpec([], dtypes.bool)):
        return
    raise ValueError(
        f"`predicate` return type must be convertible to a scalar boolean tensor. Was {spec}."
    )


def state_function(
    function: Callable[..., Any], title: str, state: Any, element: Any, has_output: bool
) -> tuple[Traced, Any]:
    """A function of a state and an element, and the specs of the state, which get less known until
    they hold for all that it gives.

    Raises:
      TypeError: it gives a state of another kind.
    """
    spec = spec_of(state)
    while True:
        found = traced(function, title, (spec, element))
        if has_output and not (isinstance(found.output, tuple) and len(found.output) == 2):
            raise TypeError(
                "The scan function must return a pair comprising the new state and the output "
                "value."
            )
        new = found.output[0] if has_output else found.output
        if flat_types(new) != flat_types(spec):
            raise TypeError(
                "The element types for the new state must match the initial state. Expected "
                f"{types_of(spec)}; got {types_of(new)}."
            )
        weaker = map_leaves(_common, spec, new)
        if weaker == spec:
            return found, spec
        spec = weaker


def reduce(source: Any, initial_state: Any, function: Callable[..., Any]) -> Any:
    """What a function makes of a state and all elements."""
    with name_scope("initial_state"):
        state = normalized(initial_state)
    found, spec = state_function(function, "reduce()", state, source.element_spec, False)
    attrs = {
        "f": found.body,
        "output_types": flat_types(spec),
        "output_shapes": flat_shapes(spec),
    }
    inputs = [source._variant_tensor, tensors_of(state), found.captured]
    return element_of(spec, apply(REDUCE_DATASET, inputs, attrs))
