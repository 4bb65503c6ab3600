"""tf.contrib.layers: convolution and pooling of images and their kin.

In: signals, images or volumes. Out: as tf.layers gives, with variables `weights` and `biases`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.contrib_layers.sharing import (
    DEFAULT_BIASES,
    DEFAULT_WEIGHTS,
    check_format,
    keep_outputs,
    keep_variable,
    model_variable_getter,
)
from jitgraph.frontend.layers.convolution import Conv, Conv1D, Conv2D, Conv3D
from jitgraph.frontend.layers.pooling import AveragePooling2D, MaxPooling2D, Pooling
from jitgraph.frontend.layers.transposed_convolution import Conv2DTranspose
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import name_scope
from jitgraph.ops.activations import relu
from jitgraph.ops.convert import convert_to_tensor

_NAMES = {"bias": "biases", "kernel": "weights"}
_FORMATS = (None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")
_LAYERS: dict[int, type[Conv]] = {3: Conv1D, 4: Conv2D, 5: Conv3D}


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Callable[[Any], Any] | None = relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = DEFAULT_WEIGHTS,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = DEFAULT_BIASES,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    conv_dims: int | None = None,
) -> Any:
    """activation_fn(convolution(inputs, weights) + biases), for the rank of the inputs.

    Args:
      inputs: [batch, space..., channels], or as `data_format` says.
      num_outputs: the number of channels of the result.
      kernel_size, stride, padding, data_format, rate: see `tf.nn.convolution`.
      activation_fn: a function of a tensor, None for none.
      normalizer_fn, normalizer_params: a function in place of biases, and its arguments.
      weights_initializer, weights_regularizer, biases_initializer, biases_regularizer: see
        `tf.get_variable`; no biases where their initializer is None.
      reuse: whether the variables are there already.
      variables_collections: more collections, or a dict of them by name.
      outputs_collections: collections for the result.
      trainable: whether optimizers change the variables.
      scope: the variable scope, `Conv` if None.
      conv_dims: how many axes of space there must be.

    Raises:
      ValueError: a format, a rank or sizes that don't fit.

    Example:
      >>> tf.contrib.layers.conv2d(tf.zeros([8, 28, 28, 1]), 32, 5)
      <tf.Tensor 'Conv/Relu:0' shape=(8, 28, 28, 32) dtype=float32>
    """
    if data_format not in _FORMATS:
        raise ValueError(f"Invalid data_format: {data_format!r}")
    getter = model_variable_getter(_NAMES)
    opened = variable_scope(scope, "Conv", [inputs], reuse=reuse, custom_getter=getter)
    with opened as own:
        inputs = convert_to_tensor(inputs)
        is_first = data_format is not None and data_format.startswith("NC")
        layer = _layer_class(inputs.get_shape().ndims, conv_dims)(
            num_outputs,
            kernel_size,
            stride,
            padding,
            "channels_first" if is_first else "channels_last",
            rate,
            use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            trainable=trainable,
            name=own.name,
            dtype=inputs.dtype.base_dtype,
            _scope=own,
            _reuse=reuse,
        )
        outputs = _finished(
            layer, inputs, variables_collections, normalizer_fn, normalizer_params, activation_fn
        )
        return keep_outputs(outputs_collections, own.name, outputs)


def _layer_class(rank: int | None, wanted: int | None) -> type[Conv]:
    if wanted is not None and wanted + 2 != rank:
        raise ValueError(f"Convolution expects input with rank {wanted + 2}, got {rank}")
    if rank not in _LAYERS:
        raise ValueError("Convolution not supported for input with rank", rank)
    return _LAYERS[rank]


def _finished(
    layer: Conv,
    inputs: Any,
    collections: Any,
    normalizer_fn: Any,
    normalizer_params: Any,
    activation_fn: Any,
) -> Any:
    outputs = layer(inputs)
    keep_variable(layer.kernel, collections, "weights")
    if layer.bias is not None:
        keep_variable(layer.bias, collections, "biases")
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    return outputs if activation_fn is None else activation_fn(outputs)


def _of_rank(dims: int) -> Callable[..., Any]:
    parameters = list(inspect.signature(convolution).parameters.values())[:-1]

    def of_this_rank(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs).arguments
        given = {**bound, "conv_dims": dims}
        return convolution(**given)

    signature = inspect.Signature(parameters)
    of_this_rank.__name__ = of_this_rank.__qualname__ = f"convolution{dims}d"
    of_this_rank.__doc__ = f"`convolution` along {dims} axes; the same arguments."
    of_this_rank.__signature__ = signature  # type: ignore[attr-defined]
    return add_arg_scope(of_this_rank)


convolution1d = _of_rank(1)
convolution2d = _of_rank(2)
convolution3d = _of_rank(3)


@add_arg_scope
def convolution2d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    activation_fn: Callable[[Any], Any] | None = relu,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = DEFAULT_WEIGHTS,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = DEFAULT_BIASES,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """activation_fn(transposed convolution(inputs, weights) + biases).

    Args:
      inputs: images.
      scope: the variable scope, `Conv2d_transpose` if None.
      num_outputs, kernel_size, stride, padding, data_format, activation_fn, normalizer_fn,
        normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
        biases_regularizer, reuse, variables_collections, outputs_collections, trainable: as for
        `convolution`.

    Raises:
      ValueError: a format, a rank or sizes that don't fit.
    """
    getter = model_variable_getter(_NAMES)
    opened = variable_scope(scope, "Conv2d_transpose", [inputs], reuse=reuse, custom_getter=getter)
    with opened as own:
        inputs_format = check_format(data_format)
        inputs = convert_to_tensor(inputs)
        layer = Conv2DTranspose(
            num_outputs,
            kernel_size,
            stride,
            padding,
            inputs_format,
            use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            trainable=trainable,
            name=own.name,
            dtype=inputs.dtype.base_dtype,
            _scope=own,
            _reuse=reuse,
        )
        outputs = _finished(
            layer, inputs, variables_collections, normalizer_fn, normalizer_params, activation_fn
        )
        return keep_outputs(outputs_collections, own.name, outputs)


@add_arg_scope
def max_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """The largest of each window of images.

    Args:
      inputs: images.
      kernel_size, stride, padding, data_format: see `tf.nn.max_pool`.
      outputs_collections: collections for the result.
      scope: the name scope, `MaxPool2D` if None.
    """
    return _pooled(
        MaxPooling2D, "MaxPool2D", inputs, kernel_size, stride, padding, data_format,
        outputs_collections, scope,
    )  # fmt: skip


@add_arg_scope
def avg_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """The mean of each window of images.

    Args:
      inputs: images.
      kernel_size, stride, padding, data_format: see `tf.nn.avg_pool`.
      outputs_collections: collections for the result.
      scope: the name scope, `AvgPool2D` if None.
    """
    return _pooled(
        AveragePooling2D, "AvgPool2D", inputs, kernel_size, stride, padding, data_format,
        outputs_collections, scope,
    )  # fmt: skip


def _pooled(
    kind: type[Pooling], default: str, inputs: Any, size: Any, stride: Any, padding: str,
    data_format: str, collections: Any, scope: str | None,
) -> Any:  # fmt: skip
    inputs_format = check_format(data_format)
    with name_scope(scope, default, [inputs]) as own:
        inputs = convert_to_tensor(inputs)
        layer = kind(size, stride, padding, inputs_format, _scope=own)
        return keep_outputs(collections, own, layer(inputs))
