"""tf.data.Iterator: what passes through the elements of a dataset.

In: datasets. Out: the next element, as tensors; operations that begin. An iterator's place belongs
to a session.
"""

from __future__ import annotations

import warnings
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.data.structures import (
    assert_same_structure,
    classes_of,
    element_of,
    flat_shapes,
    flat_types,
    flatten,
    shapes_of,
    specs_from,
    types_of,
)
from jitgraph.graph import (
    Operation,
    Tensor,
    add_to_collection,
    device,
    get_default_graph,
    name_scope,
)
from jitgraph.ops import iterator_definitions as ops
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.dataset_definitions import MODEL_DATASET, OPTIMIZE_DATASET
from jitgraph.ops.function_graph import Body

MANY_CALLS = 32
GLOBAL_ITERATORS = "iterators"


class Iterator:
    """What passes through the elements of a dataset.

    Datasets make them (`make_one_shot_iterator`, `make_initializable_iterator`), and so do
    `from_structure` and `from_string_handle`.

    Args:
      iterator_resource: the tensor that stands for it.
      initializer: the operation that begins; None if there is none.
      output_types, output_shapes: of an element, nested as it is.
      output_classes: accepted.

    Example:
      >>> iterator = tf.data.Iterator.from_structure(tf.int64, [])
      >>> element = iterator.get_next()
      >>> train = iterator.make_initializer(tf.data.Dataset.range(10))
      >>> test = iterator.make_initializer(tf.data.Dataset.range(5))
    """

    def __init__(
        self,
        iterator_resource: Tensor,
        initializer: Operation | None,
        output_types: Any,
        output_shapes: Any,
        output_classes: Any = None,
    ) -> None:
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        self._spec = specs_from(output_types, output_shapes)
        self._string_handle = apply(ops.ITERATOR_TO_STRING_HANDLE, [iterator_resource])
        self._calls = 0
        add_to_collection(GLOBAL_ITERATORS, iterator_resource)

    @staticmethod
    def from_structure(
        output_types: Any,
        output_shapes: Any = None,
        shared_name: str | None = None,
        output_classes: Any = None,
    ) -> Iterator:
        """An iterator for datasets that `make_initializer` is given.

        Args:
          output_types: the dtypes of an element, nested as it is.
          output_shapes: its shapes; unknown ones if None.
          shared_name: the iterator is shared under this name within a session.
          output_classes: accepted.

        Raises:
          TypeError, ValueError: types and shapes are nested otherwise.
        """
        spec = specs_from(output_types, output_shapes)
        attrs = {"container": "", "shared_name": shared_name or "", **_structure(spec)}
        with device("/cpu:0"):
            resource = apply(ops.ITERATOR, [], attrs)
        return Iterator(resource, None, types_of(spec), shapes_of(spec))

    @staticmethod
    def from_string_handle(
        string_handle: Any,
        output_types: Any,
        output_shapes: Any = None,
        output_classes: Any = None,
    ) -> Iterator:
        """An iterator that is another one, whichever a string says.

        Args:
          string_handle: a string tensor, fed with what `string_handle()` of another iterator gave.
          output_types: the dtypes of an element, nested as it is.
          output_shapes: its shapes; unknown ones if None.
          output_classes: accepted.

        Example:
          >>> handle = tf.placeholder(tf.string, [])
          >>> element = tf.data.Iterator.from_string_handle(handle, tf.int64, []).get_next()
        """
        spec = specs_from(output_types, output_shapes)
        handle = convert_to_tensor(string_handle, dtypes.string)
        with device("/cpu:0"):
            resource = apply(ops.ITERATOR_FROM_STRING_HANDLE, [handle], _structure(spec))
        return Iterator(resource, None, types_of(spec), shapes_of(spec))

    @property
    def initializer(self) -> Operation:
        """The operation that begins.

        Raises:
          ValueError: there is none.
        """
        if self._initializer is None:
            raise ValueError("Iterator does not have an initializer.")
        return self._initializer

    def make_initializer(self, dataset: Any, name: str | None = None) -> Operation:
        """An operation that begins to pass through a dataset.

        Args:
          dataset: its elements fit this iterator's.
          name: the operation's name.

        Raises:
          TypeError, ValueError: elements that don't fit.
        """
        with name_scope(name, "make_initializer") as scope:
            self._check(dataset)
            return _begun(dataset._variant_tensor, self._iterator_resource, scope)

    def _check(self, dataset: Any) -> None:
        assert_same_structure(self.output_types, types_of(dataset.element_spec))
        for own, given in zip(flatten(self._spec), flatten(dataset.element_spec), strict=True):
            if type(own) is not type(given):
                raise TypeError(
                    f"Expected output classes {self.output_classes!r} but got dataset with output "
                    f"class {classes_of(dataset.element_spec)!r}."
                )
        for own, given in zip(flatten(self._spec), flatten(dataset.element_spec), strict=True):
            if own.dtype != given.dtype:
                raise TypeError(
                    f"Expected output types {self.output_types!r} but got dataset with output "
                    f"types {types_of(dataset.element_spec)!r}."
                )
        for own, given in zip(flatten(self._spec), flatten(dataset.element_spec), strict=True):
            if not own.shape.is_compatible_with(given.shape):
                raise TypeError(
                    f"Expected output shapes compatible with {self.output_shapes!r} but got "
                    f"dataset with output shapes {shapes_of(dataset.element_spec)!r}."
                )

    def get_next(self, name: str | None = None) -> Any:
        """The next element: tensors, nested as it is. Each run that uses them takes one element.

        Args:
          name: the operation's name.

        Raises:
          errors.OutOfRangeError: when run, at the end.
          errors.FailedPreconditionError: when run, if the initializer has not been run.
        """
        self._calls += 1
        if self._calls > MANY_CALLS:
            warnings.warn(
                "An unusually high number of `Iterator.get_next()` calls was detected. Call it "
                "once outside the training loop, and use what it gives inside the loop.",
                stacklevel=2,
            )
        inputs = [self._iterator_resource]
        found = apply(ops.ITERATOR_GET_NEXT, inputs, _structure(self._spec), name)
        return element_of(self._spec, found)

    def string_handle(self, name: str | None = None) -> Tensor:
        """A string scalar that stands for the iterator in its session.

        Args:
          name: the operation's name.
        """
        if name is None:
            handle: Tensor = self._string_handle
            return handle
        named: Tensor = apply(ops.ITERATOR_TO_STRING_HANDLE, [self._iterator_resource], name=name)
        return named

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


