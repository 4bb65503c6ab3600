"""tf.nn's candidate samplers: a few classes picked at random, the same for a whole batch.

In: the true classes of each example. Out: named tuples (sampled_candidates, true_expected_count,
sampled_expected_count), which `nce_loss` and `sampled_softmax_loss` take as `sampled_values`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.ops.apply import apply
from jitgraph.ops.candidates import (
    ALL_CANDIDATE_SAMPLER,
    COMPUTE_ACCIDENTAL_HITS,
    FIXED_UNIGRAM_CANDIDATE_SAMPLER,
    LOG_UNIFORM_CANDIDATE_SAMPLER,
    UNIFORM_CANDIDATE_SAMPLER,
)
from jitgraph.ops.definition import OpDef
from jitgraph.ops.random_numbers import seeds


def _sample(
    kind: OpDef,
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None,
    name: str | None,
    **more: Any,
) -> Any:
    attrs = {"num_true": num_true, "num_sampled": num_sampled, "unique": unique, **more}
    return apply(kind, [true_classes], {**attrs, **seeds(seed)}, name)


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Picks class k with probability log((k + 2) / (k + 1)) / log(range_max + 1), as words that
    are numbered by their frequency occur.

    Args:
      true_classes: int64 of shape [batch, num_true].
      num_true: how many classes each example has.
      num_sampled: how many to pick.
      unique: whether none is picked twice.
      range_max: the number of classes.
      seed: the seed of this op.
      name: the op's name.

    Returns:
      (sampled_candidates [num_sampled], true_expected_count [batch, num_true],
      sampled_expected_count [num_sampled]).

    Raises:
      InvalidArgumentError: when run, if there are not so many different classes.

    Example:
      >>> tf.nn.log_uniform_candidate_sampler([[1]], 1, 5, True, 100).sampled_candidates.shape
      TensorShape([Dimension(5)])
    """
    kind = LOG_UNIFORM_CANDIDATE_SAMPLER
    sizes = (num_true, num_sampled, unique)
    return _sample(kind, true_classes, *sizes, seed, name, range_max=range_max)


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Picks all classes with the same probability. See `tf.nn.log_uniform_candidate_sampler`.

    Example:
      >>> tf.nn.uniform_candidate_sampler([[1]], 1, 5, True, 100).sampled_candidates.shape
      TensorShape([Dimension(5)])
    """
    kind = UNIFORM_CANDIDATE_SAMPLER
    sizes = (num_true, num_sampled, unique)
    return _sample(kind, true_classes, *sizes, seed, name, range_max=range_max)


def fixed_unigram_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    vocab_file: str = "",
    distortion: float = 1.0,
    num_reserved_ids: int = 0,
    num_shards: int = 1,
    shard: int = 0,
    unigrams: Sequence[float] = (),
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Picks classes with probabilities in proportion to given counts.

    Args:
      true_classes: int64 of shape [batch, num_true].
      num_true: how many classes each example has.
      num_sampled: how many to pick.
      unique: whether none is picked twice.
      range_max: the number of classes.
      vocab_file: a file with a class a line, its count behind the last comma.
      distortion: the power that counts are raised to.
      num_reserved_ids: so many classes at the beginning are never picked.
      num_shards, shard: of every `num_shards` classes only number `shard` is taken.
      unigrams: the counts, if there is no file.
      seed: the seed of this op.
      name: the op's name.

    Returns:
      See `tf.nn.log_uniform_candidate_sampler`.

    Raises:
      InvalidArgumentError: when run, if there are not `range_max` counts.

    Example:
      >>> picked = tf.nn.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 3, unigrams=[5, 3, 1])
      >>> picked.sampled_candidates.shape
      TensorShape([Dimension(2)])
    """
    return _sample(
        FIXED_UNIGRAM_CANDIDATE_SAMPLER,
        true_classes,
        num_true,
        num_sampled,
        unique,
        seed,
        name,
        range_max=range_max,
        vocab_file=vocab_file,
        distortion=float(distortion),
        num_reserved_ids=num_reserved_ids,
        num_shards=num_shards,
        shard=shard,
        unigrams=tuple(map(float, unigrams)),
    )


def all_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Picks every class once, for tests. See `tf.nn.log_uniform_candidate_sampler`.

    Example:
      >>> tf.nn.all_candidate_sampler([[1]], 1, 5, True).sampled_candidates.shape
      TensorShape([Dimension(5)])
    """
    return _sample(ALL_CANDIDATE_SAMPLER, true_classes, num_true, num_sampled, unique, seed, name)


def compute_accidental_hits(
    true_classes: Any,
    sampled_candidates: Any,
    num_true: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """The picked classes that are true classes of an example.

    Args:
      true_classes: int64 of shape [batch, num_true].
      sampled_candidates: the classes picked.
      num_true: how many classes each example has.
      seed: not used.
      name: the op's name.

    Returns:
      For each hit, (indices: the example, ids: the place among those picked, weights: the least
      float32, which takes all probability from it).

    Example:
      >>> len(tf.nn.compute_accidental_hits([[1]], [3, 1], 1))
      3
    """
    attrs = {"num_true": num_true, **seeds(seed)}
    return apply(COMPUTE_ACCIDENTAL_HITS, [true_classes, sampled_candidates], attrs, name)
