"""tf.contrib.data: what `Dataset.apply` takes, under its former names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.data.experimental import (
        RandomDataset,
        bucket_by_sequence_length,
        counted as Counter,
        enumerate_dataset,
        get_single_element,
        group_by_window,
        ignore_errors,
        map_and_batch,
        parallel_interleave,
        prefetch_to_device,
        scan,
        shuffle_and_repeat,
        unbatch,
        unique,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "Counter",
    "RandomDataset",
    "bucket_by_sequence_length",
    "enumerate_dataset",
    "get_single_element",
    "group_by_window",
    "ignore_errors",
    "map_and_batch",
    "parallel_interleave",
    "prefetch_to_device",
    "scan",
    "shuffle_and_repeat",
    "unbatch",
    "unique",
]
