"""tf.data.experimental: functions for `Dataset.apply`, and datasets of their own.

In: arguments. Out: functions that take and give datasets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.data import transformations as change
from jitgraph.frontend.data.datasets import Dataset
from jitgraph.frontend.data.functions import traced
from jitgraph.frontend.data.readers import interleaved_in_parallel
from jitgraph.frontend.data.structures import (
    DatasetSpec,
    TensorSpec,
    element_of,
    flat_shapes,
    flat_types,
    flatten,
    normalized,
    tensors_of,
)
from jitgraph.graph import name_scope
from jitgraph.ops import dataset_definitions as ops
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.iterator_definitions import DATASET_TO_SINGLE_ELEMENT

Applied = Callable[[Dataset], Dataset]


def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Applied:
    """The elements in random order, again and again, each time in another order.

    Args:
      buffer_size: so many elements wait to be drawn.
      count: so many times; without end if None or -1.
      seed: makes the order.

    Example:
      >>> shuffled = tf.data.experimental.shuffle_and_repeat(100, 5)
      >>> data = tf.data.Dataset.range(100).apply(shuffled)
    """

    def applied(dataset: Dataset) -> Dataset:
        size = change.number(buffer_size, "buffer_size")
        times = change.number(-1 if count is None else count, "count")
        given = (size, *change.seeds(seed), times)
        made: Dataset = change.unchanged(ops.SHUFFLE_AND_REPEAT_DATASET, dataset, *given)
        return made

    return applied


def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Applied:
    """Batches of what a function gives for each element.

    Args:
      map_func: as for `Dataset.map`.
      batch_size: so many elements make one.
      num_parallel_batches: so many batches are made at a time.
      drop_remainder: whether fewer at the end are left out.
      num_parallel_calls: so many elements are made at a time.

    Raises:
      ValueError: both numbers are given.

    Example:
      >>> squares = tf.data.experimental.map_and_batch(lambda x: x * x, 4)
      >>> data = tf.data.Dataset.range(10).apply(squares)
    """
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive."
        )
    calls = num_parallel_calls
    if calls is None:
        calls = batch_size if num_parallel_batches is None else batch_size * num_parallel_batches

    def applied(dataset: Dataset) -> Dataset:
        title = "tf.data.experimental.map_and_batch()"
        found = traced(map_func, title, dataset.element_spec)
        size = change.number(batch_size, "batch_size")
        parallel = change.number(calls, "num_parallel_calls")
        drops = change.number(drop_remainder, "drop_remainder", dtypes.bool)
        spec = change.batched_spec(found.output, size, drops)
        inputs = [dataset._variant_tensor, found.captured, size, parallel, drops]
        attrs = {"f": found.body, "preserve_cardinality": True}
        definition = ops.MAP_AND_BATCH_DATASET
        made: Dataset = change.made(definition, [dataset], inputs, spec, [found], **attrs)
        return made

    return applied


def ignore_errors() -> Applied:
    """The elements that can be made; those that fail are left out.

    Example:
      >>> data = tf.data.Dataset.from_tensor_slices([1.0, 0.0, 2.0])
      >>> data = data.map(lambda x: tf.check_numerics(1.0 / x, "inverse"))
      >>> data = data.apply(tf.data.experimental.ignore_errors())
    """

    def applied(dataset: Dataset) -> Dataset:
        made: Dataset = change.unchanged(ops.IGNORE_ERRORS_DATASET, dataset)
        return made

    return applied


def unbatch() -> Applied:
    """The rows of each element.

    Example:
      >>> data = tf.data.Dataset.range(6).batch(3).apply(tf.data.experimental.unbatch())
    """
    return lambda dataset: dataset.unbatch()


def unique() -> Applied:
    """Each element the first time only.

    Example:
      >>> data = tf.data.Dataset.range(6).map(lambda x: x % 3)
      >>> data = data.apply(tf.data.experimental.unique())
    """

    def applied(dataset: Dataset) -> Dataset:
        if dataset.output_types not in (dtypes.int32, dtypes.int64, dtypes.string):
            raise TypeError(
                "`tf.data.experimental.unique()` only supports inputs with a single `tf.int32`, "
                "`tf.int64`, or `tf.string` component."
            )
        made: Dataset = change.unchanged(ops.UNIQUE_DATASET, dataset)
        return made

    return applied


def enumerate_dataset(start: Any = 0) -> Applied:
    """Pairs of a number and an element.

    Args:
      start: the first number.
    """
    return lambda dataset: dataset.enumerate(start)


def prefetch_to_device(device: str, buffer_size: Any = None) -> Applied:
    """The elements, made ahead; there is one place for them.

    Args:
      device: accepted.
      buffer_size: so many are made ahead; some if None.
    """
    return lambda dataset: dataset.prefetch(buffer_size)


def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Applied:
    """The same elements; there is one place for them.

    Args:
      target_device, source_device: accepted.
    """
    return lambda dataset: dataset


def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Applied:
    """The elements of the datasets that a function gives, by turns, each made ahead by a thread.

    Args:
      map_func: as for `Dataset.flat_map`.
      cycle_length: so many datasets are open at a time.
      block_length: so many elements of one come before those of the next.
      sloppy, buffer_output_elements, prefetch_input_elements: accepted; the order is always kept.

    Example:
      >>> twice = tf.data.experimental.parallel_interleave(
      ...     lambda n: tf.data.Dataset.from_tensors(n).repeat(2), cycle_length=2
      ... )
      >>> data = tf.data.Dataset.range(4).apply(twice)
    """
    given = (block_length, sloppy, buffer_output_elements, prefetch_input_elements)
    return lambda dataset: interleaved_in_parallel(dataset, map_func, cycle_length, *given)


def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Applied:
    """What a function gives of a state, which it changes, and each element.

    Args:
      initial_state: the state before the first element.
      scan_func: takes the state and an element; gives the next state and what comes out.

    Raises:
      TypeError: the function gives something else.

    Example:
      >>> sums = tf.data.experimental.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s + x))
      >>> data = tf.data.Dataset.range(5).apply(sums)
    """

    def applied(dataset: Dataset) -> Dataset:
        state = normalized(initial_state)
        title = "tf.data.experimental.scan()"
        found, _ = change.state_function(scan_func, title, state, dataset.element_spec, True)
        inputs = [dataset._variant_tensor, tensors_of(state), found.captured]
        attrs = {"f": found.body, "preserve_cardinality": True}
        made: Dataset = change.made(
            ops.SCAN_DATASET, [dataset], inputs, found.output[1], [found], **attrs
        )
        return made

    return applied


def take_while(predicate: Callable[..., Any]) -> Applied:
    """The elements before the first one for which a function gives false.

    Args:
      predicate: as for `Dataset.filter`.

    Raises:
      ValueError: it gives no bool scalar.
    """

    def applied(dataset: Dataset) -> Dataset:
        title = "tf.data.experimental.take_while()"
        found = traced(predicate, title, dataset.element_spec)
        change.check_predicate(found)
        inputs = [dataset._variant_tensor, found.captured]
        made: Dataset = change.made(
            ops.TAKE_WHILE_DATASET, [dataset], inputs, dataset.element_spec, [found],
            predicate=found.body,
        )  # fmt: skip
        return made

    return applied


def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
) -> Applied:
    """What a function makes of elements of one key.

    Args:
      key_func: gives an element's key, an int64 scalar.
      reduce_func: takes a key and a dataset of elements; gives a dataset.
      window_size: so many elements are reduced at a time.
      window_size_func: gives the number for a key, in place of `window_size`.

    Raises:
      ValueError: not one of the two numbers is given; a function gives something else.

    Example:
      >>> halves = tf.data.experimental.group_by_window(
      ...     lambda x: x % 2, lambda key, group: group.batch(3), window_size=3
      ... )
      >>> data = tf.data.Dataset.range(12).apply(halves)
    """
    if (window_size is None) is (window_size_func is None):
        raise ValueError("Must pass either window_size or window_size_func, but not both.")

    def size_of(key: Any) -> Any:
        if window_size_func is not None:
            return convert_to_tensor(window_size_func(key), dtypes.int64)
        return convert_to_tensor(window_size, dtypes.int64)

    def applied(dataset: Dataset) -> Dataset:
        title = "tf.data.experimental.group_by_window()"
        number = TensorSpec([], dtypes.int64)
        key = traced(key_func, title, dataset.element_spec)
        if key.output != number:
            raise ValueError(
                "`key_func` must return a single tf.int64 tensor. Got type="
                f"{_types(key.output)} and shape={_shapes(key.output)}"
            )
        reduce = traced(reduce_func, title, (number, DatasetSpec(dataset.element_spec)))
        size = traced(size_of, title, number)
        if size.output != number:
            raise ValueError("`window_size_func` must return a single tf.int64 scalar tensor.")
        if not isinstance(reduce.output, DatasetSpec):
            raise TypeError("`reduce_func` must return a `Dataset` object.")
        inputs = [dataset._variant_tensor, key.captured, reduce.captured, size.captured]
        attrs = {
            "key_func": key.body,
            "reduce_func": reduce.body,
            "window_size_func": size.body,
        }
        definition = ops.GROUP_BY_WINDOW_DATASET
        functions = [key, reduce, size]
        made: Dataset = change.made(
            definition, [dataset], inputs, reduce.element, functions, **attrs
        )
        return made

    return applied


def _types(spec: Any) -> Any:
    return [one.dtype.name for one in flatten(spec)]


def _shapes(spec: Any) -> Any:
    return [str(one.shape) for one in flatten(spec)]


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Applied:
    """Batches of elements of about one length.

    Args:
      element_length_func: gives an element's length, an int32 scalar.
      bucket_boundaries: lengths at which buckets begin.
      bucket_batch_sizes: for each bucket, one more than there are boundaries, the batch's size.
      padded_shapes, padding_values: as for `Dataset.padded_batch`; the elements' shapes if None.
      pad_to_bucket_boundary: whether unknown sizes are filled up to the bucket's boundary.
      no_padding: whether elements are batched as they are.
      drop_remainder: whether batches that are not full are left out.

    Raises:
      ValueError: other numbers of sizes than of buckets.

    Example:
      >>> rows = tf.data.Dataset.range(1, 9).map(lambda n: tf.fill([n], n))
      >>> data = rows.apply(tf.data.experimental.bucket_by_sequence_length(
      ...     lambda row: tf.size(row), [3, 6], [2, 2, 2]
      ... ))
    """
    from jitgraph.ops.comparison import less, less_equal
    from jitgraph.ops.constants import constant
    from jitgraph.ops.logical import logical_and
    from jitgraph.ops.reductions import reduce_min
    from jitgraph.ops.selection import where

    if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
        raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
    sizes = constant(list(bucket_batch_sizes), dtypes.int64)

    def bucket_of(*element: Any) -> Any:
        length = element_length_func(*element)
        bounds = list(bucket_boundaries)
        least = np.iinfo(np.int32)
        above = less_equal([least.min, *bounds], length)
        below = less(length, [*bounds, least.max])
        return reduce_min(where(logical_and(above, below)))

    def size_of(bucket: Any) -> Any:
        return sizes[bucket]

    def batches(bucket: Any, group: Dataset) -> Dataset:
        size = size_of(bucket)
        if no_padding:
            return group.batch(size, drop_remainder=drop_remainder)
        wanted = padded_shapes if padded_shapes is not None else group.output_shapes
        if pad_to_bucket_boundary:
            limits = constant([*bucket_boundaries, -1], dtypes.int64)
            wanted = _to_boundary(wanted, limits[bucket] - 1)
        return group.padded_batch(size, wanted, padding_values, drop_remainder)

    return lambda dataset: dataset.apply(
        group_by_window(bucket_of, batches, window_size_func=size_of)
    )


def _to_boundary(shapes: Any, limit: Any) -> Any:
    from jitgraph.frontend.data.structures import map_leaves
    from jitgraph.shapes import as_shape

    def one(shape: Any) -> Any:
        sizes = as_shape(shape).as_list()
        return convert_to_tensor([limit if size is None else size for size in sizes], dtypes.int64)

    return map_leaves(one, shapes)


def get_single_element(dataset: Dataset) -> Any:
    """The element of a dataset that has one.

    Args:
      dataset: the dataset.

    Raises:
      TypeError: it is no dataset.
      errors.InvalidArgumentError: when run, if it has none or several.

    Example:
      >>> three = tf.data.experimental.get_single_element(tf.data.Dataset.from_tensors(3))
    """
    if not isinstance(dataset, Dataset):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    spec = dataset.element_spec
    attrs = {"output_types": flat_types(spec), "output_shapes": flat_shapes(spec)}
    return element_of(spec, apply(DATASET_TO_SINGLE_ELEMENT, [dataset._variant_tensor], attrs))


class RandomDataset(Dataset):
    """Random numbers below 2^32, without an end.

    Args:
      seed: makes them.
    """

    def __init__(self, seed: Any = None) -> None:
        spec = TensorSpec([], dtypes.int64)
        attrs = {"output_types": flat_types(spec), "output_shapes": flat_shapes(spec)}
        super().__init__(apply(ops.RANDOM_DATASET, list(change.seeds(seed)), attrs), spec)


def counted(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> Dataset:
    """Numbers without an end.

    Args:
      start: the first one; step: how far the next one is; dtype: their dtype.

    Example:
      >>> data = tf.data.experimental.Counter(10, 2)
    """
    from jitgraph.ops.arithmetic import add

    kind = dtypes.as_dtype(dtype)
    with name_scope("counter"):
        first = convert_to_tensor(start, kind, name="start")
        by = convert_to_tensor(step, kind, name="step")
        zeros = Dataset.from_tensors(0).repeat(None)
        return zeros.apply(scan(first, lambda state, _: (add(state, by), state)))
