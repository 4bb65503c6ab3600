"""tf.nn.max_pool_with_argmax: maxima of windows and where they stand.

In: images, channels last, and windows. Out: maxima and flat indices, counted within an image or,
if asked for, within the whole batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, chosen_argument, merge_dims
from jitgraph.ops.definition import INDEX, REALS, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.pooling_decomposition import find_maximum, scatter_to_maximum
from jitgraph.ops.pooling_definitions import max_pool_shape, pooled_dims
from jitgraph.ops.pooling_references import chosen_places, max_pool
from jitgraph.ops.window_attributes import PADDINGS, chosen_text, numbers
from jitgraph.ops.window_geometry import SAME, VALID

_ATTRS = {
    "ksize": REQUIRED,
    "strides": REQUIRED,
    "padding": REQUIRED,
    "include_batch_in_index": False,
}


def _as_images(q: ShapeQuery) -> ShapeQuery:
    attrs = {**q.attrs, "data_format": "NHWC"}
    return ShapeQuery(q.shapes, q.dtypes, attrs, q.value)


def _shape(q: ShapeQuery) -> list[Dims | None]:
    (found,) = max_pool_shape(_as_images(q))
    return [found, found]


def _gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    image = q.shapes[0] or (None,) * 4
    made: Dims | None = pooled_dims(image, q.attrs)
    for index in (1, 2):
        made = merge_dims(made, q.shapes[index])
    return [image]


def _with_argmax(input: np.ndarray, include_batch_in_index: bool, **attrs: Any) -> Any:
    return max_pool(input, **attrs), chosen_places(input, include_batch_in_index, **attrs)


def _gradient(
    input: np.ndarray, grad: np.ndarray, argmax: np.ndarray, include_batch_in_index: bool,
    **attrs: Any,
) -> np.ndarray:  # fmt: skip
    found = np.zeros(input.size, grad.dtype)
    size = 0 if include_batch_in_index else int(np.prod(input.shape[1:]))
    starts = np.arange(input.shape[0]).reshape(-1, 1, 1, 1) * size
    np.add.at(found, (argmax + starts).reshape(-1), grad.reshape(-1))
    return found.reshape(input.shape)


def _op_gradient(op: Any, grad: Tensor, _: Tensor) -> list[Tensor]:
    attrs = {name: op.get_attr(name) for name in _ATTRS}
    return [apply(MAX_POOL_GRAD_WITH_ARGMAX, [op.inputs[0], grad, op.outputs[1]], attrs)]


def _cases(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, dict[str, Any]]]:
    same = {"ksize": (1, 3, 2, 1), "strides": (1, 2, 3, 1), "padding": SAME}
    valid = {"ksize": (1, 2, 2, 1), "strides": (1, 2, 1, 1), "padding": VALID}
    kinds = (np.float32, np.float64, np.int32)
    for kind, attrs, whole in zip(kinds, (same, valid, same), (False, True, True), strict=True):
        array = rng.permutation(2 * 5 * 4 * 3).reshape(2, 5, 4, 3).astype(kind)
        yield array, {**attrs, "include_batch_in_index": whole}


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for index, (array, attrs) in enumerate(_cases(rng)):
        yield Sample((array,), {**attrs, "Targmax": INDEX[index % 2]})


def _gradient_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for index, (array, attrs) in enumerate(_cases(rng)):
        best, places = _with_argmax(array, **attrs)
        kind = INDEX[index % 2].as_numpy_dtype
        yield Sample((array, (best % 7).astype(array.dtype), places.astype(kind)), attrs)


MAX_POOL_WITH_ARGMAX = OpDef(
    "MaxPoolWithArgmax",
    "input: T -> output: T, argmax: Targmax",
    _shape,
    types={"T": REALS, "Targmax": (INDEX, dtypes.int64)},
    attrs=_ATTRS,
    reference=widened(_with_argmax),
    decompose=find_maximum,
    gradient=_op_gradient,
    samples=_samples,
)

MAX_POOL_GRAD_WITH_ARGMAX = OpDef(
    "MaxPoolGradWithArgmax",
    "input: T, grad: T, argmax: Targmax -> output: T",
    _gradient_shape,
    types={"T": REALS, "Targmax": INDEX},
    attrs=_ATTRS,
    reference=_gradient,
    decompose=scatter_to_maximum,
    samples=_gradient_samples,
)


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> Any:
    """The greatest element of each window, and where it stands.

    Args:
      input: images of shape [batch, rows, columns, depth].
      ksize: the window, four numbers.
      strides: from one window to the next, four numbers.
      padding: "SAME" or "VALID".
      data_format: "NHWC".
      Targmax: int64 or int32.
      name: the op's name.
      output_dtype: another name of `Targmax`.
      include_batch_in_index: count places in the whole batch, not in each image.

    Returns:
      A named tuple (output, argmax); places are flat indices.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.max_pool_with_argmax(tf.zeros([1, 4, 4, 2]), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")[1]
      <tf.Tensor 'MaxPoolWithArgmax:1' shape=(1, 2, 2, 2) dtype=int64>
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    kind = chosen_argument("output_dtype", output_dtype, "Targmax", Targmax)
    function = "max_pool_with_argmax"
    attrs = {
        "ksize": numbers("ksize", ksize, function, "MaxPoolWithArgmax", 4),
        "strides": numbers("strides", strides, function, "MaxPoolWithArgmax", 4),
        "padding": chosen_text("MaxPoolWithArgmax", "padding", padding, PADDINGS),
        "Targmax": dtypes.int64 if kind is None else dtypes.as_dtype(kind),
        "include_batch_in_index": bool(include_batch_in_index),
    }
    return apply(MAX_POOL_WITH_ARGMAX, [input], attrs, name)
