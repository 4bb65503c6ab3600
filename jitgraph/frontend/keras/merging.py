"""Layers of several inputs, and pooling over whole signals, images and volumes.

In: a list of tensors, or one tensor. Out: one tensor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from jitgraph.frontend.api import math
from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.reshaping import expand_dims

_CALLED_ON_LIST = "A merge layer should be called on a list of inputs."


class Merge(KerasLayer):
    """What layers of several inputs share: inputs of lower rank get axes after the batch."""

    def build(self, input_shape: Any) -> None:
        """Checks the number of inputs."""
        if not isinstance(input_shape, list):
            raise ValueError(_CALLED_ON_LIST)
        if len(input_shape) < 2:
            raise ValueError(
                "A merge layer should be called on a list of at least 2 inputs. "
                f"Got {len(input_shape)} inputs."
            )
        self._check(input_shape)

    def _check(self, shapes: list[Any]) -> None:
        known = [shape.as_list()[1:] for shape in shapes]
        merged = known[0]
        for sizes in known[1:]:
            for one, other in zip(reversed(merged), reversed(sizes), strict=False):
                if None not in (one, other) and one != other and 1 not in (one, other):
                    raise ValueError(
                        "Operands could not be broadcast together with shapes "
                        f"{tuple(merged)} {tuple(sizes)}"
                    )
            merged = max(merged, sizes, key=len)

    def call(self, inputs: Any) -> Any:
        """One tensor of all."""
        if not isinstance(inputs, list):
            raise ValueError(_CALLED_ON_LIST)
        ranks = [each.get_shape().ndims for each in inputs]
        most = max(ranks)
        raised = []
        for each, rank in zip(inputs, ranks, strict=True):
            for _ in range(most - rank):
                each = expand_dims(each, axis=1)
            raised.append(each)
        return self._merged(raised)

    def _merged(self, inputs: list[Any]) -> Any:
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None: merged steps all count."""
        return None


def _folded(operation: Callable[[Any, Any], Any], inputs: list[Any]) -> Any:
    found = inputs[0]
    for each in inputs[1:]:
        found = operation(found, each)
    return found


class Add(Merge):
    """The sum of its inputs.

    Example:
      >>> tf.keras.layers.Add()([tf.zeros([2, 3]), tf.zeros([2, 3])])
      <tf.Tensor 'add/add:0' shape=(2, 3) dtype=float32>
    """

    def _merged(self, inputs: list[Any]) -> Any:
        return _folded(lambda a, b: a + b, inputs)


class Subtract(Merge):
    """The first input less the second."""

    def _merged(self, inputs: list[Any]) -> Any:
        if len(inputs) != 2:
            raise ValueError("A `Subtract` layer should be called on exactly 2 inputs")
        return inputs[0] - inputs[1]


class Multiply(Merge):
    """The product of its inputs."""

    def _merged(self, inputs: list[Any]) -> Any:
        return _folded(lambda a, b: a * b, inputs)


class Average(Merge):
    """The mean of its inputs."""

    def _merged(self, inputs: list[Any]) -> Any:
        return _folded(lambda a, b: a + b, inputs) / len(inputs)


class Maximum(Merge):
    """The largest of its inputs."""

    def _merged(self, inputs: list[Any]) -> Any:
        return _folded(math.maximum, inputs)


class Minimum(Merge):
    """The smallest of its inputs."""

    def _merged(self, inputs: list[Any]) -> Any:
        return _folded(math.minimum, inputs)


