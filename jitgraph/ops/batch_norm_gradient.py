"""The second derivatives of batch normalisation: the gradient of its gradient op.

In: the gradient op and the gradients to its results. Out: gradients to the incoming gradient, the
images and the scale. In training, the means and variances are functions of the images, so what is
returned for the images is their whole derivative.

With c = x - mean(x), r = rsqrt(var(x) + epsilon), n the mean over a channel, and A, B, D the
gradients to dx, dscale and doffset, for images g that came in:

    dg     = scale r (A - n(A) - c r² n(A c)) + B r c + D
    dscale = r (sum(A g) - sum(A) n(g) - r² sum(A c) n(g c))
    dx     = scale r³ (c (3 r² n(A c) n(g c) - n(A g) + n(A) n(g)) - (A - n(A)) n(g c)
             - (g - n(g)) n(A c)) + B (r (g - n(g)) - r³ c n(g c))
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.window_geometry import channel_axis


def second_gradient(op: Any, to_dx: Tensor, to_dscale: Tensor, to_doffset: Tensor) -> list[Tensor]:
    """Gradients to the first three inputs: the incoming gradient, the images, the scale."""
    from jitgraph.ops.casting import cast

    kind = op.inputs[1].dtype
    slope, images, to_images = (
        cast(tensor, dtypes.float32) for tensor in (op.inputs[0], op.inputs[1], to_dx)
    )
    rule = _in_training if op.get_attr("is_training") else _frozen
    grads = rule(
        _Axes(op.get_attr("data_format")), op, slope, images, to_images, to_dscale, to_doffset
    )
    return [cast(grads[0], kind), cast(grads[1], kind), grads[2]]


class _Axes:
    """Means and sums over channels, and vectors shaped to broadcast to images."""

    def __init__(self, data_format: str) -> None:
        self.channels = channel_axis(data_format)
        self.others = [axis for axis in range(len(data_format)) if axis != self.channels]

    def mean(self, images: Tensor) -> Tensor:
        from jitgraph.ops.reductions import reduce_mean

        return reduce_mean(images, self.others, keepdims=True)

    def total(self, images: Tensor) -> Tensor:
        from jitgraph.ops.reductions import reduce_sum

        return reduce_sum(images, self.others)

    def spread(self, vector: Tensor) -> Tensor:
        from jitgraph.ops.reshaping import reshape

        shape = [1] * (len(self.others) + 1)
        shape[self.channels] = -1
        return reshape(vector, shape)


def _frozen(
    axes: _Axes, op: Any, g: Tensor, x: Tensor, a: Tensor, b: Tensor, d: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    from jitgraph.ops.elementwise_powers import rsqrt

    r = axes.spread(rsqrt(op.inputs[4] + op.get_attr("epsilon")))
    centred = x - axes.spread(op.inputs[3])
    scale, b, d = (axes.spread(vector) for vector in (op.inputs[2], b, d))
    return a * scale * r + b * centred * r + d, b * g * r, axes.total(a * g * r)


def _in_training(
    axes: _Axes, op: Any, g: Tensor, x: Tensor, a: Tensor, b: Tensor, d: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    from jitgraph.ops.arithmetic import square
    from jitgraph.ops.elementwise_powers import rsqrt

    mean = axes.mean
    c = x - mean(x)
    r = rsqrt(mean(square(c)) + op.get_attr("epsilon"))
    scale, b, d = (axes.spread(vector) for vector in (op.inputs[2], b, d))
    a_centred, g_centred = a - mean(a), g - mean(g)
    along_a, along_g = mean(a * c), mean(g * c)
    cube = r * square(r)
    dg = scale * r * (a_centred - c * square(r) * along_a) + b * r * c + d
    dscale = axes.total(r * a * (g_centred - c * square(r) * along_g))
    bend = 3.0 * square(r) * along_a * along_g - mean(a * g_centred)
    dx = scale * cube * (c * bend - a_centred * along_g - g_centred * along_a)
    return dg, dx + b * (r * g_centred - cube * c * along_g), dscale
