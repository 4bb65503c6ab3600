"""Dense layers, dropout and flattening.

In: tensors of a batch. Out: products with a kernel; elements zeroed at random; rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.dropout import dropout as zero_at_random
from jitgraph.frontend.initializers import zeros_initializer
from jitgraph.frontend.layers.functions import layer_function
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.layers.settings import CHANNELS_FIRST, activation_of, format_of
from jitgraph.graph import Tensor
from jitgraph.ops.bias import bias_add
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity
from jitgraph.ops.matmul import matmul
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_products import sparse_tensor_dense_matmul
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.tensor_products import tensordot
from jitgraph.ops.transposing import transpose
from jitgraph.shapes import TensorShape, as_shape


class Dense(Layer):
    """activation(inputs @ kernel + bias).

    Args:
      units: the size of the last axis of the result.
      activation: a function of a tensor, or its name.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer: see `tf.get_variable`.
      kernel_regularizer, bias_regularizer, activity_regularizer: functions that give a loss.
      kernel_constraint, bias_constraint: functions that optimizers apply after an update.
      trainable: whether optimizers change its variables.
      name: its name.

    Raises:
      ValueError: the last axis of the inputs has no known size.
      TypeError: inputs that are not of floats.

    Example:
      >>> tf.layers.dense(tf.zeros([8, 784]), 10, activation=tf.nn.relu)
      <tf.Tensor 'dense/Relu:0' shape=(8, 10) dtype=float32>
    """

    kernel: Any
    bias: Any

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = zeros_initializer(),  # noqa: B008
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
        self.units = int(units)
        self.activation = activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.kernel_regularizer = kernel_regularizer
        self.bias_regularizer = bias_regularizer
        self.kernel_constraint = kernel_constraint
        self.bias_constraint = bias_constraint
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Makes the kernel and the bias."""
        dtype = dtypes.as_dtype(self.dtype or dtypes.float32)
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {dtype}")
        width = as_shape(input_shape).as_list()[-1]
        if width is None:
            raise ValueError(
                "The last dimension of the inputs to `Dense` should be defined. Found `None`."
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: width})
        self.kernel = self.add_weight(
            "kernel",
            [width, self.units],
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                [self.units],
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def call(self, inputs: Any) -> Any:
        """activation(inputs @ kernel + bias)."""
        outputs = self._product(inputs)
        if self.use_bias:
            outputs = bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of what it gives.

        Args:
          input_shape: that of its inputs.

        Raises:
          ValueError: fewer than two axes, or a last one of unknown size.
        """
        shape = as_shape(input_shape).with_rank_at_least(2)
        if shape[-1].value is None:
            raise ValueError(
                f"The innermost dimension of input_shape must be defined, but saw: {shape}"
            )
        return shape[:-1].concatenate(self.units)

    def _product(self, inputs: Any) -> Tensor:
        if isinstance(inputs, SparseTensor):
            return sparse_tensor_dense_matmul(inputs, self.kernel)
        sizes = inputs.get_shape().as_list()
        if len(sizes) == 2:
            return matmul(cast(inputs, dtypes.as_dtype(self.dtype)), self.kernel)
        outputs = tensordot(inputs, self.kernel, [[len(sizes) - 1], [0]])
        outputs.set_shape([*sizes[:-1], self.units])
        return outputs


class Dropout(Layer):
    """Zeroes elements at random while training.

    Args:
      rate: the share that is zeroed.
      noise_shape: see `tf.nn.dropout`.
      seed: see `tf.set_random_seed`.
      name: its name.

    Example:
      >>> tf.layers.dropout(tf.ones([2, 3]), 0.4, training=True)
      <tf.Tensor 'dropout/dropout/mul_1:0' shape=(2, 3) dtype=float32>
    """

    def __init__(
        self,
        rate: Any = 0.5,
        noise_shape: Any = None,
        seed: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = False) -> Any:
        """`inputs` with zeros while training, else `inputs` themselves."""

        def dropped() -> Tensor:
            shape = self._noise_shape(inputs)
            return zero_at_random(inputs, noise_shape=shape, seed=self.seed, rate=self.rate)

        return smart_cond(training, dropped, lambda: identity(inputs))

    def _noise_shape(self, inputs: Tensor) -> Tensor | None:
        if self.noise_shape is None:
            return None
        sizes = shape_of(inputs)
        return convert_to_tensor(
            [sizes[axis] if size is None else size for axis, size in enumerate(self.noise_shape)]
        )


class Flatten(Layer):
    """Makes each example a row.

    Args:
      data_format: channels_first moves the channels last, before.
      name: its name.

    Example:
      >>> tf.layers.flatten(tf.zeros([8, 4, 4, 2]))
      <tf.Tensor 'flatten/Reshape:0' shape=(8, 32) dtype=float32>
    """

    def __init__(
        self, data_format: str | None = None, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.data_format = format_of(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        """[batch, all the rest]."""
        given = inputs.get_shape().as_list()
        if self.data_format == CHANNELS_FIRST and len(given) > 1:
            inputs = transpose(inputs, perm=[0, *range(2, len(given)), 1])
        batch = inputs.get_shape().as_list()[0] or shape_of(inputs)[0]
        outputs = reshape(inputs, (batch, -1))
        is_known = all(given[1:])
        outputs.set_shape([given[0], math.prod(given[1:]) if is_known else None])
        return outputs


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Any:
    """A new `tf.layers.Dropout`, called.

    Args:
      inputs: a tensor of floats.
      rate, noise_shape, seed, name: as for the class.
      training: a bool or a bool tensor.
    """
    layer = Dropout(rate, noise_shape=noise_shape, seed=seed, name=name)
    return layer(inputs, training=training)


def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Any:
    """A new `tf.layers.Flatten`, called.

    Args:
      inputs: a tensor of at least one axis.
      name, data_format: as for the class.
    """
    return Flatten(name=name, data_format=data_format)(inputs)


dense = layer_function(Dense, "dense")
