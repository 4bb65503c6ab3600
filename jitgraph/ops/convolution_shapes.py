"""The shapes of convolutions and their gradients, in two and three dimensions.

In: queries, or the dims of images and filters with a convolution's attributes. Out: dims, or
TensorFlow's ValueError where they don't fit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jitgraph.ops.array_dims import Dims, dims_from_vector, merge_dim, require_rank
from jitgraph.ops.definition import ShapeQuery
from jitgraph.ops.window_geometry import (
    EXPLICIT,
    channel_axis,
    pairs_of,
    spatial_axes,
    window_count,
)


def convolved_dims(image: Dims, filter: Dims, attrs: Mapping[str, Any]) -> Dims:
    """The shape of a convolution's result.

    Raises:
      ValueError: the filter doesn't fit the image.
    """
    data_format = attrs["data_format"]
    axes, channels = spatial_axes(data_format), channel_axis(data_format)
    check_attributes(attrs, channels)
    _check_depths(image[channels], filter[-2], filter[-1])
    pads = pads_of(attrs)
    found: list[Any] = [image[0]] * len(image)
    found[channels] = filter[-1]
    for k, axis in enumerate(axes):
        found[axis] = window_count(
            image[axis], filter[k], attrs["strides"][axis], attrs["dilations"][axis],
            attrs["padding"], pads[axis],
        )  # fmt: skip
    return tuple(found)


def pads_of(attrs: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Explicit padding (before, after) of each axis; none where the op has no such attribute."""
    given = attrs.get("explicit_paddings") or ()
    return pairs_of(given) if given else [(0, 0)] * len(attrs["strides"])


def check_attributes(attrs: Mapping[str, Any], channels: int) -> None:
    """Raises ValueError for strides, dilations or padding along batch or depth."""
    for name in ("strides", "dilations"):
        if attrs[name][0] != 1 or attrs[name][channels] != 1:
            raise ValueError(
                f"Current implementation does not yet support {name} in the batch and depth "
                "dimensions."
            )
    if attrs["padding"] != EXPLICIT:
        return
    pads = pairs_of(attrs["explicit_paddings"])
    if any(pads[0]) or any(pads[channels]):
        raise ValueError(
            "Nonzero explicit padding in the batch or depth dimensions is not supported"
        )
    if min(attrs["explicit_paddings"]) < 0:
        raise ValueError("All elements of explicit_paddings must be nonnegative")


def _check_depths(depth: Any, filter_depth: Any, filters: Any) -> None:
    if depth is None or filter_depth is None or depth is filter_depth or depth == filter_depth:
        return
    if filter_depth == 0 or depth % filter_depth != 0:
        raise ValueError(
            f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})"
        )
    groups = depth // filter_depth
    if filters is not None and filters % groups != 0:
        raise ValueError(
            f"Depth of output ({filters}) is not a multiple of the number of groups ({groups})"
        )


def convolution_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of Conv2D and Conv3D."""
    rank = len(q.attrs["strides"])
    for dims in q.shapes:
        require_rank(dims, rank)
    image, filter = (dims or (None,) * rank for dims in q.shapes)
    return [convolved_dims(image, filter, q.attrs)]


def described_dims(q: ShapeQuery, index: int) -> Dims:
    """The shape that input `index` describes, which has the rank of the op's images."""
    rank = len(q.attrs["strides"])
    dims = dims_from_vector(q.value(index), q.shapes[index])
    require_rank(dims, rank)
    return dims or (None,) * rank


def input_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of the gradient to the image, whose shape is the first input."""
    image = described_dims(q, 0)
    check_gradient(convolved_dims, image, q.shapes[1], q.shapes[2], q.attrs)
    return [image]


def filter_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    """The rule of the gradient to the filter, whose shape is the second input."""
    filter = described_dims(q, 1)
    check_gradient(convolved_dims, q.shapes[0], filter, q.shapes[2], q.attrs)
    return [filter]


def check_gradient(
    made_dims: Callable[..., Dims],
    image: Dims | None,
    filter: Dims | None,
    gradient: Dims | None,
    attrs: Mapping[str, Any],
) -> None:
    """Raises ValueError unless `gradient` has the shape `made_dims(image, filter, attrs)`."""
    for dims in (image, filter, gradient):
        require_rank(dims, len(attrs["strides"]))
    if image is None or filter is None or gradient is None:
        return
    for made, given in zip(made_dims(image, filter, attrs), gradient, strict=True):
        merge_dim(made, given)
