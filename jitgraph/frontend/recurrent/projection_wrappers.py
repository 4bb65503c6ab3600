"""Cells of tf.contrib.rnn with an embedding or a projection before or after the cell inside.

In: a cell. Out: a cell with the same state, and variables `embedding`, or `kernel` and `bias`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.frontend.initializers import constant_initializer, random_uniform_initializer
from jitgraph.frontend.recurrent.cell import RNNCell, assert_like_rnncell
from jitgraph.frontend.variable_scope import get_variable_scope
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import Tensor, device, name_scope
from jitgraph.graph.logger import get_logger
from jitgraph.ops.bias import bias_add
from jitgraph.ops.matmul import matmul
from jitgraph.ops.reshaping import reshape

Activation = Callable[[Any], Any] | None


class AroundCell(RNNCell):
    """The base of these cells: state and sizes are those of the cell inside."""

    def __init__(self, cell: Any, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        assert_like_rnncell("cell", cell)
        self._cell = cell

    @property
    def state_size(self) -> Any:
        """The sizes of the state of the cell inside."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The sizes of the output of the cell inside."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class EmbeddingWrapper(AroundCell):
    """A cell whose inputs are ids, looked up in a table of vectors.

    Args:
      cell: the cell inside.
      embedding_classes: how many ids there are.
      embedding_size: the size of their vectors.
      initializer: that of the table; the scope's, or uniform with variance 1, if None.
      reuse: whether the table exists already.

    Raises:
      TypeError: no cell.
      ValueError: a size that is not positive.

    Example:
      >>> cell = tf.contrib.rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(8), 100, 16)
      >>> output, state = cell(tf.constant([3, 7]), cell.zero_state(2, tf.float32))
    """

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                "Both embedding_classes and embedding_size must be > 0: "
                f"{embedding_classes}, {embedding_size}."
            )
        self._shape = [embedding_classes, embedding_size]
        self._initializer = initializer

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        with device("/cpu:0"):
            bound = math.sqrt(3)
            initializer = self._initializer or get_variable_scope().initializer
            table = get_variable(
                "embedding",
                self._shape,
                initializer=initializer or random_uniform_initializer(-bound, bound),
                dtype=(state[0] if isinstance(state, tuple) else state).dtype,
            )
            return self._cell(embedding_lookup(table, reshape(inputs, [-1])), state)


class InputProjectionWrapper(AroundCell):
    """A cell whose inputs are projected before the cell inside takes them.

    Args:
      cell: the cell inside.
      num_proj: the size they are projected to.
      activation: a function of the projected inputs.
      input_size: no longer used.
      reuse: whether the variables exist already.

    Raises:
      TypeError: no cell.

    Example:
      >>> cell = tf.contrib.rnn.InputProjectionWrapper(tf.nn.rnn_cell.GRUCell(8), num_proj=4)
    """

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: Activation = None,
        input_size: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        if input_size is not None:
            get_logger().warning("%s: The input_size parameter is deprecated.", self)
        self._num_proj = num_proj
        self._activation = activation
        self._weights: Any = None

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        self._weights = self._weights or projection_weights(inputs, self._num_proj)
        projected = _projected(inputs, self._weights, self._activation)
        return self._cell(projected, state)


class OutputProjectionWrapper(AroundCell):
    """A cell whose outputs are those of the cell inside, projected.

    Args:
      cell: the cell inside.
      output_size: the size they are projected to.
      activation: a function of the projected outputs.
      reuse: whether the variables exist already.

    Raises:
      TypeError: no cell.
      ValueError: a size that is not positive.

    Example:
      >>> cell = tf.contrib.rnn.OutputProjectionWrapper(tf.nn.rnn_cell.GRUCell(8), output_size=4)
    """

    def __init__(
        self, cell: Any, output_size: int, activation: Activation = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size = output_size
        self._activation = activation
        self._weights: Any = None

    @property
    def output_size(self) -> int:
        """The size of the projected output."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        output, new_state = self._cell(inputs, state)
        self._weights = self._weights or projection_weights(output, self._output_size)
        return _projected(output, self._weights, self._activation), new_state


def projection_weights(inputs: Tensor, units: int) -> tuple[Any, Any]:
    """Kernel and bias, `kernel` and `bias` of the scope around.

    Raises:
      ValueError: inputs that are not of rank 2, or whose size is not known.
    """
    shape = inputs.get_shape()
    if shape.ndims != 2:
        raise ValueError(f"linear is expecting 2D arguments: {[shape]}")
    if shape[1].value is None:
        raise ValueError(
            f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}"
        )
    with variable_scope(get_variable_scope()) as outer:
        kernel = get_variable("kernel", [shape[1].value, units], dtype=inputs.dtype)
        with variable_scope(outer) as inner:
            inner.set_partitioner(None)
            zero = constant_initializer(0.0, dtype=inputs.dtype)
            bias = get_variable("bias", [units], dtype=inputs.dtype, initializer=zero)
    return kernel, bias


def _projected(inputs: Any, weights: tuple[Any, Any], activation: Activation) -> Any:
    kernel, bias = weights
    projected = bias_add(matmul(inputs, kernel), bias)
    return activation(projected) if activation else projected
