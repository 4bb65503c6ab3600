"""Stage frontend: tf.parse_single_sequence_example: a SequenceExample becomes tensors.

In: a serialized SequenceExample, which features of its context and which lists are wanted. Out: a
tensor or SparseTensor for each, named as TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph.frontend.records.features import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    VarLenFeature,
    Wanted,
    wanted,
)
from jitgraph.frontend.records.parsing import Found, default_tensors
from jitgraph.graph import name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.sequence_example_definitions import PARSE_SINGLE_SEQUENCE_EXAMPLE
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.shapes import as_shape

_OF_CONTEXT = (VarLenFeature, FixedLenFeature)
_OF_LISTS = (VarLenFeature, FixedLenSequenceFeature)


def parse_single_sequence_example(
    serialized: Any,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[Found, Found]:
    """Takes one SequenceExample apart.

    Args:
      serialized: a string scalar: a serialized SequenceExample.
      context_features: for each name in the context a FixedLenFeature or VarLenFeature.
      sequence_features: for each name of a list a FixedLenSequenceFeature (a feature of one shape
        in each step) or VarLenFeature.
      example_name: a string scalar: a name for messages.
      name: the ops' name scope.

    Returns:
      (context, lists): dicts of tensors, and of SparseTensors for VarLenFeatures.

    Raises:
      ValueError: nothing is wanted, or a feature is wrong. A run raises
        errors.InvalidArgumentError for what is no SequenceExample, and where a feature is missing
        or of another dtype or size.

    Example:
      >>> context, lists = tf.parse_single_sequence_example(
      ...     record,
      ...     {"label": tf.FixedLenFeature([], tf.int64)},
      ...     {"words": tf.FixedLenSequenceFeature([], tf.int64)},
      ... )
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = _wanted(context_features, _OF_CONTEXT)
    lists = _wanted(sequence_features, _OF_LISTS)
    features = sequence_features or {}
    may_miss = [key for key in lists.dense_keys if features[key].allow_missing]
    if lists.defaults:
        key = next(iter(lists.defaults))
        raise ValueError(f"Value feature_list_dense_defaults[{key}] must be None")
    with name_scope(name, "ParseSingleSequenceExample", [serialized]):
        found = apply(
            PARSE_SINGLE_SEQUENCE_EXAMPLE,
            [
                serialized, may_miss, list(context.sparse_keys), list(context.dense_keys),
                list(lists.sparse_keys), list(lists.dense_keys), default_tensors(context),
                "" if example_name is None else example_name,
            ],
            {
                "context_sparse_types": tuple(context.sparse_types),
                "context_dense_shapes": list(context.dense_shapes),
                "feature_list_sparse_types": tuple(lists.sparse_types),
                "feature_list_dense_types": tuple(lists.dense_types),
                "feature_list_dense_shapes": list(lists.dense_shapes),
            },
            name,
        )  # fmt: skip
        return (
            _by_name(context, *found[:4]),
            _by_name(lists, *found[4:]),
        )


def _wanted(features: Mapping[str, Any] | None, allowed: tuple[type, ...]) -> Wanted:
    """The features as the op takes them; things of lists have the shape of one step.

    Raises:
      ValueError: a feature is of no kind that is allowed here, or lacks something.
    """
    if not features:
        return Wanted()
    plain = {}
    for key in sorted(features):
        feature = features[key]
        is_known = isinstance(feature, (VarLenFeature, FixedLenFeature, FixedLenSequenceFeature))
        if is_known and not isinstance(feature, allowed):
            raise ValueError(f"Unsupported {type(feature).__name__} {feature}.")
        if isinstance(feature, FixedLenSequenceFeature):
            if feature.shape is None:
                raise ValueError(f"Missing shape for feature {key}.")
            shape = as_shape(feature.shape)
            feature = FixedLenFeature(shape, feature.dtype, feature.default_value)
        plain[key] = feature
    return wanted(plain)


def _by_name(given: Wanted, indices: Any, values: Any, shapes: Any, dense: Any) -> Found:
    parts = zip(indices, values, shapes, strict=True)
    keys = [*given.sparse_keys, *given.dense_keys]
    return dict(zip(keys, [*(SparseTensor(*each) for each in parts), *dense], strict=True))
