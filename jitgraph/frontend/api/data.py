"""tf.data: datasets and iterators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import data_experimental as experimental
    from jitgraph.frontend.data.datasets import (
        Dataset,
        get_output_classes,
        get_output_shapes,
        get_output_types,
    )
    from jitgraph.frontend.data.iterators import (
        Iterator,
        make_initializable_iterator,
        make_one_shot_iterator,
    )
    from jitgraph.frontend.data.options import Options
    from jitgraph.frontend.data.readers import (
        FixedLengthRecordDataset,
        TextLineDataset,
        TFRecordDataset,
    )
    from jitgraph.frontend.data.structures import DatasetSpec

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "Dataset",
    "DatasetSpec",
    "FixedLengthRecordDataset",
    "Iterator",
    "Options",
    "TFRecordDataset",
    "TextLineDataset",
    "experimental",
    "get_output_classes",
    "get_output_shapes",
    "get_output_types",
    "make_initializable_iterator",
    "make_one_shot_iterator",
]
