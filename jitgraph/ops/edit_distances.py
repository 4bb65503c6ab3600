"""Edit distances: how many insertions, deletions and changes make one sequence of another.

In: two sparse tensors, whose last axis is the sequences'. Out: a distance for each pair of them.
V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions and reversals", 1966.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse

Sequences = dict[tuple[int, ...], list[Any]]


def _shape(q: ShapeQuery) -> list[Dims | None]:
    for first, rank in ((0, 2), (1, 1), (2, 1), (3, 2), (4, 1), (5, 1)):
        require_rank(q.shapes[first], rank)
    left, right = q.value(2), q.value(5)
    if left is not None and right is not None:
        if len(left) != len(right):
            raise ValueError("Shape inputs must have the same rank")
        pairs = zip(left[:-1], right[:-1], strict=True)
        return [tuple(None if None in pair else max(pair) for pair in pairs)]
    lengths = (None if not q.shapes[place] else q.shapes[place][0] for place in (2, 5))  # type: ignore[index]
    rank = merge_dim(*lengths)
    return [None if rank is None else (None,) * (rank - 1)]


def _sequences(indices: Any, values: Any) -> Sequences:
    found: Sequences = {}
    for place, value in zip(np.asarray(indices).tolist(), list(values), strict=True):
        found.setdefault(tuple(place[:-1]), []).append(value)
    return found


def _distance(hypothesis: list[Any], truth: list[Any]) -> int:
    row = list(range(len(truth) + 1))
    for number, mine in enumerate(hypothesis, 1):
        diagonal, row[0] = row[0], number
        for place, wanted in enumerate(truth, 1):
            changed = diagonal + (mine != wanted)
            diagonal = row[place]
            row[place] = min(diagonal + 1, row[place - 1] + 1, changed)
    return row[-1]


def _distances(
    hypothesis_indices: Any,
    hypothesis_values: Any,
    hypothesis_shape: Any,
    truth_indices: Any,
    truth_values: Any,
    truth_shape: Any,
    normalize: bool,
) -> np.ndarray:
    mine = _sequences(hypothesis_indices, hypothesis_values)
    wanted = _sequences(truth_indices, truth_values)
    dims = np.maximum(hypothesis_shape[:-1], truth_shape[:-1]).astype(np.int64)
    found = np.zeros(tuple(dims), np.float32)
    for place in {*mine, *wanted}:
        hypothesis, truth = mine.get(place, []), wanted.get(place, [])
        distance = np.float32(_distance(hypothesis, truth))
        if normalize:
            distance = distance / np.float32(len(truth)) if truth else np.float32(np.inf)
        found[place] = distance
    return found


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    places = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]])
    others = np.array([[0, 0], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0]])
    for kind in (np.int32, np.int64, np.float32):
        left, right = (rng.integers(0, 3, count).astype(kind) for count in (5, 6))
        given = (places, left, np.array([3, 3]), others, right, np.array([3, 4]))
        for normalize in (True, False):
            yield Sample(given, {"normalize": normalize})


EDIT_DISTANCE = OpDef(
    "EditDistance",
    "hypothesis_indices: int64, hypothesis_values: T, hypothesis_shape: int64, "
    "truth_indices: int64, truth_values: T, truth_shape: int64 -> output: float32",
    _shape,
    types={"T": ANY},
    attrs={"normalize": True},
    reference=_distances,
    host=(2, 5),
    gradient=no_gradient,
    samples=_samples,
)


def edit_distance(
    hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance"
) -> Tensor:
    """How many insertions, deletions and changes make the second sequences of the first.

    Args:
      hypothesis: a SparseTensor, whose last axis is the sequences'.
      truth: another one of its dtype and rank.
      normalize: whether distances are divided by the second sequences' lengths.
      name: the op's name.

    Raises:
      TypeError: one isn't sparse.

    Example:
      >>> hypothesis = tf.SparseTensor([[0, 0], [1, 0]], ["a", "b"], [2, 1])
      >>> truth = tf.SparseTensor([[0, 0], [0, 1]], ["a", "c"], [2, 2])
      >>> tf.edit_distance(hypothesis, truth).shape
      TensorShape([Dimension(2)])
    """
    for title, given in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not isinstance(given, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"{title} must be a SparseTensor.")
    inputs = [
        part
        for sparse in (as_sparse(hypothesis), as_sparse(truth))
        for part in (sparse.indices, sparse.values, sparse.dense_shape)
    ]
    return apply(EDIT_DISTANCE, inputs, {"normalize": normalize}, name)
