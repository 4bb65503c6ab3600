"""tf.contrib.learn.datasets: tables from CSV files, MNIST from a folder."""

from __future__ import annotations

from jitgraph.examples.tutorials.mnist import input_data as mnist
from jitgraph.frontend.contrib_learn import tables as base

__all__ = ["base", "mnist"]
