"""BasicRNNCell and GRUCell.

In: an input of shape [batch, input size] and a state of shape [batch, units]. Out: the new state,
twice: as the output and as the state.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.initializers import constant_initializer, zeros_initializer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.settings import activation_of, initializer_of
from jitgraph.frontend.recurrent.cell import (
    LayerRNNCell,
    check_dtype,
    check_dtypes,
    input_width,
    tell_of_keras,
)
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.bias import bias_add
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_trigonometric import tanh
from jitgraph.ops.matmul import matmul
from jitgraph.ops.splitting import split


class BasicRNNCell(LayerRNNCell):
    """output = new state = activation([input, state] @ kernel + bias).

    Args:
      num_units: the size of the state.
      activation: a function of a tensor or its name; tanh if None.
      reuse: whether its variables exist already.
      name: the variable scope it opens.
      dtype: that of its variables; the first input's if None.

    Raises:
      ValueError: a dtype that is not of floats; an input whose size is not known.

    Example:
      >>> cell = tf.nn.rnn_cell.BasicRNNCell(8)
      >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    """

    _kernel: Any
    _bias: Any

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        tell_of_keras("BasicRNNCell", "SimpleRNNCell")
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_dtype(self.dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_of(activation) or tanh

    @property
    def state_size(self) -> int:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        width = input_width(input_shape) + self._num_units
        check_dtype(self.dtype)
        self._kernel = self.add_weight("kernel", [width, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        check_dtypes([inputs, state])
        gates = matmul(concat([inputs, state], 1), self._kernel)
        output = self._activation(bias_add(gates, self._bias))
        return output, output


class GRUCell(LayerRNNCell):
    """The gated recurrent unit of Cho et al., 2014 (https://arxiv.org/abs/1406.1078).

        r, u = sigmoid([input, state] @ gates/kernel + gates/bias)
        c = activation([input, r * state] @ candidate/kernel + candidate/bias)
        output = new state = u * state + (1 - u) * c

    Args:
      num_units: the size of the state.
      activation: a function of a tensor or its name; tanh if None.
      reuse: whether its variables exist already.
      kernel_initializer: that of both kernels.
      bias_initializer: that of both biases; ones for the gates, zeros for the candidate if None.
      name: the variable scope it opens.
      dtype: that of its variables; the first input's if None.

    Raises:
      ValueError: a dtype that is not of floats; an input whose size is not known.

    Example:
      >>> cell = tf.nn.rnn_cell.GRUCell(8)
      >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
    """

    _gates: tuple[Any, Any]
    _candidate: tuple[Any, Any]

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        tell_of_keras("GRUCell", "GRUCell")
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_dtype(self.dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation_of(activation) or tanh
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    @property
    def state_size(self) -> int:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Makes the kernels and biases of the gates and of the candidate."""
        width = input_width(input_shape) + self._num_units
        check_dtype(self.dtype)
        self._gates = self._affine("gates", width, 2 * self._num_units, constant_initializer(1.0))
        self._candidate = self._affine("candidate", width, self._num_units, zeros_initializer())
        self.built = True

    def _affine(self, name: str, width: int, units: int, bias_initializer: Any) -> tuple[Any, Any]:
        initializer = self._kernel_initializer
        kernel = self.add_weight(f"{name}/kernel", [width, units], initializer=initializer)
        chosen = bias_initializer if self._bias_initializer is None else self._bias_initializer
        return kernel, self.add_weight(f"{name}/bias", [units], initializer=chosen)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        check_dtypes([inputs, state])
        gates = _of(self._gates, inputs, state)
        r, u = split(sigmoid(gates), num_or_size_splits=2, axis=1)
        r_state = r * state
        c = self._activation(_of(self._candidate, inputs, r_state))
        new = u * state + (1 - u) * c
        return new, new


def _of(weights: tuple[Any, Any], inputs: Any, state: Any) -> Tensor:
    kernel, bias = weights
    return bias_add(matmul(concat([inputs, state], 1), kernel), bias)
