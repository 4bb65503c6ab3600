"""tf.contrib.learn.datasets: tables from CSV files, MNIST from a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.examples.tutorials.mnist import input_data as mnist
    from jitgraph.frontend.contrib_learn import tables as base

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = ["base", "mnist"]
