"""Datasets that begin a pipeline.

In: values, generators. Out: datasets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import as_dtype
from jitgraph.frontend.data.functions import traced
from jitgraph.frontend.data.structures import (
    TensorSpec,
    flat_shapes,
    flat_types,
    flatten,
    flatten_up_to,
    map_leaves,
    normalized,
    pack_like,
    spec_of,
    tensors_of,
)
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.dataset_definitions import (
    GENERATOR_DATASET,
    RANGE_DATASET,
    TENSOR_DATASET,
    TENSOR_SLICE_DATASET,
    ZIP_DATASET,
)
from jitgraph.shapes import TensorShape, as_shape


def from_tensors(tensors: Any) -> Any:
    """A dataset of one element."""
    from jitgraph.frontend.data.datasets import Dataset

    element = normalized(tensors)
    spec = spec_of(element)
    attrs = {"output_shapes": flat_shapes(spec)}
    return Dataset(apply(TENSOR_DATASET, [tensors_of(element)], attrs), spec)


def from_tensor_slices(tensors: Any) -> Any:
    """A dataset of rows."""
    from jitgraph.frontend.data.datasets import Dataset

    element = normalized(tensors)
    spec = map_leaves(_row_of, spec_of(element))
    parts = tensors_of(element)
    first = _rows(parts[0])
    for part in parts[1:]:
        if None not in (first, _rows(part)) and first != _rows(part):
            raise ValueError(f"Dimensions {first} and {_rows(part)} are not compatible")
    attrs = {"output_shapes": flat_shapes(spec)}
    return Dataset(apply(TENSOR_SLICE_DATASET, [parts], attrs), spec)


def _row_of(spec: Any) -> TensorSpec:
    if spec.shape.ndims == 0:
        raise ValueError("Unbatching a tensor is only supported for rank >= 1")
    dims = spec.shape._dims
    return TensorSpec(None if dims is None else TensorShape(dims[1:]), spec.dtype)


def _rows(tensor: Tensor) -> int | None:
    return tensor._dims[0] if tensor._dims else None


def numbers(*args: Any) -> Any:
    """A dataset of numbers."""
    from jitgraph.frontend.data.datasets import Dataset

    if not 1 <= len(args) <= 3:
        raise ValueError(f"Invalid arguments to RangeDataset: {args}")
    start, stop, step = {1: (0, *args, 1), 2: (*args, 1), 3: args}[len(args)]
    given = [
        convert_to_tensor(value, dtypes.int64, name=name)
        for value, name in ((start, "start"), (stop, "stop"), (step, "step"))
    ]
    spec = TensorSpec([], dtypes.int64)
    return Dataset(apply(RANGE_DATASET, given, _structure(spec)), spec)


def _structure(spec: Any) -> dict[str, Any]:
    return {"output_types": flat_types(spec), "output_shapes": flat_shapes(spec)}


def zipped(datasets: Any) -> Any:
    """A dataset of several side by side."""
    from jitgraph.frontend.data.datasets import Dataset

    leaves = flatten(datasets)
    for each in leaves:
        if isinstance(each, Dataset):
            continue
        text = "The argument to `Dataset.zip()` must be a nested structure of `Dataset` objects."
        if isinstance(each, list):
            text += " Nested structures do not support Python lists; please use a tuple instead."
        raise TypeError(text)
    spec = pack_like(datasets, [each.element_spec for each in leaves])
    given = [each._variant_tensor for each in leaves]
    return Dataset(apply(ZIP_DATASET, [given], _structure(spec)), spec, leaves)


def list_files(file_pattern: Any, shuffle: Any, seed: Any) -> Any:
    """A dataset of the names of files."""
    from jitgraph.frontend.assertions import Assert
    from jitgraph.ops.arithmetic import add
    from jitgraph.ops.comparison import greater
    from jitgraph.ops.elementwise_extrema import maximum
    from jitgraph.ops.file_contents import matching_files
    from jitgraph.ops.identities import identity
    from jitgraph.ops.shapes_of import shape
    from jitgraph.ops.string_reducing import reduce_join

    with name_scope("list_files"):
        pattern = convert_to_tensor(file_pattern, dtypes.string, name="file_pattern")
        found = matching_files(pattern)
        condition = greater(shape(found)[0], 0, name="match_not_empty")
        joined = reduce_join(pattern, separator=", ")
        message = add("No files matched pattern: ", joined, name="message")
        check = Assert(condition, [message], summarize=1, name="assert_not_empty")
        with control_dependencies([check]):
            found = identity(found)
        dataset = from_tensor_slices(found)
        if shuffle is None or shuffle:
            size = maximum(shape(found, out_type=dtypes.int64)[0], 1)
            dataset = dataset.shuffle(size, seed=seed)
        return dataset


# -- generators ------------------------------------------------------------------------------------


class _Passes:
    """The iterators of a generator function that are not at their ends."""

    def __init__(self, generator: Callable[..., Any]) -> None:
        self._generator = generator
        self._lock = threading.Lock()
        self._last = -1
        self._arguments: dict[int, Any] = {}
        self._iterators: dict[int, Iterator[Any]] = {}

    def new(self, *args: Any) -> np.ndarray:
        """A number for one more pass."""
        with self._lock:
            self._last += 1
            self._arguments[self._last] = args
            return np.array(self._last, np.int64)

    def next(self, number: Any) -> Any:
        """What comes next."""
        key = int(number)
        if key not in self._iterators:
            self._iterators[key] = iter(self._generator(*self._arguments.pop(key)))
        return next(self._iterators[key])

    def end(self, number: Any) -> np.ndarray:
        """One is at its end."""
        self._iterators.pop(int(number), None)
        return np.array(0, np.int64)


def from_generator(
    generator: Callable[..., Any], output_types: Any, output_shapes: Any, args: Any
) -> Any:
    """A dataset of what a generator yields."""
    from jitgraph.frontend.py_functions import numpy_function

    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if output_shapes is None:
        shapes = [TensorShape(None) for _ in flatten(output_types)]
    else:
        shapes = [as_shape(shape) for shape in flatten_up_to(output_types, output_shapes)]
    kinds = [as_dtype(kind) for kind in flatten(output_types)]
    given = [convert_to_tensor(arg, name=f"args_{n}") for n, arg in enumerate(args or ())]
    passes = _Passes(generator)

    def begun(unused: Tensor) -> Any:
        number = numpy_function(passes.new, given, dtypes.int64)
        number.set_shape([])
        return number

    def following(number: Tensor) -> Any:
        def yielded(key: Any) -> list[np.ndarray]:
            return _checked(passes.next(key), output_types, kinds, shapes)

        values = numpy_function(yielded, [number], kinds)
        for value, shape in zip(values, shapes, strict=True):
            value.set_shape(shape)
        return pack_like(output_types, values)

    def finished(number: Tensor) -> Any:
        return numpy_function(passes.end, [number], dtypes.int64)

    def flat(dummy: Tensor) -> Any:
        return _generated(dummy, begun, following, finished)

    return from_tensors(0).flat_map(flat)


def _checked(
    values: Any, types: Any, kinds: Sequence[Any], shapes: Sequence[TensorShape]
) -> list[np.ndarray]:
    """What a generator yielded, as arrays.

    Raises:
      TypeError, ValueError: it is nested otherwise, or has other dtypes or shapes.
    """
    from jitgraph.ops.py_functions import as_result

    try:
        flat = flatten_up_to(types, values)
    except (TypeError, ValueError):
        raise TypeError(
            "`generator` yielded an element that did not match the expected structure. The "
            f"expected structure was {types}, but the yielded element was {values}."
        ) from None
    found = []
    for value, kind, shape in zip(flat, kinds, shapes, strict=True):
        try:
            array = as_result(value, kind)
        except (TypeError, ValueError):
            raise TypeError(
                "`generator` yielded an element that could not be converted to the expected type. "
                f"The expected type was {kind.name}, but the yielded element was {value}."
            ) from None
        if not shape.is_compatible_with(array.shape):
            raise ValueError(
                f"`generator` yielded an element of shape {array.shape} where an element of shape "
                f"{shape} was expected."
            )
        found.append(array)
    return found


def _generated(state: Tensor, begun: Any, following: Any, finished: Any) -> Any:
    from jitgraph.frontend.data.datasets import Dataset

    title = "Dataset.from_generator()"
    begin = traced(begun, title, spec_of(state))
    step = traced(following, title, begin.output)
    end = traced(finished, title, begin.output)
    attrs = {
        "init_func": begin.body,
        "next_func": step.body,
        "finalize_func": end.body,
        **_structure(step.output),
    }
    inputs = [[state, *begin.captured], step.captured, end.captured]
    return Dataset(apply(GENERATOR_DATASET, inputs, attrs), step.output)
