"""The definitions of pooling in two dimensions, and of its gradients.

In: images, channels last or first, and windows. Out: the greatest element or the mean of each
window. Padding takes no part in either; of equal maxima the first one gets the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import pooling_references as references, window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, dims_from_vector, merge_dim, merge_dims, require_rank
from jitgraph.ops.definition import REALS, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.pooling_decomposition import choose_by_maximum
from jitgraph.ops.window_decomposition import GRADIENT, IMAGE, SIZES, fit_for_library
from jitgraph.ops.window_geometry import SAME, VALID, channel_axis, window_count

FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
POOLED = (
    *FLOATS, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.int16, dtypes.int8, dtypes.uint16,
)  # fmt: skip

_CHOSEN = (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint8)

_ATTRS = {"ksize": REQUIRED, "strides": REQUIRED, "padding": REQUIRED, "data_format": "NHWC"}


def pooled_dims(image: Dims, attrs: Mapping[str, Any]) -> Dims:
    """The shape of what pooling makes.

    Raises:
      ValueError: the windows don't fit the image.
    """
    _check_windows(attrs)
    windows = zip(image, attrs["ksize"], attrs["strides"], strict=True)
    return tuple(
        size if window == stride == 1 else window_count(size, window, stride, 1, attrs["padding"])
        for size, window, stride in windows
    )


def _check_windows(attrs: Mapping[str, Any]) -> None:
    ksize, strides = attrs["ksize"], attrs["strides"]
    if ksize[0] != 1 or strides[0] != 1:
        raise ValueError("Pooling is not yet supported on the batch dimension.")
    if min(ksize) <= 0:
        raise ValueError(f"Sliding window ksize for dimension {ksize.index(min(ksize))} was zero.")


_DEPTHWISE = "Depthwise max pooling requires the depth window to"


def _check_depth_windows(image: Dims, attrs: Mapping[str, Any]) -> None:
    ksize, strides = attrs["ksize"], attrs["strides"]
    channels = channel_axis(attrs["data_format"])
    depth = ksize[channels]
    if depth == strides[channels] == 1:
        return
    if any(size != 1 for axis, size in enumerate(ksize) if axis != channels):
        raise ValueError(
            "MaxPooling supports exactly one of pooling across depth or pooling across "
            "width/height."
        )
    if depth != strides[channels]:
        raise ValueError(
            "Depthwise max pooling requires the depth window to equal the depth stride"
        )
    if image[channels] is not None and image[channels] % depth != 0:
        raise ValueError(f"{_DEPTHWISE} evenly divide the input depth")


def _refuse_depth_windows(attrs: Mapping[str, Any]) -> None:
    channels = channel_axis(attrs["data_format"])
    if attrs["ksize"][channels] != 1 or attrs["strides"][channels] != 1:
        raise ValueError("Non-spatial pooling is not yet supported. Volunteers? :)")


def _image_of(q: ShapeQuery, index: int = 0) -> Dims:
    rank = len(q.attrs["ksize"])
    require_rank(q.shapes[index], rank)
    return q.shapes[index] or (None,) * rank


def max_pool_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of MaxPool."""
    image = _image_of(q)
    _check_depth_windows(image, q.attrs)
    return [pooled_dims(image, q.attrs)]


def avg_pool_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of AvgPool."""
    _refuse_depth_windows(q.attrs)
    return [pooled_dims(_image_of(q), q.attrs)]


def max_pool_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of MaxPoolGrad."""
    image = _image_of(q)
    made = pooled_dims(image, q.attrs)
    for index in (1, 2):
        made = merge_dims(made, q.shapes[index]) or made
    return [image]


def max_pool_grad_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of MaxPoolGradGrad."""
    image = merge_dims(_image_of(q), q.shapes[2]) or ()
    return [merge_dims(pooled_dims(image, q.attrs), q.shapes[1])]


def avg_pool_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of AvgPoolGrad."""
    _refuse_depth_windows(q.attrs)
    rank = len(q.attrs["ksize"])
    image = dims_from_vector(q.value(0), q.shapes[0])
    require_rank(image, rank)
    gradient = _image_of(q, 1)
    if image is None:
        return [(None,) * rank]
    for made, given in zip(pooled_dims(image, q.attrs), gradient, strict=True):
        merge_dim(made, given)
    return [image]


def attrs_of(op: Any) -> dict[str, Any]:
    """The attributes of a pooling op, for another one of the same windows."""
    return {name: op.get_attr(name) for name in _ATTRS}


def _max_pool_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [apply(MAX_POOL_GRAD, [op.inputs[0], op.outputs[0], grad], attrs_of(op))]


def _max_pool_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    image, pooled = op.inputs[:2]
    nothing = zeros_of(image), zeros_of(pooled)
    return [*nothing, apply(MAX_POOL_GRAD_GRAD, [image, pooled, grad], attrs_of(op))]


def _max_pool_grad_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    image, pooled = op.inputs[:2]
    nothing = zeros_of(image), zeros_of(pooled)
    return [*nothing, apply(MAX_POOL_GRAD, [image, pooled, grad], attrs_of(op))]


def zeros_of(tensor: Tensor) -> Tensor:
    """The zeros that TensorFlow gives as the gradient of pooling to what was pooled."""
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.shapes_of import shape

    return zeros(shape(tensor), tensor.dtype)


