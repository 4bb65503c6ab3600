"""Layers of one operation: activations, shapes, padding, sampling, noise, embeddings.

In: tensors of a batch. Out: tensors of a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.api import math, nn, random
from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.frontend.keras import activations, constraints, initializers, regularizers
from jitgraph.frontend.keras.graph_state import learning_phase
from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.settings import sizes_of
from jitgraph.graph import name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.identities import identity
from jitgraph.ops.image_resizing import RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR
from jitgraph.ops.packing import stack
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape, squeeze
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.transposing import transpose


class Activation(KerasLayer):
    """A function of a tensor as a layer.

    Args:
      activation: the function or its name.

    Example:
      >>> tf.keras.layers.Activation("relu")(tf.zeros([2, 3]))
      <tf.Tensor 'activation/Relu:0' shape=(2, 3) dtype=float32>
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:
        """activation(inputs)."""
        return self.activation(inputs)


class Reshape(KerasLayer):
    """Gives each example another shape.

    Args:
      target_shape: sizes without the batch; one may be -1.

    Raises:
      ValueError: the sizes don't hold as many elements.
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def call(self, inputs: Any) -> Any:
        """The inputs in their new shape."""
        self._check(inputs.get_shape().as_list()[1:])
        return reshape(inputs, (shape_of(inputs)[0], *self.target_shape))

    def _check(self, sizes: list[int | None]) -> None:
        if None in sizes:
            return
        count, known = 1, 1
        for size in sizes:
            count *= size or 0
        for size in self.target_shape:
            known *= 1 if size == -1 else size
        fits = known and count % known == 0 if -1 in self.target_shape else count == known
        if not fits:
            raise ValueError("total size of new array must be unchanged")


class Permute(KerasLayer):
    """Reorders the axes of each example.

    Args:
      dims: the axes in their new order, from 1 on.

    Raises:
      ValueError: `dims` is no such order.
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                f"Invalid permutation `dims` for Permute Layer: {dims}. The set of indices in "
                "`dims` must be consecutive and start from 1."
            )
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def call(self, inputs: Any) -> Any:
        """The inputs with their axes in the new order."""
        return transpose(inputs, perm=(0, *self.dims))


class RepeatVector(KerasLayer):
    """Repeats each row: [batch, features] becomes [batch, n, features].

    Args:
      n: how often.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def call(self, inputs: Any) -> Any:
        """The rows, repeated."""
        return tile(expand_dims(inputs, 1), stack([1, self.n, 1]))


class Lambda(KerasLayer):
    """A function as a layer.

    Args:
      function: of the inputs, and of `training` and `mask` where it takes them.
      output_shape: accepted for compatibility: it is inferred.
      mask: accepted for compatibility.
      arguments: other arguments of the function.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.arguments = dict(arguments or {})

    def call(self, inputs: Any) -> Any:
        """function(inputs)."""
        return self.function(inputs, **self.arguments)


class Masking(KerasLayer):
    """Skips the steps of which all features have one value.

    Args:
      mask_value: the value.
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value

    def call(self, inputs: Any) -> Any:
        """The inputs, with zeros in the steps that are skipped."""
        known = math.reduce_any(math.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = inputs * cast(known, inputs.dtype)
        outputs._keras_mask = squeeze(known, axis=-1)
        return outputs


class Embedding(KerasLayer):
    """A row of a matrix for each integer.

    Args:
      input_dim: the number of rows.
      output_dim: their length.
      embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the matrix.
      mask_zero: whether a zero marks a step that does not count.
      input_length: the length of the sequences, where it is known.
    """

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        activity_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        input_length: Any = None,
        **kwargs: Any,
    ) -> None:
        if not {"input_shape", "batch_input_shape", "input_dim"} & set(kwargs):
            kwargs["input_shape"] = (input_length,)
        kwargs.setdefault("dtype", "float32")
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.input_dim = input_dim
        self.output_dim = output_dim
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.input_length = input_length

    def build(self, input_shape: Any) -> None:
        """Makes the matrix."""
        self.embeddings = self.add_weight(
            "embeddings",
            (self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
        )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Where the inputs are not zero, if zeros don't count."""
        return math.not_equal(inputs, 0) if self.mask_zero else None

    def call(self, inputs: Any) -> Any:
        """The rows."""
        if inputs.dtype.base_dtype not in (dtypes.int32, dtypes.int64):
            inputs = cast(inputs, dtypes.int32)
        return embedding_lookup(self.embeddings._ref(), inputs)


