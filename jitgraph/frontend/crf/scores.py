"""How likely a linear-chain CRF finds sequences of tags: scores, their norm, the likelihood.

In: a score of each tag at each step [batch, steps, tags], and of each tag after each other
[tags, tags]. Out: a number for each sequence. After Lafferty, McCallum and Pereira, "Conditional
random fields", 2001; the forward algorithm as in Collins, "The forward-backward algorithm".
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.recurrent.cell import RNNCell
from jitgraph.frontend.recurrent.dynamic import dynamic_rnn
from jitgraph.frontend.variable_sharing import get_variable
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, less_equal
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.filling import fill, zeros_like
from jitgraph.ops.gathering import gather, gather_nd
from jitgraph.ops.masking import sequence_mask
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_logsumexp, reduce_sum
from jitgraph.ops.reshaping import expand_dims, reshape, squeeze
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.slicing import slice as slice_of


def has_one_step(scores: Tensor) -> Tensor:
    """Whether sequences are of one step; known while building where the shape is."""
    return equal(scores.get_shape()[1].value or shape_of(scores)[1], 1)


def steps_after_first(sequence_lengths: Tensor) -> Tensor:
    """The lengths without the first step, 0 at least."""
    return maximum(constant(0, dtype=sequence_lengths.dtype), sequence_lengths - 1)


def crf_sequence_score(
    inputs: Tensor, tag_indices: Tensor, sequence_lengths: Tensor, transition_params: Any
) -> Tensor:
    """The score of a sequence of tags, before it is normalised.

    Args:
      inputs: a score for each tag, [batch, steps, tags].
      tag_indices: the tags, [batch, steps].
      sequence_lengths: how many steps count, [batch].
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Returns:
      The scores, [batch].

    Example:
      >>> tf.contrib.crf.crf_sequence_score(tf.ones([2, 3, 4]), tf.zeros([2, 3], tf.int32),
      ...     tf.constant([3, 2]), tf.ones([4, 4])).shape
      TensorShape([Dimension(2)])
    """

    def of_one_step() -> Tensor:
        count = shape_of(inputs, out_type=tag_indices.dtype)[0]
        rows = reshape(range_of(count, dtype=tag_indices.dtype), [-1, 1])
        found = gather_nd(squeeze(inputs, [1]), concat([rows, tag_indices], axis=1))
        return _or_nothing(found, sequence_lengths)

    def of_several_steps() -> Tensor:
        unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    score: Tensor = smart_cond(has_one_step(inputs), of_one_step, of_several_steps)
    return score


def _or_nothing(scores: Tensor, sequence_lengths: Tensor) -> Tensor:
    """Scores of sequences, 0 for those without a step."""
    found: Tensor = where(less_equal(sequence_lengths, 0), zeros_like(scores), scores)
    return found


def crf_multitag_sequence_score(
    inputs: Tensor, tag_bitmap: Tensor, sequence_lengths: Tensor, transition_params: Any
) -> Tensor:
    """The score of all sequences of tags that are allowed, before it is normalised.

    Args:
      inputs: a score for each tag, [batch, steps, tags].
      tag_bitmap: whether a tag is allowed, bools of the same shape.
      sequence_lengths: how many steps count, [batch].
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Returns:
      The scores, [batch].

    Example:
      >>> tf.contrib.crf.crf_multitag_sequence_score(tf.ones([2, 3, 4]), tf.ones([2, 3, 4]) > 0,
      ...     tf.constant([3, 2]), tf.ones([4, 4])).shape
      TensorShape([Dimension(2)])
    """

    def allowed() -> Tensor:
        nothing = fill(shape_of(inputs), float("-inf"))
        found: Tensor = where(tag_bitmap, inputs, nothing)
        return found

    def of_one_step() -> Tensor:
        return reduce_logsumexp(allowed(), axis=[1, 2], keepdims=False)

    def of_several_steps() -> Tensor:
        return crf_log_norm(allowed(), sequence_lengths, transition_params)

    score: Tensor = smart_cond(has_one_step(inputs), of_one_step, of_several_steps)
    return score


def crf_log_norm(inputs: Tensor, sequence_lengths: Tensor, transition_params: Any) -> Tensor:
    """The logarithm of the sum of the exponentials of all sequences' scores.

    Args:
      inputs: a score for each tag, [batch, steps, tags].
      sequence_lengths: how many steps count, [batch].
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Returns:
      The norms, [batch].

    Example:
      >>> tf.contrib.crf.crf_log_norm(tf.ones([2, 3, 4]), tf.constant([3, 1]),
      ...     tf.ones([4, 4])).shape
      TensorShape([Dimension(2)])
    """
    first = squeeze(slice_of(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def of_one_step() -> Tensor:
        return _or_nothing(reduce_logsumexp(first, [1]), sequence_lengths)

    def of_several_steps() -> Tensor:
        rest = slice_of(inputs, [0, 1, 0], [-1, -1, -1])
        cell = CrfForwardRnnCell(transition_params)
        lengths = steps_after_first(sequence_lengths)
        _, alphas = dynamic_rnn(cell, rest, lengths, initial_state=first, dtype=dtypes.float32)
        return _or_nothing(reduce_logsumexp(alphas, [1]), sequence_lengths)

    norm: Tensor = smart_cond(has_one_step(inputs), of_one_step, of_several_steps)
    return norm


def crf_log_likelihood(
    inputs: Tensor, tag_indices: Tensor, sequence_lengths: Tensor, transition_params: Any = None
) -> tuple[Tensor, Any]:
    """The logarithm of the probability of sequences of tags.

    Args:
      inputs: a score for each tag, [batch, steps, tags].
      tag_indices: the tags, [batch, steps].
      sequence_lengths: how many steps count, [batch].
      transition_params: a score for each pair of tags that follow each other, [tags, tags]; a
        variable `transitions` when None.

    Returns:
      The logarithms, [batch], and `transition_params`.

    Example:
      >>> likelihood, transitions = tf.contrib.crf.crf_log_likelihood(
      ...     tf.ones([2, 3, 4]), tf.zeros([2, 3], tf.int32), tf.constant([3, 2]))
      >>> transitions.shape
      TensorShape([Dimension(4), Dimension(4)])
    """
    tags = inputs.get_shape()[2].value
    if transition_params is None:
        transition_params = get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    norm = crf_log_norm(inputs, sequence_lengths, transition_params)
    return score - norm, transition_params


def crf_unary_score(tag_indices: Tensor, sequence_lengths: Tensor, inputs: Tensor) -> Tensor:
    """The sum of the scores of the tags of a sequence, each for itself.

    Args:
      tag_indices: the tags, [batch, steps].
      sequence_lengths: how many steps count, [batch].
      inputs: a score for each tag, [batch, steps, tags].

    Returns:
      The sums, [batch].

    Example:
      >>> tf.contrib.crf.crf_unary_score(
      ...     tf.zeros([2, 3], tf.int32), tf.constant([3, 2]), tf.ones([2, 3, 4])).shape
      TensorShape([Dimension(2)])
    """
    count, steps, tags = (shape_of(inputs)[axis] for axis in range(3))
    flat = reshape(inputs, [-1])
    offsets = expand_dims(range_of(count) * steps * tags, 1)
    offsets += expand_dims(range_of(steps) * tags, 0)
    if tag_indices.dtype == dtypes.int64:
        offsets = cast(offsets, dtypes.int64)
    numbers = reshape(offsets + tag_indices, [-1])
    scores = reshape(gather(flat, numbers), [count, steps])
    return reduce_sum(scores * _mask(tag_indices, sequence_lengths), 1)


def _mask(tag_indices: Tensor, sequence_lengths: Tensor) -> Tensor:
    most = shape_of(tag_indices)[1]
    return sequence_mask(sequence_lengths, maxlen=most, dtype=dtypes.float32)


def crf_binary_score(
    tag_indices: Tensor, sequence_lengths: Tensor, transition_params: Any
) -> Tensor:
    """The sum of the scores of the pairs of tags that follow each other in a sequence.

    Args:
      tag_indices: the tags, [batch, steps].
      sequence_lengths: how many steps count, [batch].
      transition_params: a score for each pair of tags, [tags, tags].

    Returns:
      The sums, [batch].

    Example:
      >>> tf.contrib.crf.crf_binary_score(
      ...     tf.zeros([2, 3], tf.int32), tf.constant([3, 2]), tf.ones([4, 4])).shape
      TensorShape([Dimension(2)])
    """
    tags = transition_params.get_shape()[0]
    count = shape_of(tag_indices)[1] - 1
    left = slice_of(tag_indices, [0, 0], [-1, count])
    right = slice_of(tag_indices, [0, 1], [-1, count])
    numbers = left * tags + right
    scores = gather(reshape(transition_params, [-1]), numbers)
    mask = slice_of(_mask(tag_indices, sequence_lengths), [0, 1], [-1, -1])
    return reduce_sum(scores * mask, 1)


class CrfForwardRnnCell(RNNCell):
    """A step of the forward algorithm: the state is the score of all sequences that end in a tag.

    Args:
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Example:
      >>> cell = tf.contrib.crf.CrfForwardRnnCell(tf.ones([4, 4]))
      >>> cell.state_size
      4
    """

    def __init__(self, transition_params: Any) -> None:
        self._transitions = expand_dims(transition_params, 0)
        self._tags = transition_params.get_shape()[0].value

    @property
    def state_size(self) -> Any:
        """The number of tags."""
        return self._tags

    @property
    def output_size(self) -> Any:
        """The number of tags."""
        return self._tags

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None) -> Any:
        """The next scores, twice.

        Args:
          inputs: a score for each tag, [batch, tags].
          state: the scores before, [batch, tags].
          scope: ignored.
        """
        sums = expand_dims(state, 2) + self._transitions
        scores = inputs + reduce_logsumexp(sums, [1])
        return scores, scores
