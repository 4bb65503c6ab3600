"""One step of a beam search: the best continuations of all beams.

In: scores of the next token for each beam, and the state of the search. Out: the tokens taken, the
beams that they continue, and the next state. The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.frontend.decoding.attention_wrapper import AttentionWrapperState
from jitgraph.frontend.decoding.beams import gather_beams, maybe_gather_beams
from jitgraph.frontend.decoding.leaves import map_together
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast, to_int64
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_extrema import minimum
from jitgraph.ops.elementwise_remainders import floormod
from jitgraph.ops.filling import fill, ones_like
from jitgraph.ops.logical import logical_not, logical_or
from jitgraph.ops.masking import one_hot
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_mean, reduce_sum
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.softmax import log_softmax
from jitgraph.ops.top_k import top_k


class BeamSearchDecoderState(NamedTuple):
    """The state of a beam search."""

    cell_state: Any
    log_probs: Any
    finished: Any
    lengths: Any
    accumulated_attention_probs: Any


class BeamSearchDecoderOutput(NamedTuple):
    """The outputs of a step of a beam search, each of shape [batch, beams]."""

    scores: Any
    predicted_ids: Any
    parent_ids: Any


class Search(NamedTuple):
    """What stays the same in all steps."""

    batch_size: Any
    beam_width: int
    end_token: Any
    length_penalty_weight: Any
    coverage_penalty_weight: Any


def search_step(
    search: Search, time: Any, logits: Tensor, cell_state: Any, before: BeamSearchDecoderState
) -> tuple[BeamSearchDecoderOutput, BeamSearchDecoderState]:
    """The outputs of a step, and the next state.

    Args:
      search: sizes, token and weights.
      time: the number of the step.
      logits: of shape [batch, beams, tokens].
      cell_state: the cell's next state.
      before: the search's state.
    """
    batch_size, width = search.batch_size, search.beam_width
    goes_on = logical_not(before.finished)
    step_probs = _of_unfinished(log_softmax(logits), search.end_token, before.finished)
    total = expand_dims(before.log_probs, 2) + step_probs
    tokens = logits.get_shape()[-1].value or shape_of(logits)[-1]
    lengths = _next_lengths(search, before, goes_on, tokens)
    accumulated = None
    attention = attention_of(cell_state, search.coverage_penalty_weight)
    if attention is not None:
        attention = attention * expand_dims(cast(goes_on, dtypes.float32), 2)
        accumulated = before.accumulated_attention_probs + attention
    scores = _scores(search, total, lengths, before.finished, accumulated)
    scores = reshape(scores, [batch_size, -1])
    count = convert_to_tensor(width, dtype=dtypes.int32, name="beam_width")
    best, places = top_k(scores, k=count)
    known = constant_value(batch_size)
    for each in (best, places):
        each.set_shape([None if known is None else int(known), width])
    probs = gather_beams(places, total, batch_size, width * tokens, [-1], "next_beam_probs")
    ids = cast(floormod(places, tokens, name="next_beam_word_ids"), dtypes.int32)
    parents = cast(places / tokens, dtypes.int32, name="next_beam_parent_ids")
    finished = gather_beams(parents, before.finished, batch_size, width, [-1])
    is_over = logical_or(finished, equal(ids, search.end_token), name="next_beam_finished")
    more = cast(logical_not(finished), dtypes.int64)
    next_lengths = gather_beams(parents, before.lengths, batch_size, width, [-1]) + more
    seen: Any = ()
    if accumulated is not None:
        name = "next_accumulated_attention_probs"
        rows = [batch_size * width, -1]
        seen = gather_beams(parents, accumulated, batch_size, width, rows, name)
    cell_state = map_together(
        lambda leaf: maybe_gather_beams(parents, leaf, batch_size, width, [batch_size * width, -1]),
        cell_state,
    )
    state = BeamSearchDecoderState(
        cell_state=cell_state,
        log_probs=probs,
        lengths=next_lengths,
        finished=is_over,
        accumulated_attention_probs=seen,
    )
    return BeamSearchDecoderOutput(best, ids, parents), state


def _next_lengths(
    search: Search, before: BeamSearchDecoderState, goes_on: Tensor, tokens: Any
) -> Tensor:
    """Lengths of all continuations: one more, unless it ends the sequence."""
    more = one_hot(
        indices=fill([search.batch_size, search.beam_width], search.end_token),
        depth=tokens,
        on_value=to_int64(0),
        off_value=to_int64(1),
        dtype=dtypes.int64,
    )
    mask = cast(goes_on, dtypes.int64)
    more = more * expand_dims(mask, 2)
    return more + expand_dims(before.lengths, 2)  # type: ignore[no-any-return]


def _of_unfinished(probs: Tensor, end_token: Any, finished: Tensor) -> Tensor:
    """Log-probabilities; a beam that has ended can only end again."""
    tokens = shape_of(probs)[2]
    row = one_hot(
        end_token,
        tokens,
        dtype=probs.dtype,
        on_value=convert_to_tensor(0.0, dtype=probs.dtype),
        off_value=probs.dtype.min,
    )
    ended = tile(reshape(row, [1, 1, -1]), concat([shape_of(finished), [1]], 0))
    mask = tile(expand_dims(finished, 2), [1, 1, tokens])
    return where(mask, ended, probs)


def attention_of(cell_state: Any, coverage_penalty_weight: Any) -> Any:
    """The alignments in a cell's state; None where they do not count.

    Raises:
      ValueError: they count, but no cell looks at a memory.
    """
    if coverage_penalty_weight == 0.0:
        return None
    is_wrapper = isinstance(cell_state, AttentionWrapperState)
    states = [cell_state] if is_wrapper or not isinstance(cell_state, tuple) else cell_state
    found = [
        _mean_of(each.alignments) for each in states if isinstance(each, AttentionWrapperState)
    ]
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 if no cell is attentional.")
    return found[0] if len(found) == 1 else _mean_of(tuple(found))


def _mean_of(alignments: Any) -> Any:
    if not isinstance(alignments, tuple):
        return alignments
    return reduce_mean(concat([expand_dims(each, -1) for each in alignments], -1), -1)


def _scores(
    search: Search, log_probs: Tensor, lengths: Tensor, finished: Tensor, accumulated: Any
) -> Tensor:
    """Log-probabilities, with what is taken off for length and for places not looked at."""
    penalty = cast(_length_penalty(lengths, search.length_penalty_weight), log_probs.dtype)
    scores = log_probs / penalty
    weight = convert_to_tensor(search.coverage_penalty_weight, name="coverage_penalty_weight")
    if weight.get_shape().ndims != 0:
        raise ValueError(
            f"coverage_penalty_weight should be a scalar, but saw shape: {weight.get_shape()}"
        )
    if constant_value(weight) == 0.0:
        return scores
    accumulated = where(equal(accumulated, 0.0), ones_like(accumulated), accumulated)
    coverage = reduce_sum(log(minimum(accumulated, 1.0)), 2)
    coverage = coverage * cast(finished, dtypes.float32)
    return scores + expand_dims(coverage * weight, 2)


def _length_penalty(lengths: Tensor, weight: Any) -> Any:
    """((5 + length) / 6) ** weight (Wu et al. 2016)."""
    weight = convert_to_tensor(weight, name="penalty_factor")
    weight.set_shape(())
    known = constant_value(weight)
    if known is not None and known == 0:
        return 1.0
    return div((5.0 + cast(lengths, dtypes.float32)) ** weight, (5.0 + 1.0) ** weight)
