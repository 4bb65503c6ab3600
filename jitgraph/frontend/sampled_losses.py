"""Losses over very many classes, of which only a few are looked at: nce_loss and
sampled_softmax_loss.

In: a table of weights with a row a class, biases, inputs, the true classes. Out: a loss for each
example. M. Gutmann and A. Hyvärinen, "Noise-contrastive estimation", 2010; S. Jean and others, "On
using very large target vocabulary for neural machine translation", 2015.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.cross_entropy_losses import softmax_cross_entropy_with_logits_v2
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.assembling import concat
from jitgraph.ops.candidate_samplers import (
    compute_accidental_hits,
    log_uniform_candidate_sampler,
)
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_losses import sigmoid_cross_entropy_with_logits
from jitgraph.ops.filling import ones, ones_like, zeros_like
from jitgraph.ops.identities import stop_gradient
from jitgraph.ops.matmul import matmul
from jitgraph.ops.packing import stack
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.sparse_to_dense import sparse_to_dense


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str | None = "nce_loss",
) -> Tensor:
    """The loss of telling the true classes from a few that are picked at random.

    Args:
      weights: a variable or tensor [num_classes, dim], or a list of them that the rows are split
        into.
      biases: a variable or tensor [num_classes].
      labels: int64 true classes [batch, num_true].
      inputs: [batch, dim].
      num_sampled: how many classes to pick, for the whole batch.
      num_classes: how many there are.
      num_true: how many true classes each example has.
      sampled_values: what a candidate sampler gave; `log_uniform_candidate_sampler` when None.
      remove_accidental_hits: leave out true classes that were picked.
      partition_strategy: how rows are split, see `tf.nn.embedding_lookup`.
      name: the ops' name scope.

    Returns:
      The loss of each example.

    Example:
      >>> weights, biases = tf.Variable(tf.zeros([50, 4])), tf.Variable(tf.zeros([50]))
      >>> labels = tf.constant([[1], [2]], tf.int64)
      >>> tf.nn.nce_loss(weights, biases, labels, tf.zeros([2, 4]), 8, 50).shape
      TensorShape([Dimension(None)])
    """
    logits, targets = _sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        name,
        None,
    )
    losses = sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
    return _sum_rows(losses)


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str | None = "sampled_softmax_loss",
    seed: int | None = None,
) -> Tensor:
    """The softmax loss over the true classes and a few that are picked at random.

    Args:
      weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        partition_strategy: see `tf.nn.nce_loss`.
      remove_accidental_hits: leave out true classes that were picked.
      name: the ops' name scope.
      seed: the seed of the sampler.

    Returns:
      The loss of each example.

    Example:
      >>> weights, biases = tf.Variable(tf.zeros([50, 4])), tf.Variable(tf.zeros([50]))
      >>> labels = tf.constant([[1], [2]], tf.int64)
      >>> tf.nn.sampled_softmax_loss(weights, biases, labels, tf.zeros([2, 4]), 8, 50).shape.ndims
      1
    """
    logits, targets = _sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        name,
        seed,
    )
    targets = stop_gradient(targets, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=targets, logits=logits)


def _sum_rows(x: Tensor) -> Tensor:
    """The sums of the rows, as a product with ones."""
    columns = shape_of(x)[1]
    return reshape(matmul(x, ones(stack([columns, 1]), x.dtype)), [-1])


def _sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    remove_accidental_hits: bool,
    partition_strategy: str,
    name: str | None,
    seed: int | None,
) -> tuple[Tensor, Tensor]:
    """Logits of the true and the picked classes less the logarithms of how often they are
    expected, and the labels that belong to them."""
    if hasattr(weights, "_get_partitions"):
        weights = list(weights)
    tables = weights if isinstance(weights, list) else [weights]
    with name_scope(name, "compute_sampled_logits", [*tables, biases, inputs, labels]):
        if labels.dtype != dtypes.int64:
            labels = cast(labels, dtypes.int64)
        flat = reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                labels, num_true, num_sampled, unique=True, range_max=num_classes, seed=seed
            )
        sampled, true_count, sampled_count = (stop_gradient(value) for value in sampled_values)
        sampled = cast(sampled, dtypes.int64)
        ids = concat([flat, sampled], 0)
        true_w, sampled_w = _split_rows(tables, ids, flat, inputs, partition_strategy)
        sampled_logits = matmul(inputs, sampled_w, transpose_b=True)
        true_b, sampled_b = _split_biases(biases, ids, flat, inputs, partition_strategy)
        true_logits = _true_logits(inputs, true_w, true_b, num_true)
        sampled_logits += sampled_b
        if remove_accidental_hits:
            sampled_logits += _hit_weights(labels, sampled, num_true, num_sampled, sampled_logits)
        true_logits -= log(true_count)
        sampled_logits -= log(sampled_count)
        logits = concat([true_logits, sampled_logits], 1)
        targets = [ones_like(true_logits) / num_true, zeros_like(sampled_logits)]
        return logits, concat(targets, 1)


def _split_rows(
    tables: Any, ids: Tensor, flat: Tensor, inputs: Any, strategy: str
) -> tuple[Tensor, Tensor]:
    """The rows of the true and of the picked classes."""
    rows = embedding_lookup(tables, ids, partition_strategy=strategy)
    if rows.dtype != inputs.dtype:
        rows = cast(rows, inputs.dtype)
    true_rows = slice_of(rows, [0, 0], stack([shape_of(flat)[0], -1]))
    return true_rows, slice_of(rows, stack([shape_of(flat)[0], 0]), [-1, -1])


def _split_biases(
    biases: Any, ids: Tensor, flat: Tensor, inputs: Any, strategy: str
) -> tuple[Tensor, Tensor]:
    every = embedding_lookup(biases, ids, partition_strategy=strategy)
    if every.dtype != inputs.dtype:
        every = cast(every, inputs.dtype)
    return slice_of(every, [0], shape_of(flat)), slice_of(every, shape_of(flat), [-1])


def _true_logits(inputs: Any, true_w: Tensor, true_b: Tensor, num_true: int) -> Tensor:
    width = shape_of(true_w)[1:2]
    by_example = concat([[-1, num_true], width], 0)
    products = multiply(expand_dims(inputs, 1), reshape(true_w, by_example))
    rows = reshape(products, concat([[-1], width], 0))
    logits = reshape(_sum_rows(rows), [-1, num_true])
    return logits + reshape(true_b, [-1, num_true])


def _hit_weights(
    labels: Tensor, sampled: Tensor, num_true: int, num_sampled: int, logits: Tensor
) -> Tensor:
    """What takes all probability from true classes that were picked, zero elsewhere."""
    rows, places, weights = compute_accidental_hits(labels, sampled, num_true=num_true)
    rows = reshape(rows, [-1, 1])
    columns = reshape(cast(places, dtypes.int32), [-1, 1])
    where = concat([rows, columns], 1, "sparse_indices")
    shape = concat([shape_of(labels)[:1], expand_dims(num_sampled, 0)], 0)
    if logits.dtype != weights.dtype:
        weights = cast(weights, logits.dtype)
    return sparse_to_dense(where, shape, weights, default_value=0.0, validate_indices=False)
