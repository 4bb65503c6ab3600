"""BasicDecoder: a cell whose inputs a helper chooses.

In: a cell, a helper, the first state. Out: outputs and the ids that the helper sampled.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jitgraph.frontend.decoding.decoder import Decoder
from jitgraph.frontend.decoding.given_inputs import Helper
from jitgraph.frontend.decoding.leaves import map_together
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.recurrent.cell import assert_like_rnncell
from jitgraph.frontend.structures import flatten
from jitgraph.graph import name_scope
from jitgraph.shapes import TensorShape, as_shape


class BasicDecoderOutput(NamedTuple):
    """The outputs of a step: of the cell or the layer behind it, and the ids sampled of them."""

    rnn_output: Any
    sample_id: Any


class BasicDecoder(Decoder):
    """A decoder that samples: a cell, perhaps a layer, and a helper that makes the next inputs.

    Args:
      cell: a cell.
      helper: a `Helper`.
      initial_state: the cell's first state.
      output_layer: a layer of the cell's outputs, such as `tf.layers.Dense`.

    Raises:
      TypeError: an argument of another kind.

    Example:
      >>> cell = tf.nn.rnn_cell.GRUCell(4)
      >>> table, layer = tf.ones([7, 3]), tf.layers.Dense(7)
      >>> helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(table, [1, 1], 0)
      >>> state = cell.zero_state(2, tf.float32)
      >>> decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, state, layer)
      >>> outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder, maximum_iterations=10)
    """

    def __init__(
        self, cell: Any, helper: Any, initial_state: Any, output_layer: Any = None
    ) -> None:
        assert_like_rnncell("cell", cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        check_layer("output_layer", output_layer)
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._helper.batch_size

    @property
    def output_size(self) -> BasicDecoderOutput:
        """The shapes of a step's outputs."""
        return BasicDecoderOutput(
            rnn_output=layered_size(self._cell, self._output_layer),
            sample_id=self._helper.sample_ids_shape,
        )

    @property
    def output_dtype(self) -> BasicDecoderOutput:
        """Their dtypes: that of the state, and of the ids."""
        dtype = flatten(self._initial_state)[0].dtype
        size = layered_size(self._cell, self._output_layer)
        return BasicDecoderOutput(
            map_together(lambda _: dtype, size), self._helper.sample_ids_dtype
        )

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs, state)."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """One step: (outputs, next state, next inputs, finished)."""
        with name_scope(name, "BasicDecoderStep", (time, inputs, state)):
            outputs, cell_state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            ids = self._helper.sample(time=time, outputs=outputs, state=cell_state)
            finished, next_inputs, next_state = self._helper.next_inputs(
                time=time, outputs=outputs, state=cell_state, sample_ids=ids
            )
        return BasicDecoderOutput(outputs, ids), next_state, next_inputs, finished


def layered_size(cell: Any, layer: Any) -> Any:
    """The size of a cell's output behind a layer."""
    if layer is None:
        return cell.output_size

    def behind(size: Any) -> Any:
        shape = as_shape([size] if isinstance(size, int) else size)
        return layer.compute_output_shape(TensorShape([None]).concatenate(shape))[1:]

    return map_together(behind, cell.output_size)


def check_layer(role: str, layer: Any) -> None:
    """Checks that an argument is a layer or None.

    Raises:
      TypeError: it is something else.
    """
    if layer is not None and not isinstance(layer, Layer):
        raise TypeError(f"{role} must be a Layer, received: {type(layer)}")
