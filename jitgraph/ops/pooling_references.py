"""The meaning of pooling and its gradients, on NumPy arrays of any rank.

In: images and attributes as the ops have them. Out: images. Windows may lie along any axis but the
batch's; padding takes no part, and of equal maxima the first one in a window counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.ops.window_geometry import Sliding, sliding


def _windows(sizes: tuple[int, ...], attrs: dict[str, Any]) -> Sliding:
    """Windows over all axes but the first."""
    ones = (1,) * (len(sizes) - 1)
    return sliding(sizes[1:], attrs["ksize"][1:], attrs["strides"][1:], ones, attrs["padding"])


def _seen(image: np.ndarray, windows: Sliding) -> Iterator[tuple[Any, np.ndarray, np.ndarray]]:
    """For each element of a window: where all windows have it in the padded image, what they see
    there, and whether it is inside the image."""
    padded = windows.padded(image[..., None])[..., 0]
    inside = windows.padded(np.ones((1, *image.shape[1:], 1), np.bool_))[..., 0]
    for _, where in windows.taps():
        yield where, padded[where], np.broadcast_to(inside[where], padded[where].shape)


def _chosen(image: np.ndarray, windows: Sliding) -> tuple[np.ndarray, np.ndarray]:
    """The greatest element of each window and the number of the element that it is."""
    dims = (image.shape[0], *windows.counts)
    best, place = np.zeros(dims, image.dtype), np.full(dims, -1)
    for number, (_, new, is_inside) in enumerate(_seen(image, windows)):
        is_better = is_inside & ((place < 0) | (new > best))
        best = np.where(is_better, new, best)
        place = np.where(is_better, number, place)
    return best, place


def max_pool(input: np.ndarray, **attrs: Any) -> np.ndarray:
    """MaxPool and MaxPool3D."""
    return _chosen(input, _windows(input.shape, attrs))[0]


def chosen_places(input: np.ndarray, with_batch: bool, **attrs: Any) -> np.ndarray:
    """The flat indices of maxima, within an image or the whole batch."""
    whole = np.arange(input.size).reshape(input.shape)
    if not with_batch:
        whole = whole % max(1, int(np.prod(input.shape[1:])))
    windows = _windows(input.shape, attrs)
    _, place = _chosen(input, windows)
    found = np.zeros(place.shape, np.int64)
    for number, (_, new, _) in enumerate(_seen(whole, windows)):
        found = np.where(place == number, new, found)
    return found


def max_pool_grad(
    orig_input: np.ndarray, orig_output: np.ndarray, grad: np.ndarray, **attrs: Any
) -> np.ndarray:
    """MaxPoolGrad and MaxPool3DGrad."""
    windows = _windows(orig_input.shape, attrs)
    _, place = _chosen(orig_input, windows)
    total = windows.padded(np.zeros_like(orig_input)[..., None])
    for number, (_, where) in enumerate(windows.taps()):
        total[..., 0][where] += np.where(place == number, grad, grad.dtype.type(0))
    return windows.unpadded(total)[..., 0]


def max_pool_grad_grad(
    orig_input: np.ndarray, orig_output: np.ndarray, grad: np.ndarray, **attrs: Any
) -> np.ndarray:
    """MaxPoolGradGrad and MaxPool3DGradGrad."""
    windows = _windows(orig_input.shape, attrs)
    _, place = _chosen(orig_input, windows)
    found = np.zeros(place.shape, grad.dtype)
    for number, (_, new, _) in enumerate(_seen(grad, windows)):
        found = np.where(place == number, new, found)
    return found


def _share(windows: Sliding, dtype: Any) -> np.ndarray:
    """How many elements of each window are inside the image."""
    inside = windows.padded(np.ones((1, *windows.sizes, 1), dtype))[..., 0]
    counted = np.zeros((1, *windows.counts), dtype)
    for _, where in windows.taps():
        counted += inside[where]
    return np.maximum(counted, 1)


def avg_pool(value: np.ndarray, **attrs: Any) -> np.ndarray:
    """AvgPool and AvgPool3D."""
    windows = _windows(value.shape, attrs)
    total = np.zeros((value.shape[0], *windows.counts), value.dtype)
    for _, new, _ in _seen(value, windows):
        total += new
    return total / _share(windows, value.dtype)


def avg_pool_grad(orig_input_shape: Any, grad: np.ndarray, **attrs: Any) -> np.ndarray:
    """AvgPoolGrad and AvgPool3DGrad."""
    sizes = tuple(int(size) for size in np.asarray(orig_input_shape).reshape(-1))
    windows = _windows(sizes, attrs)
    share = grad / _share(windows, grad.dtype)
    total = windows.padded(np.zeros((*sizes, 1), grad.dtype))
    for _, where in windows.taps():
        total[..., 0][where] += share
    return windows.unpadded(total)[..., 0]
