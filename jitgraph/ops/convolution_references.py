"""The meaning of convolutions and their gradients, on NumPy arrays, in two and three dimensions.

In: images and filters, and the attributes of the op. Out: images or filters. A sum over the
elements of a window, each of which sees a strided part of the padded image.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph.ops.convolution_shapes import pads_of
from jitgraph.ops.window_geometry import (
    Sliding,
    channels_back,
    channels_last,
    sliding,
    spatial_axes,
)


def windows_over(image: np.ndarray, window: Sequence[int], attrs: Mapping[str, Any]) -> Sliding:
    """The windows over an image whose channels are already last."""
    axes = spatial_axes(attrs["data_format"])
    pads = pads_of(attrs)
    return sliding(
        image.shape[1:-1],
        tuple(window),
        [attrs["strides"][axis] for axis in axes],
        [attrs["dilations"][axis] for axis in axes],
        attrs["padding"],
        [pads[axis] for axis in axes],
    )


def _grouped(x: np.ndarray, groups: int) -> np.ndarray:
    """Channels as [group, channel]."""
    return x.reshape(*x.shape[:-1], groups, x.shape[-1] // max(groups, 1))


def _rows(x: np.ndarray) -> np.ndarray:
    """[any positions, group, channel]."""
    return x.reshape(-1 if x.size else 0, *x.shape[-2:])


def _group_count(depth: int, filter_depth: int) -> int:
    return depth // filter_depth if filter_depth else 1


def convolution(input: np.ndarray, filter: np.ndarray, **attrs: Any) -> np.ndarray:
    """The meaning of Conv2D and Conv3D."""
    image = np.transpose(input, channels_last(attrs["data_format"]))
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    padded = _grouped(windows.padded(image), groups)
    total = np.zeros((image.shape[0], *windows.counts, filter.shape[-1]), input.dtype)
    for tap, where in windows.taps():
        part = np.einsum("...gi,igo->...go", padded[where], _grouped(filter[tap], groups))
        total += part.reshape(total.shape)
    return np.transpose(total, channels_back(attrs["data_format"]))


def input_gradient(
    input_sizes: Any, filter: np.ndarray, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of Conv2DBackpropInput and Conv3DBackpropInputV2."""
    order = channels_last(attrs["data_format"])
    sizes = [int(np.asarray(input_sizes).reshape(-1)[axis]) for axis in order]
    image = np.zeros(sizes, filter.dtype)
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    gradient = _grouped(np.transpose(out_backprop, order), groups)
    padded = _grouped(windows.padded(image), groups)
    for tap, where in windows.taps():
        padded[where] += np.einsum("...go,igo->...gi", gradient, _grouped(filter[tap], groups))
    found = windows.unpadded(padded).reshape(image.shape)
    return np.transpose(found, channels_back(attrs["data_format"]))


def filter_gradient(
    input: np.ndarray, filter_sizes: Any, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of Conv2DBackpropFilter and Conv3DBackpropFilterV2."""
    order = channels_last(attrs["data_format"])
    image, gradient = np.transpose(input, order), np.transpose(out_backprop, order)
    filter = np.zeros([int(size) for size in np.asarray(filter_sizes).reshape(-1)], input.dtype)
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    padded, gradient = _grouped(windows.padded(image), groups), _grouped(gradient, groups)
    for tap, where in windows.taps():
        found = np.einsum("ngi,ngo->igo", _rows(padded[where]), _rows(gradient))
        filter[tap] = found.reshape(filter.shape[-2:])
    return filter
