"""InputSpec: what a layer demands of its inputs, checked when it is called.

In: a specification for each input. Out: TensorFlow's error where a tensor does not meet it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor


class InputSpec:
    """The dtype, rank and sizes that a layer demands of an input.

    Args:
      dtype: its dtype.
      shape: its sizes, None where any will do.
      ndim, max_ndim, min_ndim: its rank, at most, at least.
      axes: sizes by axis.

    Raises:
      TypeError: an axis is no integer.
      ValueError: an axis is beyond the rank.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
    ) -> None:
        self.dtype = None if dtype is None else dtypes.as_dtype(dtype).name
        self.shape = shape
        self.ndim = ndim if shape is None else len(shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (ValueError, TypeError):
            raise TypeError("The keys in axes must be integers.") from None
        most = self.ndim or self.max_ndim
        if self.axes and most is not None and max(self.axes) > most - 1:
            raise ValueError(
                f"Axis {max(self.axes)} is greater than the maximum allowed value: {most - 1}"
            )

    def __repr__(self) -> str:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        said = [f"{name}={getattr(self, name)}" for name in names if getattr(self, name)]
        return f"InputSpec({', '.join(said)})"


def check_inputs(specs: Any, inputs: Sequence[Tensor], layer_name: str) -> None:
    """Checks all inputs of a layer.

    Args:
      specs: an InputSpec, a list of them (None where anything will do), or None.

    Raises:
      ValueError: another number of inputs, or one that does not fit.
    """
    if not specs:
        return
    each_spec = list(specs) if isinstance(specs, (list, tuple)) else [specs]
    if len(inputs) != len(each_spec):
        raise ValueError(
            f"Layer {layer_name} expects {len(each_spec)} inputs, but it received {len(inputs)} "
            f"input tensors. Inputs received: {list(inputs)}"
        )
    for index, (spec, tensor) in enumerate(zip(each_spec, inputs, strict=True)):
        if spec is None:
            continue
        wrong = _wrong_rank(spec, tensor) or _wrong_dtype(spec, tensor) or _wrong_axis(spec, tensor)
        if wrong:
            raise ValueError(
                f"Input {index} of layer {layer_name} is incompatible with the layer: {wrong}"
            )
        _check_shape(spec, tensor, f"Input {index} is incompatible with layer {layer_name}")


def _wrong_rank(spec: InputSpec, tensor: Tensor) -> str | None:
    bounds = (spec.ndim, spec.min_ndim, spec.max_ndim)
    if all(bound is None for bound in bounds):
        return None
    found = tensor.get_shape().ndims
    if found is None:
        return "its rank is undefined, but the layer requires a defined rank."
    full = f". Full shape received: {tensor.get_shape().as_list()}"
    if spec.ndim is not None and found != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={found}{full}"
    if spec.max_ndim is not None and found > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={found}"
    if spec.min_ndim is not None and found < spec.min_ndim:
        return f": expected min_ndim={spec.min_ndim}, found ndim={found}{full}"
    return None


def _wrong_dtype(spec: InputSpec, tensor: Tensor) -> str | None:
    if spec.dtype is None or tensor.dtype == dtypes.as_dtype(spec.dtype):
        return None
    return f"expected dtype={spec.dtype}, found dtype={tensor.dtype}"


def _wrong_axis(spec: InputSpec, tensor: Tensor) -> str | None:
    if not spec.axes:
        return None
    sizes = tensor.get_shape().as_list()
    for axis, size in spec.axes.items():
        if size is not None and sizes[axis] not in (size, None):
            return (
                f"expected axis {axis} of input shape to have value {size} but received input "
                f"with shape {sizes}"
            )
    return None


def _check_shape(spec: InputSpec, tensor: Tensor, text: str) -> None:
    if spec.shape is None:
        return
    sizes = tensor.get_shape().as_list()
    for wanted, found in zip(spec.shape, sizes, strict=False):
        if wanted is not None and found is not None and wanted != found:
            raise ValueError(f"{text}: expected shape={spec.shape}, found shape={sizes}")
