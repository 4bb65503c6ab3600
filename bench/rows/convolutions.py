"""Row: convolutions, their gradients and pooling on layers of ResNet-50, MobileNet and others.

Each is timed by itself: a session's run that reads a few elements of the result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from bench.row import Fresh, Goal, Row, least

REPEATS = 5
LEAST_SECONDS = 0.02


class Layer(NamedTuple):
    """A layer: images [n, h, w, c], filters k by k (0 for depthwise ones), and how they move."""

    name: str
    images: tuple[int, int, int, int]
    size: int
    filters: int
    stride: int = 1
    padding: str = "SAME"
    dilation: int = 1
    kind: str = "convolution"


LAYERS = (
    Layer("resnet 7x7/2", (4, 224, 224, 3), 7, 64, 2),
    Layer("resnet 1x1 64-64", (8, 56, 56, 64), 1, 64),
    Layer("resnet 3x3 64", (8, 56, 56, 64), 3, 64),
    Layer("resnet 1x1 64-256", (8, 56, 56, 64), 1, 256),
    Layer("resnet 3x3/2 128", (8, 56, 56, 128), 3, 128, 2),
    Layer("resnet 3x3 128", (8, 28, 28, 128), 3, 128),
    Layer("resnet 1x1/2 256-512", (8, 56, 56, 256), 1, 512, 2),
    Layer("resnet 3x3 256", (8, 14, 14, 256), 3, 256),
    Layer("resnet 1x1 1024-256", (8, 14, 14, 1024), 1, 256),
    Layer("resnet 3x3 512", (8, 7, 7, 512), 3, 512),
    Layer("mobilenet 3x3/2 3-32", (4, 224, 224, 3), 3, 32, 2),
    Layer("mobilenet 1x1 32-64", (4, 112, 112, 32), 1, 64),
    Layer("mobilenet 1x1 512", (8, 14, 14, 512), 1, 512),
    Layer("mnist 5x5 1-32", (50, 28, 28, 1), 5, 32),
    Layer("mnist 5x5 32-64", (50, 14, 14, 32), 5, 64),
    Layer("odd 3x3 19-45", (8, 37, 53, 19), 3, 45),
    Layer("odd 5x5/2 40-24", (8, 29, 31, 40), 5, 24, 2, "VALID"),
    Layer("dilated 3x3 64", (8, 28, 28, 64), 3, 64, dilation=2),
    Layer("depthwise 3x3 32", (4, 112, 112, 32), 3, 0, kind="depthwise"),
    Layer("depthwise 3x3/2 64", (4, 112, 112, 64), 3, 0, 2, kind="depthwise"),
    Layer("depthwise 3x3 512", (8, 14, 14, 512), 3, 0, kind="depthwise"),
    Layer("max 2x2/2", (50, 28, 28, 32), 2, 0, 2, kind="max"),
    Layer("max 3x3/2", (4, 112, 112, 64), 3, 0, 2, kind="max"),
    Layer("average 3x3/2", (8, 35, 35, 96), 3, 0, 2, "VALID", kind="average"),
)


def _operations(layer: Layer) -> float:
    """Multiplications and additions of the forward pass; comparisons or additions of a pooling."""
    n, h, w, c = layer.images
    reach = 1 + (layer.size - 1) * layer.dilation
    lost = reach - 1 if layer.padding == "VALID" else 0
    places = n * math.prod(-(-(side - lost) // layer.stride) for side in (h, w))
    each = places * layer.size**2 * c
    if layer.kind == "convolution":
        return 2.0 * each * layer.filters
    return 2.0 * each if layer.kind == "depthwise" else float(each)


def _tensors(tf: Any, layer: Layer) -> Iterator[tuple[str, Any]]:
    """(pass, small tensor that needs all of it)."""
    random = np.random.RandomState(7)

    def variable(*shape: int) -> Any:
        return tf.Variable(random.uniform(-1, 1, shape).astype(np.float32))

    x = variable(*layer.images)
    strides = [1, layer.stride, layer.stride, 1]
    inputs = [x]
    if layer.kind in ("max", "average"):
        pool = tf.nn.max_pool if layer.kind == "max" else tf.nn.avg_pool
        y = pool(x, [1, layer.size, layer.size, 1], strides, layer.padding)
    elif layer.kind == "depthwise":
        inputs.append(variable(layer.size, layer.size, layer.images[3], 1))
        y = tf.nn.depthwise_conv2d(x, inputs[1], strides, layer.padding)
    else:
        inputs.append(variable(layer.size, layer.size, layer.images[3], layer.filters))
        rates = [1, layer.dilation, layer.dilation, 1]
        y = tf.nn.conv2d(x, inputs[1], strides, layer.padding, dilations=rates)
    yield "forward", y[:1, :1, :1, :4]
    if layer.dilation == 1:
        slope = variable(*y.shape.as_list())
        for name, grad in zip(
            ("to input", "to filter"), tf.gradients(y, inputs, slope), strict=False
        ):
            yield name, grad[:1, :1, :1, :4]


def measure(tf: Any) -> Fresh:
    """Seconds of every pass of every layer."""
    figures: dict[str, float] = {}
    results = []
    for layer in LAYERS:
        if layer.kind == "depthwise" and not hasattr(tf.nn, "depthwise_conv2d"):
            continue
        with tf.Graph().as_default(), tf.Session() as session:
            passes = list(_tensors(tf, layer))
            session.run(tf.global_variables_initializer())
            for name, tensor in passes:
                run = session.make_callable(tensor)
                results.append(run())
                figures[f"{layer.name} {name}"] = _seconds(run)
    return Fresh(figures, results)


def _seconds(run: Callable[[], Any]) -> float:
    """The least of some repeats, each at least LEAST_SECONDS long in all."""
    begin = time.perf_counter()
    run()
    calls = max(1, int(LEAST_SECONDS / (time.perf_counter() - begin)))
    found = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        for _ in range(calls):
            run()
        found.append((time.perf_counter() - begin) / calls)
    return min(found)


def _speedup(figures: Any) -> float:
    """The geometric mean of how many times as fast as TensorFlow the passes are."""
    ours, theirs = figures["jitgraph"], figures["tensorflow"]
    ratios = [
        least(figures, "tensorflow", name) / least(figures, "jitgraph", name)
        for name in ours
        if name in theirs
    ]
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


ROWS = (
    Row(
        "conv",
        "convolutions, their gradients and pooling, layer by layer",
        {"jitgraph": measure, "tensorflow": measure},
        (Goal("geometric mean not slower than tensorflow", lambda f: _speedup(f) >= 1.0),),
        fresh=True,
        warm_cache=True,
        rtol=1e-3,
        atol=1e-3,
        rounds=3,
        operations={
            f"{layer.name} {name}": _operations(layer)
            for layer in LAYERS
            for name in ("forward", "to input", "to filter")
        },
        mean=_speedup,
    ),
)
