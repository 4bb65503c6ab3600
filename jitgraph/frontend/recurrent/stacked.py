"""Recurrent nets in both directions, one upon the other: tf.contrib.rnn.

In: a list of cells for each direction. Out: the last layer's outputs, and all layers' last states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.recurrent.dynamic import bidirectional_dynamic_rnn
from jitgraph.frontend.recurrent.static import static_bidirectional_rnn
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.ops.assembling import concat


def stack_bidirectional_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: Sequence[Any],
    initial_states_fw: list[Any] | None = None,
    initial_states_bw: list[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Unrolled nets in both directions; each layer reads both outputs of the one below.

    Args:
      cells_fw, cells_bw: cells, one a layer.
      inputs: a list of tensors of shape [batch, input size].
      initial_states_fw, initial_states_bw: states, one a layer; zeros if None.
      dtype, sequence_length: see `tf.nn.static_rnn`.
      scope: the variable scope; "stack_bidirectional_rnn" if None.

    Returns:
      The outputs, and the last states of both directions.

    Raises:
      ValueError: lists that do not fit.

    Example:
      >>> cells = [[tf.nn.rnn_cell.GRUCell(8) for _ in range(2)] for _ in range(2)]
      >>> steps = [tf.ones([2, 3])] * 4
      >>> outputs, _, _ = tf.contrib.rnn.stack_bidirectional_rnn(*cells, steps, dtype=tf.float32)
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for index, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with variable_scope(f"cell_{index}") as opened:
                inputs, *last = static_bidirectional_rnn(
                    *cells,
                    inputs,
                    initial_state_fw=_state_of(initial_states_fw, index),
                    initial_state_bw=_state_of(initial_states_bw, index),
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=opened,
                )
            states.append((last[0], last[1]))
    return inputs, tuple(fw for fw, _ in states), tuple(bw for _, bw in states)


def stack_bidirectional_dynamic_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: Any,
    initial_states_fw: list[Any] | None = None,
    initial_states_bw: list[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    """Nets in both directions, as loops; each layer reads both outputs of the one below.

    Args:
      cells_fw, cells_bw: cells, one a layer.
      inputs: a tensor of shape [batch, time, ...].
      initial_states_fw, initial_states_bw: states, one a layer; zeros if None.
      dtype, sequence_length, parallel_iterations, time_major, swap_memory: see `tf.nn.dynamic_rnn`.
      scope: the variable scope; "stack_bidirectional_rnn" if None.

    Returns:
      The outputs, and the last states of both directions.

    Raises:
      ValueError: lists that do not fit.

    Example:
      >>> cells = [[tf.nn.rnn_cell.GRUCell(8) for _ in range(2)] for _ in range(2)]
      >>> outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
      ...     *cells, tf.ones([2, 4, 3]), dtype=tf.float32)
      >>> outputs
      <tf.Tensor 'stack_bidirectional_rnn/cell_1/concat:0' shape=(2, 4, 16) dtype=float32>
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    with variable_scope(scope or "stack_bidirectional_rnn"):
        for index, cells in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with variable_scope(f"cell_{index}"):
                outputs, last = bidirectional_dynamic_rnn(
                    *cells,
                    inputs,
                    initial_state_fw=_state_of(initial_states_fw, index),
                    initial_state_bw=_state_of(initial_states_bw, index),
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                inputs = concat(outputs, 2)
            states.append(last)
    return inputs, tuple(fw for fw, _ in states), tuple(bw for _, bw in states)


def _state_of(states: list[Any] | None, index: int) -> Any:
    return states[index] if states else None


def _check(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> None:
    directions = (("fw", cells_fw, states_fw), ("bw", cells_bw, states_bw))
    for role, cells, _ in directions:
        if not cells:
            raise ValueError(f"Must specify at least one {role} cell for BidirectionalRNN.")
    for role, cells, _ in directions:
        if not isinstance(cells, list):
            raise ValueError(f"cells_{role} must be a list of RNNCells (one per layer).")
    if len(cells_fw) != len(cells_bw):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for role, cells, states in directions:
        if states is not None and (not isinstance(states, list) or len(states) != len(cells)):
            raise ValueError(
                f"initial_states_{role} must be a list of state tensors (one per layer)."
            )
