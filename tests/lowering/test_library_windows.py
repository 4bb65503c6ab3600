"""Kernels of windows on a grid of geometries: odd sizes, strides, dilations, tails of channels."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops.registry import REGISTRY

TOLERANCE = {"float32": 2e-4, "float64": 1e-11, "float16": 2e-2}
GEOMETRIES = 36


def _geometry(number: int):
    """(images, filters, attributes): drawn, but always the same."""
    rng = np.random.default_rng(number)
    window = rng.integers(1, 6, 2)
    stride = rng.integers(1, 4, 2)
    dilation = (1, 1) if number % 3 else rng.integers(1, 4, 2)
    reach = [(k - 1) * d + 1 for k, d in zip(window, dilation, strict=True)]
    padding = ["SAME", "VALID"][number % 2]
    sides = [int(rng.integers(r, r + 14)) for r in reach]
    channels, filters = (int(rng.choice([1, 2, 3, 7, 16, 17, 33, 65])) for _ in range(2))
    attrs = {
        "strides": (1, *map(int, stride), 1),
        "dilations": (1, *map(int, dilation), 1),
        "padding": padding,
    }
    images = (int(rng.integers(1, 4)), *sides, channels)
    return images, (*map(int, window), channels, filters), attrs


def _check(name: str, inputs, attrs, dtype: str) -> None:
    definition = REGISTRY[name]
    with tf.Graph().as_default(), tf.Session() as session:
        tensors = [tf.placeholder(each.dtype, each.shape) for each in inputs]
        fixed = [
            tensor if each.dtype == dtype else tf.constant(each)
            for tensor, each in zip(tensors, inputs, strict=True)
        ]
        result = getattr(tf.raw_ops, name)(
            **{arg.name: value for arg, value in zip(definition.inputs, fixed, strict=True)},
            **attrs,
        )
        found = session.run(result, dict(zip(tensors, inputs, strict=True)))
    keywords = {key: attrs.get(key, default) for key, default in definition.attrs.items()}
    expected = np.asarray(definition.reference(*inputs, **keywords))
    assert found.shape == expected.shape
    scale = max(1.0, float(np.abs(expected.astype(np.float64)).max(initial=0)))
    assert np.allclose(
        found.astype(np.float64), expected.astype(np.float64), atol=TOLERANCE[dtype] * scale
    )


def _drawn(number: int, dims, dtype: str) -> np.ndarray:
    return np.random.default_rng(number).uniform(-1, 1, dims).astype(dtype)


def _sizes(array: np.ndarray) -> np.ndarray:
    return np.array(array.shape, np.int32)


@pytest.mark.parametrize("number", range(GEOMETRIES))
@pytest.mark.parametrize("kind", ["Conv2D", "DepthwiseConv2dNative"])
def test_convolution_and_its_gradients(kind: str, number: int) -> None:
    dtype = "float64" if number % 7 == 5 else "float32"
    images, filters, attrs = _geometry(number)
    if kind != "Conv2D":
        filters = (*filters[:3], number % 3 + 1)
    x, w = _drawn(number, images, dtype), _drawn(number + 99, filters, dtype)
    y = np.asarray(REGISTRY[kind].reference(x, w, **_all(kind, attrs)))
    slope = _drawn(number + 999, y.shape, dtype)
    _check(kind, (x, w), attrs, dtype)
    _check(f"{kind}BackpropInput", (_sizes(x), w, slope), attrs, dtype)
    _check(f"{kind}BackpropFilter", (x, _sizes(w), slope), attrs, dtype)


def _all(name: str, attrs):
    return {key: attrs.get(key, default) for key, default in REGISTRY[name].attrs.items()}


@pytest.mark.parametrize("number", range(0, GEOMETRIES, 2))
@pytest.mark.parametrize("kind", ["MaxPool", "AvgPool"])
def test_pooling_and_its_gradients(kind: str, number: int) -> None:
    dtype = "float64" if number % 7 == 5 else "float32"
    images, filters, attrs = _geometry(number)
    pool = {key: attrs[key] for key in ("strides", "padding")}
    pool["ksize"] = (1, *filters[:2], 1)
    x = np.round(_drawn(number, images, dtype) * 8) / 8
    y = np.asarray(REGISTRY[kind].reference(x, **_all(kind, pool)))
    slope = _drawn(number + 999, y.shape, dtype)
    _check(kind, (x,), pool, dtype)
    given = (x, y, slope) if kind == "MaxPool" else (_sizes(x), slope)
    _check(f"{kind}Grad", given, pool, dtype)


@pytest.mark.parametrize("kind", ["Conv2D", "DepthwiseConv2dNative"])
def test_large_images_are_shared_by_many_workers(kind: str) -> None:
    attrs = {"strides": (1, 1, 1, 1), "padding": "SAME"}
    x = _drawn(1, (3, 61, 47, 35), "float32")
    w = _drawn(2, (3, 3, 35, 70 if kind == "Conv2D" else 1), "float32")
    y = np.asarray(REGISTRY[kind].reference(x, w, **_all(kind, attrs)))
    _check(kind, (x, w), attrs, "float32")
    _check(f"{kind}BackpropInput", (_sizes(x), w, y), attrs, "float32")
    _check(f"{kind}BackpropFilter", (x, _sizes(w), y), attrs, "float32")
