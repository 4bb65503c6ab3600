"""Cells with long short-term memory: BasicLSTMCell, LSTMCell.

In: an input of shape [batch, input size] and a state (c, h). Out: the new h and the new state.
The kernel's columns are those of TensorFlow: input gate, candidate, forget gate, output gate.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.frontend.initializers import zeros_initializer
from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.settings import activation_of, initializer_of
from jitgraph.frontend.partitioned_variables import fixed_size_partitioner
from jitgraph.frontend.recurrent.cell import (
    LayerRNNCell,
    check_dtype,
    check_dtypes,
    input_width,
    tell_of_keras,
)
from jitgraph.graph.logger import get_logger
from jitgraph.ops.arithmetic import add, multiply
from jitgraph.ops.assembling import concat
from jitgraph.ops.bias import bias_add
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_extrema import clip_by_value
from jitgraph.ops.elementwise_trigonometric import tanh
from jitgraph.ops.matmul import matmul
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.splitting import split


class LSTMStateTuple(NamedTuple):
    """The state of an LSTM: c, the memory, and h, the last output."""

    c: Any
    h: Any

    @property
    def dtype(self) -> Any:
        """The dtype of both.

        Raises:
          TypeError: they differ.
        """
        if self.c.dtype != self.h.dtype:
            raise TypeError(f"Inconsistent internal state: {self.c.dtype} vs {self.h.dtype}")
        return self.c.dtype


class BasicLSTMCell(LayerRNNCell):
    """The basic LSTM, without peepholes, clipping or projection.

        i, j, f, o = [input, h] @ kernel + bias
        new c = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j)
        output = new h = activation(new c) * sigmoid(o)

    Args:
      num_units: the size of c and h.
      forget_bias: what is added to the forget gate.
      state_is_tuple: False: the state is one tensor, c and h side by side.
      activation: a function of a tensor or its name; tanh if None.
      reuse: whether its variables exist already.
      name: the variable scope it opens.
      dtype: that of its variables; the first input's if None.

    Raises:
      ValueError: a dtype that is not of floats; an input whose size is not known.

    Example:
      >>> cell = tf.nn.rnn_cell.BasicLSTMCell(8)
      >>> output, state = cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))
      >>> state.h is output
      True
    """

    _kernel: Any
    _bias: Any

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        tell_of_keras("BasicLSTMCell", "LSTMCell")
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_dtype(self.dtype)
        warn_of_one_tensor(self, state_is_tuple)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_of(activation) or tanh

    @property
    def state_size(self) -> Any:
        """The sizes of c and h."""
        if self._state_is_tuple:
            return LSTMStateTuple(self._num_units, self._num_units)
        return 2 * self._num_units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias."""
        width = input_width(input_shape) + self._num_units
        check_dtype(self.dtype)
        units = 4 * self._num_units
        self._kernel = self.add_weight("kernel", [width, units])
        self._bias = self.add_weight("bias", [units], initializer=zeros_initializer())
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        check_dtypes([inputs, state])
        one = constant(1, dtype=dtypes.int32)
        c, h = state if self._state_is_tuple else split(state, num_or_size_splits=2, axis=one)
        gates = matmul(concat([inputs, h], 1), self._kernel)
        gates = bias_add(gates, self._bias)
        i, j, f, o = split(gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=f.dtype)
        kept = multiply(c, sigmoid(add(f, forget_bias)))
        new_c = add(kept, multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        return new_h, packed_state(new_c, new_h, self._state_is_tuple)


class LSTMCell(LayerRNNCell):
    """The LSTM with peepholes, a clipped memory and a projected output, each if asked for.

    After Sak, Senior and Beaufays, "Long short-term memory recurrent neural network architectures
    for large scale acoustic modeling", Interspeech 2014.

    Args:
      num_units: the size of c.
      use_peepholes: whether the gates see the memory.
      cell_clip: the memory is clipped to [-cell_clip, cell_clip].
      initializer: that of the kernels and peepholes.
      num_proj: the size of h, to which the output is projected; num_units without one if None.
      proj_clip: the projected output is clipped to [-proj_clip, proj_clip].
      num_unit_shards, num_proj_shards: how many parts the kernels are kept in.
      forget_bias: what is added to the forget gate.
      state_is_tuple: False: the state is one tensor, c and h side by side.
      activation: a function of a tensor or its name; tanh if None.
      reuse: whether its variables exist already.
      name: the variable scope it opens.
      dtype: that of its variables; the first input's if None.

    Raises:
      ValueError: a dtype that is not of floats; an input whose size is not known.

    Example:
      >>> cell = tf.nn.rnn_cell.LSTMCell(8, use_peepholes=True, num_proj=4)
      >>> cell.state_size
      LSTMStateTuple(c=8, h=4)
    """

    _kernel: Any
    _bias: Any
    _peepholes: Any
    _projection: Any

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int | None = None,
        num_proj_shards: int | None = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        tell_of_keras("LSTMCell", "LSTMCell")
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_dtype(self.dtype)
        warn_of_one_tensor(self, state_is_tuple)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer_of(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._shards = num_unit_shards, num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_of(activation) or tanh
        self._output_size = num_proj or num_units

    @property
    def state_size(self) -> Any:
        """The sizes of c and h."""
        if self._state_is_tuple:
            return LSTMStateTuple(self._num_units, self._output_size)
        return self._num_units + self._output_size

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._output_size

    def build(self, input_shape: Any) -> None:
        """Makes kernel and bias, and what the peepholes and the projection need."""
        width = input_width(input_shape) + self._output_size
        check_dtype(self.dtype)
        units, initializer = self._num_units, self._initializer
        self._kernel = self._kernel_in("kernel", [width, 4 * units], self._shards[0])
        self._bias = self.add_weight("bias", [4 * units], initializer=zeros_initializer())
        self._peepholes = {
            gate: self.add_weight(f"w_{gate}_diag", [units], initializer=initializer)
            for gate in ("fio" if self._use_peepholes else "")
        }
        if self._num_proj is not None:
            shape = [units, self._num_proj]
            self._projection = self._kernel_in("projection/kernel", shape, self._shards[1])
        self.built = True

    def _kernel_in(self, name: str, shape: list[int], shards: int | None) -> Any:
        partitioner = None if shards is None else fixed_size_partitioner(shards)
        return self.add_weight(name, shape, initializer=self._initializer, partitioner=partitioner)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """The output and the next state."""
        check_dtypes([inputs, state])
        c, m = self._parts(state)
        gates = matmul(concat([inputs, m], 1), self._kernel)
        gates = bias_add(gates, self._bias)
        new_c, o = self._remember(split(gates, num_or_size_splits=4, axis=1), c)
        if self._use_peepholes:
            new_m = sigmoid(o + self._peepholes["o"] * new_c) * self._activation(new_c)
        else:
            new_m = sigmoid(o) * self._activation(new_c)
        new_m = self._project(new_m)
        return new_m, packed_state(new_c, new_m, self._state_is_tuple)

    def _parts(self, state: Any) -> tuple[Any, Any]:
        if self._state_is_tuple:
            c, m = state
            return c, m
        first = slice_of(state, [0, 0], [-1, self._num_units])
        return first, slice_of(state, [0, self._num_units], [-1, self._output_size])

    def _remember(self, gates: Any, c: Any) -> tuple[Any, Any]:
        i, j, f, o = gates
        if self._use_peepholes:
            look = self._peepholes
            new_c = sigmoid(f + self._forget_bias + look["f"] * c) * c + sigmoid(
                i + look["i"] * c
            ) * self._activation(j)
        else:
            new_c = sigmoid(f + self._forget_bias) * c + sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            new_c = clip_by_value(new_c, -self._cell_clip, self._cell_clip)
        return new_c, o

    def _project(self, m: Any) -> Any:
        if self._num_proj is None:
            return m
        m = matmul(m, self._projection)
        if self._proj_clip is None:
            return m
        return clip_by_value(m, -self._proj_clip, self._proj_clip)


def packed_state(c: Any, h: Any, state_is_tuple: bool) -> Any:
    """The state of c and h: a tuple, or one tensor."""
    return LSTMStateTuple(c, h) if state_is_tuple else concat([c, h], 1)


def warn_of_one_tensor(cell: Any, state_is_tuple: bool) -> None:
    """Warns that a state in one tensor is slower."""
    if not state_is_tuple:
        get_logger().warning(
            "%s: Using a concatenated state is slower and will soon be deprecated.  "
            "Use state_is_tuple=True.",
            cell,
        )
