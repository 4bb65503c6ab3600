"""Connectionist temporal classification: a loss for sequences whose alignment isn't known, and the
decoder that takes the likeliest class at each time.

In: the logits of every time, and the labels of every sequence as a sparse matrix. Out: minus the
logarithm of the probability of all alignments together. A. Graves and others, "Connectionist
temporal classification: labelling unsegmented sequence data with recurrent neural networks", 2006.
The last class is the blank.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.ctc_paths import loss_and_gradient, paths_of
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient

_TYPES = {"T": ((dtypes.float32, dtypes.float64), dtypes.float32)}


def _loss_shape(q: ShapeQuery) -> list[Dims | None]:
    logits, places, values, lengths = q.shapes
    require_rank(logits, 3)
    require_rank(places, 2)
    require_rank(values, 1)
    require_rank(lengths, 1)
    if places is not None and values is not None:
        merge_dim(places[0], values[0])
    batch = merge_dim(None if logits is None else logits[1], None if not lengths else lengths[0])
    if logits is None:
        return [(batch,), None]
    return [(batch,), (logits[0], batch, logits[2])]


def _sequences(indices: np.ndarray, values: np.ndarray, batch: int) -> list[list[int]]:
    labels: list[list[int]] = [[] for _ in range(batch)]
    for (row, _), value in zip(indices.tolist(), values.tolist(), strict=True):
        if not 0 <= row < batch:
            raise ValueError("labels_indices must be within the batch")
        labels[row].append(value)
    return labels


def _without_blanks(row: int, sequence: list[int], classes: int, collapses: bool) -> list[int]:
    """The labels before the first blank; those of equal neighbours once, if it `collapses`."""
    found: list[int] = []
    is_over = False
    for place, label in enumerate(sequence):
        if collapses and place and label == sequence[place - 1]:
            continue
        if label >= classes - 1:
            is_over = True
        elif is_over:
            raise ValueError(
                "Saw a non-null label (index >= num_classes - 1) following a null label, batch: "
                f"{row} num_classes: {classes} labels: {_listed(sequence)} labels seen so far: "
                f"{_listed(found)}"
            )
        else:
            found.append(label)
    if any(label < 0 for label in found):
        raise ValueError(
            f"All labels must be nonnegative integers, batch: {row} labels: {_listed(found)}"
        )
    return found


def _listed(labels: list[int]) -> str:
    return ",".join(map(str, labels))


def _require_time(row: int, sequence: list[int], length: int) -> None:
    if not sequence:
        raise ValueError(f"Labels length is zero in batch {row}")
    if len(sequence) > length:
        raise ValueError(
            f"Not enough time for target transition sequence (required: {len(sequence)}, "
            f"available: {length}){row}You can turn this error into a warning by using the flag "
            "ignore_longer_outputs_than_inputs"
        )


def _ctc_loss(
    inputs: Any,
    labels_indices: Any,
    labels_values: Any,
    sequence_length: Any,
    preprocess_collapse_repeated: bool,
    ctc_merge_repeated: bool,
    ignore_longer_outputs_than_inputs: bool,
) -> tuple[np.ndarray, np.ndarray]:
    times, batch, classes = inputs.shape
    lengths = np.asarray(sequence_length)
    for row, length in enumerate(lengths):
        if length > times:
            raise ValueError(f"sequence_length({row}) <= {times}")
    given = _sequences(np.asarray(labels_indices), np.asarray(labels_values), batch)
    labels = [
        _without_blanks(row, sequence, classes, preprocess_collapse_repeated)
        for row, sequence in enumerate(given)
    ]
    for row, sequence in enumerate(given):
        if not ignore_longer_outputs_than_inputs or not sequence:
            _require_time(row, sequence, lengths[row])
    is_ignored = np.array([len(sequence) for sequence in given]) > lengths
    paths = paths_of(labels, classes - 1, ctc_merge_repeated)
    used = np.where(is_ignored, 0, lengths)
    return loss_and_gradient(np.asarray(inputs, np.float64), paths, used)


def _loss_gradient(op: Any, grad: Tensor, _: Any) -> list[Any]:
    from jitgraph.ops.apply import apply
    from jitgraph.ops.identities import PREVENT_GRADIENT
    from jitgraph.ops.reshaping import expand_dims

    message = (
        "Currently there is no way to take the second  derivative of ctc_loss due to the fused "
        "implementation's interaction  with tf.gradients()"
    )
    own = apply(PREVENT_GRADIENT, [op.outputs[1]], {"message": message})
    return [expand_dims(grad, -1) * own, None, None, None]


def _loss_samples(rng: np.random.Generator) -> Any:
    places = np.array([[0, 0], [0, 1], [0, 2], [1, 0], [2, 0], [2, 1]])
    values = np.array([0, 1, 1, 3, 2, 2], np.int32)
    for merges in (True, False):
        for collapses in (False, True):
            logits = rng.uniform(-3, 3, (6, 3, 5)).astype(np.float32)
            attrs = {
                "preprocess_collapse_repeated": collapses,
                "ctc_merge_repeated": merges,
                "ignore_longer_outputs_than_inputs": False,
            }
            yield Sample((logits, places, values, np.array([6, 4, 5], np.int32)), attrs)


CTC_LOSS = OpDef(
    "CTCLoss",
    "inputs: T, labels_indices: int64, labels_values: int32, sequence_length: int32 -> "
    "loss: T, gradient: T",
    _loss_shape,
    types=_TYPES,
    attrs={
        "preprocess_collapse_repeated": False,
        "ctc_merge_repeated": True,
        "ignore_longer_outputs_than_inputs": False,
    },
    reference=_ctc_loss,
    gradient=_loss_gradient,
    samples=_loss_samples,
)


def _decoded_shape(q: ShapeQuery) -> list[Dims | None]:
    logits, lengths = q.shapes
    require_rank(logits, 3)
    require_rank(lengths, 1)
    batch = merge_dim(None if logits is None else logits[1], None if not lengths else lengths[0])
    return [(None, 2), (None,), (2,), (batch, 1)]


def _decoded(
    inputs: Any, sequence_length: Any, merge_repeated: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    best, blank = inputs.argmax(axis=2), inputs.shape[2] - 1
    likely = np.take_along_axis(inputs, best[:, :, None], axis=2)[:, :, 0]
    places, values, scores, longest = [], [], [], 0
    for row, length in enumerate(np.asarray(sequence_length).tolist()):
        if length > len(inputs):
            raise ValueError(f"sequence_length({row}) <= {len(inputs)}")
        taken = best[:length, row]
        is_new = np.ones(length, bool)
        if merge_repeated:
            is_new[1:] = taken[1:] != taken[:-1]
        found = taken[is_new & (taken != blank)]
        places += [(row, k) for k in range(len(found))]
        values += found.tolist()
        scores.append([-likely[:length, row].sum()])
        longest = max(longest, len(found))
    return (
        np.array(places, np.int64).reshape(-1, 2),
        np.array(values, np.int64),
        np.array([inputs.shape[1], longest], np.int64),
        np.array(scores, inputs.dtype).reshape(-1, 1),
    )


CTC_GREEDY_DECODER = OpDef(
    "CTCGreedyDecoder",
    "inputs: T, sequence_length: int32 -> decoded_indices: int64, decoded_values: int64, "
    "decoded_shape: int64, log_probability: T",
    _decoded_shape,
    types=_TYPES,
    attrs={"merge_repeated": False},
    reference=_decoded,
    gradient=no_gradient,
    samples=lambda rng: [
        Sample(
            (rng.uniform(-3, 3, (6, 3, 4)).astype(np.float32), np.array([6, 0, 4], np.int32)),
            {"merge_repeated": merges},
        )
        for merges in (True, False)
    ],
)
