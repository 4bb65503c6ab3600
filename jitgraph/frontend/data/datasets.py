"""tf.data.Dataset: elements, and what makes other elements of them.

In: arrays, files, generators; functions. Out: variant tensors, which iterators pass through. Names
of operations, their order and errors are TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.frontend.data import sources, transformations as change
from jitgraph.frontend.data.options import Options
from jitgraph.frontend.data.structures import (
    classes_of,
    flat_shapes,
    flat_types,
    map_leaves,
    shapes_of,
    types_of,
)
from jitgraph.graph import Graph, Tensor, get_default_graph

AUTOTUNE = -1


class Dataset:
    """Elements: tensors, tuples or dicts of tensors, nested.

    Datasets are made by the static methods and by `tf.data.TextLineDataset` and the like; methods
    make other datasets of them. `make_one_shot_iterator` and `make_initializable_iterator` give
    what passes through the elements.

    Args:
      variant_tensor: the tensor that stands for it.
      element_spec: a structure of specs.
      inputs: the datasets that it is made of.
      has_state: whether a function of it uses a variable.

    Example:
      >>> data = tf.data.Dataset.range(10).map(lambda x: x * x).batch(4)
      >>> squares = data.make_one_shot_iterator().get_next()
    """

    def __init__(
        self,
        variant_tensor: Tensor,
        element_spec: Any,
        inputs: Sequence[Dataset] = (),
        options: Options | None = None,
        functions: Sequence[Any] = (),
    ) -> None:
        self._variant_tensor = variant_tensor
        self._spec = element_spec
        self._given = tuple(inputs)
        self._options = options
        self._traced = tuple(functions)
        self._graph: Graph = get_default_graph()

    def __repr__(self) -> str:
        shapes = str(map_leaves(str, self.output_shapes)).replace("'", "")
        types = str(map_leaves(repr, self.output_types)).replace("'", "")
        return f"<DatasetV1Adapter shapes: {shapes}, types: {types}>"

    def __iter__(self) -> Any:
        raise RuntimeError(
            "__iter__() is only supported inside of tf.function or when eager execution is enabled."
        )

    @property
    def element_spec(self) -> Any:
        """The specs of an element, nested as it is."""
        return self._spec

    @property
    def output_types(self) -> Any:
        """The dtypes of an element, nested as it is."""
        return types_of(self._spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of an element, nested as it is."""
        return shapes_of(self._spec)

    @property
    def output_classes(self) -> Any:
        """The classes of an element's components, nested as it is."""
        return classes_of(self._spec)

    @property
    def _flat_structure(self) -> dict[str, Any]:
        return {"output_shapes": flat_shapes(self._spec), "output_types": flat_types(self._spec)}

    def _inputs(self) -> list[Dataset]:
        return list(self._given)

    def options(self) -> Options:
        """The options of this dataset and of those that it is made of."""
        found = self._options or Options()
        for each in self._given:
            found = each.options().merge(found)
        return found

    # -- sources -------------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors: Any) -> Dataset:
        """A dataset of one element.

        Args:
          tensors: values, nested.

        Example:
          >>> tf.data.Dataset.from_tensors(([1, 2], 3.0)).output_shapes
          (TensorShape([Dimension(2)]), TensorShape([]))
        """
        return sources.from_tensors(tensors)

    @staticmethod
    def from_tensor_slices(tensors: Any) -> Dataset:
        """A dataset with an element for each row.

        Args:
          tensors: values of equally many rows, nested.

        Raises:
          ValueError: different numbers of rows.

        Example:
          >>> tf.data.Dataset.from_tensor_slices({"x": [[1, 2], [3, 4]]}).output_types
          {'x': tf.int32}
        """
        return sources.from_tensor_slices(tensors)

    @staticmethod
    def from_generator(
        generator: Callable[..., Any],
        output_types: Any,
        output_shapes: Any = None,
        args: Sequence[Any] | None = None,
    ) -> Dataset:
        """A dataset of what a Python generator yields.

        Args:
          generator: called each time the elements are passed through; gives an iterable.
          output_types: the dtypes of an element, nested as it is.
          output_shapes: its shapes; unknown ones if None.
          args: tensors whose values the generator is called with.

        Raises:
          TypeError: `generator` is not callable.
          errors.InvalidArgumentError: when run, if an element is nested otherwise, or has another
            dtype or shape, or the generator raises ValueError or TypeError.

        Example:
          >>> data = tf.data.Dataset.from_generator(lambda: iter([1, 2]), tf.int64, [])
        """
        return sources.from_generator(generator, output_types, output_shapes, args)

    @staticmethod
    def range(*args: Any) -> Dataset:
        """A dataset of int64 numbers.

        Args:
          args: stop; or start and stop; or start, stop and step.

        Raises:
          ValueError: another number of arguments.

        Example:
          >>> tf.data.Dataset.range(2, 10, 3).output_types
          tf.int64
        """
        return sources.numbers(*args)

    @staticmethod
    def zip(datasets: Any) -> Dataset:
        """A dataset whose elements are those of several, side by side.

        Args:
          datasets: datasets, nested as the elements are to be.

        Raises:
          TypeError: something else than datasets.

        Example:
          >>> a = tf.data.Dataset.range(3)
          >>> both = tf.data.Dataset.zip((a, a.map(lambda x: -x)))
        """
        return sources.zipped(datasets)

    @staticmethod
    def list_files(file_pattern: Any, shuffle: Any = None, seed: Any = None) -> Dataset:
        """A dataset of the names of files.

        Args:
          file_pattern: a pattern or several, such as "data/*.csv".
          shuffle: whether they come in random order; they do if None.
          seed: makes the order.

        Raises:
          errors.InvalidArgumentError: when run, if no file matches.
        """
        return sources.list_files(file_pattern, shuffle, seed)

    # -- other elements ------------------------------------------------------------------------

    def concatenate(self, dataset: Dataset) -> Dataset:
        """These elements, then those of another dataset.

        Args:
          dataset: it has elements of the same dtypes.

        Raises:
          TypeError: other dtypes.

        Example:
          >>> tf.data.Dataset.range(3).concatenate(tf.data.Dataset.range(5, 7)).output_shapes
          TensorShape([])
        """
        return change.concatenate(self, dataset)

    def repeat(self, count: Any = None) -> Dataset:
        """The elements again and again.

        Args:
          count: so many times; without end if None or -1.

        Example:
          >>> data = tf.data.Dataset.range(3).repeat(2)
        """
        return change.repeat(self, count)

    def enumerate(self, start: Any = 0) -> Dataset:
        """Pairs of a number and an element.

        Args:
          start: the first number.
        """
        most = np.iinfo(np.int64).max
        return Dataset.zip((Dataset.range(start, most), self))

    def shuffle(
        self, buffer_size: Any, seed: Any = None, reshuffle_each_iteration: bool | None = None
    ) -> Dataset:
        """The elements in random order.

        Args:
          buffer_size: so many elements wait to be drawn.
          seed: makes the order, with the graph's seed, as in TensorFlow 1.15.
          reshuffle_each_iteration: whether each repetition has an order of its own; it has if None.

        Example:
          >>> data = tf.data.Dataset.range(100).shuffle(100, seed=1).repeat()
        """
        return change.shuffle(self, buffer_size, seed, reshuffle_each_iteration)

    def cache(self, filename: Any = "") -> Dataset:
        """The elements, made once and then kept.

        Args:
          filename: the file that keeps them; the memory if empty.
        """
        return change.cache(self, filename)

    def take(self, count: Any) -> Dataset:
        """The first elements.

        Args:
          count: so many; all if -1.
        """
        return change.take(self, count)

    def skip(self, count: Any) -> Dataset:
        """The elements behind the first ones.

        Args:
          count: so many are left out; all if -1.
        """
        return change.skip(self, count)

    def shard(self, num_shards: Any, index: Any) -> Dataset:
        """Every `num_shards`th element.

        Args:
          num_shards: into so many parts they are divided.
          index: which part.

        Raises:
          errors.InvalidArgumentError: when run, if there is no such part.
        """
        return change.shard(self, num_shards, index)

    def batch(self, batch_size: Any, drop_remainder: Any = False) -> Dataset:
        """Batches of elements.

        Args:
          batch_size: so many elements make one.
          drop_remainder: whether fewer at the end are left out; then the size is known.

        Raises:
          errors.InvalidArgumentError: when run, if elements differ in shape.

        Example:
          >>> tf.data.Dataset.range(10).batch(4, drop_remainder=True).output_shapes
          TensorShape([Dimension(4)])
        """
        return change.batch(self, batch_size, drop_remainder)

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any,
        padding_values: Any = None,
        drop_remainder: Any = False,
    ) -> Dataset:
        """Batches of elements of different sizes, which are filled up.

        Args:
          batch_size: so many elements make one.
          padded_shapes: the shape of each component; None stands for the largest size of a batch.
          padding_values: what fills up; zeros or empty strings if None.
          drop_remainder: whether fewer elements at the end are left out.

        Raises:
          ValueError, TypeError: shapes or values that don't fit the elements.

        Example:
          >>> rows = tf.data.Dataset.range(5).map(lambda n: tf.fill([n], n))
          >>> rows.padded_batch(2, [None]).output_shapes
          TensorShape([Dimension(None), Dimension(None)])
        """
        return change.padded_batch(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def prefetch(self, buffer_size: Any) -> Dataset:
        """The elements, made ahead by a thread.

        Args:
          buffer_size: so many are made ahead; some if None or -1.
        """
        return change.prefetch(self, buffer_size)

    def map(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Dataset:
        """What a function gives for each element.

        Args:
          map_func: called once, to build a graph; takes the components of an element that is a
            tuple, or the element; gives tensors, nested.
          num_parallel_calls: so many elements are made at a time, in their order.

        Raises:
          TypeError: it gives something else than tensors.

        Example:
          >>> data = tf.data.Dataset.range(5).map(lambda x: (x, x * x))
        """
        return change.mapped(self, map_func, num_parallel_calls)

    def map_with_legacy_function(
        self, map_func: Callable[..., Any], num_parallel_calls: Any = None
    ) -> Dataset:
        """`map`."""
        return change.mapped(self, map_func, num_parallel_calls, keeps_count=False)

    def flat_map(self, map_func: Callable[..., Any]) -> Dataset:
        """The elements of the datasets that a function gives.

        Args:
          map_func: as for `map`; gives a dataset.

        Raises:
          TypeError: it gives something else.

        Example:
          >>> data = tf.data.Dataset.range(3).flat_map(lambda n: tf.data.Dataset.range(n))
        """
        return change.flat_map(self, map_func)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = AUTOTUNE,
        block_length: Any = 1,
        num_parallel_calls: Any = None,
    ) -> Dataset:
        """The elements of the datasets that a function gives, by turns.

        Args:
          map_func: as for `flat_map`.
          cycle_length: so many datasets are open at a time.
          block_length: so many elements of one come before those of the next.
          num_parallel_calls: so many threads make elements ahead.

        Raises:
          TypeError: the function gives something else than a dataset.
        """
        return change.interleave(self, map_func, cycle_length, block_length, num_parallel_calls)

    def filter(self, predicate: Callable[..., Any]) -> Dataset:
        """The elements for which a function gives true.

        Args:
          predicate: as for `map`; gives a bool scalar.

        Raises:
          ValueError: it gives something else.

        Example:
          >>> data = tf.data.Dataset.range(5).filter(lambda x: x > 2)
        """
        return change.filtered(self, predicate)

    def filter_with_legacy_function(self, predicate: Callable[..., Any]) -> Dataset:
        """`filter`."""
        return change.filtered(self, predicate)

    def apply(self, transformation_func: Callable[[Dataset], Any]) -> Dataset:
        """What a function makes of this dataset.

        Args:
          transformation_func: takes and gives a dataset.

        Raises:
          TypeError: it gives something else.

        Example:
          >>> data = tf.data.Dataset.range(5).apply(tf.data.experimental.ignore_errors())
        """
        dataset = transformation_func(self)
        if not isinstance(dataset, Dataset):
            raise TypeError(f"`transformation_func` must return a Dataset. Got {dataset}.")
        return dataset

    def window(
        self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: Any = False
    ) -> Dataset:
        """Datasets of neighbours.

        Args:
          size: so many elements has each.
          shift: so many elements further the next one begins; `size` if None.
          stride: so far apart are its elements.
          drop_remainder: whether windows that are not full are left out.
        """
        return change.window(self, size, size if shift is None else shift, stride, drop_remainder)

    def unbatch(self) -> Dataset:
        """The rows of each element.

        Raises:
          ValueError: elements that are scalars.
        """
        return change.unbatch(self)

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:
        """What a function makes of a state and all elements, one after the other.

        Args:
          initial_state: the state before the first element.
          reduce_func: takes the state and an element; gives the next state.

        Returns:
          Tensors, nested as the state is.

        Raises:
          TypeError: the function's results differ from the state in dtype.

        Example:
          >>> total = tf.data.Dataset.range(5).reduce(tf.constant(0, tf.int64), lambda s, x: s + x)
        """
        return change.reduce(self, initial_state, reduce_func)

    def with_options(self, options: Options) -> Dataset:
        """The dataset with options, of which none changes what its elements are.

        Args:
          options: a `tf.data.Options`.
        """
        return Dataset(self._variant_tensor, self._spec, [self], options)

    # -- iterators -----------------------------------------------------------------------------

    def make_one_shot_iterator(self) -> Any:
        """An iterator that needs no initializer.

        Raises:
          ValueError: the dataset uses placeholders or variables.

        Example:
          >>> element = tf.data.Dataset.range(3).make_one_shot_iterator().get_next()
        """
        from jitgraph.frontend.data.iterators import make_one_shot_iterator

        return make_one_shot_iterator(self)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Any:
        """An iterator that begins at each run of its `initializer`.

        Args:
          shared_name: the iterator is shared under this name within a session.

        Example:
          >>> iterator = tf.data.Dataset.range(3).make_initializable_iterator()
          >>> start, element = iterator.initializer, iterator.get_next()
        """
        from jitgraph.frontend.data.iterators import make_initializable_iterator

        return make_initializable_iterator(self, shared_name)


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of an element, nested as it is.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return types_of(get_structure(dataset_or_iterator))


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of an element, nested as it is.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return shapes_of(get_structure(dataset_or_iterator))


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The classes of an element's components, nested as it is.

    Args:
      dataset_or_iterator: a dataset or an iterator.
    """
    return classes_of(get_structure(dataset_or_iterator))


def get_structure(dataset_or_iterator: Any) -> Any:
    """The specs of an element, nested as it is.

    Args:
      dataset_or_iterator: a dataset or an iterator.

    Raises:
      TypeError: it is neither.
    """
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError(
            "`dataset_or_iterator` must be a Dataset or Iterator object, but got "
            f"{type(dataset_or_iterator)}."
        ) from None
