"""Pooling layers: the largest or the mean of each window.

In: signals, images or volumes. Out: smaller ones.
"""

from __future__ import annotations

from typing import Any, ClassVar

from jitgraph.frontend.layers.functions import layer_function
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.layers.settings import (
    CHANNELS_FIRST,
    CHANNELS_LAST,
    format_of,
    letters_of,
    padding_of,
    sizes_of,
)
from jitgraph.graph import Tensor
from jitgraph.ops.pooling import avg_pool, max_pool
from jitgraph.ops.pooling_forms import avg_pool3d, max_pool3d
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.transposing import transpose

_OPS: dict[tuple[str, int], Any] = {
    ("max", 2): max_pool,
    ("max", 3): max_pool3d,
    ("avg", 2): avg_pool,
    ("avg", 3): avg_pool3d,
}


class Pooling(Layer):
    """Pooling, for the rank and the kind of a subclass.

    Args:
      pool_size: the window, an integer or one for each axis.
      strides: from one window to the next.
      padding: "valid" or "same".
      data_format: "channels_last" or "channels_first".
      name: its name.

    Raises:
      ValueError: arguments or inputs that don't fit.

    Example:
      >>> tf.layers.max_pooling2d(tf.zeros([8, 28, 28, 4]), 2, 2)
      <tf.Tensor 'max_pooling2d/MaxPool:0' shape=(8, 14, 14, 4) dtype=float32>
    """

    rank: ClassVar[int]
    kind: ClassVar[str]

    def __init__(
        self,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str | None = CHANNELS_LAST,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        if strides is None:
            raise ValueError("Argument `strides` must not be None.")
        super().__init__(name=name, **kwargs)
        self.pool_size = sizes_of(pool_size, self.rank, "pool_size")
        self.strides = sizes_of(strides, self.rank, "strides")
        self.padding = padding_of(padding)
        self.data_format = format_of(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any) -> Any:
        """The largest or the mean of each window."""
        is_first = self.data_format == CHANNELS_FIRST
        if self.rank == 1:
            return self._of_signals(inputs, is_first)
        if self.rank == 2:
            letters = letters_of(self.data_format, 4)
            return self._pooled(inputs, self.pool_size, self.strides, letters)
        if is_first:
            inputs = transpose(inputs, (0, 2, 3, 4, 1))
        outputs = self._pooled(inputs, self.pool_size, self.strides, "NDHWC")
        return transpose(outputs, (0, 4, 1, 2, 3)) if is_first else outputs

    def _of_signals(self, inputs: Tensor, is_first: bool) -> Tensor:
        added = 3 if is_first else 2
        images = expand_dims(inputs, added)
        if is_first:
            images = transpose(images, (0, 2, 3, 1))
        outputs = self._pooled(images, (*self.pool_size, 1), (*self.strides, 1), "NHWC")
        if is_first:
            outputs = transpose(outputs, (0, 3, 1, 2))
        return squeeze(outputs, added)

    def _pooled(
        self, inputs: Tensor, window: tuple[int, ...], strides: tuple[int, ...], letters: str
    ) -> Tensor:
        is_first = letters.startswith("NC")
        sizes, steps = ((1, 1, *each) if is_first else (1, *each, 1) for each in (window, strides))
        op = _OPS[self.kind, max(self.rank, 2)]
        padding = self.padding.upper()
        return op(inputs, sizes, steps, padding, data_format=letters)  # type: ignore[no-any-return]


class MaxPooling1D(Pooling):
    """The largest of each window of signals. See `Pooling` for the arguments."""

    rank, kind = 1, "max"


class MaxPooling2D(Pooling):
    """The largest of each window of images. See `Pooling` for the arguments."""

    rank, kind = 2, "max"


class MaxPooling3D(Pooling):
    """The largest of each window of volumes. See `Pooling` for the arguments."""

    rank, kind = 3, "max"


class AveragePooling1D(Pooling):
    """The mean of each window of signals. See `Pooling` for the arguments."""

    rank, kind = 1, "avg"


class AveragePooling2D(Pooling):
    """The mean of each window of images. See `Pooling` for the arguments."""

    rank, kind = 2, "avg"


class AveragePooling3D(Pooling):
    """The mean of each window of volumes. See `Pooling` for the arguments."""

    rank, kind = 3, "avg"


max_pooling1d = layer_function(MaxPooling1D, "max_pooling1d", shares=False)
max_pooling2d = layer_function(MaxPooling2D, "max_pooling2d", shares=False)
max_pooling3d = layer_function(MaxPooling3D, "max_pooling3d", shares=False)
average_pooling1d = layer_function(AveragePooling1D, "average_pooling1d", shares=False)
average_pooling2d = layer_function(AveragePooling2D, "average_pooling2d", shares=False)
average_pooling3d = layer_function(AveragePooling3D, "average_pooling3d", shares=False)
