"""Batch normalisation: a layer that remembers means and variances.

In: tensors of a batch. Out: normalised ones; while training, operations in UPDATE_OPS that move
the mean and the variance that are used afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.control_flow import smart_cond, smart_constant_value
from jitgraph.frontend.initializers import ones_initializer, zeros_initializer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.graph import Tensor, colocate_with, name_scope
from jitgraph.ops import state
from jitgraph.ops.batch_norm import fused_batch_norm
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.moments import batch_normalization as normalized, moments
from jitgraph.ops.reshaping import reshape
from jitgraph.shapes import as_shape

_ZEROS = zeros_initializer()
_ONES = ones_initializer()


class BatchNormalization(Layer):
    """(inputs - mean) / sqrt(variance + epsilon) * gamma + beta, by the batch or as remembered.

    Args:
      axis: the axis of channels, or a list of such axes.
      momentum: what share of the moving mean and variance stays at an update.
      epsilon: added to the variance.
      center, scale: whether there is a beta, a gamma.
      beta_initializer, gamma_initializer, moving_mean_initializer,
        moving_variance_initializer: see `tf.get_variable`.
      beta_regularizer, gamma_regularizer: functions that give a loss.
      beta_constraint, gamma_constraint: functions that optimizers apply after an update.
      renorm, renorm_clipping, renorm_momentum, virtual_batch_size, adjustment: not supported.
      fused: whether one op does it, where it can; images do if None.
      trainable: whether optimizers change its variables.
      name: its name.

    Raises:
      TypeError: an axis that is neither an integer nor a list.
      ValueError: inputs of unknown rank, or whose channels are not known.
      NotImplementedError: what is not supported.

    Example:
      >>> x = tf.layers.batch_normalization(tf.zeros([8, 28, 28, 4]), training=True)
      >>> tf.get_collection(tf.GraphKeys.UPDATE_OPS)[0].name
      'batch_normalization/AssignMovingAvg'
    """

    gamma: Any = None
    beta: Any = None

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = _ZEROS,
        gamma_initializer: Any = _ONES,
        moving_mean_initializer: Any = _ZEROS,
        moving_variance_initializer: Any = _ONES,
        beta_regularizer: Callable[[Any], Any] | None = None,
        gamma_regularizer: Callable[[Any], Any] | None = None,
        beta_constraint: Callable[[Any], Any] | None = None,
        gamma_constraint: Callable[[Any], Any] | None = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, **kwargs)
        if not isinstance(axis, (int, list)):
            raise TypeError(f"axis must be int or list, type given: {type(axis)}")
        if renorm or virtual_batch_size is not None or adjustment is not None:
            raise NotImplementedError(
                "batch normalization with renorm, virtual_batch_size or adjustment is not supported"
            )
        self.axis: list[int] = [axis] if isinstance(axis, int) else axis[:]
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer = beta_initializer
        self.gamma_initializer = gamma_initializer
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer
        self.beta_regularizer = beta_regularizer
        self.gamma_regularizer = gamma_regularizer
        self.beta_constraint = beta_constraint
        self.gamma_constraint = gamma_constraint
        self.fused = True if fused is None else fused

    # Variables

    def build(self, input_shape: Any) -> None:
        """Makes gamma, beta, the moving mean and the moving variance."""
        shape = as_shape(input_shape)
        if not shape.ndims:
            raise ValueError("Input has undefined rank:", shape)
        sizes = shape.as_list()
        self._place_axes(len(sizes))
        self._choose_op(len(sizes))
        channels = {axis: sizes[axis] for axis in self.axis}
        if None in channels.values():
            raise ValueError("Input has undefined `axis` dimension. Input shape: ", shape)
        self.input_spec = InputSpec(ndim=len(sizes), axes=channels)
        if len(channels) == 1:
            own = [channels[self.axis[0]]]
        else:
            own = [channels.get(axis, 1) for axis in range(len(sizes))]
        self._add_gamma_and_beta(own)
        self._add_moving_ones(own)

    def _place_axes(self, rank: int) -> None:
        self.axis = [rank + axis if axis < 0 else axis for axis in self.axis]
        for axis in self.axis:
            if axis < 0 or axis >= rank:
                raise ValueError(f"Invalid axis: {axis}")
        if len(self.axis) != len(set(self.axis)):
            raise ValueError(f"Duplicate axis: {self.axis}")

    def _choose_op(self, rank: int) -> None:
        self.fused = self.fused and rank == 4 and self.axis in ([1], [3])
        self._data_format = "NCHW" if self.axis == [1] else "NHWC"

    def _own_dtype(self) -> DType:
        own = dtypes.as_dtype(self.dtype or dtypes.float32)
        return dtypes.float32 if own in (dtypes.float16, dtypes.bfloat16) else own

    def _add_gamma_and_beta(self, shape: list[Any]) -> None:
        dtype = self._own_dtype()
        if self.scale:
            self.gamma = self.add_weight(
                "gamma",
                shape,
                dtype,
                self.gamma_initializer,
                self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        elif self.fused:
            self._gamma_constant = constant(1.0, dtype, shape)
        if self.center:
            self.beta = self.add_weight(
                "beta",
                shape,
                dtype,
                self.beta_initializer,
                self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        elif self.fused:
            self._beta_constant = constant(0.0, dtype, shape)

    def _add_moving_ones(self, shape: list[Any]) -> None:
        scope = self._open_scope()
        partitioner = scope.partitioner
        scope.set_partitioner(None)
        try:
            self.moving_mean = self._remembered("moving_mean", shape, self.moving_mean_initializer)
            self.moving_variance = self._remembered(
                "moving_variance", shape, self.moving_variance_initializer
            )
        finally:
            scope.set_partitioner(partitioner)

    def _remembered(self, name: str, shape: list[Any], initializer: Any) -> Any:
        return self.add_weight(
            name,
            shape,
            self._own_dtype(),
            initializer,
            trainable=False,
            synchronization=VariableSynchronization.ON_READ,
            aggregation=VariableAggregation.MEAN,
        )

    # Normalisation

    def call(self, inputs: Any, training: Any = False) -> Any:
        """By the batch while training, else by the moving mean and variance."""
        return self._fused(inputs, training) if self.fused else self._composed(inputs, training)

    def _fused(self, inputs: Tensor, training: Any) -> Tensor:
        beta = self.beta if self.center else self._beta_constant
        gamma = self.gamma if self.scale else self._gamma_constant

        def by_the_batch() -> Any:
            return fused_batch_norm(
                inputs, gamma, beta, epsilon=self.epsilon, data_format=self._data_format
            )

        def as_remembered() -> Any:
            return fused_batch_norm(
                inputs,
                gamma,
                beta,
                mean=self.moving_mean,
                variance=self.moving_variance,
                epsilon=self.epsilon,
                is_training=False,
                data_format=self._data_format,
            )

        output, mean, variance = smart_cond(training, by_the_batch, as_remembered)
        known = smart_constant_value(training)
        if known is None:
            momentum = smart_cond(training, lambda: self.momentum, lambda: 1.0)
        else:
            momentum = convert_to_tensor(self.momentum)
        if known is not False:
            self.add_update(lambda: self._moved(self.moving_mean, mean, momentum))
            self.add_update(lambda: self._moved(self.moving_variance, variance, momentum))
        return output  # type: ignore[no-any-return]

    def _composed(self, inputs: Tensor, training: Any) -> Tensor:
        rank = len(inputs.get_shape().as_list())
        axes = [axis for axis in range(rank) if axis not in self.axis]
        scale, offset = (self._broadcast(each, inputs, axes) for each in (self.gamma, self.beta))
        if smart_constant_value(training) is False:
            mean, variance = self.moving_mean, self.moving_variance
        else:
            mean, variance = self._batch_moments(inputs, training, axes)
            self.add_update(lambda: self._update(training, self.moving_mean, mean))
            self.add_update(lambda: self._update(training, self.moving_variance, variance))
        mean, variance, offset, scale = (
            None if each is None else self._cast(each, inputs.dtype)
            for each in (mean, variance, offset, scale)
        )
        mean, variance = (self._broadcast(each, inputs, axes) for each in (mean, variance))
        outputs = normalized(inputs, mean, variance, offset, scale, self.epsilon)
        outputs.set_shape(inputs.get_shape())
        return outputs

    def _cast(self, value: Any, dtype: DType) -> Any:
        return cast(value, dtype)

    def _broadcast(self, value: Any, inputs: Tensor, axes: list[int]) -> Any:
        sizes = inputs.get_shape().as_list()
        if value is None or len(value.get_shape().as_list()) == len(sizes):
            return value
        if axes == list(range(len(sizes) - 1)):
            return value
        shape: list[Any] = [1] * len(sizes)
        shape[self.axis[0]] = sizes[self.axis[0]]
        return reshape(value, shape)

    def _batch_moments(self, inputs: Tensor, training: Any, axes: list[int]) -> Any:
        keep = len(self.axis) > 1
        mean, variance = moments(cast(inputs, self._own_dtype()), axes, keepdims=keep)
        moving_mean, moving_variance = self.moving_mean, self.moving_variance
        return (
            smart_cond(training, lambda: mean, lambda: convert_to_tensor(moving_mean)),
            smart_cond(training, lambda: variance, lambda: convert_to_tensor(moving_variance)),
        )

    def _update(self, training: Any, variable: Any, value: Tensor) -> Any:
        return smart_cond(
            training, lambda: self._moved(variable, value, self.momentum), lambda: variable
        )

    def _moved(self, variable: Any, value: Tensor, momentum: Any) -> Any:
        with name_scope("AssignMovingAvg") as scope, colocate_with(variable):
            decay = convert_to_tensor(1.0 - momentum, name="decay")
            if decay.dtype != variable.dtype.base_dtype:
                decay = cast(decay, variable.dtype.base_dtype)
            change = (variable - cast(value, variable.dtype.base_dtype)) * decay
            return state.assign_sub(variable, change, name=scope)


def batch_normalization(
    inputs: Any,
    axis: Any = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = _ZEROS,
    gamma_initializer: Any = _ONES,
    moving_mean_initializer: Any = _ZEROS,
    moving_variance_initializer: Any = _ONES,
    beta_regularizer: Callable[[Any], Any] | None = None,
    gamma_regularizer: Callable[[Any], Any] | None = None,
    beta_constraint: Callable[[Any], Any] | None = None,
    gamma_constraint: Callable[[Any], Any] | None = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
    **others: Any,
) -> Any:
    """A new `tf.layers.BatchNormalization`, called.

    Args:
      inputs: a tensor of floats.
      training: whether to normalise by the batch and to move the mean and the variance: a bool
        or a bool tensor.
      reuse: whether to share the variables of a layer of this name.
      others: the other arguments of the class.
    """
    layer = BatchNormalization(
        axis,
        momentum,
        epsilon,
        center,
        scale,
        beta_initializer,
        gamma_initializer,
        moving_mean_initializer,
        moving_variance_initializer,
        beta_regularizer,
        gamma_regularizer,
        beta_constraint,
        gamma_constraint,
        trainable=trainable,
        name=name,
        _reuse=reuse,
        _scope=name,
        **others,
    )
    return layer(inputs, training=training)
