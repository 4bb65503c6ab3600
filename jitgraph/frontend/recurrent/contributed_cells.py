"""LSTM cells of tf.contrib.rnn: with normalised layers, and the one that TensorFlow has as one op.

In: an input [batch, input size] and a state. Out: an output and the next state. Variables have
TensorFlow's names; the block cell's op is made of plain ones, which are fused anyway.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.contrib_layers.batch_norm import layer_norm
from jitgraph.frontend.dropout import dropout
from jitgraph.frontend.initializers import constant_initializer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.recurrent.cell import LayerRNNCell, RNNCell, input_width
from jitgraph.frontend.recurrent.lstm_cells import LSTMStateTuple
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import Tensor
from jitgraph.graph.logger import get_logger
from jitgraph.ops.assembling import concat
from jitgraph.ops.bias import bias_add
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_extrema import clip_by_value
from jitgraph.ops.elementwise_trigonometric import tanh
from jitgraph.ops.identities import stop_gradient
from jitgraph.ops.matmul import matmul
from jitgraph.ops.splitting import split


class LayerNormBasicLSTMCell(RNNCell):
    """An LSTM whose gates and memory are normalised, with dropout of what is remembered anew.

    After Ba, Kiros and Hinton, "Layer normalization", 2016, and Semeniuta, Severyn and Barth,
    "Recurrent dropout without memory loss", 2016.

    Args:
      num_units: the size of c and h.
      forget_bias: what is added to the forget gate.
      input_size: ignored.
      activation: a function of a tensor.
      layer_norm: whether layers are normalised; there is a bias if not.
      norm_gain, norm_shift: where the normalised layers' variables begin.
      dropout_keep_prob: the share that is kept: a number or a scalar tensor.
      dropout_prob_seed: see `tf.set_random_seed`.
      reuse: whether its variables exist already.

    Example:
      >>> cell = tf.contrib.rnn.LayerNormBasicLSTMCell(8)
      >>> output, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        activation: Any = tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if input_size is not None:
            get_logger().warning(f"{self}: The input_size parameter is deprecated.")
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self) -> LSTMStateTuple:
        """The sizes of c and h."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        c, h = state
        gates = self._gates(concat([inputs, h], 1))
        i, j, f, o = split(value=gates, num_or_size_splits=4, axis=1)
        i, j = self._normed(i, "input"), self._normed(j, "transform")
        f, o = self._normed(f, "forget"), self._normed(o, "output")
        new = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            new = dropout(new, self._keep_prob, seed=self._seed)
        new_c = c * sigmoid(f + self._forget_bias) + sigmoid(i) * new
        new_c = self._normed(new_c, "state")
        new_h = self._activation(new_c) * sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)

    def _gates(self, inputs: Tensor) -> Tensor:
        units = 4 * self._num_units
        shape = [inputs.get_shape()[-1].value, units]
        gates = matmul(inputs, get_variable("kernel", shape, dtype=inputs.dtype))
        if self._layer_norm:
            return gates
        return bias_add(gates, get_variable("bias", [units], dtype=inputs.dtype))

    def _normed(self, part: Tensor, scope: str) -> Tensor:
        if not self._layer_norm:
            return part
        shape, dtype = part.get_shape()[-1:], part.dtype
        starts = {"gamma": self._norm_gain, "beta": self._norm_shift}
        with variable_scope(scope):
            for name, start in starts.items():
                initializer = constant_initializer(start)
                get_variable(name, shape=shape, initializer=initializer, dtype=dtype)
        normed: Tensor = layer_norm(part, reuse=True, scope=scope)
        return normed


class LSTMBlockCell(LayerRNNCell):
    """The LSTM that TensorFlow has as one op: values and variables are its, the ops are plain.

    Args:
      num_units: the size of c and h.
      forget_bias: what is added to the forget gate.
      cell_clip: c is clipped to [-cell_clip, cell_clip], if positive.
      use_peephole: whether the gates see the memory.
      dtype: that of its variables; the first input's if None.
      reuse: whether its variables exist already.
      name: the variable scope.

    Example:
      >>> cell = tf.contrib.rnn.LSTMBlockCell(8)
      >>> output, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    """

    _kernel: Any
    _bias: Any
    _peepholes: list[Any]

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: Any = None,
        name: str = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = -1.0 if cell_clip is None else cell_clip
        self.input_spec = InputSpec(ndim=2)

    @property
    def state_size(self) -> LSTMStateTuple:
        """The sizes of c and h."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Makes kernel, bias and peepholes."""
        units = self._num_units
        self._kernel = self.add_weight("kernel", [input_width(input_shape) + units, units * 4])
        start = constant_initializer(0.0)
        self._bias = self.add_weight("bias", [units * 4], initializer=start)
        names = ("w_i_diag", "w_f_diag", "w_o_diag") if self._use_peephole else ()
        self._peepholes = [self.add_weight(name, [units]) for name in names]
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        gates = bias_add(matmul(concat([inputs, h], 1), self._kernel), self._bias)
        i, j, f, o = split(value=gates, num_or_size_splits=4, axis=1)
        if self._use_peephole:
            see_i, see_f, see_o = self._peepholes
            i, f = i + c * see_i, f + c * see_f
        new_c = sigmoid(i) * tanh(j) + sigmoid(f + self._forget_bias) * c
        if self._cell_clip > 0:
            new_c = _clipped(new_c, self._cell_clip)
        if self._use_peephole:
            o = o + new_c * see_o
        new_h = sigmoid(o) * tanh(new_c)
        return new_h, LSTMStateTuple(new_c, new_h)


def _clipped(value: Tensor, bound: float) -> Tensor:
    """A value within bounds, with the gradient of the value: that of TensorFlow's op."""
    excess: Tensor = clip_by_value(value, -bound, bound) - value
    return value + stop_gradient(excess)
