"""Ops that pick candidate classes at random, and find those that are true classes by accident.

In: the true classes of each example, how many classes to pick, and of how many. Out: the classes
picked, and how often each true and each picked one is expected among them. They are the ones that
TensorFlow picks on a CPU with the same seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.ops import candidate_streams as streams
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.candidate_picks import decompose_log_uniform
from jitgraph.ops.definition import (
    REQUIRED,
    Draw,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.random_definitions import SEEDS
from jitgraph.ops.random_streams import state_samples

_OUTPUTS = (
    "sampled_candidates: int64, true_expected_count: float32, sampled_expected_count: float32"
)
_SIZES = {"num_true": REQUIRED, "num_sampled": REQUIRED, "unique": REQUIRED}
_UNIGRAM = {
    "vocab_file": "",
    "distortion": 1.0,
    "num_reserved_ids": 0,
    "num_shards": 1,
    "shard": 0,
    "unigrams": (),
}
_STEPS_PER_CANDIDATE = 512


def _shape_by(first: int) -> Callable[[ShapeQuery], list[Dims | None]]:
    def shape(q: ShapeQuery) -> list[Dims | None]:
        classes, count = q.shapes[first], q.attrs["num_sampled"]
        require_rank(classes, 2)
        batch = None if classes is None else classes[0]
        return [(count,), (batch, q.attrs["num_true"]), (count,)]

    return shape


def _check(true_classes: np.ndarray, num_true: int, num_sampled: int, most: int | None) -> None:
    if true_classes.ndim != 2:
        raise ValueError("true_classes must be a matrix")
    if true_classes.shape[1] != num_true:
        raise ValueError(
            f"true_classes must have num_true columns, expected: {true_classes.shape[1]} was: "
            f"{num_true}"
        )
    if most is not None and num_sampled > most:
        raise ValueError("Sampler's range is too small.")


def _drawn(
    state: Any,
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    most: int,
    drawer: Callable[..., Any],
    probability: Callable[[np.ndarray], np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _check(true_classes, num_true, num_sampled, most if unique else None)
    found = streams.picked(drawer(state, num_sampled), num_sampled, unique)
    counts = [
        streams.expected_count(probability(classes), num_sampled, found.tries)
        for classes in (true_classes, found.classes)
    ]
    return found.classes.astype(np.int64), counts[0], counts[1]


def _log_uniform(
    state: Any, true_classes: Any, range_max: int, **attrs: Any
) -> tuple[np.ndarray, ...]:
    return _drawn(
        state,
        true_classes,
        **_sizes(attrs),
        most=range_max,
        drawer=lambda state, count: streams.log_uniform(state, count, range_max),
        probability=lambda classes: streams.log_uniform_probability(classes, range_max),
    )


def _uniform(state: Any, true_classes: Any, range_max: int, **attrs: Any) -> tuple[np.ndarray, ...]:
    return _drawn(
        state,
        true_classes,
        **_sizes(attrs),
        most=range_max,
        drawer=lambda state, count: streams.uniform(state, count, range_max),
        probability=lambda classes: np.full(classes.shape, 1 / range_max, np.float32),
    )


def _sizes(attrs: Any) -> dict[str, Any]:
    return {name: attrs[name] for name in _SIZES}


def _fixed_unigram(
    state: Any, true_classes: Any, range_max: int, **attrs: Any
) -> tuple[np.ndarray, ...]:
    weights = _weights(**{name: attrs[name] for name in _UNIGRAM})
    if len(weights) != range_max:
        raise ValueError(f"range is {range_max} must be equal to weights size  {len(weights)}")
    likely = np.array(weights, np.float32)
    likely = likely / np.float32(np.cumsum(likely)[-1])

    def probability(classes: np.ndarray) -> np.ndarray:
        is_class = (classes >= 0) & (classes < range_max)
        return np.where(is_class, likely[np.where(is_class, classes, 0)], np.float32(0))

    return _drawn(
        state,
        true_classes,
        **_sizes(attrs),
        most=range_max,
        drawer=lambda state, count: streams.unigram(state, count, weights),
        probability=probability,
    )


def _weights(
    vocab_file: str,
    distortion: float,
    num_reserved_ids: int,
    num_shards: int,
    shard: int,
    unigrams: Sequence[float],
) -> tuple[float, ...]:
    """The weight of each class of a shard: of the words of a file, or those given."""
    given = [float(weight) for weight in unigrams]
    if vocab_file:
        with open(vocab_file, encoding="utf-8") as lines:
            given = [float(line.rsplit(",", 1)[-1]) for line in lines if line.strip()]
    raised = np.array(given, np.float32) ** np.float32(distortion)
    weights = np.concatenate([np.zeros(num_reserved_ids, np.float32), raised])
    return tuple(weights[shard::num_shards].tolist())


def _samples(**more: Any) -> Callable[[np.random.Generator], Any]:
    def samples(rng: np.random.Generator) -> Any:
        for state in state_samples():
            for unique, count, true in ((True, 5, 1), (False, 7, 2), (True, 12, 1)):
                classes = rng.integers(0, 12, (3, true))
                sizes = {"num_true": true, "num_sampled": count, "unique": unique}
                yield Sample((state, classes), {**sizes, "range_max": 12, **more})

    return samples


def _sampler(
    name: str, reference: Any, attrs: dict[str, Any], decompose: Any = None, **more: Any
) -> OpDef:
    """A random op whose `Draw` is the internal op of the same name behind "Philox"."""
    every = {**_SIZES, "range_max": REQUIRED, **attrs}
    drawn = OpDef(
        f"Philox{name}",
        f"state: int64, true_classes: int64 -> {_OUTPUTS}",
        _shape_by(1),
        attrs=every,
        reference=reference,
        decompose=decompose,
        gradient=no_gradient,
        samples=_samples(**more),
        internal=True,
    )
    return OpDef(
        name,
        f"true_classes: int64 -> {_OUTPUTS}",
        _shape_by(0),
        attrs={**every, **SEEDS},
        gradient=no_gradient,
        stateful=True,
        draw=Draw(drawn, lambda dims, attrs: dims[0] * _STEPS_PER_CANDIDATE),
    )


LOG_UNIFORM_CANDIDATE_SAMPLER = _sampler(
    "LogUniformCandidateSampler", _log_uniform, {}, decompose_log_uniform
)
UNIFORM_CANDIDATE_SAMPLER = _sampler("UniformCandidateSampler", _uniform, {})
FIXED_UNIGRAM_CANDIDATE_SAMPLER = _sampler(
    "FixedUnigramCandidateSampler",
    _fixed_unigram,
    _UNIGRAM,
    **{**_UNIGRAM, "unigrams": (5.0, 4.0, 3.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25)},
)


def _all(true_classes: Any, num_true: int, num_sampled: int, **_: Any) -> tuple[np.ndarray, ...]:
    _check(true_classes, num_true, num_sampled, None)
    ones = np.ones(num_sampled, np.float32)
    return np.arange(num_sampled), np.ones(true_classes.shape, np.float32), ones


ALL_CANDIDATE_SAMPLER = OpDef(
    "AllCandidateSampler",
    f"true_classes: int64 -> {_OUTPUTS}",
    _shape_by(0),
    attrs={**_SIZES, **SEEDS},
    reference=_all,
    gradient=no_gradient,
    samples=lambda rng: [
        Sample(
            (rng.integers(0, 5, (3, 2)),),
            {"num_true": 2, "num_sampled": 5, "unique": True, "seed": 0, "seed2": 0},
        )
    ],
    stateful=True,
)


def _hits_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 2)
    require_rank(q.shapes[1], 1)
    return [(None,), (None,), (None,)]


def _hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, **_: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    _check(true_classes, num_true, 0, None)
    place = {int(item): index for index, item in enumerate(sampled_candidates)}
    found = [
        (row, place[int(item)])
        for row, items in enumerate(true_classes)
        for item in items
        if int(item) in place
    ]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    least = np.full(len(pairs), np.finfo(np.float32).min, np.float32)
    return pairs[:, 0].astype(np.int32), pairs[:, 1], least


COMPUTE_ACCIDENTAL_HITS = OpDef(
    "ComputeAccidentalHits",
    "true_classes: int64, sampled_candidates: int64 -> "
    "indices: int32, ids: int64, weights: float32",
    _hits_shape,
    attrs={"num_true": REQUIRED, **SEEDS},
    reference=_hits,
    gradient=no_gradient,
    samples=lambda rng: [
        Sample((np.array([[1, 2], [3, 9]]), np.array([9, 4, 1, 2])), {"num_true": 2}),
        Sample((np.array([[7]]), np.array([9, 4])), {"num_true": 1}),
    ],
)
"""Which true classes were picked: the example, the place among those picked, and a weight that
takes all probability from it."""
