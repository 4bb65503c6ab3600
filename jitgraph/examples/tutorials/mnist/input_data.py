"""MNIST in batches, as TensorFlow 1's tutorials ask for it: tf.contrib.learn.datasets.mnist."""

from __future__ import annotations

from jitgraph.frontend.contrib_learn.mnist import (
    DataSet,
    Datasets,
    dense_to_one_hot,
    load_mnist,
    read_data_sets,
)

__all__ = ["DataSet", "Datasets", "dense_to_one_hot", "load_mnist", "read_data_sets"]
