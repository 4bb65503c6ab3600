"""How alike two pictures are, and where a picture's edges are.

In: pictures, [.., height, width, channels]. Out: numbers for each picture, or maps of edges.
Z. Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004;
Z. Wang et al., "Multiscale structural similarity for image quality assessment", 2003.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Operation, Tensor, control_dependencies, name_scope
from jitgraph.ops.activations import relu
from jitgraph.ops.arithmetic import square, squared_difference, subtract
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, greater_equal, not_equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.depthwise import depthwise_conv2d
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_powers import pow
from jitgraph.ops.filling import zeros
from jitgraph.ops.identities import identity
from jitgraph.ops.image_dtypes import convert_image_dtype
from jitgraph.ops.packing import stack, unstack
from jitgraph.ops.padding import pad
from jitgraph.ops.pooling import avg_pool
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_all, reduce_any, reduce_mean, reduce_prod
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape, shape_n, size
from jitgraph.ops.softmax import softmax

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_HALVES = [1, 2, 2, 1]
_SOBEL = [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]
_DECIBELS = np.float32(10 / np.log(10))


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The ratio of the greatest value to the noise, in decibels.

    Args:
      a: pictures.
      b: pictures of the same size.
      max_val: the greatest value minus the least.
      name: a name for the operations.

    Returns:
      float32: a number for each picture; infinite where they are equal.

    Raises:
      ValueError: the shapes differ.
    """
    with name_scope(name, "PSNR", [a, b]):
        most = convert_image_dtype(cast(max_val, a.dtype), dtypes.float32)
        a, b = (convert_image_dtype(each, dtypes.float32) for each in (a, b))
        error = reduce_mean(squared_difference(a, b), [-3, -2, -1])
        found = subtract(20 * log(most) / log(10.0), _DECIBELS * log(error), name="psnr")
        _, _, checks = _compatible(a, b)
        with control_dependencies(checks):
            return identity(found)


def _compatible(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, list[Operation]]:
    """The pictures' shapes, and checks that they are alike.

    Raises:
      ValueError: they are known not to be.
    """
    known, also = (each.shape.with_rank_at_least(3) for each in (first, second))
    known[-3:].assert_is_compatible_with(also[-3:])
    if known.dims is not None and also.dims is not None:
        for left, right in zip(reversed(known.dims[:-3]), reversed(also.dims[:-3]), strict=False):
            if not (left == 1 or right == 1 or left.is_compatible_with(right)):
                raise ValueError(f"Two images are not compatible: {known} and {also}")
    one, other = shape_n([first, second])
    is_picture = Assert(greater_equal(size(one), 3), [one, other], summarize=10)
    is_same = reduce_all(equal(one[-3:], other[-3:]))
    return one, other, [is_picture, Assert(is_same, [one, other], summarize=10)]


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity of two pictures.

    Args:
      img1: pictures, at least as large as the filter.
      img2: pictures of the same size.
      max_val: the greatest value minus the least.
      filter_size: rows and columns of the Gaussian filter.
      filter_sigma: its deviation, in pixels.
      k1: steadies the comparison of brightness.
      k2: steadies the comparison of contrast.

    Returns:
      float32: a number for each picture; 1 where they are equal.

    Raises:
      ValueError: the shapes differ.
      errors.InvalidArgumentError: a picture is smaller than the filter.
    """
    _, _, checks = _compatible(img1, img2)
    with control_dependencies(checks):
        img1 = identity(img1)
    most = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
    img1, img2 = (convert_image_dtype(each, dtypes.float32) for each in (img1, img2))
    found, _ = _by_channel(img1, img2, most, filter_size, filter_sigma, k1, k2)
    return reduce_mean(found, [-1])


def _by_channel(
    first: Tensor, second: Tensor, most: Any, filter_size: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """Similarity, and that of contrast and structure alone, of each channel."""
    side = constant(filter_size, dtype=dtypes.int32)
    deviation = constant(sigma, dtype=first.dtype)
    one, other = shape_n([first, second])
    checks = [
        Assert(reduce_all(greater_equal(dims[-3:-1], side)), [dims, side], summarize=8)
        for dims in (one, other)
    ]
    with control_dependencies(checks):
        first = identity(first)
    kernel = tile(_gaussian(side, deviation), multiples=[1, 1, one[-1], 1])

    def blurred(x: Tensor) -> Tensor:
        dims = shape(x)
        flat = reshape(x, shape=concat([[-1], dims[-3:]], 0))
        found = depthwise_conv2d(flat, kernel, strides=[1, 1, 1, 1], padding="VALID")
        return reshape(found, concat([dims[:-3], shape(found)[1:]], 0))

    luminance, structure = _compared(first, second, blurred, most, k1, k2)
    axes = constant([-3, -2], dtype=dtypes.int32)
    return reduce_mean(luminance * structure, axes), reduce_mean(structure, axes)


def _compared(
    x: Tensor, y: Tensor, blurred: Callable[[Tensor], Tensor], most: Any, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    c1, c2 = (k1 * most) ** 2, (k2 * most) ** 2
    mean, other = blurred(x), blurred(y)
    product = mean * other * 2.0
    squares = square(mean) + square(other)
    luminance = (product + c1) / (squares + c1)
    both = blurred(x * y) * 2.0
    each = blurred(square(x) + square(y))
    c2 *= 1.0
    return luminance, (both - product + c2) / (each - squares + c2)


def _gaussian(side: Tensor, sigma: Tensor) -> Tensor:
    places = cast(range_of(side), sigma.dtype)
    places -= cast(side - 1, sigma.dtype) / 2.0
    weights = square(places)
    weights *= -0.5 / square(sigma)
    weights = reshape(weights, shape=[1, -1]) + reshape(weights, shape=[-1, 1])
    weights = softmax(reshape(weights, shape=[1, -1]))
    return reshape(weights, shape=[side, side, 1, 1])


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Sequence[float] = _WEIGHTS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity of two pictures, at several sizes.

    Args:
      img1: pictures, at the smallest size at least as large as the filter.
      img2: pictures of the same size.
      max_val: the greatest value minus the least.
      power_factors: the weight of each size; each is half of the one before.
      filter_size: rows and columns of the Gaussian filter.
      filter_sigma: its deviation, in pixels.
      k1: steadies the comparison of brightness.
      k2: steadies the comparison of contrast.

    Returns:
      float32: a number from 0 to 1 for each picture.

    Raises:
      ValueError: the shapes differ.
      errors.InvalidArgumentError: a picture is too small.
    """
    with name_scope(None, "MS-SSIM", [img1, img2]):
        img1, img2 = (
            convert_to_tensor(each, name=name) for each, name in ((img1, "img1"), (img2, "img2"))
        )
        *shapes, checks = _compatible(img1, img2)
        with control_dependencies(checks):
            img1 = identity(img1)
        most = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
        pictures = [convert_image_dtype(each, dtypes.float32) for each in (img1, img2)]
        heads, tails = [each[:-3] for each in shapes], [each[-3:] for each in shapes]
        divisor = constant(_HALVES[1:], dtype=dtypes.int32)
        structures: list[Tensor] = []
        for number in range(len(power_factors)):
            with name_scope(None, f"Scale{number}", pictures):
                if number:
                    pictures, tails = _halved(pictures, heads, tails, divisor)
                found, structure = _by_channel(
                    pictures[0], pictures[1], most, filter_size, filter_sigma, k1, k2
                )
                structures.append(relu(structure))
        structures[-1] = relu(found)
        powers = pow(stack(structures, axis=-1), power_factors)
        return reduce_mean(reduce_prod(powers, [-1]), [-1])


