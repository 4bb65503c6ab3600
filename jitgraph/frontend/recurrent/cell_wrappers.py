"""Cells around cells: a residual connection, a device.

In: a cell. Out: a cell with the same state whose output or place is another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.recurrent.cell import RNNCell, assert_like_rnncell
from jitgraph.frontend.structures import assert_same_structure, flatten, pack_like
from jitgraph.graph import device as device_scope, name_scope


class CellWrapper(RNNCell):
    """The base of cells around a cell: its state and sizes are those of the cell inside.

    Args:
      cell: the cell inside.

    Raises:
      TypeError: it is no cell.
    """

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        assert_like_rnncell("cell", cell)
        self.cell = cell

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None) -> Any:  # type: ignore[override]
        """The output and the next state; the cell inside opens the variable scope."""
        return self._wrapped(inputs, state, scope)

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        return self.cell(inputs, state, scope=scope)

    @property
    def state_size(self) -> Any:
        """The sizes of the state of the cell inside."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The sizes of the output of the cell inside."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)


class ResidualWrapper(CellWrapper):
    """A cell whose output is the sum of its input and the output of the cell inside.

    Args:
      cell: the cell inside.
      residual_fn: a function of inputs and outputs that is taken instead of the sum.

    Raises:
      TypeError, ValueError: inputs and outputs differ in structure or shape.

    Example:
      >>> cell = tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(4))
      >>> output, state = cell(tf.ones([2, 4]), cell.zero_state(2, tf.float32))
    """

    def __init__(
        self, cell: Any, residual_fn: Callable[..., Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        outputs, new_state = self.cell(inputs, state, scope=scope)
        return (self._residual_fn or _sums)(inputs, outputs), new_state


class DeviceWrapper(CellWrapper):
    """A cell whose ops are placed on a device.

    Args:
      cell: the cell inside.
      device: a device, as for `tf.device`.

    Example:
      >>> cell = tf.nn.rnn_cell.DeviceWrapper(tf.nn.rnn_cell.GRUCell(4), "/cpu:0")
    """

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros, on the device."""
        scope = name_scope(type(self).__name__ + "ZeroState", values=[batch_size])
        with scope, device_scope(self._device):
            return self.cell.zero_state(batch_size, dtype)

    def _wrapped(self, inputs: Any, state: Any, scope: Any) -> Any:
        with device_scope(self._device):
            return self.cell(inputs, state, scope=scope)


def _sums(inputs: Any, outputs: Any) -> Any:
    assert_same_structure(inputs, outputs)
    pairs = list(zip(flatten(inputs), flatten(outputs), strict=True))
    for one, other in pairs:
        one.get_shape().assert_is_compatible_with(other.get_shape())
    return pack_like(outputs, [one + other for one, other in pairs])
