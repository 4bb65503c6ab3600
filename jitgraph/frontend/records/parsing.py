"""Stage frontend: tf.parse_example: Examples become tensors.

In: serialized Examples, and which features are wanted. Out: a tensor or SparseTensor for each,
named as TensorFlow 1.15's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.records.features import Wanted, wanted
from jitgraph.frontend.squeezing import squeeze
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.example_definitions import PARSE_EXAMPLE, PARSE_SINGLE_EXAMPLE
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.slicing import slice as part_of
from jitgraph.ops.sparse_tensor import SparseTensor

Found = dict[str, Any]


def parse_example(
    serialized: Any,
    features: Mapping[str, Any],
    name: str | None = None,
    example_names: Any = None,
) -> Found:
    """Takes a batch of Examples apart.

    Args:
      serialized: a string vector of serialized Examples.
      features: for each name a FixedLenFeature, VarLenFeature or FixedLenSequenceFeature.
      name: the op's name.
      example_names: a string vector of names for messages.

    Returns:
      A dict of tensors, and of SparseTensors for VarLenFeatures.

    Raises:
      ValueError: `features` is empty or wrong. A run raises errors.InvalidArgumentError for what
        is no Example, and where a feature is missing or of another dtype or size.

    Example:
      >>> found = tf.parse_example(records, {"x": tf.FixedLenFeature([3], tf.float32)})
    """
    return _parsed_batch(serialized, wanted(features), name, example_names)


def parse_single_example(
    serialized: Any,
    features: Mapping[str, Any],
    name: str | None = None,
    example_names: Any = None,
) -> Found:
    """Takes one Example apart.

    Args:
      serialized: a string scalar: a serialized Example.
      features, name: as for `parse_example`.
      example_names: a string scalar: a name for messages.

    Returns:
      As `parse_example`, without the dimension of the batch.

    Raises:
      ValueError: as `parse_example`.

    Example:
      >>> _, record = tf.TFRecordReader().read(files)
      >>> found = tf.parse_single_example(record, {"label": tf.FixedLenFeature([], tf.int64)})
    """
    if not features:
        raise ValueError("Missing features.")
    given = wanted(features)
    if example_names is not None:
        return _parsed_as_batch(serialized, given, name, example_names)
    with name_scope(name, "ParseSingleExample", [serialized]):
        text = convert_to_tensor(serialized, name="serialized")
        attrs = {
            "num_sparse": len(given.sparse_keys),
            "sparse_keys": list(given.sparse_keys),
            "sparse_types": tuple(given.sparse_types),
            "dense_keys": list(given.dense_keys),
            "dense_shapes": list(given.dense_shapes),
        }
        found = apply(PARSE_SINGLE_EXAMPLE, [text, default_tensors(given)], attrs, name)
        return _by_name(given, found)


def _parsed_batch(serialized: Any, given: Wanted, name: str | None, names: Any) -> Found:
    with name_scope(name, "ParseExample", [serialized, names]):
        attrs = {
            "sparse_types": tuple(given.sparse_types),
            "dense_shapes": list(given.dense_shapes),
        }
        defaults = default_tensors(given)
        labels = [] if names is None else names
        keys = [list(given.sparse_keys), list(given.dense_keys)]
        found = apply(PARSE_EXAMPLE, [serialized, labels, *keys, defaults], attrs, name)
        return _by_name(given, found)


def _parsed_as_batch(serialized: Any, given: Wanted, name: str | None, names: Any) -> Found:
    with name_scope(name, "ParseSingleExample", [serialized, names]):
        text = expand_dims(_scalar(serialized, "serialized"), 0)
        label = expand_dims(_scalar(names, "names"), 0)
        found = _parsed_batch(text, given, name, label)
        for key in given.dense_keys:
            found[key] = squeeze(found[key], [0], name=f"Squeeze_{_in_name(key)}")
        for key in given.sparse_keys:
            indices, values, dense_shape = (
                found[key].indices, found[key].values, found[key].dense_shape
            )  # fmt: skip
            found[key] = SparseTensor(
                part_of(indices, [0, 1], [-1, -1], name=f"Slice_Indices_{_in_name(key)}"),
                values,
                part_of(dense_shape, [1], [-1], name=f"Squeeze_Shape_{_in_name(key)}"),
            )
        return found


def _scalar(given: Any, what: str) -> Tensor:
    tensor = convert_to_tensor(given)
    if tensor.shape.ndims not in (None, 0):
        raise ValueError(f"Input {what} must be a scalar")
    return tensor


def _by_name(given: Wanted, found: Any) -> Found:
    parts = zip(found.sparse_indices, found.sparse_values, found.sparse_shapes, strict=True)
    tensors = [SparseTensor(*each) for each in parts]
    keys = [*given.sparse_keys, *given.dense_keys]
    return dict(zip(keys, [*tensors, *found.dense_values], strict=True))


def default_tensors(given: Wanted) -> list[Tensor]:
    """What is taken for missing features; an empty tensor for those that must be there."""
    found = []
    for key, dtype, shape in zip(
        given.dense_keys, given.dense_types, given.dense_shapes, strict=True
    ):
        default = given.defaults.get(key)
        fills = bool(shape.ndims) and shape.as_list()[0] is None
        if default is None:
            empty: Any = "" if dtype == dtypes.string else 0
            found.append(convert_to_tensor(empty, dtype) if fills else constant([], dtype))
        elif isinstance(default, Tensor) and not fills:
            found.append(default)
        else:
            prefix = "padding_" if fills else "key_"
            tensor = convert_to_tensor(default, dtype, name=f"{prefix}{_in_name(key)}")
            found.append(reshape(tensor, [] if fills else shape))
    return found


def _in_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.\-/]", "_", key)
