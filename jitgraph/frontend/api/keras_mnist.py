"""tf.keras.datasets.mnist: handwritten digits."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.keras.datasets import Split, load_npz


def load_data(path: Any = "mnist.npz") -> tuple[Split, Split]:
    """60,000 images of digits to train on and 10,000 to test on, with their labels.

    Args:
      path: a file of NumPy's, below ~/.keras/datasets unless its path is absolute. Nothing is
        downloaded.

    Returns:
      (x_train, y_train), (x_test, y_test): uint8 arrays [n, 28, 28] and [n].

    Raises:
      NotFoundError: there is no such file.
    """
    return load_npz(path, "mnist.load_data")


__all__ = ["load_data"]
