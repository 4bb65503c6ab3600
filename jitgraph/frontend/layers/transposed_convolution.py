"""Layers of transposed convolution: images or volumes made larger.

In: images or volumes. Out: what a convolution with these strides would have made them of.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.layers.convolution import DEFAULT_BIAS, Conv
from jitgraph.frontend.layers.functions import layer_function
from jitgraph.frontend.layers.settings import CHANNELS_FIRST, CHANNELS_LAST, letters_of
from jitgraph.graph import Tensor
from jitgraph.ops.bias import bias_add
from jitgraph.ops.convolution3d import conv3d_transpose as conv3d_transpose_op
from jitgraph.ops.convolution_forms import conv2d_transpose as conv2d_transpose_op
from jitgraph.ops.packing import stack
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.transposing import transpose


class ConvTranspose(Conv):
    """activation(transposed convolution(inputs, kernel) + bias), for the rank of a subclass.

    Args:
      filters: the number of channels of the result.
      kernel_size, strides, padding, data_format, activation, use_bias, kernel_initializer,
        bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
        kernel_constraint, bias_constraint, trainable, name: as for `tf.layers.Conv2D`.

    Raises:
      ValueError: arguments or inputs that don't fit.

    Example:
      >>> tf.layers.conv2d_transpose(tf.zeros([8, 7, 7, 64]), 32, 5, 2, "same")
      <tf.Tensor 'conv2d_transpose/BiasAdd:0' shape=(8, 14, 14, 32) dtype=float32>
    """

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = CHANNELS_LAST,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = DEFAULT_BIAS,
        kernel_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        kernel_constraint: Callable[[Any], Any] | None = None,
        bias_constraint: Callable[[Any], Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            1,
            activation,
            use_bias,
            kernel_initializer,
            bias_initializer,
            kernel_regularizer,
            bias_regularizer,
            activity_regularizer,
            kernel_constraint,
            bias_constraint,
            trainable,
            name,
            **kwargs,
        )

    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias."""
        depth = self._input_depth(input_shape)
        self.add_kernel((*self.kernel_size, self.filters, depth))
        self.add_bias()

    def _length(self, length: Any, axis: int) -> Any:
        """How long an axis becomes: of a tensor or an int; None where that is not known."""
        if length is None:
            return None
        stride, window = self.strides[axis], self.kernel_size[axis]
        if self.padding == "same":
            return length * stride
        return length * stride + max(window - stride, 0)

    def call(self, inputs: Any) -> Any:
        """activation(transposed convolution(inputs, kernel) + bias)."""
        sizes = shape_of(inputs)
        first = 2 if self.data_format == CHANNELS_FIRST else 1
        batch = sizes[0]
        spatial = [sizes[first + axis] for axis in range(self.rank)]
        lengths = [self._length(size, axis) for axis, size in enumerate(spatial)]
        outputs = self._transposed(inputs, stack(self._ordered(batch, lengths)))
        known = inputs.get_shape().as_list()
        outputs.set_shape(
            self._ordered(
                known[0], [self._length(known[first + axis], axis) for axis in range(self.rank)]
            )
        )
        if self.use_bias:
            letters = letters_of(self.data_format, 4)
            outputs = bias_add(outputs, self.bias, data_format=letters)
        return self.activated(outputs)

    def _ordered(self, batch: Any, lengths: list[Any]) -> list[Any]:
        if self.data_format == CHANNELS_FIRST:
            return [batch, self.filters, *lengths]
        return [batch, *lengths, self.filters]

    def _transposed(self, inputs: Tensor, shape: Tensor) -> Tensor:
        raise NotImplementedError


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution of images. See `ConvTranspose` for the arguments."""

    rank = 2

    def _transposed(self, inputs: Tensor, shape: Tensor) -> Tensor:
        is_first = self.data_format == CHANNELS_FIRST
        if is_first:
            inputs = transpose(inputs, (0, 2, 3, 1))
            shape = stack([shape[0], shape[2], shape[3], shape[1]])
        else:
            shape[0]  # TensorFlow looks whether the batch is known, which makes an op
        strides = (1, *self.strides, 1)
        outputs = conv2d_transpose_op(inputs, self.kernel, shape, strides, self.padding.upper())
        return transpose(outputs, (0, 3, 1, 2)) if is_first else outputs


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution of volumes. See `ConvTranspose` for the arguments."""

    rank = 3

    def _transposed(self, inputs: Tensor, shape: Tensor) -> Tensor:
        is_first = self.data_format == CHANNELS_FIRST
        strides = (1, 1, *self.strides) if is_first else (1, *self.strides, 1)
        letters = letters_of(self.data_format, 5)
        return conv3d_transpose_op(
            inputs, self.kernel, shape, strides, self.padding.upper(), data_format=letters
        )


conv2d_transpose = layer_function(Conv2DTranspose, "conv2d_transpose")
conv3d_transpose = layer_function(Conv3DTranspose, "conv3d_transpose")
