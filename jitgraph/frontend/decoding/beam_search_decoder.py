"""BeamSearchDecoder: the likeliest sequences, several guesses at a time.

In: a cell, a table of vectors, the first tokens, a state repeated for each beam. Out: the sequences
of all beams, best first. The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.decoding.basic_decoder import check_layer, layered_size
from jitgraph.frontend.decoding.beam_scores import (
    BeamSearchDecoderOutput,
    BeamSearchDecoderState,
    Search,
    attention_of,
    search_step,
)
from jitgraph.frontend.decoding.beams import check_rank, gather_tree_from_array
from jitgraph.frontend.decoding.decoder import Decoder
from jitgraph.frontend.decoding.leaves import map_together
from jitgraph.frontend.decoding.sampled_inputs import lookup_of, tokens
from jitgraph.frontend.recurrent.cell import assert_like_rnncell
from jitgraph.frontend.structures import flatten
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.graph.logger import get_logger
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.gather_trees import gather_tree
from jitgraph.ops.logical import logical_and, logical_or
from jitgraph.ops.masking import one_hot
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_all, reduce_max
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import TensorShape


class FinalBeamSearchDecoderOutput(NamedTuple):
    """The outputs of a beam search.

    Attributes:
      predicted_ids: of shape [batch, time, beams], best first.
      beam_search_decoder_output: those of all steps.
    """

    predicted_ids: Any
    beam_search_decoder_output: Any


class BeamSearchDecoder(Decoder):
    """A decoder that keeps the best guesses of each sequence.

    Args:
      cell: a cell; one with attention looks at a memory repeated by `tile_batch`.
      embedding: a table of vectors, or a function of ids.
      start_tokens: ids of shape [batch].
      end_token: the id that ends a sequence, a scalar.
      initial_state: the cell's first state, of batch size `batch * beam_width`.
      beam_width: how many guesses are kept.
      output_layer: a layer of the cell's outputs.
      length_penalty_weight: how much long sequences are preferred.
      coverage_penalty_weight: how much places of the memory that were not looked at count.
      reorder_tensor_arrays: whether arrays in the state are put in the order of the beams.

    Raises:
      TypeError: an argument of another kind.
      ValueError: tokens of another rank, a state of another batch size.

    Example:
      >>> seq2seq, cell = tf.contrib.seq2seq, tf.nn.rnn_cell.GRUCell(4)
      >>> state = seq2seq.tile_batch(tf.zeros([2, 4]), 3)
      >>> decoder = seq2seq.BeamSearchDecoder(
      ...     cell, tf.ones([7, 3]), [1, 1], 0, state, 3, tf.layers.Dense(7))
      >>> outputs, _, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=10)
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        assert_like_rnncell("cell", cell)
        check_layer("output_layer", output_layer)
        self._cell, self._output_layer = cell, output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._beam_width = beam_width
        self._embedding_fn = lookup_of(embedding)
        first, self._end_token = tokens(start_tokens, end_token)
        self._batch_size = size_of(start_tokens)
        self._search = Search(
            self._batch_size,
            beam_width,
            self._end_token,
            length_penalty_weight,
            coverage_penalty_weight,
        )
        self._initial_cell_state = map_together(self._maybe_split, initial_state, cell.state_size)
        self._start_tokens = tile(expand_dims(first, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=dtypes.bool,
        )

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """True: beams change places."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """The shapes of a step's outputs."""
        return BeamSearchDecoderOutput(*[TensorShape([self._beam_width]) for _ in range(3)])

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """Their dtypes."""
        dtype = flatten(self._initial_cell_state)[0].dtype
        scores = map_together(lambda _: dtype, layered_size(self._cell, self._output_layer))
        return BeamSearchDecoderOutput(scores, dtypes.int32, dtypes.int32)

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs, state)."""
        dtype = flatten(self._initial_cell_state)[0].dtype
        log_probs = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=convert_to_tensor(0.0, dtype=dtype),
            off_value=convert_to_tensor(-np.inf, dtype=dtype),
            dtype=dtype,
        )
        weight = self._search.coverage_penalty_weight
        attention = attention_of(self._initial_cell_state, weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if attention is None else attention,
        )
        return self._finished, self._start_inputs, state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """One step: (outputs, next state, next inputs, finished)."""
        with name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
            inputs = map_together(lambda leaf: self._merge(leaf, leaf.get_shape()[2:]), inputs)
            sizes = self._cell.state_size
            cell_state = map_together(self._maybe_merge, state.cell_state, sizes)
            outputs, cell_state = self._cell(inputs, cell_state)
            outputs = map_together(lambda leaf: self._split(leaf, leaf.get_shape()[1:]), outputs)
            cell_state = map_together(self._maybe_split, cell_state, sizes)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            found, following = search_step(self._search, time, outputs, cell_state, state)
            next_inputs = cond(
                reduce_all(following.finished),
                lambda: self._start_inputs,
                lambda: self._embedding_fn(found.predicted_ids),
            )
        return found, following, next_inputs, following.finished

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """The sequences, put together from the beams' parents."""
        longest = cast(reduce_max(final_state.lengths, axis=1), dtypes.int32)
        ids = gather_tree(outputs.predicted_ids, outputs.parent_ids, longest, self._end_token)
        if self._reorder_tensor_arrays:
            ordered = map_together(
                lambda leaf: self._maybe_sort(leaf, outputs.parent_ids, final_state.lengths),
                final_state.cell_state,
            )
            final_state = final_state._replace(cell_state=ordered)
        return FinalBeamSearchDecoderOutput(ids, outputs), final_state

    def _merge(self, t: Tensor, size: Any) -> Tensor:
        """[batch, beams, ...] as [batch * beams, ...]."""
        sizes, batch = shape_of(t), constant_value(self._batch_size)
        count = self._batch_size * self._beam_width
        merged = reshape(t, concat(([count], sizes[2:]), 0))
        known = None if batch is None else int(batch) * self._beam_width
        merged.set_shape(TensorShape([known]).concatenate(_shape(size)))
        return merged

    def _split(self, t: Tensor, size: Any) -> Tensor:
        """[batch * beams, ...] as [batch, beams, ...]."""
        sizes = shape_of(t)
        split = reshape(t, concat(([self._batch_size, self._beam_width], sizes[1:]), 0))
        batch = constant_value(self._batch_size)
        known = [None if batch is None else int(batch), self._beam_width]
        expected = TensorShape(known).concatenate(_shape(size))
        if not split.get_shape().is_compatible_with(expected):
            raise ValueError(
                "Unexpected behavior when reshaping between beam width and batch size.  The "
                f"reshaped tensor has shape: {split.get_shape()}.  We expected it to have shape "
                f"(batch_size, beam_width, depth) == {expected}.  Perhaps you forgot to create a "
                "zero_state with batch_size=encoder_batch_size * beam_width?"
            )
        split.set_shape(expected)
        return split

    def _maybe_split(self, t: Any, size: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._split(t, size) if t.get_shape().ndims >= 1 else t

    def _maybe_merge(self, t: Any, size: Any) -> Any:
        if isinstance(t, TensorArray):
            return t
        check_rank(t)
        return self._merge(t, size) if t.get_shape().ndims >= 2 else t

    def _maybe_sort(self, t: Any, parent_ids: Tensor, lengths: Tensor) -> Any:
        """An array's rows as a tensor, in the order of the beams; anything else as it is."""
        if not isinstance(t, TensorArray):
            return t
        shape = t.element_shape
        if not shape.ndims:
            get_logger().warning(
                f"The TensorArray {t.handle.name} in the cell state is not amenable to sorting "
                "based on the beam search result. For a TensorArray to be sorted, its elements "
                f"shape must be defined and have at least a rank of 1, but saw shape: {shape}"
            )
            return t
        if not self._has_beams(shape):
            return t
        rows = t.stack()
        with control_dependencies([self._check_beams(rows)]):
            return gather_tree_from_array(rows, parent_ids, lengths)

    def _has_beams(self, shape: Any) -> bool:
        """Whether rows can be seen as [batch, beams, ...], as far as is known."""
        batch, sizes = constant_value(self._batch_size), shape.as_list()
        if batch is None or sizes[0] is None:
            return True
        is_wide = len(sizes) > 1 and sizes[1] is not None
        is_other = is_wide and sizes[:2] != [int(batch), self._beam_width]
        if sizes[0] == int(batch) * self._beam_width and not is_other:
            return True
        wanted = TensorShape([int(batch), self._beam_width, None])
        get_logger().warning(
            "TensorArray reordering expects elements to be reshapable to "
            f"{wanted} which is incompatible with the current shape {shape}. Consider setting "
            "reorder_tensor_arrays to False to disable TensorArray reordering during the beam "
            "search."
        )
        return False

    def _check_beams(self, rows: Tensor) -> Any:
        message = (
            "TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, "
            f"-1] which is incompatible with the dynamic shape of {rows.name} elements. Consider "
            "setting reorder_tensor_arrays to False to disable TensorArray reordering during the "
            "beam search."
        )
        sizes = shape_of(rows)
        is_merged = equal(sizes[1], self._batch_size * self._beam_width)
        if rows.get_shape().ndims == 2:
            return Assert(is_merged, [message])
        fits = logical_or(
            is_merged,
            logical_and(equal(sizes[1], self._batch_size), equal(sizes[2], self._beam_width)),
        )
        return Assert(fits, [message])


def _shape(size: Any) -> TensorShape:
    if isinstance(size, Tensor):
        known = constant_value(size)
        size = None if known is None else [int(each) for each in np.reshape(known, -1)]
    return TensorShape([size] if isinstance(size, int) else size)
