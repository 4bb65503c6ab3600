"""Stage frontend: tf.train.batch and its kin: batches of tensors that threads compute.

In: tensors of one element, or of many. Out: tensors of a batch, from a queue that a queue runner
keeps filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph import dtypes
from jitgraph.errors import UnimplementedError
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.coordination.queue_runner import QueueRunner, add_queue_runner
from jitgraph.frontend.queues.queues import (
    FIFOQueue,
    PaddingFIFOQueue,
    QueueBase,
    RandomShuffleQueue,
)
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.identities import no_op
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.partitioning import dynamic_partition
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.shapes import as_shape


@dataclass(frozen=True)
class _Mixing:
    """How a queue mixes its elements."""

    min_after_dequeue: int
    seed: int | None


@dataclass(frozen=True)
class _Batching:
    """What all the functions here have in common."""

    kind: str
    batch_size: Any
    capacity: int
    keep_input: Any
    enqueue_many: bool
    shapes: Any
    allow_smaller_final_batch: bool
    shared_name: str | None
    name: str | None
    dynamic_pad: bool = False
    mixing: _Mixing | None = None

    def batches(self, tensors_list: Sequence[Any], threads: int = 1) -> Any:
        """The batches of elements that come from all of these sets of tensors."""
        sets = [_in_order(tensors) for tensors in _same_keys(tensors_list)]
        given = [tensor for tensors in sets for tensor in tensors]
        with name_scope(self.name, self.kind, [*given, self.keep_input]) as scope:
            if self.mixing and self.capacity <= self.mixing.min_after_dequeue:
                raise ValueError(
                    f"capacity {self.capacity} must be bigger than min_after_dequeue "
                    f"{self.mixing.min_after_dequeue}."
                )
            found = [_converted(tensors, self.kind) for tensors in sets]
            keep = _checked_keep(self.keep_input, self.enqueue_many)
            queue = self._queue(_types(found), _shapes(found, self.shapes, self.enqueue_many))
            ops = [self._filled(queue, tensors, keep) for tensors in found] * threads
            add_queue_runner(QueueRunner(queue, ops))
            self._tell_fullness(queue)
            take = queue.dequeue_up_to if self.allow_smaller_final_batch else queue.dequeue_many
            return _as_given(tensors_list[0], take(self.batch_size, name=scope))

    def _queue(self, types: Any, shapes: Any) -> QueueBase:
        if self.mixing is not None:
            return RandomShuffleQueue(
                self.capacity, self.mixing.min_after_dequeue, types, shapes,
                seed=self.mixing.seed, shared_name=self.shared_name,
            )  # fmt: skip
        kind = PaddingFIFOQueue if self.dynamic_pad else FIFOQueue
        return kind(self.capacity, types, shapes, shared_name=self.shared_name)

    def _filled(self, queue: QueueBase, tensors: list[Tensor], keep: Tensor) -> Any:
        put = queue.enqueue_many if self.enqueue_many else queue.enqueue
        if keep.shape.ndims == 1:
            chosen = cast(keep, dtypes.int32)
            return put([dynamic_partition(tensor, chosen, 2)[1] for tensor in tensors])
        known = constant_value(keep)
        if known is None:
            return cond(keep, lambda: put(tensors), no_op)
        return put(tensors) if known else no_op()

    def _tell_fullness(self, queue: QueueBase) -> None:
        if self.mixing is None:
            part = cast(queue.size(), dtypes.float32) * (1.0 / self.capacity)
            scalar(f"fraction_of_{self.capacity}_full", part)
            return
        least = self.mixing.min_after_dequeue
        room = self.capacity - least
        part = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / room)
        scalar(f"fraction_over_{least}_of_{room}_full", part)


def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Batches of tensors, computed by threads.

    Args:
      tensors: a list or dict of tensors: one element, or several rows with `enqueue_many`.
      batch_size: how many elements make a batch.
      num_threads: so many threads compute elements.
      capacity: so many elements have room in the queue.
      enqueue_many: whether each row of the tensors is an element.
      shapes: the shape of each tensor of an element, where the tensors do not tell.
      dynamic_pad: whether elements of different sizes are filled up with zeros.
      allow_smaller_final_batch: whether the last batch may be smaller.
      shared_name, name: of the queue, and of the operation.

    Returns:
      As `tensors`, with one dimension more in front. A run waits for the elements: call
      `tf.train.start_queue_runners` first.

    Raises:
      ValueError: shapes are not known; there is no tensor.

    Example:
      >>> images, labels = tf.train.batch([image, label], batch_size=32)
    """
    options = _Batching(
        "batch", batch_size, capacity, True, enqueue_many, shapes, allow_smaller_final_batch,
        shared_name, name, dynamic_pad,
    )  # fmt: skip
    return options.batches([tensors], num_threads)


