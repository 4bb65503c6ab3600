"""tf.TensorArray: elements that are written and read one by one, as loops do.

In: a dtype, a size, values. Out: ops on the array, and arrays that stand for it after a write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import (
    Operation,
    Tensor,
    colocate_with,
    control_dependencies,
    device,
    name_scope,
)
from jitgraph.ops import tensor_array_definitions as definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor, internal_convert
from jitgraph.ops.identities import identity
from jitgraph.shapes import TensorShape, as_shape


class TensorArray:
    """An array of tensors, each of which is written once.

    Args:
      dtype: the elements' dtype.
      size: an int32 scalar: how many elements there are.
      dynamic_size: whether a write behind the end makes it longer.
      clear_after_read: whether an element is gone when it was read.
      tensor_array_name: a name to tell it by.
      handle, flow: instead of a size, the tensors that stand for an array that exists.
      infer_shape: whether all elements must have the same shape.
      element_shape: the elements' shape, as far as it is known.
      colocate_with_first_write_call: whether it is placed where the first value written is.
      name: the op's name.

    Raises:
      ValueError: neither or both of `handle` and `size` are given.
      TypeError: `handle` is no tensor.

    Example:
      >>> array = tf.TensorArray(tf.float32, size=2)
      >>> array = array.write(0, 1.0).write(1, 2.0)
      >>> tf.Session().run(array.stack())
      array([1., 2.], dtype=float32)
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        _check_arguments(
            handle, size, tensor_array_name, element_shape=element_shape,
            dynamic_size=dynamic_size, clear_after_read=clear_after_read,
        )  # fmt: skip
        self._dynamic_size = bool(dynamic_size)
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._is_placed_by_write = colocate_with_first_write_call
        self._placed_with: list[Any] = []
        self._shape = [as_shape(element_shape)]
        self._infer_shape = infer_shape
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                if flow is None:
                    raise ValueError("flow must not be None if handle is not None.")
                self._handle, self._flow = handle, flow
                return
            attrs = {
                "dtype": self._dtype,
                "element_shape": as_shape(element_shape),
                "dynamic_size": self._dynamic_size,
                "clear_after_read": clear_after_read is not False,
                "identical_element_shapes": infer_shape,
                "tensor_array_name": tensor_array_name or "",
            }
            with self._placed_anywhere():
                made = apply(definitions.TENSOR_ARRAY_V3, [size], attrs, scope)
            self._handle, self._flow = made

    @property
    def flow(self) -> Tensor:
        """The tensor that what comes after the last write must wait for."""
        return self._flow  # type: ignore[no-any-return]

    @property
    def dtype(self) -> dtypes.DType:
        """The elements' dtype."""
        return self._dtype

    @property
    def handle(self) -> Tensor:
        """The tensor that stands for the array."""
        return self._handle  # type: ignore[no-any-return]

    @property
    def element_shape(self) -> TensorShape:
        """The elements' shape, as far as it is known."""
        return self._shape[0]

    @property
    def dynamic_size(self) -> bool:
        """Whether a write behind the end makes it longer."""
        return self._dynamic_size

    # -- what it holds -------------------------------------------------------------------------

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element at an index.

        Args:
          index: an int32 scalar.
          name: the op's name.
        """
        inputs = [self._handle, index, self._flow]
        value: Tensor = apply(
            definitions.TENSOR_ARRAY_READ_V3, inputs, {"dtype": self._dtype}, name
        )
        value.set_shape(self.element_shape)
        return value

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Elements in one tensor.

        Args:
          indices: an int32 vector: which.
          name: the op's name.
        """
        attrs = {"dtype": self._dtype, "element_shape": self.element_shape}
        inputs = [self._handle, indices, self._flow]
        value: Tensor = apply(definitions.TENSOR_ARRAY_GATHER_V3, inputs, attrs, name)
        if self.element_shape.ndims is not None:
            value.set_shape(TensorShape([None]).concatenate(self.element_shape))
        declared = _declared_shape(self._handle)
        if declared.ndims is not None:
            number = value.op.inputs[1].get_shape()
            value.set_shape(number.concatenate(declared))
        return value

    def stack(self, name: str | None = None) -> Tensor:
        """All elements in one tensor.

        Args:
          name: the op's name.
        """
        from jitgraph.ops.ranges import range as numbers

        with (
            colocate_with(self._handle),
            name_scope(name, "TensorArrayStack", [self._handle]),
        ):
            return self.gather(numbers(0, self.size()), name=name)

    def concat(self, name: str | None = None) -> Tensor:
        """All elements one behind the other along their first axis.

        Args:
          name: the op's name.
        """
        rest = self.element_shape
        attrs = {
            "dtype": self._dtype,
            "element_shape_except0": rest[1:] if rest.ndims is not None else rest,
        }
        value, _ = apply(
            definitions.TENSOR_ARRAY_CONCAT_V3, [self._handle, self._flow], attrs, name
        )
        if rest.ndims is not None:
            value.set_shape(TensorShape([None]).concatenate(rest[1:]))
        return value  # type: ignore[no-any-return]

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are, an int32 scalar.

        Args:
          name: the op's name.
        """
        inputs = [self._handle, self._flow]
        return apply(definitions.TENSOR_ARRAY_SIZE_V3, inputs, name=name)  # type: ignore[no-any-return]

    # -- what it is given ----------------------------------------------------------------------

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with an element written.

        Args:
          index: an int32 scalar.
          value: a tensor of the array's dtype.
          name: the op's name.

        Raises:
          ValueError: the value has another shape than the elements.
        """
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = self._converted(value)
            self._check_shape(value.get_shape())
            inputs = [self._handle, index, value, self._flow]
            with self._placed_with_first(value):
                flow = apply(definitions.TENSOR_ARRAY_WRITE_V3, inputs, name=name)
            return self.with_flow(flow)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array with the slices of a tensor as its elements.

        Args:
          value: a tensor with one more axis, the first.
          name: the op's name.

        Raises:
          ValueError: its slices have another shape than the elements.
        """
        from jitgraph.ops.ranges import range as numbers
        from jitgraph.ops.shapes_of import shape as shape_of

        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            number = shape_of(value)[0]
            return self.scatter(indices=numbers(0, number), value=value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the slices of a tensor written to elements.

        Args:
          indices: an int32 vector: which elements.
          value: a tensor with one more axis, the first.
          name: the op's name.

        Raises:
          ValueError: its slices have another shape than the elements.
        """
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = self._converted(value)
            shape = value.get_shape()
            self._check_shape(shape[1:] if shape.ndims is not None else shape)
            inputs = [self._handle, indices, value, self._flow]
            with self._placed_with_first(value):
                flow = apply(definitions.TENSOR_ARRAY_SCATTER_V3, inputs, name=name)
            return self.with_flow(flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array with pieces of a tensor as its elements.

        Args:
          value: a tensor, cut along its first axis.
          lengths: an int vector: how long each piece is.
          name: the op's name.

        Raises:
          ValueError: the pieces have another shape than the elements.
        """
        from jitgraph.ops.casting import cast
        from jitgraph.ops.partial_value import constant_value

        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = convert_to_tensor(value, dtype=self._dtype, name="value")
            with self._placed_with_first(value):
                lengths = cast(lengths, dtypes.int64)
                known = constant_value(lengths)
                if value.get_shape().ndims is not None and known is not None:
                    self._check_pieces(value.get_shape(), known)
                inputs = [self._handle, value, lengths, self._flow]
                flow = apply(definitions.TENSOR_ARRAY_SPLIT_V3, inputs, name=name)
            return self.with_flow(flow)

    # -- the array itself ----------------------------------------------------------------------

    def identity(self) -> TensorArray:
        """The same array; what uses it waits for what the surroundings wait for."""
        return self.with_flow(identity(self._flow))

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> TensorArray:
        """The array of gradients that belongs to this one.

        Args:
          source: which of several.
          flow: what must have happened before it is made.
          name: the op's name.
        """
        flow = self._flow if flow is None else flow
        with name_scope(name, "TensorArrayGrad", [self._handle]), colocate_with(self._handle):
            inputs, attrs = [self._handle, flow], {"source": source}
            handle, _ = apply(definitions.TENSOR_ARRAY_GRAD_V3, inputs, attrs, name)
            with control_dependencies([handle]):
                flow = identity(flow, name="gradient_flow")
            array = TensorArray(
                dtype=self._dtype, handle=handle, flow=flow, infer_shape=self._infer_shape,
                colocate_with_first_write_call=False,
            )  # fmt: skip
            array._shape = self._shape
            return array

    def close(self, name: str | None = None) -> Operation:
        """The op that ends the array's life.

        Args:
          name: the op's name.
        """
        return apply(definitions.TENSOR_ARRAY_CLOSE_V3, [self._handle], name=name)  # type: ignore[no-any-return]

    def with_flow(self, flow: Tensor) -> TensorArray:
        """The same array after what `flow` waits for.

        Args:
          flow: a float scalar.
        """
        array = TensorArray(
            dtype=self._dtype, handle=self._handle, flow=flow, infer_shape=self._infer_shape,
            colocate_with_first_write_call=self._is_placed_by_write,
        )  # fmt: skip
        array._dynamic_size = self._dynamic_size
        array._placed_with = self._placed_with
        array._shape = self._shape
        return array

    def _converted(self, value: Any) -> Tensor:
        tensor = internal_convert(value, None, "value", self._dtype)
        if tensor.dtype.base_dtype is not self._dtype:
            import logging

            logging.getLogger("tensorflow").error(
                "Error: Input value %s has dtype %s, but expected dtype %s.  This leads to "
                "undefined behavior and will be an error in future versions of TensorFlow.",
                tensor, tensor.dtype, self._dtype,
            )  # fmt: skip
        return tensor  # type: ignore[no-any-return]

    def _check_shape(self, shape: TensorShape) -> None:
        if not shape.is_compatible_with(self.element_shape):
            raise ValueError(f"Inconsistent shapes: saw {shape} but expected {self.element_shape} ")
        if self._infer_shape:
            self._shape[0] = self.element_shape.merge_with(shape)

    def _check_pieces(self, shape: TensorShape, lengths: Any) -> None:
        if lengths.shape and lengths.max() == lengths.min():
            self._check_shape(TensorShape([int(lengths[0])]).concatenate(shape[1:]))

    @contextmanager
    def _placed_anywhere(self) -> Iterator[None]:
        if not self._is_placed_by_write:
            yield
            return
        with device(None), colocate_with(None, ignore_existing=True):
            yield

    @contextmanager
    def _placed_with_first(self, value: Tensor) -> Iterator[None]:
        if not self._is_placed_by_write:
            yield
            return
        if not self._placed_with:
            self._placed_with.append(value)
        with colocate_with(self._placed_with[0]):
            yield


def _declared_shape(handle: Tensor) -> TensorShape:
    """The shape of elements that the op says that makes an array."""
    op = handle.op
    while op.definition is not definitions.TENSOR_ARRAY_V3:
        passes_on = op.definition is not None and op.definition.control is not None
        if not passes_on and op.definition is not definitions.TENSOR_ARRAY_GRAD_V3:
            return TensorShape(None)
        op = op.inputs[0].op
    return as_shape(op.get_attr("element_shape"))


def _check_arguments(handle: Any, size: Any, array_name: str | None, **given: Any) -> None:
    if handle is not None and array_name:
        raise ValueError("Cannot construct with both handle and tensor_array_name")
    if handle is not None and not isinstance(handle, Tensor):
        raise TypeError("Handle must be a Tensor")
    if handle is None and size is None:
        raise ValueError("Size must be provided if handle is not provided")
    if handle is None:
        return
    if size is not None:
        raise ValueError("Cannot provide both a handle and size at the same time")
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"Cannot provide both a handle and {name} at the same time")
