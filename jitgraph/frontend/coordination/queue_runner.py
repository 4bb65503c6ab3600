"""Stage frontend: tf.train.QueueRunner: threads that keep a queue filled.

In: a queue and the operations that put something in. Out: threads that run them until the queue is
closed or their coordinator stops.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Sequence
from typing import Any

from jitgraph import errors
from jitgraph.frontend.api import logging
from jitgraph.frontend.coordination.coordinator import Coordinator
from jitgraph.graph import (
    GraphKeys,
    Operation,
    add_to_collection,
    get_collection,
    get_default_graph,
    get_default_session,
)


class QueueRunner:
    """Keeps a queue filled: one thread for each operation that puts something in.

    Args:
      queue: the queue.
      enqueue_ops: the operations; the same one may be there several times.
      close_op: closes the queue; made if None.
      cancel_op: closes it and cancels what waits to put something in; made if None.
      queue_closed_exception_types: errors that mean that there is no more;
        (errors.OutOfRangeError,) if None.
      queue_runner_def: a QueueRunnerDef to take all of this from.
      import_scope: what names in the graph begin with that the QueueRunnerDef tells.

    Raises:
      ValueError: arguments are missing, or there are too many.
      TypeError: `queue_closed_exception_types` is no tuple of errors.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Sequence[Any] | None = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: tuple[type[errors.OpError], ...] | None = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if queue_runner_def is not None:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._read(queue_runner_def, import_scope)
        else:
            self._take(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types)
        self._lock = threading.Lock()
        self._running: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
        self._raised: list[BaseException] = []

    def _take(self, queue: Any, ops: Any, close_op: Any, cancel_op: Any, kinds: Any) -> None:
        if not queue or not ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        if kinds is not None:
            is_tuple = isinstance(kinds, tuple) and bool(kinds)
            if not is_tuple or not all(issubclass(kind, errors.OpError) for kind in kinds):
                raise TypeError(
                    "queue_closed_exception_types, when provided, must be a tuple of tf.error "
                    f"types, but saw: {kinds}"
                )
        self._queue = queue
        self._enqueue_ops = list(ops)
        self._close_op = queue.close() if close_op is None else close_op
        if cancel_op is None:
            cancel_op = queue.close(cancel_pending_enqueues=True)
        self._cancel_op = cancel_op
        self._closed_types = kinds or (errors.OutOfRangeError,)

    def _read(self, message: Any, scope: str | None) -> None:
        graph = get_default_graph()

        def named(name: str) -> Any:
            return graph.as_graph_element(f"{scope}/{name}" if scope else name)

        self._queue = named(message.queue_name)
        self._enqueue_ops = [named(name) for name in message.enqueue_op_name]
        self._close_op = named(message.close_op_name)
        self._cancel_op = named(message.cancel_op_name)
        codes = message.queue_closed_exception_types
        kinds = tuple(errors.exception_type_from_error_code(code) for code in codes)
        self._closed_types = kinds or (errors.OutOfRangeError,)

    @property
    def queue(self) -> Any:
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self) -> list[Operation]:
        """The operations that put something in."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Operation:
        """The operation that closes the queue."""
        return self._close_op

    @property
    def cancel_op(self) -> Operation:
        """The operation that closes the queue and cancels what waits."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[errors.OpError], ...]:
        """The errors that mean that there is no more."""
        return self._closed_types

    @property
    def exceptions_raised(self) -> list[BaseException]:
        """What threads without a coordinator have raised."""
        return self._raised

    @property
    def name(self) -> str:
        """The queue's name."""
        name: str = self._queue.name
        return name

    def create_threads(
        self, sess: Any, coord: Coordinator | None = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """The threads for a session; none where there are such that still run.

        Args:
          sess: the session.
          coord: told of what is raised; when it stops, the queue is closed.
          daemon: whether the process may end while they run.
          start: whether to start them.
        """
        with self._lock:
            if self._running.get(sess, 0) > 0:
                return []
            self._running[sess] = len(self._enqueue_ops)
            self._raised = []
        prefix = f"QueueRunnerThread-{self.name}"
        threads = [
            threading.Thread(target=self._run, args=(sess, op, coord), name=f"{prefix}-{op.name}")
            for op in self._enqueue_ops
        ]
        if coord is not None:
            threads.append(
                threading.Thread(
                    target=self._close_on_stop, args=(sess, coord), name=f"{prefix}-close_on_stop"
                )
            )
        for thread in threads:
            if coord is not None:
                coord.register_thread(thread)
            thread.daemon = thread.daemon or daemon
            if start:
                thread.start()
        return threads

    def _run(self, sess: Any, op: Operation, coord: Coordinator | None) -> None:
        is_last = False
        try:
            enqueue = sess.make_callable(op)
            while coord is None or not coord.should_stop():
                enqueue()
        except self._closed_types:
            is_last = True
        except Exception as error:
            self._report(error, coord)
        finally:
            self._end(sess, is_last)

    def _report(self, error: Exception, coord: Coordinator | None) -> None:
        if coord is not None:
            coord.request_stop(error)
            return
        logging.error("Exception in QueueRunner: %s", error)
        with self._lock:
            self._raised.append(error)

    def _end(self, sess: Any, closes: bool) -> None:
        """One thread less; the last one that came to the end closes the queue."""
        with self._lock:
            self._running[sess] -= 1
            closes = closes and not self._running[sess]
        if closes:
            self._run_quietly(sess, self._close_op)

    def _close_on_stop(self, sess: Any, coord: Coordinator) -> None:
        coord.wait_for_stop()
        self._run_quietly(sess, self._cancel_op)

    @staticmethod
    def _run_quietly(sess: Any, op: Operation) -> None:
        try:
            sess.run(op)
        except Exception as error:
            logging.debug("Ignored exception: %s", error)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """A QueueRunnerDef; None for a queue that is not in `export_scope`."""
        from jitgraph import protos

        prefix = f"{export_scope}/" if export_scope else ""
        if not self.name.startswith(prefix):
            return None
        kinds = [errors.error_code_from_exception_type(kind) for kind in self._closed_types]
        return protos.QueueRunnerDef(
            queue_name=self.name.removeprefix(prefix),
            enqueue_op_name=[op.name.removeprefix(prefix) for op in self._enqueue_ops],
            close_op_name=self._close_op.name.removeprefix(prefix),
            cancel_op_name=self._cancel_op.name.removeprefix(prefix),
            queue_closed_exception_types=kinds,
        )

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """A runner of a queue that is in the graph already."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Adds a queue runner to a collection of the default graph.

    Args:
      qr: the queue runner.
      collection: the collection.
    """
    add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Starts the threads of all queue runners of a graph.

    Args:
      sess: the session; the default one if None.
      coord: a Coordinator for the threads.
      daemon: whether the process may end while they run.
      start: whether to start them.
      collection: where the queue runners are.

    Returns:
      The threads.

    Raises:
      ValueError: there is no session.
      TypeError: `sess` is none.

    Example:
      >>> coord = tf.train.Coordinator()
      >>> threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    """
    if sess is None:
        sess = get_default_session()
        if sess is None:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with "
                "sess.as_default()` or pass an explicit session to "
                "tf.start_queue_runners(sess=sess)"
            )
    if not hasattr(sess, "make_callable") or not hasattr(sess, "graph"):
        if type(sess).__name__ in ("MonitoredSession", "SingularMonitoredSession"):
            return []
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    with sess.graph.as_default():
        runners = get_collection(collection)
        if not runners:
            logging.warning(
                "`tf.train.start_queue_runners()` was called when no queue runners were defined. "
                "You can safely remove the call to this deprecated function."
            )
        threads: list[threading.Thread] = []
        for runner in runners:
            threads.extend(runner.create_threads(sess, coord, daemon, start))
    return threads
