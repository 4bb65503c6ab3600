"""What users fit models with, as arrays that the graph takes: checked once, before all batches.

In: arrays, lists or dicts of them, weights by sample or class. Out: a list of arrays in the order
of the model's inputs or outputs, or TensorFlow's error.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def as_arrays(
    data: Any, names: Sequence[str], shapes: Sequence[Any], dtypes: Sequence[Any], what: str
) -> list[np.ndarray]:
    """An array for each name.

    Args:
      data: an array, a list of them, or a dict by name.
      names: of the inputs or outputs.
      shapes: tuples with the batch, None where any size will do; None for no check.
      dtypes: NumPy's dtypes of the arrays.
      what: "input" or "target", for errors.

    Raises:
      ValueError: another number of arrays, or other shapes.
    """
    found = [_column(each) for each in _listed(data, names, what)]
    if len(found) != len(names):
        raise ValueError(
            f"Error when checking model {what}: the list of Numpy arrays that you are passing to "
            f"your model is not the size the model expected. Expected to see {len(names)} "
            f"array(s), but instead got the following list of {len(found)} arrays: "
            f"{str(found)[:200]}..."
        )
    for each, name, shape in zip(found, names, shapes, strict=True):
        if shape is not None:
            _check_shape(each, name, shape, what)
    return [np.asarray(each, kind) for each, kind in zip(found, dtypes, strict=True)]


def _listed(data: Any, names: Sequence[str], what: str) -> list[Any]:
    if data is None:
        raise ValueError(f"Error when checking model {what}: no data was given for {list(names)}")
    if isinstance(data, dict):
        for name in names:
            if name not in data:
                raise ValueError(
                    f'No data provided for "{name}". Need data for each key in: {list(names)}'
                )
        return [data[name] for name in names]
    if not isinstance(data, (list, tuple)):
        return [data]
    if len(names) == 1 and data and isinstance(data[0], (int, float, np.number)):
        return [np.asarray(data)]
    if len(names) == 1 and len(data) != 1 and data and isinstance(data[0], (list, tuple)):
        return [np.asarray(data)]
    return list(data)


def _column(data: Any) -> np.ndarray:
    array = np.asarray(getattr(data, "values", data))
    return array[:, None] if array.ndim == 1 else array


def _check_shape(array: np.ndarray, name: str, shape: Any, what: str) -> None:
    if array.ndim != len(shape):
        raise ValueError(
            f"Error when checking {what}: expected {name} to have {len(shape)} dimensions, but got "
            f"array with shape {array.shape}"
        )
    for size, wanted in zip(array.shape[1:], shape[1:], strict=True):
        if wanted is not None and size != wanted:
            raise ValueError(
                f"Error when checking {what}: expected {name} to have shape {tuple(shape[1:])} but "
                f"got array with shape {array.shape[1:]}"
            )


def check_lengths(
    inputs: list[np.ndarray], targets: list[np.ndarray], weights: list[np.ndarray]
) -> None:
    """Checks that all have as many samples.

    Raises:
      ValueError: they have not.
    """
    x, y, w = ({len(each) for each in group} for group in (inputs, targets, weights))
    for found, arrays, name in ((x, inputs, "input arrays (x)"), (y, targets, "target arrays (y)")):
        if len(found) > 1:
            shapes = [each.shape for each in arrays]
            raise ValueError(
                f"All {name} should have the same number of samples. Got array shapes: {shapes}"
            )
    if x and y and x != y:
        raise ValueError(
            "Input arrays should have the same number of samples as target arrays. Found "
            f"{x.pop()} input samples and {y.pop()} target samples."
        )
    if y and w and y != w:
        raise ValueError(
            "Sample_weight arrays should have the same number of samples as target arrays. Got "
            f"{y.pop()} input samples and {w.pop()} target samples."
        )


def check_targets(targets: list[np.ndarray], losses: Sequence[Any], shapes: Sequence[Any]) -> None:
    """Checks targets that must be one-hot rows, or of the outputs' shapes.

    Args:
      targets: the arrays.
      losses: the function of each output.
      shapes: the shape of each output.

    Raises:
      ValueError: they are not.
    """
    exact = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")
    for target, loss, shape in zip(targets, losses, shapes, strict=True):
        name = getattr(loss, "__name__", "")
        if name == "categorical_crossentropy" and target.shape[-1] == 1:
            raise ValueError(
                f"You are passing a target array of shape {target.shape} while using as loss "
                "`categorical_crossentropy`. `categorical_crossentropy` expects targets to be "
                "binary matrices (1s and 0s) of shape (samples, classes). If your targets are "
                "integer classes, you can convert them to the expected format via:\n```\nfrom "
                "keras.utils import to_categorical\ny_binary = to_categorical(y_int)\n```\n\n"
                "Alternatively, you can use the loss function `sparse_categorical_crossentropy` "
                "instead, which does expect integer targets."
            )
        if name in exact and shape is not None:
            for size, wanted in zip(target.shape[1:], shape[1:], strict=False):
                if wanted is not None and size != wanted:
                    raise ValueError(
                        f"A target array with shape {target.shape} was passed for an output of "
                        f"shape {tuple(shape)} while using as loss `{name}`. This loss expects "
                        "targets to have the same shape as the output."
                    )


def weights_of(
    sample_weight: Any, class_weight: Any, targets: list[np.ndarray], names: Sequence[str]
) -> list[np.ndarray] | None:
    """A weight for each sample of each output; None where all weigh the same.

    Args:
      sample_weight: an array, a list of them, or a dict by output.
      class_weight: a dict of the weights of classes.
      targets: the targets.
      names: the outputs' names.

    Raises:
      ValueError: classes without a weight, or weights of another shape.
    """
    if sample_weight is None and class_weight is None:
        return None
    several = isinstance(sample_weight, (list, tuple, dict)) and len(names) > 1
    found = []
    for number, (name, target) in enumerate(zip(names, targets, strict=True)):
        given = sample_weight
        if several:
            given = sample_weight[name if isinstance(sample_weight, dict) else number]
        classes = class_weight
        if isinstance(class_weight, dict) and name in class_weight:
            classes = class_weight[name]
        weights = np.ones(len(target), np.float32) if given is None else np.asarray(given)
        if weights.ndim > target.ndim:
            raise ValueError(
                f"Found a sample_weight array with shape {weights.shape} for an input with shape "
                f"{target.shape}. sample_weight cannot be broadcast."
            )
        if classes:
            weights = weights * _by_class(target, classes)
        found.append(weights.astype(np.float32))
    return found


def _by_class(target: np.ndarray, weights: dict[int, float]) -> np.ndarray:
    if target.ndim > 2:
        raise ValueError("`class_weight` not supported for 3+ dimensional targets.")
    classes = target.argmax(axis=1) if target.shape[-1] > 1 else target.reshape(-1)
    known = classes.astype(np.int64)
    missing = set(known.tolist()) - set(weights)
    if missing:
        raise ValueError(
            f"`class_weight` must contain all classes in the data. The classes {missing} exist in "
            "the data but not in `class_weight`."
        )
    return np.array([weights[each] for each in known.tolist()], np.float32)


class Batches:
    """The batches of arrays of one epoch.

    Args:
      arrays: of the same length.
      size: that of a batch.
    """

    def __init__(self, arrays: Sequence[np.ndarray], size: int) -> None:
        self.arrays = list(arrays)
        self.size = size
        self.samples = len(self.arrays[0]) if self.arrays else 0
        self._held = [np.empty((size, *each.shape[1:]), each.dtype) for each in self.arrays]

    def __len__(self) -> int:
        return -(-self.samples // self.size)

    def in_order(self) -> Any:
        """Batches as they lie: views, nothing is copied."""
        for start in range(0, self.samples, self.size):
            yield [each[start : start + self.size] for each in self.arrays]

    def by_index(self, order: np.ndarray) -> Any:
        """Batches in an order, each in the memory of the one before."""
        if len(self) == 1:
            yield self.arrays
            return
        for start in range(0, self.samples, self.size):
            chosen = order[start : start + self.size]
            count = len(chosen)
            yield [
                np.take(each, chosen, axis=0, out=held[:count], mode="clip")
                for each, held in zip(self.arrays, self._held, strict=True)
            ]


def shuffled(samples: int, shuffle: Any, batch_size: int) -> np.ndarray | None:
    """An order of samples by NumPy's generator; None for theirs.

    Args:
      samples: their number.
      shuffle: True, False, or "batch" for whole batches.
      batch_size: that of a batch.
    """
    if not shuffle:
        return None
    order = np.arange(samples)
    if shuffle != "batch":
        np.random.shuffle(order)
        return order
    count = samples // batch_size
    last = order[count * batch_size :]
    blocks = order[: count * batch_size].reshape(count, batch_size)
    np.random.shuffle(blocks)
    return np.append(blocks.reshape(-1), last)
