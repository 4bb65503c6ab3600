"""The sequence of tags that a linear-chain CRF finds most likely, after Viterbi, 1967.

In: a score of each tag at each step, and of each tag after each other. Out: the best tags, and
their score.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.control_flow import smart_cond
from jitgraph.frontend.crf.scores import has_one_step, steps_after_first
from jitgraph.frontend.recurrent.cell import RNNCell
from jitgraph.frontend.recurrent.dynamic import dynamic_rnn
from jitgraph.graph import Tensor
from jitgraph.ops.arguments import argmax
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.gathering import gather_nd
from jitgraph.ops.packing import stack
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.rearranging import reverse_sequence
from jitgraph.ops.reductions import reduce_max
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.slicing import slice as slice_of


def viterbi_decode(score: np.ndarray, transition_params: np.ndarray) -> tuple[list[Any], Any]:
    """The best sequence of tags, by NumPy.

    Args:
      score: a score for each tag, an array [steps, tags].
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Returns:
      A list of tags, and their score.

    Example:
      >>> tags, best = tf.contrib.crf.viterbi_decode(np.array([[1.0, 0.0], [0.0, 3.0]]), np.eye(2))
      >>> [int(tag) for tag in tags], float(best)
      ([1, 1], 4.0)
    """
    best = np.zeros_like(score)
    before = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for step in range(1, score.shape[0]):
        sums = np.expand_dims(best[step - 1], 1) + transition_params
        best[step] = score[step] + np.max(sums, 0)
        before[step] = np.argmax(sums, 0)
    tags = [np.argmax(best[-1])]
    for pointers in reversed(before[1:]):
        tags.append(pointers[tags[-1]])
    return tags[::-1], np.max(best[-1])


class CrfDecodeForwardRnnCell(RNNCell):
    """A step forward: the state is the score of the best sequence that ends in a tag.

    Args:
      transition_params: a score for each pair of tags that follow each other, [tags, tags].

    Example:
      >>> tf.contrib.crf.CrfDecodeForwardRnnCell(tf.ones([4, 4])).output_size
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
        """For each tag the best one before it, int32 [batch, tags], and the next scores.

        Args:
          inputs: a score for each tag, [batch, tags].
          state: the scores before, [batch, tags].
          scope: ignored.
        """
        sums = expand_dims(state, 2) + self._transitions
        scores = inputs + reduce_max(sums, [1])
        return cast(argmax(sums, 1), dtype=dtypes.int32), scores


class CrfDecodeBackwardRnnCell(RNNCell):
    """A step backward: the state is the tag after it.

    Args:
      num_tags: the number of tags.

    Example:
      >>> tf.contrib.crf.CrfDecodeBackwardRnnCell(4).state_size
      1
    """

    def __init__(self, num_tags: Any) -> None:
        self._tags = num_tags

    @property
    def state_size(self) -> int:
        """1."""
        return 1

    @property
    def output_size(self) -> int:
        """1."""
        return 1

    def __call__(self, inputs: Any, state: Any = None, scope: Any = None) -> Any:
        """The tag, [batch, 1], twice.

        Args:
          inputs: for each tag the best one before it, [batch, tags].
          state: the tag after it, [batch, 1].
          scope: ignored.
        """
        after = squeeze(state, axis=[1])
        rows = range_of(shape_of(inputs)[0])
        tags = expand_dims(gather_nd(inputs, stack([rows, after], axis=1)), axis=-1)
        return tags, tags


def crf_decode(
    potentials: Tensor, transition_params: Any, sequence_length: Tensor
) -> tuple[Tensor, Tensor]:
    """The best sequence of tags.

    Args:
      potentials: a score for each tag, [batch, steps, tags].
      transition_params: a score for each pair of tags that follow each other, [tags, tags].
      sequence_length: how many steps count, [batch].

    Returns:
      The tags, int32 [batch, steps], and their scores, [batch].

    Example:
      >>> tags, best = tf.contrib.crf.crf_decode(tf.ones([2, 3, 4]), tf.ones([4, 4]),
      ...     tf.constant([3, 2]))
      >>> tags.dtype
      tf.int32
    """

    def of_one_step() -> tuple[Tensor, Tensor]:
        scores = squeeze(potentials, [1])
        tags = expand_dims(argmax(scores, axis=1), 1)
        best = reduce_max(scores, axis=1)
        return cast(tags, dtype=dtypes.int32), best

    def of_several_steps() -> tuple[Tensor, Tensor]:
        return _decoded(potentials, transition_params, sequence_length)

    found: tuple[Tensor, Tensor]
    found = smart_cond(has_one_step(potentials), of_one_step, of_several_steps)
    return found


def _decoded(
    potentials: Tensor, transition_params: Any, sequence_length: Tensor
) -> tuple[Tensor, Tensor]:
    """Forward through the steps for the best scores, backward along the best tags."""
    forward = CrfDecodeForwardRnnCell(transition_params)
    first = squeeze(slice_of(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
    rest = slice_of(potentials, [0, 1, 0], [-1, -1, -1])
    lengths = steps_after_first(sequence_length)
    kinds: dict[str, Any] = {"sequence_length": lengths, "dtype": dtypes.int32}
    before, last = dynamic_rnn(forward, rest, initial_state=first, time_major=False, **kinds)
    before = reverse_sequence(before, lengths, seq_dim=1)
    backward = CrfDecodeBackwardRnnCell(potentials.get_shape()[2].value)
    final = expand_dims(cast(argmax(last, axis=1), dtype=dtypes.int32), axis=-1)
    tags, _ = dynamic_rnn(backward, before, initial_state=final, time_major=False, **kinds)
    tags = concat([final, squeeze(tags, axis=[2])], axis=1)
    tags = reverse_sequence(tags, sequence_length, seq_dim=1)
    return tags, reduce_max(last, axis=1)
