"""GradientDescentOptimizer: each variable goes against its gradient by a learning rate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.state import apply_gradient_descent


class GradientDescentOptimizer(Optimizer):
    """variable -= learning_rate * gradient.

    Args:
      learning_rate: a number, a tensor, or a function that gives one.
      use_locking: accepted for compatibility.
      name: the name scope of the ops.

    Example:
      >>> v = tf.Variable(1.0)
      >>> tf.train.GradientDescentOptimizer(0.1).minimize(v * v)
      <tf.Operation 'GradientDescent' type=NoOp>
    """

    def __init__(
        self,
        learning_rate: float | Tensor | Callable[[], Any],
        use_locking: bool = False,
        name: str = "GradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor: Any = None

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: Tensor, var: Variable) -> Operation:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return apply_gradient_descent(var, rate, grad, use_locking=self._use_locking).op

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Variable) -> Tensor:
        rate: Any = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        delta = IndexedSlices(grad.values * rate, grad.indices, grad.dense_shape)
        return var.scatter_sub(delta, use_locking=self._use_locking)
