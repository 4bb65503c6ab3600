"""Stage frontend: queues that threads fill with rows of arrays.

In: arrays by name. Out: a queue in the graph, whose runner feeds it batches of rows in order.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.dtypes import as_dtype
from jitgraph.frontend.api import logging
from jitgraph.frontend.coordination.coordinator import Coordinator
from jitgraph.frontend.coordination.queue_runner import QueueRunner, add_queue_runner
from jitgraph.frontend.queues.queues import FIFOQueue, RandomShuffleQueue
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.placeholders import placeholder


class RowFeeds:
    """Gives feeds of rows: epoch after epoch, the last rows of the last one alone.

    Args:
      placeholders: for the rows' numbers, then for each column.
      columns: arrays of one length.
      index: what stands for the rows' numbers; the numbers themselves if None.
      batch_size: how many rows a feed has.
      num_epochs: how many times all rows; None for no end.
      random_start: whether to begin anywhere.
      seed: of where to begin.
    """

    def __init__(
        self,
        placeholders: Sequence[Tensor],
        columns: Sequence[Any],
        index: Any,
        batch_size: int,
        num_epochs: int | None,
        random_start: bool,
        seed: int | None,
    ) -> None:
        self._places = placeholders
        self._columns = columns
        self._index = index
        self._count = len(columns[0])
        self._size = batch_size
        begin = random.Random(seed).randrange(self._count) if random_start else 0
        self._next = begin
        self._left = None if num_epochs is None else num_epochs * self._count
        self._epochs = num_epochs

    def __call__(self) -> dict[Any, Any]:
        """The next feed.

        Raises:
          OutOfRangeError: there is none.
        """
        size = self._size
        if self._left is not None:
            size = min(size, self._left)
            if not size:
                text = f"Already emitted {self._epochs} epochs."
                raise errors.OutOfRangeError(None, None, text)
            self._left -= size
        rows = np.arange(self._next, self._next + size) % self._count
        self._next = (self._next + size) % self._count
        numbers = rows if self._index is None else self._index[rows]
        values = [numbers, *(column[rows] for column in self._columns)]
        return dict(zip(self._places, values, strict=True))


class FeedingQueueRunner(QueueRunner):
    """A queue runner whose operations are fed.

    Args:
      queue: the queue; enqueue_ops: what puts something in.
      feeds: for each operation a function that gives its feed_dict.
    """

    def __init__(
        self,
        queue: Any,
        enqueue_ops: Sequence[Any],
        feeds: Sequence[Callable[[], dict[Any, Any]]],
    ) -> None:
        ends = (errors.OutOfRangeError, errors.CancelledError)
        super().__init__(queue, enqueue_ops, queue_closed_exception_types=ends)
        self._feeds = dict(zip(self.enqueue_ops, feeds, strict=True))

    def _run(self, sess: Any, op: Any, coord: Coordinator | None) -> None:
        is_last = False
        feed = self._feeds[op]
        try:
            while coord is None or not coord.should_stop():
                sess.run(op, feed())
        except self._closed_types:
            is_last = True
        except Exception as error:
            self._report(error, coord)
        finally:
            self._end(sess, is_last)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Is not kept with a graph: what it feeds is not."""
        raise NotImplementedError(f"{type(self).__name__} does not support serialization to proto.")


def enqueued_rows(
    columns: Mapping[str, Any],
    capacity: int,
    shuffle: bool,
    num_threads: int,
    batch_size: int,
    num_epochs: int | None,
    index: Any = None,
) -> Any:
    """A queue of rows: their numbers, then each column.

    Args:
      columns: arrays of one length by name.
      capacity: how many rows the queue holds.
      shuffle: whether rows come out in random order.
      num_threads: how many threads fill it, each with all rows.
      batch_size: how many rows go in at once.
      num_epochs: how many times all rows; None for no end.
      index: what stands for the rows' numbers.
    """
    with name_scope("enqueue_input"):
        arrays = list(columns.values())
        kind = dtypes.int64 if index is None else as_dtype(index.dtype)
        kinds = [kind, *(as_dtype(each.dtype) for each in arrays)]
        shapes = [(), *(tuple(each.shape[1:]) for each in arrays)]
        _warn(num_threads, shuffle, num_epochs)
        least = int(capacity / 4) if shuffle else 0
        if shuffle:
            queue: Any = RandomShuffleQueue(capacity, least, dtypes=kinds, shapes=shapes)
        else:
            queue = FIFOQueue(capacity, dtypes=kinds, shapes=shapes)
        ops, feeds = [], []
        for _ in range(num_threads):
            places = [placeholder(each) for each in kinds]
            ops.append(queue.enqueue_many(places))
            feeds.append(
                RowFeeds(places, arrays, index, batch_size, num_epochs, shuffle, seed=None)
            )
        add_queue_runner(FeedingQueueRunner(queue, ops, feeds))
        free = capacity - least
        full = cast(maximum(0, queue.size() - least), dtypes.float32) * (1.0 / free)
        scalar(f"queue/{queue.name}fraction_over_{least}_of_{free}_full", full)
    return queue


def _warn(num_threads: int, shuffle: bool, num_epochs: int | None) -> None:
    if num_threads == 1:
        return
    if num_epochs is not None:
        logging.warning(
            "Each of %d threads gives all rows %d times: these are more epochs than asked for.",
            num_threads,
            num_epochs,
        )
    if not shuffle:
        logging.warning("%d threads fill a queue: rows don't come in order.", num_threads)