def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, of those elements alone for which `keep_input` is true.

    Args:
      keep_input: a bool scalar; with `enqueue_many` also a vector, for each row.
      tensors, batch_size, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
      allow_smaller_final_batch, shared_name, name: as for `batch`.
    """
    options = _Batching(
        "batch", batch_size, capacity, keep_input, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, dynamic_pad,
    )  # fmt: skip
    return options.batches([tensors], num_threads)


def batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, from several sets of tensors, each computed by a thread of its own.

    Args:
      tensors_list: a list of lists or dicts of tensors.
      batch_size, capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch,
      shared_name, name: as for `batch`.
    """
    return maybe_batch_join(
        tensors_list, True, batch_size, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_batch_join(
    tensors_list: Sequence[Any],
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch_join`, of those elements alone for which `keep_input` is true.

    Args:
      tensors_list, keep_input, batch_size, capacity, enqueue_many, shapes, dynamic_pad,
      allow_smaller_final_batch, shared_name, name: as for `batch_join` and `maybe_batch`.
    """
    options = _Batching(
        "batch_join", batch_size, capacity, keep_input, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, dynamic_pad,
    )  # fmt: skip
    return options.batches(tensors_list)


def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, in random order.

    Args:
      min_after_dequeue: so many elements stay in the queue, so that they are mixed well.
      seed: makes the order.
      tensors, batch_size, capacity, num_threads, enqueue_many, shapes, allow_smaller_final_batch,
      shared_name, name: as for `batch`.

    Raises:
      ValueError: `capacity` is not more than `min_after_dequeue`.
    """
    return maybe_shuffle_batch(
        tensors, batch_size, capacity, min_after_dequeue, True, num_threads, seed, enqueue_many,
        shapes, allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, of those elements alone for which `keep_input` is true.

    Args:
      tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads, seed,
      enqueue_many, shapes, allow_smaller_final_batch, shared_name, name: as for `shuffle_batch`
      and `maybe_batch`.
    """
    options = _Batching(
        "shuffle_batch", batch_size, capacity, keep_input, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, mixing=_Mixing(min_after_dequeue, seed),
    )  # fmt: skip
    return options.batches([tensors], num_threads)


def shuffle_batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, from several sets of tensors, each computed by a thread of its own.

    Args:
      tensors_list, batch_size, capacity, min_after_dequeue, seed, enqueue_many, shapes,
      allow_smaller_final_batch, shared_name, name: as for `shuffle_batch` and `batch_join`.
    """
    return maybe_shuffle_batch_join(
        tensors_list, batch_size, capacity, min_after_dequeue, True, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch_join`, of those elements alone for which `keep_input` is true.

    Args:
      tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed, enqueue_many,
      shapes, allow_smaller_final_batch, shared_name, name: as for `shuffle_batch_join` and
      `maybe_batch`.
    """
    options = _Batching(
        "shuffle_batch_join", batch_size, capacity, keep_input, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, mixing=_Mixing(min_after_dequeue, seed),
    )  # fmt: skip
    return options.batches(tensors_list)


def _same_keys(tensors_list: Sequence[Any]) -> Sequence[Any]:
    if not tensors_list:
        raise ValueError("Expected at least one set of tensors")
    if isinstance(tensors_list[0], dict) and any(
        set(tensors) != set(tensors_list[0]) for tensors in tensors_list
    ):
        raise ValueError("All dictionaries in tensors_list must have the same keys")
    return tensors_list


def _in_order(tensors: Any) -> list[Any]:
    if isinstance(tensors, dict):
        return [tensors[key] for key in sorted(tensors, key=str)]
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _converted(tensors: list[Any], kind: str) -> list[Tensor]:
    if any(isinstance(each, SparseTensor) for each in tensors):
        text = f"{kind} of sparse tensors is not supported: give their indices and values"
        raise UnimplementedError(None, None, text)
    if not tensors:
        raise ValueError(f"Expected at least one tensor in {kind}().")
    return [convert_to_tensor(each) for each in tensors]


def _checked_keep(keep_input: Any, enqueue_many: bool) -> Tensor:
    keep = convert_to_tensor(keep_input)
    if keep.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and keep.shape.ndims == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if keep.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep


def _types(sets: list[list[Tensor]]) -> list[Any]:
    types = [tensor.dtype for tensor in sets[0]]
    for tensors in sets[1:]:
        others = [tensor.dtype for tensor in tensors]
        if others != types:
            names = [", ".join(each.name for each in several) for several in (types, others)]
            raise TypeError(f"Expected types to be consistent: {names[0]} vs. {names[1]}.")
    return types


def _shapes(sets: list[list[Tensor]], given: Any, enqueue_many: bool) -> Any:
    """The shape of each tensor of an element: the one given, or what is equal in all sets."""
    if given is not None:
        return given
    found = []
    for alike in zip(*sets, strict=True):
        for tensor in alike:
            if tensor.shape.ndims is None:
                raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
        shapes = [as_shape(tensor.shape) for tensor in alike]
        if enqueue_many:
            shapes = [shape.with_rank_at_least(1)[1:] for shape in shapes]
        for shape in shapes[1:]:
            shapes[0].merge_with(shape)
        found.append(shapes[0])
    return found


def _as_given(original: Any, found: Any) -> Any:
    if not isinstance(original, dict):
        return found
    several = [found] if len(original) == 1 else found
    return dict(zip(sorted(original, key=str), several, strict=True))