class Concatenate(Merge):
    """Its inputs one after another.

    Args:
      axis: along which.
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def _check(self, shapes: list[Any]) -> None:
        known = [tuple(shape.as_list()) for shape in shapes]
        others = {s[: self.axis % len(s)] + s[self.axis % len(s) + 1 :] for s in known}
        if len(others) > 1:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concat "
                f"axis. Got inputs shapes: {list(known)}"
            )

    def call(self, inputs: Any) -> Any:
        """The inputs one after another."""
        if not isinstance(inputs, list):
            raise ValueError(_CALLED_ON_LIST)
        return concat(inputs, self.axis % inputs[0].get_shape().ndims)


class Dot(Merge):
    """The product of two inputs along an axis of each.

    Args:
      axes: the axis, or one for each input.
      normalize: whether to scale both to a norm of one.
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes = axes
        self.normalize = normalize

    def _check(self, shapes: list[Any]) -> None:
        if len(shapes) != 2:
            raise ValueError("A `Dot` layer should be called on a list of 2 inputs.")

    def call(self, inputs: Any) -> Any:
        """The products."""
        from jitgraph.frontend.api import nn
        from jitgraph.ops.matmul import matmul
        from jitgraph.ops.transposing import transpose

        one, two = inputs
        pair = (self.axes, self.axes) if isinstance(self.axes, int) else tuple(self.axes)
        axes = [axis % x.get_shape().ndims for axis, x in zip(pair, inputs, strict=True)]
        if self.normalize:
            one, two = (nn.l2_normalize(x, axis=axis) for x, axis in zip(inputs, axes, strict=True))
        ranks = one.get_shape().ndims, two.get_shape().ndims
        if ranks == (2, 2):
            return expand_dims(math.reduce_sum(one * two, axis=axes[0]), 1)
        if ranks != (3, 3):
            raise NotImplementedError("Dot takes inputs of 2 or of 3 axes")
        left = one if axes[0] == 2 else transpose(one, [0, 2, 1])
        right = two if axes[1] == 1 else transpose(two, [0, 2, 1])
        return matmul(left, right)


def _function(kind: type[KerasLayer]) -> Callable[..., Any]:
    def merged(inputs: Any, **kwargs: Any) -> Any:
        return kind(**kwargs)(inputs)

    merged.__name__ = kind.__name__.lower()
    merged.__doc__ = f"A new `{kind.__name__}` layer, called."
    return merged


add, subtract, multiply = _function(Add), _function(Subtract), _function(Multiply)
average, maximum, minimum = _function(Average), _function(Maximum), _function(Minimum)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """A new `Concatenate` layer, called."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """A new `Dot` layer, called."""
    return Dot(axes=axes, normalize=normalize, **kwargs)(inputs)


class GlobalPooling(KerasLayer):
    """Pooling over all places, for the rank of a subclass."""

    rank: ClassVar[int]
    reduces: ClassVar[str]

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """[batch, channels]."""
        first = 2 if self.data_format == "channels_first" else 1
        axes: Any = list(range(first, first + self.rank)) if self.rank > 1 else first
        if mask is not None and self.rank == 1 and self.reduces == "reduce_mean":
            kept = expand_dims(cast(mask, inputs.dtype), 2 if first == 1 else 1)
            return math.reduce_sum(inputs * kept, axis=axes) / math.reduce_sum(kept, axis=axes)
        return getattr(math, self.reduces)(inputs, axis=axes)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """None: there are no steps left."""
        return None


class GlobalAveragePooling1D(GlobalPooling):
    """The mean of signals."""

    rank, reduces = 1, "reduce_mean"


class GlobalAveragePooling2D(GlobalPooling):
    """The mean of images."""

    rank, reduces = 2, "reduce_mean"


class GlobalAveragePooling3D(GlobalPooling):
    """The mean of volumes."""

    rank, reduces = 3, "reduce_mean"


class GlobalMaxPooling1D(GlobalPooling):
    """The largest of signals."""

    rank, reduces = 1, "reduce_max"


class GlobalMaxPooling2D(GlobalPooling):
    """The largest of images."""

    rank, reduces = 2, "reduce_max"


class GlobalMaxPooling3D(GlobalPooling):
    """The largest of volumes."""

    rank, reduces = 3, "reduce_max"