def _halved(
    pictures: list[Tensor], heads: list[Tensor], tails: list[Tensor], divisor: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Pictures of half the size, and their sizes; odd ones are made even first."""
    flat = [reshape(x, concat([[-1], dims], 0)) for x, dims in zip(pictures, tails, strict=True)]
    remainder = tails[0] % divisor

    def padded() -> list[Tensor]:
        sides = pad(expand_dims(remainder, -1), [[1, 0], [1, 0]])
        return [pad(x, sides, mode="SYMMETRIC") for x in flat]

    is_odd = reduce_any(not_equal(remainder, 0))
    even = cond(is_odd, padded, lambda: flat)
    small = [avg_pool(x, ksize=_HALVES, strides=_HALVES, padding="VALID") for x in even]
    tails = [dims[1:] for dims in shape_n(small)]
    found = [
        reshape(x, concat([head, tail], 0))
        for x, head, tail in zip(small, heads, tails, strict=True)
    ]
    return found, tails


def image_gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """How much each pixel differs from the one below, and from the one to the right.

    Args:
      image: pictures, [batch, height, width, channels].

    Returns:
      Two tensors of the same shape: (down, across); 0 in the last row, and column.

    Raises:
      ValueError: another rank.
    """
    if image.shape.ndims != 4:
        raise ValueError(
            "image_gradients expects a 4D tensor [batch_size, h, w, d], not %s.", image.shape
        )
    dims = shape(image)
    batch, height, width, depth = unstack(dims)
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    across = image[:, :, 1:, :] - image[:, :, :-1, :]
    row = stack([batch, 1, width, depth])
    down = reshape(concat([down, zeros(row, image.dtype)], 1), dims)
    column = stack([batch, height, 1, depth])
    across = reshape(concat([across, zeros(column, image.dtype)], 2), dims)
    return down, across


def sobel_edges(image: Tensor) -> Tensor:
    """How strong a picture's edges are, by Sobel's filters.

    Args:
      image: pictures, [batch, height, width, channels], of float32 or float64, 2×2 or larger.

    Returns:
      [batch, height, width, channels, 2]: (down, across) for each channel.
    """
    dims = shape(image)
    filters = np.expand_dims(np.transpose(np.asarray(_SOBEL), (1, 2, 0)), -2)
    kernels = constant(filters, dtype=image.dtype)
    kernels = tile(kernels, [1, 1, dims[-1], 1], name="sobel_filters")
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    found = depthwise_conv2d(padded, kernels, [1, 1, 1, 1], "VALID")
    found = reshape(found, shape=concat([dims, [len(_SOBEL)]], 0))
    found.set_shape(image.shape.concatenate([len(_SOBEL)]))
    return found
