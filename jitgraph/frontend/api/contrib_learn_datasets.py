"""tf.contrib.learn.datasets: tables from CSV files, MNIST from a folder."""

from __future__ import annotations

from jitgraph.frontend.contrib_learn import mnist, tables as base

__all__ = ["base", "mnist"]
