"""Models from sequences to sequences, unrolled: tf.contrib.legacy_seq2seq.

In: lists of one tensor for each step. Out: a list of the decoder's outputs, and its last state.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.frontend.recurrent.projection_wrappers import (
    EmbeddingWrapper,
    OutputProjectionWrapper,
)
from jitgraph.frontend.recurrent.static import static_rnn
from jitgraph.frontend.structures import flatten, pack_like
from jitgraph.frontend.variable_scope import get_variable_scope
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import Tensor
from jitgraph.ops.arguments import argmax
from jitgraph.ops.bias import xw_plus_b
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import stop_gradient

LoopFunction = Callable[[Any, int], Any] | None


def rnn_decoder(
    decoder_inputs: Iterable[Any],
    initial_state: Any,
    cell: Any,
    loop_function: LoopFunction = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """A recurrent net over a list, whose inputs may be made of its outputs.

    Args:
      decoder_inputs: a list of tensors of shape [batch, input size].
      initial_state: the state before the first step.
      cell: a cell.
      loop_function: a function of the last output and the step's number that gives the next input;
        of `decoder_inputs` only the first is used then.
      scope: the variable scope; "rnn_decoder" if None.

    Returns:
      The list of outputs, and the last state.
    """
    with variable_scope(scope or "rnn_decoder"):
        state = initial_state
        outputs: list[Any] = []
        for index, step_input in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    step_input = loop_function(outputs[-1], index)
            if index > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(step_input, state)
            outputs.append(output)
    return outputs, state


def basic_rnn_seq2seq(
    encoder_inputs: Sequence[Any],
    decoder_inputs: Sequence[Any],
    cell: Any,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder, and a decoder that starts with the encoder's last state.

    Args:
      encoder_inputs, decoder_inputs: lists of tensors of shape [batch, input size].
      cell: the decoder's cell; the encoder gets a copy.
      dtype: that of the encoder's first state.
      scope: the variable scope; "basic_rnn_seq2seq" if None.

    Returns:
      The list of outputs, and the last state.
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def embedding_rnn_decoder(
    decoder_inputs: Sequence[Any],
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """A decoder whose inputs are ids, looked up in a table of vectors.

    Args:
      decoder_inputs: a list of tensors of ints of shape [batch].
      initial_state: the state before the first step.
      cell: a cell.
      num_symbols: how many ids there are.
      embedding_size: the size of their vectors.
      output_projection: weights and biases that make scores of outputs.
      feed_previous: whether the id of the highest score is the next input.
      update_embedding_for_previous: whether gradients reach the vectors of such inputs.
      scope: the variable scope; "embedding_rnn_decoder" if None.

    Returns:
      The list of outputs, and the last state.

    Raises:
      ValueError: an `output_projection` of another shape.
    """
    with variable_scope(scope or "embedding_rnn_decoder") as opened:
        if output_projection is not None:
            weights, biases = (
                convert_to_tensor(part, dtype=opened.dtype) for part in output_projection
            )
            weights.get_shape().assert_is_compatible_with([None, num_symbols])
            biases.get_shape().assert_is_compatible_with([num_symbols])
        table = get_variable("embedding", [num_symbols, embedding_size])

        def likeliest(output: Any, _: int) -> Tensor:
            if output_projection is not None:
                output = xw_plus_b(output, output_projection[0], output_projection[1])
            vectors = embedding_lookup(table, argmax(output, 1))
            return vectors if update_embedding_for_previous else stop_gradient(vectors)

        inputs = (embedding_lookup(table, ids) for ids in decoder_inputs)
        return rnn_decoder(inputs, initial_state, cell, likeliest if feed_previous else None)


def embedding_rnn_seq2seq(
    encoder_inputs: Sequence[Any],
    decoder_inputs: Sequence[Any],
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An encoder and a decoder of ids, each with a table of vectors.

    Args:
      encoder_inputs, decoder_inputs: lists of tensors of ints of shape [batch].
      cell: the decoder's cell; the encoder gets a copy.
      num_encoder_symbols, num_decoder_symbols: how many ids there are.
      embedding_size: the size of their vectors.
      output_projection: weights and biases that make scores of outputs; if None the cell gets a
        projection to scores.
      feed_previous: whether the id of the highest score is the decoder's next input; a bool, or a
        scalar bool tensor.
      dtype: that of the encoder's first state.
      scope: the variable scope; "embedding_rnn_seq2seq" if None.

    Returns:
      The list of outputs, and the last state.
    """
    with variable_scope(scope or "embedding_rnn_seq2seq") as opened:
        if dtype is not None:
            opened.set_dtype(dtype)
        encoder = EmbeddingWrapper(copy.deepcopy(cell), num_encoder_symbols, embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=opened.dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(feeds_back: bool, updates: bool = True) -> tuple[list[Any], Any]:
            return embedding_rnn_decoder(
                decoder_inputs,
                state,
                cell,
                num_decoder_symbols,
                embedding_size,
                output_projection=output_projection,
                feed_previous=feeds_back,
                update_embedding_for_previous=updates,
            )

        if isinstance(feed_previous, bool):
            return decode(feed_previous)

        def branch(feeds_back: bool) -> list[Any]:
            with variable_scope(get_variable_scope(), reuse=None if feeds_back else True):
                outputs, last = decode(feeds_back, updates=False)
            return [*outputs, *flatten(last)]

        found = cond(feed_previous, lambda: branch(True), lambda: branch(False))
        count = len(decoder_inputs)
        return found[:count], pack_like(state, found[count:])