def _structure(spec: Any) -> dict[str, Any]:
    return {"output_types": flat_types(spec), "output_shapes": flat_shapes(spec)}


def _begun(dataset: Tensor, iterator: Tensor, name: str | None = None) -> Operation:
    with get_default_graph().colocate_with(iterator.op):
        made: Operation = apply(ops.MAKE_ITERATOR, [dataset, iterator], name=name)
        return made


def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> Iterator:
    """An iterator that begins at each run of its `initializer`.

    Args:
      dataset: what it passes through.
      shared_name: the iterator is shared under this name within a session.

    Example:
      >>> iterator = tf.data.make_initializable_iterator(tf.data.Dataset.range(3))
    """
    variant = _with_options(dataset)
    spec = dataset.element_spec
    attrs = {"container": "", "shared_name": shared_name or "", **_structure(spec)}
    resource = apply(ops.ITERATOR, [], attrs)
    initializer = _begun(variant, resource)
    return Iterator(resource, initializer, types_of(spec), shapes_of(spec))


def _with_options(dataset: Any) -> Tensor:
    """What TensorFlow makes of a dataset before an iterator gets it."""
    options = dataset.options()
    variant: Tensor = dataset._variant_tensor
    structure = _structure(dataset.element_spec)
    names = ["map_and_batch_fusion", "noop_elimination", "shuffle_and_repeat_fusion"]
    if options.optimizes:
        if _uses_reference(dataset):
            warnings.warn(
                "tf.data static optimizations are not compatible with tf.Variable. The following "
                f"optimizations will be disabled: {', '.join(names)}. To enable optimizations, use "
                "resource variables instead by calling `tf.enable_resource_variables()` at the "
                "start of the program.",
                stacklevel=4,
            )
        else:
            given = convert_to_tensor(names, dtypes.string, name="optimizations")
            variant = apply(OPTIMIZE_DATASET, [variant, given], structure)
    if options.tunes:
        variant = apply(MODEL_DATASET, [variant], structure)
    return variant


def _uses_reference(dataset: Any) -> bool:
    captured = (tensor for function in dataset._traced for tensor in function.captured)
    if any(_comes_of_reference(tensor) for tensor in captured):
        return True
    return any(_uses_reference(each) for each in dataset._inputs())


def _comes_of_reference(tensor: Tensor) -> bool:
    return any(each._dtype._is_ref_dtype for op in _ancestors(tensor) for each in op._outputs)


def _ancestors(tensor: Tensor) -> set[Operation]:
    found: set[Operation] = set()
    waiting = [tensor._op]
    while waiting:
        op = waiting.pop()
        if op not in found:
            found.add(op)
            waiting += [each._op for each in op._inputs]
    return found


def make_one_shot_iterator(dataset: Any) -> Iterator:
    """An iterator that needs no initializer.

    Args:
      dataset: what it passes through, once.

    Raises:
      ValueError: the dataset uses placeholders, variables or look-up tables.

    Example:
      >>> iterator = tf.data.make_one_shot_iterator(tf.data.Dataset.range(3))
    """
    variant = dataset._variant_tensor
    _check_captured_by_value(variant)
    body = Body("_make_dataset", variant.graph, (), (), (variant,))
    attrs = {"dataset_factory": body, **_structure(dataset.element_spec)}
    resource = apply(ops.ONE_SHOT_ITERATOR, [], attrs)
    spec = dataset.element_spec
    return Iterator(resource, None, types_of(spec), shapes_of(spec))


def _check_captured_by_value(variant: Tensor) -> None:
    for op in sorted(_ancestors(variant), key=lambda each: each._id):
        if op.type == "Placeholder":
            raise ValueError(
                f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value."
            )
        definition: Any = op.definition
        if _keeps_state(definition) and not _is_dataset(op):
            text = f"Cannot capture a stateful node (name:{op.name}, type:{op.type}) by value."
            raise ValueError(
                "Failed to create a one-shot iterator for a dataset. "
                "`Dataset.make_one_shot_iterator()` does not support datasets that capture "
                "stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                f"`Dataset.make_initializable_iterator()`. (Original error: {text})"
            )


def _is_dataset(op: Operation) -> bool:
    return op._outputs[0].dtype.base_dtype == dtypes.variant


def _keeps_state(definition: Any) -> bool:
    return bool(definition.stateful or definition.state or definition.draw)
