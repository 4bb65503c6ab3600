"""The op of CTC's beam search. Runs on the host.

In: the logits of every time, and the sequences' lengths. Out: sparse matrices of the likeliest
labels, and the logarithms of their probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.ctc_beams import best_sequences
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, ShapeQuery, no_gradient


def _shapes(q: ShapeQuery) -> list[Dims | None]:
    logits, lengths = q.shapes
    require_rank(logits, 3)
    require_rank(lengths, 1)
    batch = merge_dim(None if logits is None else logits[1], None if not lengths else lengths[0])
    paths = int(q.attrs["top_paths"])
    places: list[Dims | None] = [(None, 2)] * paths
    values: list[Dims | None] = [(None,)] * paths
    shapes: list[Dims | None] = [(2,)] * paths
    return [*places, *values, *shapes, (batch, paths)]


def _decoded(
    inputs: Any, sequence_length: Any, beam_width: int, top_paths: int, merge_repeated: bool
) -> tuple[np.ndarray, ...]:
    times, batch, _ = inputs.shape
    if top_paths > beam_width:
        raise ValueError("requested more paths than the beam width.")
    found = []
    for row, length in enumerate(np.asarray(sequence_length).tolist()):
        if length > times:
            raise ValueError(f"sequence_length({row}) <= {times}")
        found.append(best_sequences(inputs[:length, row], beam_width, top_paths, merge_repeated))
    scores = [[score for _, score in paths] for paths in found]
    parts = [_sparse([paths[k][0] for paths in found], batch) for k in range(top_paths)]
    places, values, shapes = zip(*parts, strict=True)
    return (*places, *values, *shapes, np.array(scores, inputs.dtype).reshape(batch, top_paths))


def _sparse(rows: list[list[int]], batch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = [(row, k) for row, labels in enumerate(rows) for k in range(len(labels))]
    values = [label for labels in rows for label in labels]
    longest = max(map(len, rows), default=0)
    return (
        np.array(places, np.int64).reshape(-1, 2),
        np.array(values, np.int64),
        np.array([batch, longest], np.int64),
    )


def _samples(rng: np.random.Generator) -> Any:
    lengths = np.array([6, 3, 4], np.int32)
    for width, paths, merges in ((7, 2, True), (3, 3, False), (100, 1, True)):
        attrs = {"beam_width": width, "top_paths": paths, "merge_repeated": merges}
        yield Sample((rng.uniform(-3, 3, (6, 3, 4)).astype(np.float32), lengths), attrs)


CTC_BEAM_SEARCH_DECODER = OpDef(
    "CTCBeamSearchDecoder",
    "inputs: T, sequence_length: int32 -> decoded_indices: top_paths * int64, "
    "decoded_values: top_paths * int64, decoded_shape: top_paths * int64, log_probability: T",
    _shapes,
    types={"T": ((dtypes.float32, dtypes.float64), dtypes.float32)},
    attrs={"beam_width": REQUIRED, "top_paths": REQUIRED, "merge_repeated": True},
    reference=_decoded,
    gradient=no_gradient,
    samples=_samples,
)
