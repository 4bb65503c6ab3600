"""Stage frontend: tf.estimator.export: what a served model takes.

In: descriptions of features. Out: functions that build placeholders and what they become.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.shapes import TensorShape

_ALONE = {"feature": "feature", "receiver_tensor": "input", "receiver_tensors_alternative": "input"}


class _Received(NamedTuple):
    features: Any
    receiver_tensors: dict[str, Any]
    receiver_tensors_alternatives: dict[str, Any] | None


class ServingInputReceiver(_Received):
    """What a served model is given, and the features that it becomes.

    Args:
      features: the features by name, or one alone, which is called "feature".
      receiver_tensors: what is fed, by name, or one alone, which is called "input".
      receiver_tensors_alternatives: by name, what may be fed instead.

    Raises:
      ValueError: something is missing, or is no tensor.
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        others = receiver_tensors_alternatives
        if others is not None and not isinstance(others, dict):
            raise ValueError(f"receiver_tensors_alternatives must be a dict: {others}.")
        if others is not None:
            kind = "receiver_tensors_alternative"
            others = {name: _by_name(tensors, kind) for name, tensors in others.items()}
        return super().__new__(
            cls,
            _by_name(features, "feature", takes_numbers=True),
            _by_name(receiver_tensors, "receiver_tensor"),
            others,
        )


class TensorServingInputReceiver(_Received):
    """What a served model is given, whose only feature comes alone rather than in a dict.

    Args:
      features: the feature.
      receiver_tensors, receiver_tensors_alternatives: as for ServingInputReceiver.

    Raises:
      ValueError: something is missing, or is no tensor.
    """

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> TensorServingInputReceiver:
        if features is None:
            raise ValueError("features must be defined.")
        _check_tensor(features, "", "feature")
        found = ServingInputReceiver(features, receiver_tensors, receiver_tensors_alternatives)
        return super().__new__(
            cls, features, found.receiver_tensors, found.receiver_tensors_alternatives
        )


def build_parsing_serving_input_receiver_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """A function for `export_saved_model`: the model is given serialized Examples.

    Args:
      feature_spec: what `tf.parse_example` takes.
      default_batch_size: how many come at once; any number if None.

    Example:
      >>> spec = {"x": tf.FixedLenFeature([4], tf.float32)}
      >>> receive = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    """

    def serving_input_receiver_fn() -> ServingInputReceiver:
        from jitgraph.frontend.records.parsing import parse_example

        examples = placeholder(dtypes.string, [default_batch_size], "input_example_tensor")
        features = parse_example(examples, feature_spec)
        return ServingInputReceiver(features, {"examples": examples})

    return serving_input_receiver_fn


def build_raw_serving_input_receiver_fn(
    features: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], ServingInputReceiver]:
    """A function for `export_saved_model`: the model is given its features.

    Args:
      features: by name, tensors of the features' dtypes and shapes.
      default_batch_size: how many rows come at once; any number if None.

    Example:
      >>> features = {"x": tf.placeholder(tf.float32, [None, 4])}
      >>> receive = tf.estimator.export.build_raw_serving_input_receiver_fn(features)
    """

    def serving_input_receiver_fn() -> ServingInputReceiver:
        batch = TensorShape([default_batch_size])
        places = {
            name: placeholder(
                each.dtype, batch.concatenate(each.get_shape()[1:]), getattr(each.op, "name", None)
            )
            for name, each in features.items()
        }
        return ServingInputReceiver(places, dict(places))

    return serving_input_receiver_fn


def _by_name(tensors: Any, kind: str, takes_numbers: bool = False) -> dict[str, Any]:
    if tensors is None:
        raise ValueError(f"{kind}s must be defined.")
    found = tensors if isinstance(tensors, dict) else {_ALONE[kind]: tensors}
    for name, tensor in found.items():
        if not isinstance(name, (str, int) if takes_numbers else str):
            wanted = "strings or ints" if takes_numbers else "strings"
            raise ValueError(f"{kind} keys must be {wanted}: {name}.")
        _check_tensor(tensor, name, kind)
    return found


def _check_tensor(tensor: Any, name: Any, kind: str) -> None:
    if not isinstance(tensor, (Tensor, SparseTensor)):
        shown = f" {name}" if name else ""
        raise ValueError(f"{kind}{shown} must be a Tensor or SparseTensor.")
