"""RNNCell: one step of a recurrent net, as a layer of an input and a state.

In: an input of shape [batch, input size], and a state. Out: an output and the next state.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.recurrent.state_shapes import zero_tensors
from jitgraph.frontend.structures import flatten
from jitgraph.frontend.variable_collections import trainable_variables
from jitgraph.frontend.variable_scope import get_variable_scope
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor, name_scope
from jitgraph.graph.deprecation import tell_once
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import as_shape


class RNNCell(Layer):
    """The base of recurrent cells: `output, next_state = cell(input, state)`.

    A subclass has the properties `state_size` (an int, a shape, or a structure of them) and
    `output_size`, and a method `call(inputs, state)`, which may use `tf.get_variable`.

    Args:
      trainable: whether optimizers change its variables.
      name: the variable scope it opens.
      dtype: that of its variables; the first input's if None.

    Example:
      >>> class Decay(tf.nn.rnn_cell.RNNCell):
      ...     state_size = output_size = 3
      ...     def call(self, inputs, state):
      ...         new = 0.9 * state + inputs
      ...         return new, new
      >>> outputs, state = tf.nn.static_rnn(Decay(), [tf.ones([2, 3])] * 4, dtype=tf.float32)
    """

    def __init__(
        self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._rnncell_scope: Any = None

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None) -> Any:  # type: ignore[override]
        """The output and the next state.

        Args:
          inputs: a tensor of shape [batch, input size].
          state: tensors of shape [batch, size], nested as `state_size` is.
          scope: the variable scope; the name of the cell if None.
        """
        if scope is not None:
            with variable_scope(scope, custom_getter=self._noting_getter) as opened:
                return super().__call__(inputs, state, scope=opened)
        if self._rnncell_scope is None:
            around = get_variable_scope()
            self._rnncell_scope = variable_scope(around, custom_getter=self._noting_getter)
        with self._rnncell_scope:
            return super().__call__(inputs, state)

    def _noting_getter(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        """Takes what `call` gets by `tf.get_variable` into the cell's weights."""
        variable = getter(*args, **kwargs)
        parts = list(variable) if hasattr(variable, "_get_variable_list") else [variable]
        is_trainable = any(parts[0] is each for each in trainable_variables())
        kept = self._trainable_weights if is_trainable else self._non_trainable_weights
        if all(variable is not each for each in kept):
            kept.append(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """The sizes of the state: an int, a shape, or a structure of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The sizes of the output: an int, a shape, or a structure of them."""
        raise NotImplementedError("Abstract method")

    def build(self, input_shape: Any) -> None:
        """Nothing: `call` may make variables."""

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros.

        Args:
          batch_size: an int or a scalar tensor.
          dtype: that of the state.

        Example:
          >>> tf.nn.rnn_cell.GRUCell(4).zero_state(2, tf.float32)
          <tf.Tensor 'GRUCellZeroState/zeros:0' shape=(2, 4) dtype=float32>
        """
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return zero_tensors(self.state_size, batch_size, dtype)

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> Any:
        """A state of zeros for a batch.

        Args:
          inputs: a batch, whose size and dtype are taken; None where both are given.
          batch_size: an int or a scalar tensor.
          dtype: that of the state.

        Raises:
          ValueError: the inputs disagree with what is given, or nothing tells the size or dtype.
        """
        if inputs is not None:
            inputs = convert_to_tensor(inputs, name="inputs")
            _check_batch(inputs, batch_size, dtype)
            known = inputs.get_shape()[0].value
            batch_size = known or shape_of(inputs)[0]
            dtype = inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial "
                f"state: batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)


class LayerRNNCell(RNNCell):
    """The base of cells that make their variables in `build`, as other layers do."""

    def __call__(
        self, inputs: Any, state: Any = None, scope: Any = None, *args: Any, **kwargs: Any
    ) -> Any:  # type: ignore[override]
        """The output and the next state; see `RNNCell`."""
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)


def assert_like_rnncell(role: str, cell: Any) -> None:
    """Checks that an object can do what a cell does.

    Args:
      role: the argument's name, for the message.
      cell: the object.

    Raises:
      TypeError: it lacks something.
    """
    has_state = hasattr(cell, "get_initial_state") or hasattr(cell, "zero_state")
    lacks = {
        "'output_size' property is missing": not _has(cell, "output_size"),
        "'state_size' property is missing": not _has(cell, "state_size"),
        "either 'zero_state' or 'get_initial_state' method is required": not has_state,
        "is not callable": not callable(cell),
    }
    errors = [what for what, is_missing in lacks.items() if is_missing]
    if errors:
        raise TypeError(f"The argument {role!r} ({cell}) is not an RNNCell: {', '.join(errors)}.")


def check_dtypes(values: Any) -> None:
    """Checks that inputs and states are of floats.

    Raises:
      ValueError: another dtype.
    """
    for leaf in flatten(values):
        check_dtype(leaf.dtype)


def check_dtype(given: Any) -> None:
    """Checks that a dtype is of floats; None passes.

    Raises:
      ValueError: another dtype.
    """
    if given is None:
        return
    dtype = dtypes.as_dtype(given)
    if not (dtype.is_floating or dtype.is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {dtype!r}")


def input_width(input_shape: Any) -> int:
    """The size of the inputs' last axis.

    Raises:
      ValueError: it is not known.
    """
    shape = as_shape(input_shape).as_list()
    if shape[-1] is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {tuple(shape)}")
    return shape[-1]


def tell_of_keras(cell: str, keras: str, module: str = "rnn_cell_impl") -> None:
    """Warns once that TensorFlow 2 has another class for a cell."""
    tell_once(
        f"rnn_cell.{cell}",
        f"{cell}.__init__ (from tensorflow.python.ops.{module}) is deprecated and will be removed "
        f"in a future version.\nInstructions for updating:\nThis class is equivalent as "
        f"tf.keras.layers.{keras}, and will be replaced by that in Tensorflow 2.0.",
    )


def _has(given: Any, name: str) -> bool:
    try:
        return hasattr(given, name)
    except NotImplementedError:
        return True


def _check_batch(inputs: Tensor, batch_size: Any, dtype: Any) -> None:
    known = inputs.get_shape()[0].value
    if batch_size is not None:
        is_tensor = isinstance(batch_size, Tensor)
        size = constant_value(batch_size) if is_tensor else batch_size
        if known != size:
            raise ValueError(
                "batch size from input tensor is different from the input param. Input tensor "
                f"batch: {known}, batch_size: {batch_size}"
            )
    if dtype is not None and inputs.dtype != dtype:
        raise ValueError(
            "dtype from input tensor is different from the input param. Input tensor dtype: "
            f"{inputs.dtype}, dtype: {dtype}"
        )
