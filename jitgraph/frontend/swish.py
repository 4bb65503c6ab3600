"""tf.nn.swish: an activation with a gradient of its own, which keeps only the features."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.custom_gradients import custom_gradient
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.elementwise_exponential import sigmoid


@custom_gradient
def swish(features: Any) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """features * sigmoid(features), elementwise.

    Args:
      features: a tensor of floats.

    Example:
      >>> tf.nn.swish([-1.0, 2.0])
      <tf.Tensor 'IdentityN:0' shape=(2,) dtype=float32>
    """

    def differentiate(grad: Tensor) -> Tensor:
        with control_dependencies([grad]):
            gate = sigmoid(features)
        return grad * (gate * (1.0 + features * (1.0 - gate)))

    return features * sigmoid(features), differentiate
