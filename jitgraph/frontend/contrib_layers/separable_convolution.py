"""tf.contrib.layers: separable convolution, and convolution of each channel by itself.

In: images. Out: their convolution with `depthwise_weights` and, for a number of outputs, with
`pointwise_weights`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.contrib_layers.sharing import (
    DEFAULT_BIASES,
    DEFAULT_WEIGHTS,
    check_format,
    collections_of,
    keep_outputs,
    keep_variable,
    model_variable_getter,
)
from jitgraph.frontend.contrib_variables import model_variable
from jitgraph.frontend.layers.separable_convolution import SeparableConv2D
from jitgraph.frontend.layers.settings import sizes_of
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor
from jitgraph.ops.activations import relu
from jitgraph.ops.bias import bias_add
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.depthwise import depthwise_conv2d

_NAMES = {
    "bias": "biases",
    "depthwise_kernel": "depthwise_weights",
    "pointwise_kernel": "pointwise_weights",
}


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Callable[[Any], Any] | None = relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = DEFAULT_WEIGHTS,
    pointwise_initializer: Any = None,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = DEFAULT_BIASES,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """Every channel convolved by itself, then all channels mixed at each place.

    Args:
      inputs: images.
      num_outputs: the number of channels of the result; None does not mix them.
      depth_multiplier: the number of channels made of each.
      pointwise_initializer: that of the mixing weights; the other weights' if None.
      scope: the variable scope, `SeparableConv2d` if None.
      kernel_size, stride, padding, data_format, rate, activation_fn, normalizer_fn,
        normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
        biases_regularizer, reuse, variables_collections, outputs_collections, trainable: as for
        `tf.contrib.layers.convolution`.

    Raises:
      ValueError: a format, a rank or sizes that don't fit.

    Example:
      >>> tf.contrib.layers.separable_conv2d(tf.zeros([1, 8, 8, 3]), 4, 3)
      <tf.Tensor 'SeparableConv2d/Relu:0' shape=(1, 8, 8, 4) dtype=float32>
    """
    inputs_format = check_format(data_format)
    getter = model_variable_getter(_NAMES)
    opened = variable_scope(scope, "SeparableConv2d", [inputs], reuse=reuse, custom_getter=getter)
    with opened as own:
        inputs = convert_to_tensor(inputs)
        rates = sizes_of(rate, 2, "rate")
        if num_outputs is not None:
            layer = SeparableConv2D(
                num_outputs,
                kernel_size,
                stride,
                padding,
                inputs_format,
                rates,
                depth_multiplier,
                use_bias=not normalizer_fn and biases_initializer,
                depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer or weights_initializer,
                bias_initializer=biases_initializer,
                depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                trainable=trainable,
                name=own.name,
                dtype=inputs.dtype.base_dtype,
                _scope=own,
                _reuse=reuse,
            )
            outputs = layer(inputs)
            keep_variable(layer.depthwise_kernel, variables_collections, "weights")
            keep_variable(layer.pointwise_kernel, variables_collections, "weights")
            if layer.bias is not None:
                keep_variable(layer.bias, variables_collections, "biases")
        else:
            start = None if normalizer_fn else biases_initializer
            weights_settings = {"initializer": weights_initializer, "trainable": trainable}
            biases_settings = {"initializer": start, "trainable": trainable}
            outputs = _by_channel(
                inputs,
                (sizes_of(kernel_size, 2, "kernel_size"), depth_multiplier),
                {"strides": sizes_of(stride, 2, "stride"), "padding": padding, "rate": rates},
                data_format,
                variables_collections,
                {**weights_settings, "regularizer": weights_regularizer},
                {**biases_settings, "regularizer": biases_regularizer},
            )
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return keep_outputs(outputs_collections, own.name, outputs)


def _by_channel(
    inputs: Tensor,
    window: tuple[tuple[int, ...], int],
    geometry: dict[str, Any],
    data_format: str,
    collections: Any,
    weights_settings: dict[str, Any],
    biases_settings: dict[str, Any],
) -> Tensor:
    """Every channel convolved by itself, with biases where they have an initializer."""
    axis = 1 if data_format == "NCHW" else -1
    channels = inputs.get_shape().with_rank_at_least(4).as_list()[axis]
    if channels is None:
        raise ValueError("`C` dimension must be known but is None")
    size, multiplier = window
    weights = model_variable(
        "depthwise_weights",
        shape=[*size, channels, multiplier],
        dtype=inputs.dtype.base_dtype,
        collections=collections_of(collections, "weights"),
        **weights_settings,
    )
    steps = geometry["strides"]
    strides = [1, 1, *steps] if data_format == "NCHW" else [1, *steps, 1]
    given = {**geometry, "strides": strides, "data_format": data_format}
    outputs = depthwise_conv2d(inputs, weights, **given)
    if biases_settings["initializer"] is None:
        return outputs
    biases = model_variable(
        "biases",
        shape=[channels * multiplier],
        dtype=inputs.dtype.base_dtype,
        collections=collections_of(collections, "biases"),
        **biases_settings,
    )
    return bias_add(outputs, biases, data_format=data_format)