class ReLU(KerasLayer):
    """max(x, 0). See `tf.keras.activations.relu` for the arguments."""

    def __init__(
        self,
        max_value: float | None = None,
        negative_slope: float = 0,
        threshold: float = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Any:
        """relu(inputs)."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(KerasLayer):
    """x, or alpha * x below zero.

    Args:
      alpha: the slope below zero.
    """

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        """leaky_relu(inputs)."""
        return nn.leaky_relu(inputs, alpha=self.alpha)


class ELU(KerasLayer):
    """x, or alpha * (exp(x) - 1) below zero.

    Args:
      alpha: the limit below zero.
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha = alpha

    def call(self, inputs: Any) -> Any:
        """elu(inputs)."""
        made = nn.elu(inputs)
        if self.alpha == 1:
            return made
        from jitgraph.ops.selection import where

        return where(inputs > 0, made, self.alpha * made)


class ThresholdedReLU(KerasLayer):
    """x above a threshold, else zero.

    Args:
      theta: the threshold.
    """

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.theta = theta

    def call(self, inputs: Any) -> Any:
        """The inputs above the threshold."""
        return inputs * cast(math.greater(inputs, self.theta), inputs.dtype)


class PReLU(KerasLayer):
    """x, or a learned multiple of it below zero.

    Args:
      alpha_initializer, alpha_regularizer, alpha_constraint: of the multiples.
      shared_axes: axes along which they are the same.
    """

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def build(self, input_shape: Any) -> None:
        """Makes the multiples."""
        sizes = input_shape.as_list()[1:]
        for axis in self.shared_axes or ():
            sizes[axis - 1] = 1
        self.alpha = self.add_weight(
            "alpha",
            sizes,
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def call(self, inputs: Any) -> Any:
        """relu(inputs) - alpha * relu(-inputs)."""
        return nn.relu(inputs) + -self.alpha * nn.relu(-inputs)


class Softmax(KerasLayer):
    """exp(x) / sum(exp(x)) along an axis.

    Args:
      axis: the axis.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        """softmax(inputs)."""
        return activations.softmax(inputs, self.axis)


class GaussianNoise(KerasLayer):
    """Adds normal numbers while training.

    Args:
      stddev: their deviation.
    """

    def __init__(self, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.stddev = stddev

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The inputs with noise while training."""

        def noised() -> Any:
            return inputs + random.normal(shape_of(inputs), 0.0, self.stddev, inputs.dtype)

        phase = learning_phase() if training is None else training
        return smart_cond(phase, noised, lambda: identity(inputs))


class UpSampling1D(KerasLayer):
    """Repeats each step.

    Args:
      size: how often.
    """

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = int(size)
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """The steps, repeated."""
        return _repeated(inputs, self.size, 1)


class UpSampling2D(KerasLayer):
    """Repeats rows and columns of images, or interpolates between them.

    Args:
      size: how often, one for both or a pair.
      data_format: "channels_last" or "channels_first".
      interpolation: "nearest" or "bilinear".

    Raises:
      ValueError: another interpolation.
    """

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError(
                '`interpolation` argument should be one of `"nearest"` or `"bilinear"`.'
            )
        self.size = sizes_of(size, 2, "size")
        self.data_format = data_format or "channels_last"
        self.interpolation = interpolation
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """Larger images."""
        if self.data_format == "channels_first":
            made = self._enlarged(transpose(inputs, [0, 2, 3, 1]))
            return transpose(made, [0, 3, 1, 2])
        return self._enlarged(inputs)

    def _enlarged(self, images: Any) -> Any:
        sizes = images.get_shape().as_list()
        wanted = shape_of(images)[1:3] * constant(np.array(self.size, np.int32))
        kind = RESIZE_NEAREST_NEIGHBOR if self.interpolation == "nearest" else RESIZE_BILINEAR
        with name_scope("resize"):
            made = apply(kind, [images, wanted], {"half_pixel_centers": True})
        larger = [
            None if n is None else n * by for n, by in zip(sizes[1:3], self.size, strict=True)
        ]
        made.set_shape([sizes[0], *larger, sizes[3]])
        return made


class UpSampling3D(KerasLayer):
    """Repeats planes, rows and columns of volumes.

    Args:
      size: how often, one for all or three.
    """

    def __init__(self, size: Any = (2, 2, 2), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = sizes_of(size, 3, "size")
        self.input_spec = InputSpec(ndim=5)

    def call(self, inputs: Any) -> Any:
        """Larger volumes."""
        for axis, times in enumerate(self.size):
            inputs = _repeated(inputs, times, axis + 1)
        return inputs


def _repeated(inputs: Any, times: int, axis: int) -> Any:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.splitting import split

    sizes = inputs.get_shape().as_list()
    if sizes[axis] is None:
        raise ValueError("the axis that is repeated must be of known size")
    slices = split(inputs, num_or_size_splits=sizes[axis], axis=axis)
    return concat([each for each in slices for _ in range(times)], axis)
