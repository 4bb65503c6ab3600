"""Cells of Keras's recurrent layers: one step of LSTM, GRU and simple recurrence.

In: an input and states. Out: an output and states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.dropout import dropout as zero_at_random
from jitgraph.frontend.keras import activations, backend, constraints, initializers, regularizers
from jitgraph.frontend.keras.graph_state import learning_phase
from jitgraph.frontend.keras.layer import KerasLayer
from jitgraph.ops.assembling import concat
from jitgraph.ops.bias import bias_add
from jitgraph.ops.filling import ones_like, zeros
from jitgraph.ops.packing import unstack
from jitgraph.ops.splitting import split


class RecurrentCell(KerasLayer):
    """What the cells share.

    Args:
      units: the size of the output.
      activation: the function of the output.
      use_bias: whether there is a bias.
      kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer,
        recurrent_regularizer, bias_regularizer, kernel_constraint, recurrent_constraint,
        bias_constraint: of the variables.
      dropout, recurrent_dropout: the share of the inputs and of the states that is zeroed.
    """

    gates: ClassVar[int]
    states: ClassVar[int] = 1
    kernel: Any
    recurrent_kernel: Any
    bias: Any

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self._masks: dict[str, Any] = {}

    @property
    def state_size(self) -> list[int]:
        """The sizes of the states."""
        return [self.units] * self.states

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self.units

    def get_initial_state(self, inputs: Any, batch_size: Any, dtype: Any) -> list[Any]:
        """States of zeros."""
        return [zeros([batch_size, size], dtype) for size in self.state_size]

    def build(self, input_shape: Any) -> None:
        """Makes the kernels and the bias."""
        width = input_shape.as_list()[-1]
        self.kernel = self.add_weight(
            "kernel",
            (width, self.units * self.gates),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel",
            (self.units, self.units * self.gates),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias",
                self._bias_shape(),
                initializer=self._bias_start(),
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.units * self.gates,)

    def _bias_start(self) -> Any:
        return self.bias_initializer

    def forget_masks(self) -> None:
        """Makes the next call draw masks of its own."""
        self._masks = {}

    def _masked(self, tensor: Any, which: str, training: Any) -> list[Any]:
        """The tensor for each gate, with elements zeroed while training."""
        rate = self.dropout if which == "inputs" else self.recurrent_dropout
        if not 0.0 < rate < 1.0:
            return [tensor] * self.gates
        if which not in self._masks:
            phase = learning_phase() if training is None else training
            self._masks[which] = [_mask(tensor, rate, phase) for _ in range(self.gates)]
        return [tensor * mask for mask in self._masks[which]]

    def _part(self, variable: Any, gate: int) -> Any:
        if gate == 0:
            return variable[:, : self.units]
        if gate == self.gates - 1:
            return variable[:, self.units * gate :]
        return variable[:, self.units * gate : self.units * (gate + 1)]


def _mask(like: Any, rate: float, phase: Any) -> Any:
    ones = ones_like(like)
    return smart_cond(phase, lambda: zero_at_random(ones, rate=rate), lambda: ones)


class SimpleRNNCell(RecurrentCell):
    """activation(input @ kernel + bias + state @ recurrent_kernel)."""

    gates = 1

    def call(self, inputs: Any, states: Sequence[Any] = (), training: Any = None) -> Any:
        """One step."""
        (given,) = self._masked(inputs, "inputs", training)
        made = backend.dot(given, self.kernel)
        if self.use_bias:
            made = bias_add(made, self.bias)
        (state,) = self._masked(states[0], "states", training)
        output = self.activation(made + backend.dot(state, self.recurrent_kernel))
        return output, [output]


class LSTMCell(RecurrentCell):
    """Long short-term memory.

    Args:
      recurrent_activation: the function of the gates.
      unit_forget_bias: whether the bias of the forget gate starts at one.
    """

    gates = 4
    states = 2

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        *args: Any,
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, *args, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias

    def _bias_start(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer

        def start(_: Any, **kwargs: Any) -> Any:
            first = self.bias_initializer((self.units,), **kwargs)
            second = initializers.Ones()((self.units,), **kwargs)
            return concat([first, second, self.bias_initializer((self.units * 2,), **kwargs)], 0)

        return start

    def call(self, inputs: Any, states: Sequence[Any] = (), training: Any = None) -> Any:
        """One step."""
        state, carry = states
        given = self._masked(inputs, "inputs", training)
        kernels = split(self.kernel, num_or_size_splits=4, axis=1)
        x = [backend.dot(one, kernel) for one, kernel in zip(given, kernels, strict=True)]
        if self.use_bias:
            biases = split(self.bias, num_or_size_splits=4, axis=0)
            x = [bias_add(one, bias) for one, bias in zip(x, biases, strict=True)]
        h = self._masked(state, "states", training)

        def gate(number: int) -> Any:
            return x[number] + backend.dot(h[number], self._part(self.recurrent_kernel, number))

        i = self.recurrent_activation(gate(0))
        forgotten = self.recurrent_activation(gate(1)) * carry
        carry = forgotten + i * self.activation(gate(2))
        o = self.recurrent_activation(gate(3))
        output = o * self.activation(carry)
        return output, [output, carry]


class GRUCell(RecurrentCell):
    """Gated recurrent units.

    Args:
      recurrent_activation: the function of the gates.
      reset_after: whether the reset gate comes after the product.
    """

    gates = 3

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        *args: Any,
        reset_after: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, activation, *args, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = reset_after

    def _bias_shape(self) -> tuple[int, ...]:
        width = self.units * self.gates
        return (2, width) if self.reset_after else (width,)

    def _bias_parts(self, bias: Any) -> list[Any]:
        n = self.units
        return [bias[:n], bias[n : n * 2], bias[n * 2 :]]

    def call(self, inputs: Any, states: Sequence[Any] = (), training: Any = None) -> Any:
        """One step."""
        own, after = self.bias, None
        if self.use_bias and self.reset_after:
            own, after = unstack(self.bias)
        given = self._masked(inputs, "inputs", training)
        x = [backend.dot(one, self._part(self.kernel, gate)) for gate, one in enumerate(given)]
        if self.use_bias:
            n = self.units
            parts = (slice(None, n), slice(n, n * 2), slice(n * 2, None))
            x = [bias_add(one, own[part]) for one, part in zip(x, parts, strict=True)]
        h = self._masked(states[0], "states", training)
        inner = [backend.dot(h[gate], self._part(self.recurrent_kernel, gate)) for gate in (0, 1)]
        late = None if after is None else self._bias_parts(after)
        if late is not None:
            inner = [bias_add(one, bias) for one, bias in zip(inner, late, strict=False)]
        z = self.recurrent_activation(x[0] + inner[0])
        r = self.recurrent_activation(x[1] + inner[1])
        if self.reset_after:
            last = backend.dot(h[2], self._part(self.recurrent_kernel, 2))
            last = r * (last if late is None else bias_add(last, late[2]))
        else:
            last = backend.dot(r * h[2], self._part(self.recurrent_kernel, 2))
        candidate = self.activation(x[2] + last)
        output = z * states[0] + (1 - z) * candidate
        return output, [output]
