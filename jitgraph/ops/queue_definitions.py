"""Ops that make and use queues: FIFOQueueV2 and so on, QueueEnqueueV2, QueueDequeueV2.

In: elements; or nothing. Out: elements. A queue belongs to the session that uses it; the ops run
in Python, between the programs of a run, where threads may wait without holding up others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.definition import ANY, REQUIRED, Dims, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.held_queues import HeldQueue
from jitgraph.ops.queue_orders import (
    ByPriority,
    FirstInFirstOut,
    InRandomOrder,
    RowsInOrder,
    RowsInRandomOrder,
)
from jitgraph.shapes import TensorShape, as_shape


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _scalar(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _nothing(q: ShapeQuery) -> list[Dims | None]:
    return []


def _unknown(q: ShapeQuery) -> list[Dims | None]:
    return [None] * len(q.attrs["component_types"])


def _have_one_size(shapes: Any) -> bool:
    """Whether each component of all elements has the same size."""
    return bool(shapes) and all(as_shape(shape).is_fully_defined() for shape in shapes)


def _fifo(title: str, **attrs: Any) -> HeldQueue:
    shapes = attrs["shapes"]
    store = RowsInOrder() if _have_one_size(shapes) else FirstInFirstOut()
    return HeldQueue("FIFOQueue", title, store, shapes, attrs["capacity"])


def _padding(title: str, **attrs: Any) -> HeldQueue:
    store = FirstInFirstOut()
    shapes, capacity = attrs["shapes"], attrs["capacity"]
    return HeldQueue("PaddingFIFOQueue", title, store, shapes, capacity, pads=True)


def _random(title: str, **attrs: Any) -> HeldQueue:
    shapes, least = attrs["shapes"], attrs["min_after_dequeue"]
    order = RowsInRandomOrder if _have_one_size(shapes) else InRandomOrder
    store = order(attrs["seed"], attrs["seed2"])
    return HeldQueue("RandomShuffleQueue", title, store, shapes, attrs["capacity"], least)


def _priority(title: str, **attrs: Any) -> HeldQueue:
    shapes = [TensorShape([]), *attrs["shapes"]]
    return HeldQueue("PriorityQueue", title, ByPriority(), shapes, attrs["capacity"])


def _making(name: str, reference: Any, *, has_default: bool = False, **attrs: Any) -> OpDef:
    return OpDef(
        name,
        "-> handle: resource",
        _scalar,
        types={"component_types": ANY},
        attrs={
            "component_types": () if has_default else REQUIRED,
            "shapes": REQUIRED if has_default else (),
            "capacity": -1,
            **attrs,
            "container": "",
            "shared_name": "",
        },
        reference=reference,
        gradient=no_gradient,
        stateful=True,
        holds=True,
        samples=_no_samples,
    )


FIFO_QUEUE = _making("FIFOQueueV2", _fifo)
PADDING_FIFO_QUEUE = _making("PaddingFIFOQueueV2", _padding)
RANDOM_SHUFFLE_QUEUE = _making(
    "RandomShuffleQueueV2", _random, min_after_dequeue=0, seed=0, seed2=0
)
PRIORITY_QUEUE = _making("PriorityQueueV2", _priority, has_default=True)


def _using(name: str, signature: str, shape: Any, reference: Any, **more: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        reference=reference,
        gradient=no_gradient,
        stateful=True,
        must_run=True,
        calls_python=True,
        samples=_no_samples,
        **more,
    )


_WAITS = {"timeout_ms": -1}
_GIVES = {"types": {"component_types": ANY}, "attrs": {"component_types": REQUIRED, **_WAITS}}
_TAKES = {"types": {"Tcomponents": ANY}, "attrs": _WAITS}


def _enqueued(queue: HeldQueue, components: Any, timeout_ms: int) -> None:
    queue.enqueue(components)


def _enqueued_many(queue: HeldQueue, components: Any, timeout_ms: int) -> None:
    queue.enqueue_many(components)


def _dequeued(queue: HeldQueue, component_types: Any, timeout_ms: int) -> Any:
    return queue.dequeue()


def _dequeued_many(queue: HeldQueue, n: Any, component_types: Any, timeout_ms: int) -> Any:
    return queue.dequeue_many(int(n))


def _dequeued_up_to(queue: HeldQueue, n: Any, component_types: Any, timeout_ms: int) -> Any:
    return queue.dequeue_many(int(n), may_be_fewer=True)


def _closed(queue: HeldQueue, cancel_pending_enqueues: bool) -> None:
    queue.close(cancel_pending_enqueues)


QUEUE_ENQUEUE = _using(
    "QueueEnqueueV2", "handle: resource, components: [Tcomponents] ->", _nothing, _enqueued,
    **_TAKES,
)  # fmt: skip
QUEUE_ENQUEUE_MANY = _using(
    "QueueEnqueueManyV2", "handle: resource, components: [Tcomponents] ->", _nothing,
    _enqueued_many, **_TAKES,
)  # fmt: skip
QUEUE_DEQUEUE = _using(
    "QueueDequeueV2", "handle: resource -> components: [component_types]", _unknown, _dequeued,
    **_GIVES,
)  # fmt: skip
QUEUE_DEQUEUE_MANY = _using(
    "QueueDequeueManyV2", "handle: resource, n: int32 -> components: [component_types]", _unknown,
    _dequeued_many, **_GIVES,
)  # fmt: skip
QUEUE_DEQUEUE_UP_TO = _using(
    "QueueDequeueUpToV2", "handle: resource, n: int32 -> components: [component_types]", _unknown,
    _dequeued_up_to, **_GIVES,
)  # fmt: skip
QUEUE_CLOSE = _using(
    "QueueCloseV2", "handle: resource ->", _nothing, _closed,
    attrs={"cancel_pending_enqueues": False},
)  # fmt: skip
QUEUE_SIZE = _using(
    "QueueSizeV2", "handle: resource -> size: int32", _scalar,
    lambda queue: np.asarray(len(queue), np.int32),
)  # fmt: skip
QUEUE_IS_CLOSED = _using(
    "QueueIsClosedV2", "handle: resource -> is_closed: bool", _scalar,
    lambda queue: np.asarray(queue.is_closed),
)  # fmt: skip

QUEUES = (FIFO_QUEUE, PADDING_FIFO_QUEUE, RANDOM_SHUFFLE_QUEUE, PRIORITY_QUEUE)
"""The ops that make queues."""

HANDLE = dtypes.resource
"""The dtype of what stands for a queue."""
