"""Convolution layers along one, two or three axes.

In: signals, images or volumes. Out: their convolution with a kernel, a bias, an activation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.initializers import zeros_initializer
from jitgraph.frontend.layers.functions import layer_function
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.layers.settings import (
    CHANNELS_FIRST,
    CHANNELS_LAST,
    activation_of,
    format_of,
    letters_of,
    padding_of,
    sizes_of,
)
from jitgraph.graph import Tensor
from jitgraph.ops.atrous import with_space_to_batch
from jitgraph.ops.bias import bias_add
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.convolution import conv2d as conv2d_op
from jitgraph.ops.convolution3d import conv3d as conv3d_op
from jitgraph.ops.convolution_forms import conv1d as conv1d_op
from jitgraph.ops.padding import pad
from jitgraph.ops.reshaping import reshape
from jitgraph.shapes import as_shape

_OPS: dict[int, Any] = {1: conv1d_op, 2: conv2d_op, 3: conv3d_op}
DEFAULT_BIAS = zeros_initializer()


class Conv(Layer):
    """activation(convolution(inputs, kernel) + bias), for the rank of a subclass.

    Args:
      filters: the number of channels of the result.
      kernel_size: the window, an integer or one for each axis.
      strides: from one window to the next.
      padding: "valid" or "same" ("causal" along one axis).
      data_format: "channels_last" or "channels_first".
      dilation_rate: from one element of a window to the next.
      activation: a function of a tensor, or its name.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer: see `tf.get_variable`.
      kernel_regularizer, bias_regularizer, activity_regularizer: functions that give a loss.
      kernel_constraint, bias_constraint: functions that optimizers apply after an update.
      trainable: whether optimizers change its variables.
      name: its name.

    Raises:
      ValueError: arguments or inputs that don't fit.

    Example:
      >>> tf.layers.conv2d(tf.zeros([8, 28, 28, 1]), 32, 5, activation=tf.nn.relu)
      <tf.Tensor 'conv2d/Relu:0' shape=(8, 24, 24, 32) dtype=float32>
    """

    rank: ClassVar[int]
    is_causal: ClassVar[bool] = False
    kernel: Any
    bias: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = CHANNELS_LAST,
        dilation_rate: Any = 1,
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
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.filters = filters
        self.kernel_size = sizes_of(kernel_size, self.rank, "kernel_size")
        self.strides = sizes_of(strides, self.rank, "strides")
        self.padding = padding_of(padding)
        if self.padding == "causal" and not self.is_causal:
            raise ValueError("Causal padding is only supported for `Conv1D`and ``SeparableConv1D`.")
        self.data_format = format_of(data_format)
        self.dilation_rate = sizes_of(dilation_rate, self.rank, "dilation_rate")
        self.activation = activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias."""
        depth = self._input_depth(input_shape)
        self.add_kernel((*self.kernel_size, depth, self.filters))
        self.add_bias()
        self._check_strides()
        rates = np.array(self.dilation_rate, np.int32)
        self._rate = convert_to_tensor(rates, dtypes.int32, name="dilation_rate")

    def _input_depth(self, input_shape: Any) -> int:
        """The number of channels of the inputs, which the layer demands from here on."""
        axis = 1 if self.data_format == CHANNELS_FIRST else -1
        depth = as_shape(input_shape).as_list()[axis]
        if depth is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: depth})
        return int(depth)

    def add_kernel(self, shape: tuple[int, ...]) -> None:
        """Makes the variable `kernel`."""
        self.kernel = self.add_weight(
            "kernel",
            shape,
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )

    def add_bias(self) -> None:
        """Makes the variable `bias`, if there is to be one."""
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                (self.filters,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _check_strides(self) -> None:
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")

    def call(self, inputs: Any) -> Any:
        """activation(convolution(inputs, kernel) + bias)."""
        if self.padding == "causal":
            inputs = pad(inputs, self.causal_padding())
        return self.activated(self._with_bias(self._convolved(inputs)))

    def activated(self, outputs: Tensor) -> Any:
        """activation(outputs)."""
        return outputs if self.activation is None else self.activation(outputs)

    def _convolved(self, inputs: Tensor) -> Tensor:
        letters = letters_of(self.data_format, self.rank + 2)
        is_first = self.data_format == CHANNELS_FIRST
        strides = [1, 1, *self.strides] if is_first else [1, *self.strides, 1]
        steps: Any = self.strides[0] if self.rank == 1 else strides

        def op(inner: Tensor, _: int, padding: str) -> Tensor:
            kind = _OPS[self.rank]
            return kind(inner, self.kernel, steps, padding, data_format=letters)  # type: ignore[no-any-return]

        first = 2 if is_first else 1
        return with_space_to_batch(
            inputs,
            self._rate,
            self.op_padding(),
            op,
            filter_shape=as_shape(self.kernel.get_shape()),
            spatial_dims=range(first, first + self.rank),
            data_format=letters,
        )

    def op_padding(self) -> str:
        """The padding as operations name it."""
        return "VALID" if self.padding == "causal" else self.padding.upper()

    def causal_padding(self) -> list[list[int]]:
        """Zeroes before a signal, so that no result depends on what comes later."""
        before = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        if self.data_format == CHANNELS_LAST:
            return [[0, 0], before, [0, 0]]
        return [[0, 0], [0, 0], before]

    def _with_bias(self, outputs: Tensor) -> Tensor:
        if not self.use_bias:
            return outputs
        if self.data_format == CHANNELS_LAST:
            return bias_add(outputs, self.bias, data_format="NHWC")
        if self.rank == 1:
            return outputs + reshape(self.bias, (1, self.filters, 1))
        return bias_add(outputs, self.bias, data_format="NCHW")


class Conv1D(Conv):
    """Convolution of signals: [batch, steps, channels]. See `Conv` for the arguments."""

    rank = 1
    is_causal = True


class Conv2D(Conv):
    """Convolution of images: [batch, rows, columns, channels]. See `Conv` for the arguments."""

    rank = 2


class Conv3D(Conv):
    """Convolution of volumes: [batch, planes, rows, columns, channels]. Arguments as `Conv`."""

    rank = 3


conv1d = layer_function(Conv1D, "conv1d")
conv2d = layer_function(Conv2D, "conv2d")
conv3d = layer_function(Conv3D, "conv3d")
