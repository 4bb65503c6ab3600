"""Sequences put together from the steps of a beam search.

In: the tokens of all steps, and which beam of the step before each one continues. Out: for each
beam the tokens from the first to the last. Runs on the host, once a search.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient


def _tree_shape(q: ShapeQuery) -> list[Dims | None]:
    steps, parents, lengths, end = q.shapes
    require_rank(steps, 3)
    require_rank(parents, 3)
    require_rank(lengths, 1)
    require_rank(end, 0)
    return [steps]


def _tree(step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any) -> Any:
    ids, parents = np.asarray(step_ids), np.asarray(parent_ids)
    lengths, end = np.asarray(max_sequence_lengths), int(end_token)
    times, batch = ids.shape[:2]
    if parents.shape != ids.shape or lengths.shape != (batch,):
        raise ValueError(
            f"step_ids, parent_ids and max_sequence_lengths must fit, saw shapes {ids.shape}, "
            f"{parents.shape}, {lengths.shape}"
        )
    found = np.full(ids.shape, end, ids.dtype)
    for row in range(batch):
        length = min(times, int(lengths[row]))
        found[:length, row] = _walked_back(ids[:length, row], parents[:length, row], row)
        ended = np.cumsum(found[:, row] == end, axis=0) > 0
        found[:, row] = np.where(ended, end, found[:, row])
    return found


def _walked_back(ids: np.ndarray, parents: np.ndarray, row: int) -> np.ndarray:
    """The tokens [time, beams] of the sequences that the last step's beams continue."""
    found = np.empty_like(ids)
    at = np.arange(ids.shape[1])
    for time in reversed(range(len(ids))):
        found[time] = ids[time, at]
        at = parents[time, at]
        wrong = (at < 0) | (at >= ids.shape[1])
        if time and wrong.any():
            beam = int(np.argmax(wrong))
            raise ValueError(
                f"Saw invalid parent id {at[beam]} at (batch, time, beam) == "
                f"({row}, {time}, {beam})"
            )
        at = np.where(wrong, 0, at)
    return found


def _samples(rng: np.random.Generator) -> Any:
    ids = rng.integers(0, 6, (5, 2, 3)).astype(np.int32)
    parents = rng.integers(0, 3, (5, 2, 3)).astype(np.int32)
    yield Sample((ids, parents, np.array([5, 3], np.int32), np.int32(1)))
    yield Sample((ids, parents, np.array([0, 9], np.int32), np.int32(7)))


GATHER_TREE = OpDef(
    "GatherTree",
    "step_ids: T, parent_ids: T, max_sequence_lengths: int32, end_token: T -> beams: T",
    _tree_shape,
    types={"T": (dtypes.int32,)},
    reference=_tree,
    gradient=no_gradient,
    samples=_samples,
)


def gather_tree(
    step_ids: Any,
    parent_ids: Any,
    max_sequence_lengths: Any,
    end_token: Any,
    name: str | None = None,
) -> Tensor:
    """The sequences of a beam search.

    Args:
      step_ids: tokens of shape [time, batch, beams].
      parent_ids: which beam of the step before each one continues, of the same shape.
      max_sequence_lengths: the longest sequence of each entry, of shape [batch].
      end_token: a scalar: it stands behind a sequence's end.
      name: the name of the op.

    Returns:
      Tokens of shape [time, batch, beams].

    Example:
      >>> tf.contrib.seq2seq.gather_tree([[[1, 2]], [[3, 4]]], [[[0, 0]], [[1, 0]]], [2], 9)
      <tf.Tensor 'GatherTree:0' shape=(2, 1, 2) dtype=int32>
    """
    return apply(GATHER_TREE, [step_ids, parent_ids, max_sequence_lengths, end_token], name=name)
