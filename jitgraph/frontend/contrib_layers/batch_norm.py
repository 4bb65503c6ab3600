"""tf.contrib.layers.batch_norm: batch normalisation with contrib's names and collections.

In: tensors of a batch. Out: normalised ones; the updates of what is remembered join a collection,
or are made before the result is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.contrib_layers.sharing import (
    check_format,
    collections_of,
    keep_outputs,
    keep_variable,
    model_variable_getter,
)
from jitgraph.frontend.contrib_variables import model_variable
from jitgraph.frontend.control_flow import smart_cond, smart_constant_value
from jitgraph.frontend.initializers import ones_initializer, zeros_initializer
from jitgraph.frontend.layers.batch_normalization import BatchNormalization
from jitgraph.frontend.train.moving_averages import assign_moving_average
from jitgraph.frontend.variable_scope import get_variable_scope
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import GraphKeys, Tensor, add_to_collections, control_dependencies
from jitgraph.ops.batch_norm import fused_batch_norm
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity
from jitgraph.ops.moments import batch_normalization as normalized, moments
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of

_STARTS: dict[str, Callable[[], Any]] = {
    "beta": zeros_initializer,
    "gamma": ones_initializer,
    "moving_mean": zeros_initializer,
    "moving_variance": ones_initializer,
}


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Callable[[Any], Any] | None = None,
    param_initializers: dict[str, Any] | None = None,
    param_regularizers: dict[str, Any] | None = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:
    """Batch normalisation.

    Args:
      inputs: [batch, ..., channels], or channels second.
      decay: what share of the moving mean and variance stays at an update.
      center, scale: whether there is a beta, a gamma.
      epsilon: added to the variance.
      activation_fn: a function of the result.
      param_initializers, param_regularizers: by the names beta, gamma, moving_mean and
        moving_variance.
      updates_collections: where the updates go; None makes them part of the result.
      is_training: whether to normalise by the batch: a bool or a bool tensor.
      reuse: whether the variables are there already.
      variables_collections: more collections, or a dict of them by name.
      outputs_collections: collections for the result.
      trainable: whether optimizers change beta and gamma.
      fused: whether one op does it, where it can.
      data_format: "NHWC" or "NCHW".
      zero_debias_moving_mean: whether the moving mean is corrected for its start from zero.
      scope: the variable scope, `BatchNorm` if None.
      batch_weights, renorm, renorm_clipping, renorm_decay, adjustment: not supported.

    Raises:
      ValueError: a format or inputs that don't fit.
      NotImplementedError: what is not supported.

    Example:
      >>> tf.contrib.layers.batch_norm(tf.zeros([8, 28, 28, 4]), is_training=False)
      <tf.Tensor 'BatchNorm/FusedBatchNormV3:0' shape=(8, 28, 28, 4) dtype=float32>
    """
    if batch_weights is not None or renorm or adjustment is not None:
        raise NotImplementedError(
            "batch_norm with batch_weights, renorm or adjustment is not supported"
        )
    inputs = convert_to_tensor(inputs)
    rank = inputs.get_shape().ndims
    starts = {name: kind() for name, kind in _STARTS.items()} | (param_initializers or {})
    regularizers = param_regularizers or {}
    fuses = fused is None or bool(fused)
    is_plain = updates_collections is GraphKeys.UPDATE_OPS and not zero_debias_moving_mean
    if fuses and rank in (2, 4) and (rank == 2 or not is_plain):
        check_format(data_format)
        opened = variable_scope(scope, "BatchNorm", [inputs], reuse=reuse)
        work = _WithVariables(
            inputs, decay, epsilon, updates_collections, is_training, zero_debias_moving_mean
        )
        with opened as own:
            inputs = convert_to_tensor(inputs)
            outputs = work.fused(
                center, scale, data_format, starts, regularizers, variables_collections, trainable
            )
            if activation_fn is not None:
                outputs = activation_fn(outputs)
            return keep_outputs(outputs_collections, own.name, outputs)
    axis = 1 if check_format(data_format) == "channels_first" else -1
    if not is_plain:
        raise NotImplementedError(
            f"batch_norm of rank {rank} is supported with updates_collections=UPDATE_OPS only"
        )
    getter = model_variable_getter()
    opened = variable_scope(scope, "BatchNorm", [inputs], reuse=reuse, custom_getter=getter)
    with opened as own:
        layer = BatchNormalization(
            axis,
            decay,
            epsilon,
            center,
            scale,
            starts["beta"],
            starts["gamma"],
            starts["moving_mean"],
            starts["moving_variance"],
            regularizers.get("beta"),
            regularizers.get("gamma"),
            fused=fuses,
            trainable=trainable,
            name=own.name,
            _scope=own,
            _reuse=reuse,
        )
        outputs = layer(inputs, training=is_training)
        for name in ("moving_mean", "moving_variance", "beta", "gamma"):
            if getattr(layer, name) is not None:
                keep_variable(getattr(layer, name), variables_collections, name)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return keep_outputs(outputs_collections, own.name, outputs)


class _WithVariables:
    """Batch normalisation of matrices and images with variables of its own."""

    def __init__(
        self,
        inputs: Tensor,
        decay: float,
        epsilon: float,
        updates_collections: Any,
        is_training: Any,
        zero_debias: bool,
    ) -> None:
        self.given = inputs
        self.decay = decay
        self.epsilon = epsilon
        self.updates_collections = updates_collections
        self.is_training = is_training
        self.zero_debias = zero_debias

    def fused(
        self,
        center: bool,
        scale: bool,
        data_format: str,
        starts: dict[str, Any],
        regularizers: dict[str, Any],
        collections: Any,
        trainable: bool,
    ) -> Tensor:
        """By one op, matrices as images of one point."""
        images = self._as_images(data_format)
        shape = images.get_shape()
        channels = shape[-1:] if data_format == "NHWC" else shape[1:2]
        if not channels.is_fully_defined():
            raise ValueError(f"Inputs {images.name} has undefined `C` dimension {channels}.")

        def made(name: str, is_trained: bool) -> Any:
            return model_variable(
                name,
                shape=channels,
                dtype=dtypes.float32,
                initializer=starts[name],
                regularizer=regularizers.get(name) if is_trained else None,
                collections=collections_of(collections, name),
                trainable=trainable and is_trained,
            )

        sizes = channels.as_list()
        beta = made("beta", True) if center else constant(0.0, dtypes.float32, sizes)
        gamma = made("gamma", True) if scale else constant(1.0, dtypes.float32, sizes)
        with variable_scope(get_variable_scope()) as local_scope:
            local_scope.set_partitioner(None)
            self.mean, self.variance = made("moving_mean", False), made("moving_variance", False)
        outputs = self._normalised(images, gamma, beta, data_format)
        outputs.set_shape(shape)
        if self.given is not images:
            outputs = reshape(outputs, shape_of(self.given))
        return outputs

    def _as_images(self, data_format: str) -> Tensor:
        sizes = self.given.get_shape().as_list()
        if len(sizes) == 4:
            return self.given
        if sizes[-1] is None:
            raise ValueError("`C` dimension must be known but is None")
        is_last = data_format == "NHWC"
        return reshape(self.given, [-1, 1, 1, sizes[-1]] if is_last else [-1, sizes[-1], 1, 1])

    def _normalised(self, images: Tensor, gamma: Any, beta: Any, data_format: str) -> Tensor:
        def by_the_batch() -> Any:
            return fused_batch_norm(
                images, gamma, beta, epsilon=self.epsilon, data_format=data_format
            )

        def as_remembered() -> Any:
            return fused_batch_norm(
                images,
                gamma,
                beta,
                mean=self.mean,
                variance=self.variance,
                epsilon=self.epsilon,
                is_training=False,
                data_format=data_format,
            )

        outputs, mean, variance = smart_cond(self.is_training, by_the_batch, as_remembered)
        if smart_constant_value(self.is_training) is False:
            return outputs  # type: ignore[no-any-return]

        def moved() -> tuple[Tensor, Tensor]:
            return (
                assign_moving_average(self.mean, mean, self.decay, zero_debias=self.zero_debias),
                assign_moving_average(self.variance, variance, self.decay, zero_debias=False),
            )

        if self.updates_collections is None:

            def moved_before() -> Tensor:
                with control_dependencies(moved()):
                    return identity(outputs)

            return smart_cond(  # type: ignore[no-any-return]
                self.is_training, moved_before, lambda: outputs
            )
        for update in smart_cond(self.is_training, moved, lambda: (self.mean, self.variance)):
            add_to_collections(self.updates_collections, update)
        return outputs  # type: ignore[no-any-return]


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """Normalisation of each example by its own mean and variance.

    Args:
      inputs: a tensor of floats.
      center, scale: whether there is a beta, a gamma.
      activation_fn: a function of the result.
      reuse: whether the variables are there already.
      variables_collections, outputs_collections: more collections.
      trainable: whether optimizers change beta and gamma.
      begin_norm_axis: the mean is that of this axis and all after it.
      begin_params_axis: beta and gamma have the sizes of this axis and all after it.
      scope: the variable scope, `LayerNorm` if None.

    Raises:
      ValueError: axes beyond the rank, sizes that are not known.
    """
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as own:
        inputs = convert_to_tensor(inputs)
        shape = inputs.get_shape()
        rank = shape.ndims
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        first = rank + begin_norm_axis if begin_norm_axis < 0 else begin_norm_axis
        if begin_params_axis >= rank or first >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({first}) must be < "
                f"rank(inputs) ({rank})"
            )
        sizes = shape[begin_params_axis:]
        if not sizes.is_fully_defined():
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: "
                f"{shape}"
            )

        def made(name: str) -> Any:
            return model_variable(
                name,
                shape=sizes,
                dtype=inputs.dtype.base_dtype,
                initializer=_STARTS[name](),
                collections=collections_of(variables_collections, name),
                trainable=trainable,
            )

        beta = made("beta") if center else None
        gamma = made("gamma") if scale else None
        mean, variance = moments(inputs, list(range(first, rank)), keep_dims=True)
        epsilon = 1e-3 if inputs.dtype == dtypes.float16 else 1e-12
        outputs = normalized(inputs, mean, variance, beta, gamma, epsilon)
        outputs.set_shape(shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return keep_outputs(outputs_collections, own.name, outputs)
