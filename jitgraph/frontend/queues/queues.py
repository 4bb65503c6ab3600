"""Stage frontend: tf.FIFOQueue and its kin: tensors that threads hand to each other.

In: dtypes and shapes. Out: operations that put elements in and take them out, named as TensorFlow
1.15's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes as kinds
from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops import queue_definitions as definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.random_seed import get_seed
from jitgraph.shapes import Dimension, TensorShape, as_shape


class QueueBase:
    """A queue: what all kinds share.

    Args:
      dtypes: the dtype of each component of an element.
      shapes: the shape of each, or None.
      names: a name for each, or None; then elements are dicts.
      queue_ref: the tensor that stands for the queue.

    Raises:
      ValueError: there are not as many shapes or names as dtypes.
    """

    def __init__(self, dtypes: Any, shapes: Any, names: Any, queue_ref: Tensor) -> None:
        for given, what in ((shapes, "shapes"), (names, "names")):
            if given is not None and len(given) != len(dtypes):
                raise ValueError(f"Queue {what} must have the same length as dtypes")
        self._dtypes = dtypes
        self._shapes = [TensorShape(shape) for shape in shapes or [None] * len(dtypes)]
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split("/")[-1]

    @property
    def queue_ref(self) -> Tensor:
        """The tensor that stands for the queue."""
        return self._queue_ref

    @property
    def name(self) -> str:
        """The name of the operation that makes the queue."""
        return self._queue_ref.op.name

    @property
    def dtypes(self) -> list[DType]:
        """The dtype of each component."""
        return list(self._dtypes)

    @property
    def shapes(self) -> list[TensorShape]:
        """The shape of each component."""
        return self._shapes

    @property
    def names(self) -> list[str] | None:
        """The name of each component, if they have any."""
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """An operation that puts one element in; it waits while the queue is full.

        Args:
          vals: a tensor, a list of them, or a dict for a queue with names.
          name: the operation's name.

        Raises:
          ValueError: the element does not fit; a run raises errors.CancelledError where the queue
            or the session is closed.
        """
        with name_scope(name, f"{self._name}_enqueue", _parts(vals)) as scope:
            tensors = self._components(vals)
            for tensor, shape in zip(tensors, self._shapes, strict=True):
                tensor.get_shape().assert_is_compatible_with(shape)
            return self._apply(definitions.QUEUE_ENQUEUE, scope, [tensors])

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """An operation that puts an element in for each row of its tensors.

        Args:
          vals: a tensor, a list of them, or a dict for a queue with names.
          name: the operation's name.

        Raises:
          ValueError: the elements do not fit, or the tensors have different numbers of rows.
        """
        with name_scope(name, f"{self._name}_EnqueueMany", _parts(vals)) as scope:
            tensors = self._components(vals)
            rows = Dimension(None)
            for tensor, shape in zip(tensors, self._shapes, strict=True):
                found = tensor.get_shape().with_rank_at_least(1)
                rows = rows.merge_with(found[0])
                found[1:].assert_is_compatible_with(shape)
            return self._apply(definitions.QUEUE_ENQUEUE_MANY, scope, [tensors])

    def dequeue(self, name: str | None = None) -> Any:
        """The next element; a run waits while there is none.

        Args:
          name: the operation's name.

        Returns:
          A tensor, a list of them, or a dict for a queue with names. A run raises
          errors.OutOfRangeError where the queue is closed and empty.
        """
        attrs = {"component_types": tuple(self._dtypes)}
        name = name or f"{self._name}_Dequeue"
        found = self._apply(definitions.QUEUE_DEQUEUE, name, [], attrs)
        for tensor, shape in zip(found, self._shapes, strict=True):
            tensor.set_shape(shape)
        return self._returned(found)

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """The next `n` elements as batches; a run waits until there are so many.

        Args:
          n: a number, or a tensor.
          name: the operation's name.

        Returns:
          As `dequeue`, with one dimension more in front.
        """
        name = name or f"{self._name}_DequeueMany"
        return self._batches(definitions.QUEUE_DEQUEUE_MANY, n, name, is_exact=True)

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """As `dequeue_many`; once the queue is closed, the rest may be fewer than `n`.

        Args:
          n: a number, or a tensor.
          name: the operation's name.
        """
        name = name or f"{self._name}_DequeueUpTo"
        return self._batches(definitions.QUEUE_DEQUEUE_UP_TO, n, name, is_exact=False)

    def _batches(self, definition: Any, n: Any, name: str, is_exact: bool) -> Any:
        attrs = {"component_types": tuple(self._dtypes)}
        found = self._apply(definition, name, [n], attrs)
        known = constant_value(found[0].op.inputs[1]) if is_exact else None
        rows = TensorShape([None if known is None else int(known)])
        for tensor, shape in zip(found, self._shapes, strict=True):
            tensor.set_shape(rows.concatenate(shape))
        return self._returned(found)

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """An operation after which nothing can be put in.

        Args:
          cancel_pending_enqueues: whether what waits to be put in is cancelled.
          name: the operation's name.
        """
        attrs = {"cancel_pending_enqueues": cancel_pending_enqueues}
        closed: Operation = self._apply(
            definitions.QUEUE_CLOSE, name or f"{self._name}_Close", [], attrs
        )
        return closed

    def is_closed(self, name: str | None = None) -> Tensor:
        """Whether the queue is closed: a bool scalar."""
        name = name or f"{self._name}_Is_Closed"
        found: Tensor = self._apply(definitions.QUEUE_IS_CLOSED, name, [])
        return found

    def size(self, name: str | None = None) -> Tensor:
        """How many elements there are: an int32 scalar."""
        found: Tensor = self._apply(definitions.QUEUE_SIZE, name or f"{self._name}_Size", [])
        return found

    def _apply(self, definition: Any, name: Any, inputs: Sequence[Any], attrs: Any = None) -> Any:
        return apply(definition, [self._queue_ref, *inputs], attrs, name)

    def _components(self, vals: Any) -> list[Tensor]:
        if isinstance(vals, dict):
            vals = self._in_order(vals)
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        pairs = zip(vals, self._dtypes, strict=False)
        return [
            convert_to_tensor(value, dtype, name=f"component_{number}")
            for number, (value, dtype) in enumerate(pairs)
        ]

    def _in_order(self, vals: dict[str, Any]) -> list[Any]:
        if not self._names:
            raise ValueError("Queue must have names to enqueue a dictionary")
        if sorted(self._names, key=str) != sorted(vals, key=str):
            raise ValueError(
                "Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                f"({sorted(vals)}), Queue: ({sorted(self._names)})"
            )
        return [vals[name] for name in self._names]

    def _returned(self, tensors: list[Tensor]) -> Any:
        if self._names:
            return dict(zip(self._names, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors


class FIFOQueue(QueueBase):
    """A queue whose elements come out as they went in.

    Args:
      capacity: so many elements have room; any number if negative.
      dtypes: the dtype of each component of an element.
      shapes: the shape of each; needed for `dequeue_many`.
      names: a name for each; then elements are dicts.
      shared_name: queues of one session that share it are one.
      name: the operation's name.

    Example:
      >>> queue = tf.FIFOQueue(10, tf.float32, shapes=[()])
      >>> put, get = queue.enqueue_many([[1.0, 2.0]]), queue.dequeue()
      >>> with tf.Session() as sess:
      ...     sess.run(put)
      ...     sess.run(get)
      1.0
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str | None = "fifo_queue",
    ) -> None:
        found, shapes, names = _types(dtypes), _shapes(shapes), _names(names, dtypes)
        attrs = _attrs(found, shapes, capacity, shared_name)
        ref = apply(definitions.FIFO_QUEUE, [], attrs, name)
        super().__init__(found, shapes, names, ref)


