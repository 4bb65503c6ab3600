"""tf.data.experimental: what `Dataset.apply` takes, and datasets of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.data.datasets import AUTOTUNE, get_structure
    from jitgraph.frontend.data.experimental import (
        RandomDataset,
        bucket_by_sequence_length,
        copy_to_device,
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
        take_while,
        unbatch,
        unique,
    )
    from jitgraph.frontend.data.options import OptimizationOptions, ThreadingOptions

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "AUTOTUNE",
    "Counter",
    "OptimizationOptions",
    "RandomDataset",
    "ThreadingOptions",
    "bucket_by_sequence_length",
    "copy_to_device",
    "enumerate_dataset",
    "get_single_element",
    "get_structure",
    "group_by_window",
    "ignore_errors",
    "map_and_batch",
    "parallel_interleave",
    "prefetch_to_device",
    "scan",
    "shuffle_and_repeat",
    "take_while",
    "unbatch",
    "unique",
]
