"""Stage frontend: tables of numbers from CSV files: tf.contrib.learn.datasets.base.

In: a file. Out: an array of rows, and an array of what they are.
"""

from __future__ import annotations

import csv
from typing import Any, NamedTuple

import numpy as np

from jitgraph.frontend.files.file_object import GFile


class Dataset(NamedTuple):
    """Rows of features, and what each row is."""

    data: Any
    target: Any


class Datasets(NamedTuple):
    """What is learnt of, what is tuned on, what is tested on."""

    train: Any
    validation: Any
    test: Any


def load_csv_with_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """A table whose first line begins with the number of rows and of features.

    Args:
      filename: the file; target_dtype, features_dtype: NumPy dtypes.
      target_column: where the target stands in a row.

    Raises:
      errors.NotFoundError: there is no such file.
      ValueError: a row has another number of features than the first line says, or no numbers.

    Example:
      >>> irises = tf.contrib.learn.datasets.base.load_csv_with_header(
      ...     "iris_training.csv", target_dtype=int, features_dtype=float)
    """
    with GFile(filename) as file:
        head, *rows = csv.reader(file.read().splitlines())
    count, width = int(head[0]), int(head[1])
    data, target = np.zeros((count, width), features_dtype), np.zeros(count, target_dtype)
    for number, row in enumerate(rows):
        target[number] = np.asarray(row.pop(target_column), target_dtype)
        data[number] = np.asarray(row, features_dtype)
    return Dataset(data, target)


def load_csv_without_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """A table without a first line that tells its size; as `load_csv_with_header`."""
    with GFile(filename) as file:
        rows = list(csv.reader(file.read().splitlines()))
    targets = [row.pop(target_column) for row in rows]
    data = np.array([np.asarray(row, features_dtype) for row in rows])
    return Dataset(data, np.array(targets, target_dtype))


def shrink_csv(filename: str, ratio: int) -> None:
    """Writes each `ratio`-th line of a file to one with "_small" in its name."""
    with GFile(filename) as file:
        lines = file.read().splitlines(keepends=True)
    with GFile(filename.replace(".", "_small."), "w") as file:
        file.write("".join(lines[::ratio]))