class RandomShuffleQueue(QueueBase):
    """A queue whose elements come out in random order.

    Args:
      capacity: so many elements have room.
      min_after_dequeue: so many stay in while the queue is open, so that they are mixed well.
      dtypes, shapes, names, shared_name, name: as for FIFOQueue.
      seed: makes the order; another one each time if it and the graph's seed are None.
    """

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ) -> None:
        found, shapes, names = _types(dtypes), _shapes(shapes), _names(names, dtypes)
        attrs = {
            **_attrs(found, shapes, capacity, shared_name),
            "min_after_dequeue": min_after_dequeue,
            **_seeds(seed, shared_name),
        }
        ref = apply(definitions.RANDOM_SHUFFLE_QUEUE, [], attrs, name)
        super().__init__(found, shapes, names, ref)


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue whose elements may differ in size: batches are filled up with zeros.

    Args:
      capacity, dtypes, names, shared_name, name: as for FIFOQueue.
      shapes: a list with the shape of each component; None for a dimension that may differ.

    Raises:
      ValueError: there are not as many shapes as dtypes.
    """

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ) -> None:
        found, names = _types(dtypes), _names(names, dtypes)
        shapes = _shapes(shapes, may_be_partial=True)
        if len(found) != len(shapes):
            raise ValueError(
                f"Shapes must be provided for all components, but received {len(found)} dtypes "
                f"and {len(shapes)} shapes."
            )
        attrs = _attrs(found, shapes, capacity, shared_name)
        ref = apply(definitions.PADDING_FIFO_QUEUE, [], attrs, name)
        super().__init__(found, shapes, names, ref)


class PriorityQueue(QueueBase):
    """A queue whose elements come out by priority, the least first.

    Args:
      capacity, names, shared_name, name: as for FIFOQueue.
      types, shapes: of the components behind the first one, which is the priority, an int64.
    """

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ) -> None:
        found, shapes = _types(types), _shapes(shapes)
        attrs = _attrs(found, shapes, capacity, shared_name)
        ref = apply(definitions.PRIORITY_QUEUE, [], attrs, name)
        with_priority = [TensorShape([]), *shapes] if shapes else shapes
        super().__init__([kinds.int64, *found], with_priority, names, ref)


def _attrs(found: Any, shapes: Any, capacity: int, shared_name: str | None) -> dict[str, Any]:
    return {
        "component_types": tuple(found),
        "shapes": list(shapes or ()),
        "capacity": capacity,
        "shared_name": shared_name or "",
    }


def _seeds(seed: int | None, shared_name: str | None) -> dict[str, int]:
    first, second = get_seed(seed)
    if first is None and second is None:
        return {"seed": 0, "seed2": 0}
    if seed is None and shared_name is not None:
        text = f"{first}{shared_name}".encode()
        digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
        second = int(digest[:8], 16) & 0x7FFFFFFF
    return {"seed": first or 0, "seed2": second or 0}


def _types(given: Any) -> list[DType]:
    several = given if isinstance(given, (list, tuple)) else [given]
    return [as_dtype(each).base_dtype for each in several]


def _names(names: Any, dtypes: Any) -> list[str] | None:
    if names is None:
        return None
    found = list(names) if isinstance(names, (list, tuple)) else [names]
    if len(found) != len(_types(dtypes)):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return found


def _is_size(given: Any) -> bool:
    return given is None or isinstance(given, int)


def _shapes(shapes: Any, may_be_partial: bool = False) -> Any:
    """A list of shapes, of which one alone may be given as itself."""
    if may_be_partial and (
        not isinstance(shapes, (list, tuple)) or not shapes or any(map(_is_size, shapes))
    ):
        raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    if shapes is None:
        return None
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (tuple, list)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(map(_is_size, shapes)):
        shapes = [shapes]
    found = [as_shape(shape) for shape in shapes]
    if not may_be_partial and not all(shape.is_fully_defined() for shape in found):
        raise ValueError(f"All shapes must be fully defined: {found}")
    if any(shape.ndims is None for shape in found):
        raise ValueError(f"All shapes must have a defined rank: {found}")
    return found


def _parts(vals: Any) -> list[Any]:
    if isinstance(vals, dict):
        return list(vals.values())
    return list(vals) if isinstance(vals, (list, tuple)) else [vals]
