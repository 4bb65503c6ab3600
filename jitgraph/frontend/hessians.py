"""tf.hessians: matrices of second derivatives.

In: tensors ys and xs. Out: for each x the derivatives of its gradient's elements.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.gradients import UnconnectedGradients, gradients
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.packing import stack
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list[Tensor]:
    """The second derivatives of the sum of `ys` with respect to each x, a tensor of twice its rank.

    The elements of an x are differentiated one by one, so its shape must be known; TensorFlow
    makes a loop of that, with other op names.

    Args:
      ys: a tensor or a list of them.
      xs: a tensor, a variable or a list of them.
      name: accepted for compatibility, as in TensorFlow.
      colocate_gradients_with_ops, gate_gradients, aggregation_method: as in `gradients`.

    Raises:
      LookupError: an op between ys and xs has no gradient.
      ValueError: the shape of an x isn't known, or no y depends on it.

    Example:
      >>> x = tf.constant([1.0, 2.0])
      >>> tf.hessians(tf.reduce_sum(x * x), x)[0].shape
      TensorShape([Dimension(2), Dimension(2)])
    """
    xs = list(xs) if isinstance(xs, (list, tuple)) else [xs]
    firsts = gradients(
        ys,
        xs,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
    )
    return [_hessian(first, x) for first, x in zip(firsts, xs, strict=True)]


def _hessian(first: Any, x: Any) -> Tensor:
    count = x.get_shape().num_elements()
    if first is None or count is None:
        raise ValueError(f"hessians: {x} must have a known shape, and ys must depend on it.")
    flat: Any = reshape(first, [-1])
    zero = UnconnectedGradients.ZERO
    rows = [
        convert_to_tensor(gradients(flat[index], x, unconnected_gradients=zero)[0])
        for index in range(count)
    ]
    sizes = shape_of(convert_to_tensor(x))
    return reshape(stack(rows), concat([sizes, sizes], 0))
