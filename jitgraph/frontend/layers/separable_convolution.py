"""Separable convolution layers: every channel by itself, then all channels at each place.

In: signals or images. Out: their convolution with two kernels, a bias, an activation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.layers.convolution import DEFAULT_BIAS, Conv
from jitgraph.frontend.layers.functions import layer_function
from jitgraph.frontend.layers.settings import CHANNELS_LAST, letters_of
from jitgraph.graph import Tensor
from jitgraph.ops.bias import bias_add
from jitgraph.ops.depthwise import separable_conv2d as separable_op
from jitgraph.ops.padding import pad
from jitgraph.ops.reshaping import expand_dims, squeeze


class SeparableConv(Conv):
    """Separable convolution, for the rank of a subclass.

    Args:
      filters: the number of channels of the result.
      kernel_size: the window, an integer or one for each axis.
      strides, padding, data_format, dilation_rate, activation, use_bias, activity_regularizer,
        trainable, name: as for `tf.layers.Conv2D`.
      depth_multiplier: the number of channels that the first kernel makes of each.
      depthwise_initializer, pointwise_initializer, bias_initializer: see `tf.get_variable`.
      depthwise_regularizer, pointwise_regularizer, bias_regularizer: functions that give a loss.
      depthwise_constraint, pointwise_constraint, bias_constraint: functions that optimizers
        apply after an update.

    Raises:
      ValueError: arguments or inputs that don't fit.
    """

    depthwise_kernel: Any
    pointwise_kernel: Any

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = CHANNELS_LAST,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = DEFAULT_BIAS,
        depthwise_regularizer: Callable[[Any], Any] | None = None,
        pointwise_regularizer: Callable[[Any], Any] | None = None,
        bias_regularizer: Callable[[Any], Any] | None = None,
        activity_regularizer: Callable[[Any], Any] | None = None,
        depthwise_constraint: Callable[[Any], Any] | None = None,
        pointwise_constraint: Callable[[Any], Any] | None = None,
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
            dilation_rate,
            activation,
            use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            trainable=trainable,
            name=name,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = depthwise_initializer
        self.pointwise_initializer = pointwise_initializer
        self.depthwise_regularizer = depthwise_regularizer
        self.pointwise_regularizer = pointwise_regularizer
        self.depthwise_constraint = depthwise_constraint
        self.pointwise_constraint = pointwise_constraint

    def build(self, input_shape: Any) -> None:
        """Makes both kernels and the bias."""
        depth = self._input_depth(input_shape)
        self.depthwise_kernel = self.add_weight(
            "depthwise_kernel",
            (*self.kernel_size, depth, self.depth_multiplier),
            initializer=self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
        )
        self.pointwise_kernel = self.add_weight(
            "pointwise_kernel",
            (*(1,) * self.rank, self.depth_multiplier * depth, self.filters),
            initializer=self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
        )
        self.add_bias()

    def _separated(
        self, inputs: Tensor, kernels: tuple[Any, Any], strides: tuple[int, ...], rate: Any
    ) -> Tensor:
        letters = letters_of(self.data_format, 4)
        is_last = self.data_format == CHANNELS_LAST
        outputs = separable_op(
            inputs,
            *kernels,
            strides=(1, *strides, 1) if is_last else (1, 1, *strides),
            padding=self.op_padding(),
            rate=rate,
            data_format=letters,
        )
        return bias_add(outputs, self.bias, data_format=letters) if self.use_bias else outputs


class SeparableConv1D(SeparableConv):
    """Separable convolution of signals. See `SeparableConv` for the arguments."""

    rank = 1
    is_causal = True

    def call(self, inputs: Any) -> Any:
        """As images of one row."""
        if self.padding == "causal":
            inputs = pad(inputs, self.causal_padding())
        rows = 1 if self.data_format == CHANNELS_LAST else 2
        images = expand_dims(inputs, rows)
        kernels = expand_dims(self.depthwise_kernel, 0), expand_dims(self.pointwise_kernel, 0)
        outputs = self._separated(images, kernels, self.strides * 2, (1, *self.dilation_rate))
        return self.activated(squeeze(outputs, [rows]))


class SeparableConv2D(SeparableConv):
    """Separable convolution of images. See `SeparableConv` for the arguments."""

    rank = 2

    def call(self, inputs: Any) -> Any:
        """activation(convolution(inputs) + bias)."""
        kernels = self.depthwise_kernel, self.pointwise_kernel
        return self.activated(self._separated(inputs, kernels, self.strides, self.dilation_rate))


separable_conv1d = layer_function(SeparableConv1D, "separable_conv1d")
separable_conv2d = layer_function(SeparableConv2D, "separable_conv2d")
