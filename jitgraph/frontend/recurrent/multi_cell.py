"""MultiRNNCell: cells on top of each other.

In: an input and the states of all cells. Out: the last cell's output and all next states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.recurrent.cell import RNNCell, tell_of_keras
from jitgraph.frontend.structures import is_nested
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import name_scope
from jitgraph.graph.deprecation import tell_once
from jitgraph.ops.assembling import concat
from jitgraph.ops.slicing import slice as slice_of


class MultiRNNCell(RNNCell):
    """Cells in a row: each takes the output of the one before it.

    Args:
      cells: the cells, each a cell of its own (the same one twice shares its weights).
      state_is_tuple: False: the states are one tensor, side by side.

    Raises:
      ValueError: no cells; a cell with a tuple as its state where `state_is_tuple` is False.
      TypeError: `cells` is no list or tuple.

    Example:
      >>> cells = [tf.nn.rnn_cell.LSTMCell(n) for n in (16, 8)]
      >>> tf.nn.rnn_cell.MultiRNNCell(cells).output_size
      8
    """

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        tell_of_keras("MultiRNNCell", "StackedRNNCells")
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len({id(cell) for cell in cells}) < len(cells):
            tell_once(
                "MultiRNNCell sharing",
                "At least two cells provided to MultiRNNCell are the same object and will share "
                "weights.",
            )
        self._cells = cells
        self._state_is_tuple = state_is_tuple
        sizes = [cell.state_size for cell in cells]
        if not state_is_tuple and any(is_nested(size) for size in sizes):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set.  "
                f"State sizes are: {sizes}"
            )

    @property
    def state_size(self) -> Any:
        """The sizes of the cells' states."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return self._cells[-1].output_size

    @property
    def trainable_weights(self) -> list[Any]:
        """The cells' variables that optimizers change."""
        if not self.trainable:
            return []
        return [weight for cell in self._layers() for weight in cell.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The cells' other variables."""
        fixed = [weight for cell in self._layers() for weight in cell.non_trainable_weights]
        if self.trainable:
            return fixed
        return [weight for cell in self._layers() for weight in cell.trainable_weights] + fixed

    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    def _layers(self) -> list[Layer]:
        return [cell for cell in self._cells if isinstance(cell, Layer)]

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros for each cell."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The last output and the next states."""
        states = []
        for index, cell in enumerate(self._cells):
            with variable_scope(f"cell_{index}"):
                inputs, new_state = cell(inputs, self._state_of(index, state))
                states.append(new_state)
        return inputs, tuple(states) if self._state_is_tuple else concat(states, 1)

    def _state_of(self, index: int, state: Any) -> Any:
        if not self._state_is_tuple:
            start = sum(cell.state_size for cell in self._cells[:index])
            return slice_of(state, [0, start], [-1, self._cells[index].state_size])
        if not is_nested(state):
            raise ValueError(
                f"Expected state to be a tuple of length {len(self.state_size)}, "
                f"but received: {state}"
            )
        return state[index]
