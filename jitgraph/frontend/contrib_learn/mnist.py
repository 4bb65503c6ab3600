"""MNIST in batches, as TensorFlow 1's tutorials ask for it: the same order for the same seeds.

In: a folder of MNIST's four files. Out: `Datasets` of train, validation, test.
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/contrib/learn/python/learn/datasets/mnist.py
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.contrib_learn.idx_files import FILES, found_file, read_images, read_labels
from jitgraph.ops.random_seed import get_seed

CLASSES = 10
PIXELS = 784


class Datasets(NamedTuple):
    """What is learnt of, what is tuned on, what is tested on: a `DataSet` each."""

    train: Any
    validation: Any
    test: Any


def dense_to_one_hot(labels_dense: Any, num_classes: int) -> Any:
    """[count] of labels as [count, classes] of float64, 1 where the label is the column."""
    return np.eye(num_classes)[labels_dense.ravel()]


class DataSet:
    """Pictures and labels, given out in batches.

    Args:
      images: [count, rows, columns, 1] of uint8.
      labels: [count], or [count, classes].
      fake_data: gives pictures of ones.
      one_hot: of fake data: labels are of one hot.
      dtype: tf.uint8 leaves pictures at [0, 255], tf.float32 makes them [0, 1].
      reshape: pictures become [count, rows * columns].
      seed: of the order; NumPy's generator is seeded with it, as TensorFlow does.
    """

    def __init__(
        self,
        images: Any,
        labels: Any,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = dtypes.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        graph_seed, op_seed = get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        wanted = dtypes.as_dtype(dtype).base_dtype
        if wanted not in (dtypes.uint8, dtypes.float32):
            raise TypeError(f"Invalid image dtype {wanted!r}, expected uint8 or float32")
        self.one_hot = one_hot
        self._fake = fake_data
        self._num_examples = 10000 if fake_data else images.shape[0]
        if not fake_data:
            images = _prepared(images, labels, wanted, reshape)
        self._images = images
        self._labels = labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> Any:
        """All pictures, in the order of this epoch."""
        return self._images

    @property
    def labels(self) -> Any:
        """All labels, in the order of this epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many pictures there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often all were given out."""
        return self._epochs_completed

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[Any, Any]:
        """The next pictures and labels; after the last, those of a new order.

        Args:
          batch_size: how many.
          fake_data: gives ones.
          shuffle: each epoch has an order of its own.
        """
        if fake_data:
            return _fake_batch(batch_size, self.one_hot)
        start = self._index_in_epoch
        if shuffle and start == 0 and self._epochs_completed == 0:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch += batch_size
            return self._part(start, start + batch_size)
        rest = self._part(start, self._num_examples)
        self._epochs_completed += 1
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - (self._num_examples - start)
        new = self._part(0, self._index_in_epoch)
        return np.concatenate((rest[0], new[0])), np.concatenate((rest[1], new[1]))

    def _part(self, start: int, end: int) -> tuple[Any, Any]:
        return self._images[start:end], self._labels[start:end]

    def _shuffle(self) -> None:
        order = np.arange(self._num_examples)
        np.random.shuffle(order)
        self._images = self._images[order]
        self._labels = self._labels[order]


def _prepared(images: Any, labels: Any, dtype: Any, reshape: bool) -> Any:
    if images.shape[0] != labels.shape[0]:
        raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
    if reshape:
        images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
    if dtype == dtypes.float32:
        images = np.multiply(images.astype(np.float32), 1.0 / 255.0)
    return images


def _fake_batch(size: int, one_hot: bool) -> tuple[Any, Any]:
    label = [1] + [0] * (CLASSES - 1) if one_hot else 0
    return [[1] * PIXELS for _ in range(size)], [label for _ in range(size)]


def read_data_sets(
    train_dir: Any,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = dtypes.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str | None = None,
) -> Datasets:
    """MNIST from a folder; nothing is downloaded.

    Args:
      train_dir: the folder of the four files, packed or not. Where it has none, that which the
        environment's JITGRAPH_MNIST_DIR names is read.
      fake_data: needs no files; pictures of ones.
      one_hot: labels are [count, 10] of 0 and 1.
      dtype: tf.float32 for [0, 1], tf.uint8 for [0, 255].
      reshape: pictures are [count, 784] and not [count, 28, 28, 1].
      validation_size: so many of the first training pictures are kept apart.
      seed: of the order of the batches.
      source_url: not used.

    Raises:
      FileNotFoundError: the files are not there.
      ValueError: a file is none of MNIST's, or there are fewer pictures than `validation_size`.
    """
    options = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        fake = [DataSet([], [], True, one_hot, dtype, seed=seed) for _ in range(3)]
        return Datasets(*fake)
    train_images, train_labels, test_images, test_labels = (
        _extracted(os.fspath(train_dir), name, one_hot) for name in FILES
    )
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(
            f"Validation size should be between 0 and {len(train_images)}. "
            f"Received: {validation_size}."
        )
    parts = (
        (train_images[validation_size:], train_labels[validation_size:]),
        (train_images[:validation_size], train_labels[:validation_size]),
        (test_images, test_labels),
    )
    return Datasets(*(DataSet(images, labels, **options) for images, labels in parts))


def _extracted(folder: str, name: str, one_hot: bool) -> Any:
    path = found_file(folder, name)
    print("Extracting", os.path.join(folder, f"{name}.gz"))
    if "images" in name:
        return read_images(path)
    labels = read_labels(path)
    return dense_to_one_hot(labels, CLASSES) if one_hot else labels


def load_mnist(train_dir: Any = "MNIST-data") -> Datasets:
    """`read_data_sets` of a folder."""
    return read_data_sets(train_dir)