def _avg_pool_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.shapes_of import shape

    return [apply(AVG_POOL_GRAD, [shape(op.inputs[0]), grad], attrs_of(op))]


def _avg_pool_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.identities import stop_gradient

    return [stop_gradient(op.inputs[0]), apply(AVG_POOL, [grad], attrs_of(op))]


def _geometries() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """(shape of the image, attributes)."""
    yield (2, 6, 4, 3), {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": VALID}
    yield (2, 5, 7, 3), {"ksize": (1, 3, 2, 1), "strides": (1, 2, 3, 1), "padding": SAME}
    yield (1, 5, 6, 2), {"ksize": (1, 3, 3, 1), "strides": (1, 1, 1, 1), "padding": SAME}
    yield (1, 7, 5, 1), {"ksize": (1, 2, 1, 1), "strides": (1, 3, 2, 1), "padding": VALID}
    yield (1, 3, 3, 2), {"ksize": (1, 5, 4, 1), "strides": (1, 7, 1, 1), "padding": SAME}
    yield (0, 4, 4, 2), {"ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1), "padding": SAME}
    yield (
        (2, 3, 5, 4),
        {
            "ksize": (1, 1, 2, 3), "strides": (1, 1, 2, 2), "padding": SAME, "data_format": "NCHW",
        },
    )  # fmt: skip


def _depth_geometries() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    yield (2, 3, 2, 6), {"ksize": (1, 1, 1, 3), "strides": (1, 1, 1, 3), "padding": SAME}


def _distinct(rng: np.random.Generator, dims: Sequence[int], dtype: Any) -> np.ndarray:
    """Numbers of both signs; of floats no two are near each other, so that maxima have a
    gradient."""
    count = int(np.prod(dims))
    drawn = rng.permutation(count).reshape(dims)
    if dtype.is_integer:
        return (drawn % 3 - (not dtype.is_unsigned)).astype(dtype.as_numpy_dtype)
    return ((drawn - 2 * count // 3) / 8).astype(dtype.as_numpy_dtype)


def pooling_samples(
    kind: Callable[..., Any],
    allowed: Sequence[Any],
    geometries: Callable[..., Any] = _geometries,
    usual: Sequence[Any] = (dtypes.float32, dtypes.float64),
) -> Callable[[np.random.Generator], Iterator[Sample]]:
    """Samples of which `kind(image, pooled, gradient of the pooled, other image)` makes the
    inputs: all `allowed` dtypes of one geometry, the `usual` ones of the others."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for index, (dims, attrs) in enumerate(geometries()):
            for dtype in allowed if index == 1 else usual:
                image = _distinct(rng, dims, dtype)
                pooled = references.max_pool(image, **attrs)
                grads = (_distinct(rng, shape, dtype) for shape in (pooled.shape, dims))
                yield Sample(kind(image, pooled, *grads), attrs)

    return samples


def _with_depth() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    yield from _geometries()
    yield from _depth_geometries()


MAX_POOL = OpDef(
    "MaxPool",
    "input: T -> output: T",
    max_pool_shape,
    types={"T": (POOLED, dtypes.float32)},
    attrs=_ATTRS,
    misfit=window_misfits.pool,
    reference=widened(references.max_pool),
    decompose=fit_for_library(IMAGE),
    library="max_pool",
    gradient=_max_pool_gradient,
    samples=pooling_samples(lambda image, *_: (image,), POOLED, _with_depth),
)

MAX_POOL_GRAD = OpDef(
    "MaxPoolGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    max_pool_grad_shape,
    types={"T": (REALS, dtypes.float32)},
    attrs=_ATTRS,
    reference=widened(references.max_pool_grad),
    decompose=fit_for_library(IMAGE, GRADIENT, GRADIENT),
    library="max_pool_gradient",
    gradient=_max_pool_grad_gradient,
    samples=pooling_samples(
        lambda image, pooled, grad, _: (image, pooled, grad), POOLED, _with_depth
    ),
)

MAX_POOL_GRAD_GRAD = OpDef(
    "MaxPoolGradGrad",
    "orig_input: T, orig_output: T, grad: T -> output: T",
    max_pool_grad_grad_shape,
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(references.max_pool_grad_grad),
    decompose=choose_by_maximum,
    gradient=_max_pool_grad_grad_gradient,
    samples=pooling_samples(lambda image, pooled, _, other: (image, pooled, other), _CHOSEN),
)

AVG_POOL = OpDef(
    "AvgPool",
    "value: T -> output: T",
    avg_pool_shape,
    types={"T": FLOATS},
    attrs=_ATTRS,
    misfit=window_misfits.pool,
    reference=widened(references.avg_pool),
    decompose=fit_for_library(IMAGE),
    library="avg_pool",
    gradient=_avg_pool_gradient,
    samples=pooling_samples(lambda image, *_: (image,), FLOATS),
)

AVG_POOL_GRAD = OpDef(
    "AvgPoolGrad",
    "orig_input_shape: int32, grad: T -> output: T",
    avg_pool_grad_shape,
    types={"T": FLOATS},
    attrs=_ATTRS,
    reference=widened(references.avg_pool_grad),
    decompose=fit_for_library(SIZES, GRADIENT),
    library="avg_pool_gradient",
    host=(0,),
    gradient=_avg_pool_grad_gradient,
    samples=pooling_samples(
        lambda image, pooled, grad, _: (np.array(image.shape, np.int32), grad), FLOATS
    ),
)
