"""tf.keras.utils: classes as rows, batches by number, progress. In: arrays. Out: arrays, text."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(y: Any, num_classes: int | None = None, dtype: str = "float32") -> np.ndarray:
    """One-hot rows of classes.

    Args:
      y: integers from 0 on.
      num_classes: how many classes there are; one more than the largest if None.
      dtype: that of the result.

    Example:
      >>> tf.keras.utils.to_categorical([0, 2]).tolist()
      [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    classes = np.array(y, dtype="int")
    shape = classes.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = shape[:-1]
    classes = classes.ravel()
    count = num_classes or int(classes.max()) + 1
    found = np.zeros((len(classes), count), dtype)
    found[np.arange(len(classes)), classes] = 1
    return found.reshape((*shape, count))


def normalize(x: Any, axis: int = -1, order: int = 2) -> np.ndarray:
    """An array by its norms along an axis.

    Args:
      x: an array.
      axis: along which.
      order: of the norm.
    """
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    found: np.ndarray = x / np.expand_dims(norms, axis)
    return found


class Sequence:
    """Batches by their number: the base; a subclass has `__getitem__` and `__len__`."""

    def __getitem__(self, index: int) -> Any:
        """The batch of a number."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """After all batches."""

    def __iter__(self) -> Any:
        for number in range(len(self)):
            yield self[number]
