"""Summaries by the names that TensorFlow had until 1.0, which scripts of 2016 use.

In: tags, verbatim. Out: what tf.summary's functions give; each name tells once what it is now.
TensorFlow 1.15 does not have them any more; arguments and op names are TensorFlow 0.12's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.summaries.file_writer import FileWriter
from jitgraph.frontend.summaries.functions import gathered, merge, merge_all
from jitgraph.graph import GraphKeys, Tensor, name_scope
from jitgraph.graph.deprecation import renamed, tell_once
from jitgraph.ops import summary_definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef

Collections = Sequence[Any] | None


def _scalar(
    tags: Any, values: Any, collections: Collections = None, name: str | None = None
) -> Tensor:
    """Numbers, shown as curves.

    Args:
      tags: the curves' names, a string or several.
      values: the numbers, of the tags' shape.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      name: the op's name.
    """
    return _summary(summary_definitions.SCALAR_SUMMARY, [tags, values], collections, name)


def _histogram(
    tag: Any, values: Any, collections: Collections = None, name: str | None = None
) -> Tensor:
    """How numbers are distributed.

    Args:
      tag: its name; values: the numbers.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      name: the op's name.
    """
    return _summary(summary_definitions.HISTOGRAM_SUMMARY, [tag, values], collections, name)


def _image(
    tag: Any,
    tensor: Any,
    max_images: int = 3,
    collections: Collections = None,
    name: str | None = None,
) -> Tensor:
    """Pictures.

    Args:
      tag: its name; tensor: [pictures, height, width, channels]; max_images: so many are shown.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      name: the op's name.
    """
    definition, attrs = summary_definitions.IMAGE_SUMMARY, {"max_images": max_images}
    return _summary(definition, [tag, tensor], collections, name, attrs)


def _audio(
    tag: Any,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Collections = None,
    name: str | None = None,
) -> Tensor:
    """Sounds.

    Args:
      tag: its name; tensor: [sounds, frames, channels]; sample_rate: frames a second.
      max_outputs: so many are kept.
      collections: where the summary is gathered; GraphKeys.SUMMARIES if None.
      name: the op's name.
    """
    definition, attrs = summary_definitions.AUDIO_SUMMARY, {"max_outputs": max_outputs}
    return _summary(definition, [tag, tensor, sample_rate], collections, name, attrs)


def _merge_all(key: Any = GraphKeys.SUMMARIES) -> Tensor | None:
    """All summaries that were gathered in a collection, as one; None if there are none."""
    return merge_all(key)


def _summary(
    definition: OpDef,
    inputs: list[Any],
    collections: Collections,
    name: str | None,
    attrs: dict[str, Any] | None = None,
) -> Tensor:
    default = definition.name.removesuffix("V2")
    with name_scope(name, default, inputs) as scope:
        found: Tensor = apply(definition, inputs, attrs, name=scope)
    gathered(found, (GraphKeys.SUMMARIES,) if collections is None else collections)
    return found


scalar_summary = renamed("tf.scalar_summary", "tf.summary.scalar", _scalar)
histogram_summary = renamed("tf.histogram_summary", "tf.summary.histogram", _histogram)
image_summary = renamed("tf.image_summary", "tf.summary.image", _image)
audio_summary = renamed("tf.audio_summary", "tf.summary.audio", _audio)
merge_summary = renamed("tf.merge_summary", "tf.summary.merge", merge)
merge_all_summaries = renamed("tf.merge_all_summaries", "tf.summary.merge_all", _merge_all)


def SummaryWriter(*args: Any, **kwargs: Any) -> FileWriter:
    """A tf.summary.FileWriter, by its name of TensorFlow 0.12.

    Args:
      args, kwargs: those of FileWriter.
    """
    old, new = "tf.train.SummaryWriter", "tf.summary.FileWriter"
    tell_once(old, f"The name {old} is deprecated. Please use {new} instead.")
    return FileWriter(*args, **kwargs)
