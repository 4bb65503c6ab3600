"""tf.summary.FileWriter: summaries, graphs and more as a file that TensorBoard reads.

In: messages of TensorFlow's protocol buffers (extra `io`). Out: events in a file of a folder.
"""

from __future__ import annotations

import threading
import time
import warnings
from typing import Any, ClassVar

from jitgraph import protos
from jitgraph.errors import UnimplementedError
from jitgraph.frontend.api import logging
from jitgraph.frontend.summaries.event_file import EventFile
from jitgraph.frontend.summaries.run_metadata import run_metadata_proto
from jitgraph.frontend.train.meta_graph import export_meta_graph
from jitgraph.graph import Graph, get_default_graph

CLOSED = (
    "Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter "
    "is explicitly reopened."
)


class FileWriter:
    """Adds events to a file of a folder, which TensorBoard shows.

    Args:
      logdir: the folder; made if it is not there.
      graph: a Graph to show, as `sess.graph`.
      max_queue: accepted: events are written at once, to memory first.
      flush_secs: how often they go to the disk.
      graph_def: deprecated: a GraphDef.
      filename_suffix: the end of the file's name.
      session: TensorFlow shares a writer among a session's ops then: not supported.

    Raises:
      ImportError: protobuf or crc32c is missing: names the extra.

    Example:
      >>> writer = tf.summary.FileWriter("/tmp/log", sess.graph)
      >>> writer.add_summary(sess.run(tf.summary.merge_all()), global_step=1)
      >>> writer.close()
    """

    def __init__(
        self,
        logdir: Any,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        if session is not None:
            text = "a FileWriter that shares its file with the ops of a session"
            raise UnimplementedError(None, None, f"{text}: leave out session=")
        self._events = EventFile(_path(logdir), flush_secs, filename_suffix or "")
        self._closed = False
        self._run_tags: set[str] = set()
        self._described: set[str] = set()
        if graph is not None or graph_def is not None:
            self.add_graph(graph=graph, graph_def=graph_def)
            shown = graph if isinstance(graph, Graph) else get_default_graph()
            known = None if isinstance(graph, Graph) else graph or graph_def
            self.add_meta_graph(export_meta_graph(graph_def=known, graph=shown))

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The folder."""
        return self._events.folder

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Adds what a summary op gave.

        Args:
          summary: a Summary, or one serialized, as a run gives it.
          global_step: the step it is of.
        """
        if isinstance(summary, bytes):
            summary = protos.Summary.FromString(summary)
        for value in summary.value:
            if value.tag in self._described:
                value.ClearField("metadata")
            self._described.add(value.tag)
        self._add(protos.Event(summary=summary), global_step)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Adds a SessionLog: that a session began, stopped, or wrote a checkpoint."""
        self._add(protos.Event(session_log=session_log), global_step)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Adds a graph, for TensorBoard to draw.

        Args:
          graph: a Graph, as `sess.graph`.
          global_step: the step it is of.
          graph_def: deprecated: a GraphDef.

        Raises:
          ValueError: both are given.
          TypeError: it is no graph.
        """
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        given = graph_def if graph is None else graph
        if isinstance(given, Graph):
            given = given.as_graph_def(add_shapes=True)
        elif isinstance(given, protos.GraphDef):
            logging.warning(
                "Passing a `GraphDef` to the SummaryWriter is deprecated. "
                "Pass a `Graph` object instead, such as `sess.graph`."
            )
        else:
            raise TypeError(
                "The passed graph must be an instance of `Graph` or the deprecated `GraphDef`"
            )
        self._add(protos.Event(graph_def=given.SerializeToString()), global_step)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Adds a MetaGraphDef.

        Raises:
          TypeError: it is none.
        """
        if not isinstance(meta_graph_def, protos.MetaGraphDef):
            raise TypeError(
                f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}"
            )
        content = meta_graph_def.SerializeToString()
        self._add(protos.Event(meta_graph_def=content), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Adds what a run told of itself.

        Args:
          run_metadata: the RunMetadata that the run filled.
          tag: a name for it, of its own.
          global_step: the step it is of.

        Raises:
          ValueError: the tag was used before.
        """
        if tag in self._run_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._run_tags.add(tag)
        content = run_metadata_proto(run_metadata).SerializeToString()
        tagged = protos.TaggedRunMetadata(tag=tag, run_metadata=content)
        self._add(protos.Event(tagged_run_metadata=tagged), global_step)

    def add_event(self, event: Any) -> None:
        """Adds an Event as it is."""
        if self._is_open():
            self._events.write(event)

    def flush(self) -> None:
        """All that was added is in the file afterwards."""
        if self._is_open():
            self._events.flush()

    def close(self) -> None:
        """Flushes and closes the file."""
        self._events.close()
        self._closed = True

    def reopen(self) -> None:
        """After `close`: what is added from now on goes into another file of the folder."""
        self._closed = False

    def _add(self, event: Any, step: Any) -> None:
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.add_event(event)

    def _is_open(self) -> bool:
        if self._closed:
            warnings.warn(CLOSED, stacklevel=4)
        return not self._closed


class FileWriterCache:
    """A FileWriter for each folder, shared by all that ask for it."""

    _cache: ClassVar[dict[str, FileWriter]] = {}
    _lock = threading.RLock()

    @staticmethod
    def clear() -> None:
        """Closes and forgets them all."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.close()
            FileWriterCache._cache = {}

    @staticmethod
    def get(logdir: str) -> FileWriter:
        """The folder's writer; a new one has the default graph."""
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=get_default_graph())
            return FileWriterCache._cache[logdir]


def _path(logdir: Any) -> str:
    return logdir.decode() if isinstance(logdir, bytes) else str(logdir)
