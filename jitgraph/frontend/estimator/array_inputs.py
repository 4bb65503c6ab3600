"""Stage frontend: tf.estimator.inputs: input functions of arrays and data frames.

In: arrays. Out: a function that builds a queue of their rows and gives batches of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.frontend.estimator.feeding import enqueued_rows


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """A function that gives batches of rows of arrays.

    Args:
      x: an array, or a dict of arrays of one length.
      y: the labels: the same; None if there are none.
      batch_size: how many rows a batch has.
      num_epochs: how many times all rows; None for no end.
      shuffle: whether in random order; must be said.
      queue_capacity: how many rows the queue holds.
      num_threads: how many threads fill it.

    Returns:
      A function that gives features, or (features, labels), in the forms of `x` and `y`.

    Raises:
      ValueError: `shuffle` is not said; the function raises it where there are no arrays, or their
        lengths differ, and TypeError where `x` is no array.

    Example:
      >>> x, y = {"age": np.arange(4.0)}, np.arange(4)
      >>> input_fn = tf.estimator.inputs.numpy_input_fn(x, y, batch_size=2, shuffle=False)
    """
    _check_shuffle(shuffle)

    def input_fn() -> Any:
        columns, labels = _features(x), _labels(y)
        keys = list(columns)
        both = set(keys) & set(labels)
        if isinstance(y, dict) and both:
            raise ValueError(f"{len(both)} duplicate keys are found in both x and y: {both}")
        _check_lengths(columns, labels, y)
        arrays = [*columns.values(), *labels.values()]
        queue = enqueued_rows(
            dict(enumerate(arrays)),  # type: ignore[arg-type]
            queue_capacity,
            bool(shuffle),
            num_threads,
            batch_size,
            num_epochs,
        )
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        batch = take(batch_size)[1:]
        features = dict(zip(keys, batch, strict=False)) if isinstance(x, dict) else batch[0]
        if y is None:
            return features
        rest = batch[len(keys) :]
        return features, dict(zip(labels, rest, strict=True)) if isinstance(y, dict) else rest[0]

    return input_fn


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """A function that gives batches of rows of a pandas.DataFrame.

    Args:
      x: a DataFrame.
      y: the labels: a Series or a DataFrame with the same index; None if there are none.
      batch_size, num_epochs, shuffle, queue_capacity, num_threads: as for `numpy_input_fn`.
      target_column: a name for `y` that no column of `x` has.

    Returns:
      A function that gives a dict of features, or (features, labels).

    Raises:
      ValueError: `shuffle` is not said, a name is taken, or the indexes differ.
      TypeError: `target_column` is no text.
    """
    _check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError("target_column must be a string type")
    frame = hasattr(y, "columns")
    if y is not None:
        if target_column in x:
            raise ValueError(
                f"Cannot use name {target_column} for target column: DataFrame already has a "
                f"column with that name: {x.columns}"
            )
        if not np.array_equal(x.index, y.index):
            raise ValueError(
                f"Index for x and y are mismatched.\nIndex for x: {x.index}\n"
                f"Index for y: {y.index}\n"
            )

    def input_fn() -> Any:
        columns = {name: x[name].to_numpy() for name in x}
        labels: dict[Any, Any] = {}
        if y is not None:
            labels = {name: y[name].to_numpy() for name in y} if frame else {"": y.to_numpy()}
        queue = enqueued_rows(
            dict(enumerate([*columns.values(), *labels.values()])),  # type: ignore[arg-type]
            queue_capacity or len(x),
            bool(shuffle),
            num_threads,
            batch_size,
            num_epochs,
            x.index.to_numpy(),
        )
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        batch = take(batch_size)[1:]
        features = dict(zip(columns, batch, strict=False))
        if y is None:
            return features
        rest = batch[len(columns) :]
        return features, dict(zip(labels, rest, strict=True)) if frame else rest[0]

    return input_fn


def _check_shuffle(shuffle: Any) -> None:
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it "
            f"as True for training); got {shuffle}"
        )


def _features(x: Any) -> dict[str, Any]:
    if isinstance(x, dict):
        if not x:
            raise ValueError("x cannot be an empty dict")
        return dict(sorted(x.items()))
    if not isinstance(x, np.ndarray):
        raise TypeError(f"x must be a dict or array; got {type(x).__name__}")
    if not x.size:
        raise ValueError("x cannot be an empty array")
    return {"__direct_np_input__": x}


def _labels(y: Any) -> dict[str, Any]:
    if y is None:
        return {}
    if not isinstance(y, dict):
        return {"__target_key__": y}
    if not y:
        raise ValueError("y cannot be empty dict, use None instead.")
    return dict(sorted(y.items()))


def _check_lengths(columns: dict[str, Any], labels: dict[str, Any], y: Any) -> None:
    if len({len(each) for each in [*columns.values(), *labels.values()]}) == 1:
        return
    shapes: Any = {key: each.shape for key, each in labels.items()}
    if not isinstance(y, dict):
        shapes = None if y is None else y.shape
    raise ValueError(
        "Length of tensors in x and y is mismatched. All elements in x and y must have the same "
        f"length.\nShapes in x: { {key: each.shape for key, each in columns.items()} }\n"
        f"Shapes in y: {shapes}\n"
    )
