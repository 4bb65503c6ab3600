"""Stage frontend: queues that give the elements of a tensor again and again.

In: a tensor. Out: a queue of its rows, filled by a queue runner, for so many rounds (epochs).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.coordination.queue_runner import QueueRunner, add_queue_runner
from jitgraph.frontend.queues.queues import FIFOQueue
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, Tensor, control_dependencies, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import greater
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import identity
from jitgraph.ops.random_samples import random_shuffle
from jitgraph.ops.ranges import range as numbers
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of

NO_STRINGS = "string_input_producer requires a non-null input tensor"


def limit_epochs(tensor: Tensor, num_epochs: int | None = None, name: str | None = None) -> Tensor:
    """A tensor that can be had so many times.

    Args:
      tensor: the tensor.
      num_epochs: how many times; None for any number.
      name: the op's name.

    Returns:
      The tensor. Behind the last time a run raises errors.OutOfRangeError. The times are counted
      by a local variable, `epochs`: run `tf.local_variables_initializer()` first.

    Raises:
      ValueError: `num_epochs` is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with name_scope(name, "limit_epochs", [tensor]) as scope:
        zero = constant(0, dtype=dtypes.int64)
        keys = [GraphKeys.LOCAL_VARIABLES]
        epochs = Variable(zero, name="epochs", trainable=False, collections=keys)
        with control_dependencies([epochs.count_up_to(num_epochs)]):
            return identity(tensor, name=scope)


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """A queue of the rows of a tensor.

    Args:
      input_tensor: the tensor, of rank 1 at least.
      element_shape: the shape of a row, where the tensor does not tell.
      num_epochs: how many times all rows are given; None for any number.
      shuffle: whether each time in another order.
      seed: makes the order.
      capacity: so many rows have room.
      shared_name, name: of the queue.
      summary_name: a scalar summary of this name tells how full the queue is.
      cancel_op: closes the queue.

    Returns:
      A FIFOQueue; its queue runner is in the collection QUEUE_RUNNERS.

    Raises:
      ValueError: the shape of a row is not known.
    """
    with name_scope(name, "input_producer", [input_tensor]):
        tensor = convert_to_tensor(input_tensor, name="input_tensor")
        element_shape = tensor.shape[1:].merge_with(element_shape)
        if not element_shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be "
                "specified"
            )
        if shuffle:
            tensor = random_shuffle(tensor, seed=seed)
        tensor = limit_epochs(tensor, num_epochs)
        queue = FIFOQueue(
            capacity, [tensor.dtype.base_dtype], [element_shape], shared_name=shared_name,
            name=name,
        )  # fmt: skip
        filled = queue.enqueue_many([tensor])
        add_queue_runner(QueueRunner(queue, [filled], cancel_op=cancel_op))
        if summary_name is not None:
            scalar(summary_name, cast(queue.size(), dtypes.float32) * (1.0 / capacity))
        return queue


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> FIFOQueue:
    """A queue of strings, such as the names of files.

    Args:
      string_tensor: a string tensor of rank 1, or a list of strings.
      num_epochs, shuffle, seed, capacity, shared_name, name, cancel_op: as for `input_producer`.

    Returns:
      A FIFOQueue; its queue runner is in the collection QUEUE_RUNNERS.

    Raises:
      ValueError: there is no string.

    Example:
      >>> files = tf.train.string_input_producer(["a.txt", "b.txt"])
      >>> key, line = tf.TextLineReader().read(files)
    """
    if isinstance(string_tensor, (list, tuple, np.ndarray)) and not len(string_tensor):
        raise ValueError(NO_STRINGS)
    with name_scope(name, "input_producer", [string_tensor]) as scope:
        tensor = convert_to_tensor(string_tensor, dtypes.string)
        with control_dependencies([Assert(greater(size_of(tensor), 0), [NO_STRINGS])]):
            tensor = identity(tensor)
        return input_producer(
            tensor, [], num_epochs, shuffle, seed, capacity, shared_name,
            f"fraction_of_{capacity}_full", scope, cancel_op,
        )  # fmt: skip


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> FIFOQueue:
    """A queue of the numbers from 0 to `limit` - 1.

    Args:
      limit: an int32 scalar.
      num_epochs, shuffle, seed, capacity, shared_name, name: as for `input_producer`.

    Returns:
      A FIFOQueue; its queue runner is in the collection QUEUE_RUNNERS.
    """
    with name_scope(name, "input_producer", [limit]) as scope:
        return input_producer(
            numbers(limit), [], num_epochs, shuffle, seed, capacity, shared_name,
            f"fraction_of_{capacity}_full", scope,
        )  # fmt: skip


def slice_input_producer(
    tensor_list: Sequence[Any],
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Rows of several tensors, one of each at a time.

    Args:
      tensor_list: tensors with the same number of rows.
      num_epochs, shuffle, seed, capacity, shared_name, name: as for `input_producer`.

    Returns:
      A list of tensors: a row of each.

    Raises:
      ValueError: there is no tensor.

    Example:
      >>> image, label = tf.train.slice_input_producer([images, labels])
      >>> images, labels = tf.train.batch([image, label], 32)
    """
    with name_scope(name, "input_producer", list(tensor_list)):
        tensors = [convert_to_tensor(each) for each in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        count = shape_of(tensors[0])[0]
        queue = range_input_producer(count, num_epochs, shuffle, seed, capacity, shared_name)
        index = queue.dequeue()
        return [gather(tensor, index) for tensor in tensors]
