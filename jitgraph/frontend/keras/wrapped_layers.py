"""Keras's forms of the layers that tf.layers has: the same work, with Keras's defaults and words.

In: tensors. Out: what the layer of tf.layers makes of them; whether a run trains is asked of the
learning phase where the caller does not say.
"""

from __future__ import annotations

from typing import Any, ClassVar

from jitgraph import dtypes
from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.keras import activations, constraints, initializers, regularizers
from jitgraph.frontend.keras.graph_state import learning_phase
from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.layers import (
    batch_normalization as normal,
    convolution as conv,
    dense,
    pooling,
    separable_convolution as separable,
    transposed_convolution as transposed,
)
from jitgraph.graph import name_scope
from jitgraph.ops import state
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity

_MAKERS = {
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
    "activation": activations.get,
}


class WrappedLayer(KerasLayer):
    """The base: arguments by words, and Keras's defaults."""

    defaults: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        given = {**self.defaults, **kwargs}
        for name, value in given.items():
            make = _MAKERS.get(name.rpartition("_")[2])
            if make is not None and value is not None and name != "activity_regularizer":
                given[name] = make(value)
        super().__init__(*args, **given)
        for name in self.defaults:
            if name.endswith("initializer"):
                setattr(self, name, initializers.get(getattr(self, name)))


_KERNEL = {"kernel_initializer": "glorot_uniform"}


class Dense(WrappedLayer, dense.Dense):
    """activation(inputs @ kernel + bias). See `tf.layers.Dense` for the arguments.

    Example:
      >>> tf.keras.layers.Dense(10, activation="relu")(tf.zeros([8, 784]))
      <tf.Tensor 'dense/Relu:0' shape=(8, 10) dtype=float32>
    """

    defaults = _KERNEL


class Flatten(WrappedLayer, dense.Flatten):
    """Makes each example a row. See `tf.layers.Flatten`."""


class Dropout(WrappedLayer, dense.Dropout):
    """Zeroes elements at random while training. See `tf.layers.Dropout` for the arguments."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, training: Any = None) -> Any:
        """`inputs` with zeros while training, else `inputs` themselves."""
        return super().call(inputs, learning_phase() if training is None else training)


class Conv1D(WrappedLayer, conv.Conv1D):
    """Convolution of signals. See `tf.layers.Conv1D` for the arguments."""

    defaults = _KERNEL


class Conv2D(WrappedLayer, conv.Conv2D):
    """Convolution of images. See `tf.layers.Conv2D` for the arguments."""

    defaults = _KERNEL


class Conv3D(WrappedLayer, conv.Conv3D):
    """Convolution of volumes. See `tf.layers.Conv3D` for the arguments."""

    defaults = _KERNEL


class Conv2DTranspose(WrappedLayer, transposed.Conv2DTranspose):
    """Transposed convolution of images. See `tf.layers.Conv2DTranspose` for the arguments."""

    defaults = _KERNEL


class Conv3DTranspose(WrappedLayer, transposed.Conv3DTranspose):
    """Transposed convolution of volumes. See `tf.layers.Conv3DTranspose` for the arguments."""

    defaults = _KERNEL


_SEPARABLE = {
    "depthwise_initializer": "glorot_uniform",
    "pointwise_initializer": "glorot_uniform",
}


class SeparableConv1D(WrappedLayer, separable.SeparableConv1D):
    """Separable convolution of signals. See `tf.layers.SeparableConv1D` for the arguments."""

    defaults = _SEPARABLE


class SeparableConv2D(WrappedLayer, separable.SeparableConv2D):
    """Separable convolution of images. See `tf.layers.SeparableConv2D` for the arguments."""

    defaults = _SEPARABLE


class _PoolingLayer(WrappedLayer):
    rank: ClassVar[int]

    def __init__(self, pool_size: Any = 2, strides: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(pool_size, pool_size if strides is None else strides, *args, **kwargs)


class MaxPooling1D(_PoolingLayer, pooling.MaxPooling1D):
    """The largest of each window of signals. See `tf.layers.MaxPooling1D`."""


class MaxPooling2D(_PoolingLayer, pooling.MaxPooling2D):
    """The largest of each window of images. See `tf.layers.MaxPooling2D`."""


class MaxPooling3D(_PoolingLayer, pooling.MaxPooling3D):
    """The largest of each window of volumes. See `tf.layers.MaxPooling3D`."""


class AveragePooling1D(_PoolingLayer, pooling.AveragePooling1D):
    """The mean of each window of signals. See `tf.layers.AveragePooling1D`."""


class AveragePooling2D(_PoolingLayer, pooling.AveragePooling2D):
    """The mean of each window of images. See `tf.layers.AveragePooling2D`."""


class AveragePooling3D(_PoolingLayer, pooling.AveragePooling3D):
    """The mean of each window of volumes. See `tf.layers.AveragePooling3D`."""


class BatchNormalization(WrappedLayer, normal.BatchNormalization):
    """Normalises by the batch or as remembered. See `tf.layers.BatchNormalization`.

    Example:
      >>> tf.keras.layers.BatchNormalization()(tf.zeros([8, 4])).shape
      TensorShape([Dimension(8), Dimension(4)])
    """

    defaults: ClassVar[dict[str, Any]] = {
        "beta_initializer": "zeros",
        "gamma_initializer": "ones",
        "moving_mean_initializer": "zeros",
        "moving_variance_initializer": "ones",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supports_masking = True

    def _add_moving_ones(self, shape: list[Any]) -> None:
        self.moving_mean = self._remembered("moving_mean", shape, self.moving_mean_initializer)
        self.moving_variance = self._remembered(
            "moving_variance", shape, self.moving_variance_initializer
        )

    def call(self, inputs: Any, training: Any = None) -> Any:
        """By the batch while training, else by the moving mean and variance."""
        if training is None:
            training = learning_phase()
        return super().call(inputs, training if self.trainable else False)

    def _moved(self, variable: Any, value: Any, momentum: Any) -> Any:
        """variable - (variable - value) * (1 - momentum), then read."""
        with name_scope("AssignMovingAvg"):
            decay = convert_to_tensor(1.0 - momentum, dtypes.float32, name="decay")
            change = (variable - value) * decay
            moved = state.assign_sub(variable, change, name="AssignSubVariableOp")
            return identity(moved, name="ReadVariableOp")

    def _cast(self, value: Any, dtype: Any) -> Any:
        return value if value.dtype.base_dtype == dtype else super()._cast(value, dtype)

    def _update(self, training: Any, variable: Any, value: Any) -> Any:
        def moved() -> Any:
            return identity(self._moved(variable, value, self.momentum), name="ReadVariableOp")

        return smart_cond(training, moved, variable.value)
