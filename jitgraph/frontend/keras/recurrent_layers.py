"""Recurrent layers of Keras: cells over the steps of sequences; wrappers of layers.

In: sequences [batch, steps, features]. Out: the last output, or all; the last states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.frontend.keras.recurrent_cells import (
    GRUCell,
    LSTMCell,
    RecurrentCell,
    SimpleRNNCell,
)
from jitgraph.frontend.keras.recurrent_steps import run_steps
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.graph import name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.rearranging import reverse
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import TensorShape

_OWN = (
    "name", "trainable", "dtype", "input_shape", "batch_input_shape", "input_dim", "batch_size",
    "weights", "activity_regularizer",
)  # fmt: skip


class RNN(KerasLayer):
    """A cell over the steps of sequences.

    Args:
      cell: the cell.
      return_sequences: whether to give all outputs rather than the last.
      return_state: whether to give the last states, too.
      go_backwards: whether the last step comes first.
      stateful: not supported.
      unroll: accepted for compatibility: steps are a loop.
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        input_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        if stateful:
            raise NotImplementedError("stateful recurrent layers are not supported")
        if "input_dim" in kwargs and "input_shape" not in kwargs:
            kwargs["input_shape"] = (input_length, kwargs.pop("input_dim"))
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.supports_masking = True
        self.zeroes_masked = False
        self.input_spec = InputSpec(ndim=3)

    @property
    def units(self) -> int:
        """The size of the output."""
        return self.cell.output_size  # type: ignore[no-any-return]

    def build(self, input_shape: Any) -> None:
        """Makes the cell's variables."""
        shape = input_shape[0] if isinstance(input_shape, list) else input_shape
        sizes = shape.as_list()
        if not self.cell.built:
            self.cell.build(TensorShape([sizes[0], *sizes[2:]]))
            self.cell.built = True

    def __call__(self, inputs: Any, *args: Any, initial_state: Any = None, **kwargs: Any) -> Any:
        """What it makes of sequences.

        Args:
          inputs: [batch, steps, features], or a list of it and the first states.
          initial_state: the first states; zeros if None.
        """
        if isinstance(inputs, (list, tuple)):
            inputs, *given = inputs
            initial_state = initial_state or given or None
        if initial_state is not None:
            states = initial_state if isinstance(initial_state, (list, tuple)) else [initial_state]
            self.input_spec = None
            return super().__call__([inputs, *states], *args, **kwargs)
        return super().__call__(inputs, *args, **kwargs)

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """The outputs of the cell."""
        states: Sequence[Any] | None = None
        if isinstance(inputs, (list, tuple)):
            inputs, *states = inputs
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if not states:
            states = self.cell.get_initial_state(inputs, shape_of(inputs)[0], inputs.dtype)
        if hasattr(self.cell, "forget_masks"):
            self.cell.forget_masks()
        extra = {} if training is None else {"training": training}

        def step(given: Any, states: Sequence[Any]) -> Any:
            return self.cell.call(given, states, **extra)

        last, outputs, states = run_steps(
            step, inputs, states, self.go_backwards, mask, self.zeroes_masked
        )
        found = outputs if self.return_sequences else last
        return [found, *states] if self.return_state else found

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the steps, if there are steps left."""
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        return mask if self.return_sequences else None


class OwnCell(RNN):
    """What layers with a cell of their own share: arguments of both."""

    kind: ClassVar[type[RecurrentCell]]

    def __init__(
        self,
        units: int,
        *args: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("implementation", None)
        own = {name: kwargs.pop(name) for name in (*_OWN, "input_length") if name in kwargs}
        cell = self.kind(units, *args, name="cell", **kwargs)
        super().__init__(
            cell, return_sequences, return_state, go_backwards, stateful, unroll, **own
        )


class SimpleRNN(OwnCell):
    """A simple recurrent layer. See `SimpleRNNCell` and `RNN` for the arguments."""

    kind = SimpleRNNCell


class LSTM(OwnCell):
    """A layer of long short-term memory. See `LSTMCell` and `RNN` for the arguments.

    Example:
      >>> tf.keras.layers.LSTM(4)(tf.zeros([2, 5, 3])).shape
      TensorShape([Dimension(2), Dimension(4)])
    """

    kind = LSTMCell


class GRU(OwnCell):
    """A layer of gated recurrent units. See `GRUCell` and `RNN` for the arguments."""

    kind = GRUCell


class TimeDistributed(KerasLayer):
    """A layer on each step of sequences.

    Args:
      layer: the layer.
    """

    def __init__(self, layer: KerasLayer, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Makes the layer's variables, in this layer's scope."""
        sizes = input_shape.as_list()
        if not self.layer.built:
            self.layer._dtype = self.layer._dtype or self._dtype
            self.layer.build(TensorShape([sizes[0], *sizes[2:]]))
            self.layer.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """What the layer makes of each step."""
        sizes = inputs.get_shape().as_list()
        flat = reshape(inputs, [-1, *sizes[2:]])
        made = self.layer(flat, **kwargs)
        known = made.get_shape().as_list()[1:]
        steps = sizes[1] or shape_of(inputs)[1]
        found = reshape(made, [-1, steps, *known])
        found.set_shape([sizes[0], sizes[1], *known])
        return found


class Bidirectional(KerasLayer):
    """A recurrent layer in both directions.

    Args:
      layer: the recurrent layer.
      merge_mode: "concat", "sum", "mul", "ave", or None for both outputs.

    Raises:
      ValueError: another mode.
    """

    def __init__(self, layer: Any, merge_mode: Any = "concat", **kwargs: Any) -> None:
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError(
                'Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", '
                "None}"
            )
        super().__init__(**kwargs)
        self.merge_mode = merge_mode
        config = layer.get_config()
        backwards = not config.get("go_backwards", False)
        name = layer.name
        self.forward_layer = type(layer).from_config({**config, "name": f"forward_{name}"})
        self.backward_layer = type(layer).from_config(
            {**config, "name": f"backward_{name}", "go_backwards": backwards}
        )
        for each in (self.forward_layer, self.backward_layer):
            each.zeroes_masked = each.return_sequences
        self.supports_masking = True
        if self._batch_input_shape is None:
            self._batch_input_shape = layer._batch_input_shape

    def build(self, input_shape: Any) -> None:
        """Makes the variables of both."""
        for layer in (self.forward_layer, self.backward_layer):
            with name_scope(layer.name):
                layer._dtype = layer._dtype or self._dtype
                layer.build(input_shape)
                layer.built = True

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """Both outputs, merged."""
        extra = {} if training is None else {"training": training}
        one = self.forward_layer(inputs, mask=mask, **extra)
        two = self.backward_layer(inputs, mask=mask, **extra)
        states: list[Any] = []
        if self.forward_layer.return_state:
            states = [*one[1:], *two[1:]]
            one, two = one[0], two[0]
        if self.forward_layer.return_sequences:
            two = reverse(two, [1])
        merged = self._merged(one, two)
        return [merged, *states] if states else merged

    def _merged(self, one: Any, two: Any) -> Any:
        if self.merge_mode == "concat":
            return concat([one, two], -1)
        if self.merge_mode == "sum":
            return one + two
        if self.merge_mode == "mul":
            return one * two
        return (one + two) / 2 if self.merge_mode == "ave" else [one, two]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the steps, if there are steps left."""
        return mask if self.forward_layer.return_sequences else None
