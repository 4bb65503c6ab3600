"""tf.summary's functions: ops that describe tensors for TensorBoard, named as TensorFlow's.

In: names and tensors. Out: string tensors, each a serialized Summary when run, which
`tf.summary.FileWriter.add_summary` writes to a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph import dtypes, protos
from jitgraph.frontend.api import logging
from jitgraph.graph import GraphKeys, Tensor, get_default_graph, name_scope
from jitgraph.ops import summary_definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor

Collections = Sequence[Any] | None

_ILLEGAL = re.compile(r"[^-/\w\.]")


def scalar(
    name: str, tensor: Any, collections: Collections = None, family: str | None = None
) -> Tensor:
    """A number, shown as a curve over the steps.

    Args:
      name: the curve's name, below the scopes it is in.
      tensor: the number, of shape [] and a real dtype.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      family: a name to show it under.

    Returns:
      The summary: a string tensor.

    Example:
      >>> tf.summary.scalar("loss", loss)
    """
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        return _added(summary_definitions.SCALAR_SUMMARY, [tag, tensor], scope, collections)


def histogram(
    name: str, values: Any, collections: Collections = None, family: str | None = None
) -> Tensor:
    """How a tensor's numbers are distributed.

    Args:
      name: its name, below the scopes it is in.
      values: the numbers, of any shape and a real dtype; a run refuses what is not finite.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      family: a name to show it under.

    Returns:
      The summary: a string tensor.

    Example:
      >>> tf.summary.histogram("weights", weights)
    """
    with _summary_scope(name, family, "HistogramSummary", [values]) as (tag, scope):
        return _added(summary_definitions.HISTOGRAM_SUMMARY, [tag, values], scope, collections)


def image(
    name: str,
    tensor: Any,
    max_outputs: int = 3,
    collections: Collections = None,
    family: str | None = None,
) -> Tensor:
    """Pictures. Bytes are shown as they are, floats are scaled for each picture.

    Args:
      name: its name, below the scopes it is in.
      tensor: uint8 or floats, [pictures, height, width, channels], of 1, 3 or 4 channels.
      max_outputs: so many pictures are shown.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      family: a name to show it under.

    Returns:
      The summary: a string tensor.

    Example:
      >>> tf.summary.image("digits", tf.reshape(x, [-1, 28, 28, 1]))
    """
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        definition, attrs = summary_definitions.IMAGE_SUMMARY, {"max_images": max_outputs}
        return _added(definition, [tag, tensor], scope, collections, attrs)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Collections = None,
    family: str | None = None,
) -> Tensor:
    """Sounds.

    Args:
      name: its name, below the scopes it is in.
      tensor: float32 from -1 to 1, of shape [sounds, frames, channels] or [sounds, frames].
      sample_rate: frames a second.
      max_outputs: so many sounds are kept.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      family: a name to show it under.

    Returns:
      The summary: a string tensor.

    Example:
      >>> tf.summary.audio("voice", waves, 16000)
    """
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        rate = convert_to_tensor(sample_rate, dtype=dtypes.float32, name="sample_rate")
        definition, attrs = summary_definitions.AUDIO_SUMMARY, {"max_outputs": max_outputs}
        return _added(definition, [tag, tensor, rate], scope, collections, attrs)


def text(name: str, tensor: Tensor, collections: Collections = None) -> Tensor:
    """Texts, shown as Markdown.

    Args:
      name: its name, below the scopes it is in.
      tensor: strings, of any shape.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.

    Returns:
      The summary: a string tensor.

    Raises:
      ValueError: the tensor is not of strings.

    Example:
      >>> tf.summary.text("note", tf.constant("first *run*"))
    """
    if tensor.dtype != dtypes.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    plugin = protos.message_class("SummaryMetadata.PluginData")(plugin_name="text")
    metadata = protos.SummaryMetadata(plugin_data=plugin)
    return tensor_summary(name, tensor, summary_metadata=metadata, collections=collections)


def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: str | None = None,
    collections: Collections = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """A tensor as it is, for a plugin of TensorBoard.

    Args:
      name: its name, below the scopes it is in.
      tensor: any tensor.
      summary_description: what it tells.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      summary_metadata: a SummaryMetadata: which plugin may show it.
      family: a name to show it under.
      display_name: a name to show instead of its own.

    Returns:
      The summary: a string tensor.

    Example:
      >>> tf.summary.tensor_summary("table", tf.constant([1, 2]))
    """
    metadata = protos.SummaryMetadata() if summary_metadata is None else summary_metadata
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    content = metadata.SerializeToString()
    with _summary_scope(name, family, values=[tensor]) as (tag, scope):
        inputs = [tag, tensor, content]
        return _added(summary_definitions.TENSOR_SUMMARY, inputs, scope, collections)


def merge(inputs: Any, collections: Collections = None, name: str | None = None) -> Tensor:
    """Several summaries as one.

    Args:
      inputs: a list of summaries; a run refuses two of the same tag.
      collections: where the summary is gathered; nowhere if None.
      name: the op's name.

    Returns:
      The summary: a string tensor.

    Raises:
      ValueError: there are none.

    Example:
      >>> tf.summary.merge([tf.summary.scalar("a", a), tf.summary.scalar("b", b)])
    """
    if not inputs:
        raise ValueError(
            "List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum "
            "length 1."
        )
    name = _cleaned(name)
    with name_scope(name, "Merge", inputs):
        found: Tensor = apply(summary_definitions.MERGE_SUMMARY, [inputs], name=name)
        gathered(found, () if collections is None else collections)
    return found


def merge_all(
    key: Any = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None
) -> Tensor | None:
    """All summaries that were gathered, as one.

    Args:
      key: the collection in which they were gathered.
      scope: a regular expression that begins the names of those that are taken.
      name: the op's name.

    Returns:
      The summary: a string tensor; None if there are none.

    Example:
      >>> summaries = tf.summary.merge_all()
    """
    found = get_default_graph().get_collection(key, scope=scope)
    return merge(found, name=name) if found else None


def get_summary_description(node_def: Any) -> Any:
    """The SummaryDescription that the node of a TensorSummary op holds.

    Args:
      node_def: the NodeDef.

    Raises:
      ValueError: it is of another op.
    """
    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    from google.protobuf import json_format

    found = protos.message_class("SummaryDescription")()
    json_format.Parse(node_def.attr["description"].s.decode(), found)
    return found


@contextmanager
def _summary_scope(
    name: str | None,
    family: str | None,
    default_name: str | None = None,
    values: Sequence[Any] = (),
) -> Iterator[tuple[str, str]]:
    """(tag, scope) of a summary: both unique in the graph; a family begins the tag."""
    name, family = _cleaned(name), _cleaned(family)
    base = name if family is None else f"{family}/{name}"
    with name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else f"{family}/{tag}"), scope


def _cleaned(name: str | None) -> str | None:
    if name is None:
        return None
    legal = _ILLEGAL.sub("_", name).lstrip("/")
    if legal != name:
        logging.info("Summary name %s is illegal; using %s instead.", name, legal)
    return legal


def _added(
    definition: Any,
    inputs: list[Any],
    scope: str,
    collections: Collections,
    attrs: dict[str, Any] | None = None,
) -> Tensor:
    found: Tensor = apply(definition, inputs, attrs, name=scope)
    gathered(found, (GraphKeys.SUMMARIES,) if collections is None else collections)
    return found


def gathered(summary: Tensor, collections: Sequence[Any]) -> None:
    """Adds a summary to collections."""
    for key in collections:
        summary.graph.add_to_collection(key, summary)
