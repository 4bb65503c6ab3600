"""tf.test.TestCase: a test with a graph of its own, sessions, and assertions about arrays."""

from __future__ import annotations

import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.graph import get_default_graph, get_default_session, reset_default_graph
from jitgraph.graph.deprecation import tell_once
from jitgraph.graph.graph import default_graph_stack
from jitgraph.ops.random_seed import DEFAULT_GRAPH_SEED
from jitgraph.session import Session
from jitgraph.testing.array_assertions import ArrayAssertions
from jitgraph.testing.checked_thread import CheckedThread
from jitgraph.testing.places import temporary_folder


class TestCase(ArrayAssertions):
    """A test of graphs: each test method has an empty graph, whose seed is always the same.

    Example:
      >>> class SquareTest(tf.test.TestCase):
      ...     def testSquare(self):
      ...         with self.cached_session():
      ...             self.assertAllEqual(tf.square([2, 3]), [4, 9])
    """

    __test__ = True

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._threads: list[CheckedThread] = []
        self._tempdir: str | None = None
        self._cached_session: Session | None = None
        self._cached_for: tuple[Any, ...] = ()

    def setUp(self) -> None:
        """Empties the default graph and seeds Python, NumPy and the graph."""
        self._close_cached_session()
        random.seed(DEFAULT_GRAPH_SEED)
        np.random.seed(DEFAULT_GRAPH_SEED)
        default_graph_stack.stack.clear()
        reset_default_graph()
        get_default_graph().seed = DEFAULT_GRAPH_SEED
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")

    def tearDown(self) -> None:
        """Ends the session; threads must have ended."""
        for thread in self._threads:
            thread.check_termination()
        self._close_cached_session()

    def _close_cached_session(self) -> None:
        if self._cached_session is not None:
            self._cached_session.close()
            self._cached_session = None

    def get_temp_dir(self) -> str:
        """A folder for this test's files, removed after it."""
        if self._tempdir is None:
            self._tempdir = tempfile.mkdtemp(dir=temporary_folder())
            self.addCleanup(shutil.rmtree, self._tempdir, ignore_errors=True)
        return self._tempdir

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors: by the default session, or by the test's own."""
        session = get_default_session()
        if session is not None:
            return session.run(tensors)
        with self.cached_session() as own:
            return own.run(tensors)

    @contextmanager
    def session(
        self,
        graph: Any = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """A new session, which is the default one, as its graph is, in the block.

        Args:
          graph: the graph it runs; the default one when None.
          config: a tf.ConfigProto.
          use_gpu: ops aren't put on the CPU.
          force_gpu: ops are put on the GPU.
        """
        with Session(graph=graph, config=config) as made, _on_device(made, use_gpu, force_gpu):
            yield made

    @contextmanager
    def cached_session(
        self,
        graph: Any = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """The one session of this test, made when first asked for; arguments as `session`'s.

        Raises:
          ValueError: another graph or configuration than the first time.
        """
        asked = {"graph": graph, "config": config, "force_gpu value": force_gpu}
        self._check_asked_before(asked)
        with self._in_cached_session(asked, use_gpu) as session:
            yield session

    def _check_asked_before(self, asked: dict[str, Any]) -> None:
        if self._cached_session is None:
            return
        for (name, value), before in zip(asked.items(), self._cached_for, strict=True):
            if value is not before:
                raise ValueError(
                    f"The {name} used to get the cached session is different than the one that "
                    "was used to create the session. Maybe create a new session with "
                    "self.session()"
                )

    @contextmanager
    def _in_cached_session(self, asked: dict[str, Any], use_gpu: bool) -> Iterator[Session]:
        if self._cached_session is None:
            self._cached_session = Session(graph=asked["graph"], config=asked["config"])
            self._cached_for = tuple(asked.values())
        session = self._cached_session
        with (
            session.graph.as_default(),
            session.as_default(),
            _on_device(session, use_gpu, asked["force_gpu value"]),
        ):
            yield session

    @contextmanager
    def test_session(
        self,
        graph: Any = None,
        config: Any = None,
        use_gpu: bool = False,
        force_gpu: bool = False,
    ) -> Iterator[Session]:
        """The older spelling of `cached_session`, or of `session` where a graph is given."""
        if self.id().endswith(".test_session"):
            self.skipTest("Not a test.")
        tell_once(
            "test_session",
            "test_session (from tensorflow.python.framework.test_util) is deprecated and will be "
            "removed in a future version.\nInstructions for updating:\n"
            "Use `self.session()` or `self.cached_session()` instead.",
        )
        if graph is not None:
            with self.session(graph, config, use_gpu, force_gpu) as session:
                yield session
            return
        asked = {"graph": graph, "config": config, "force_gpu value": force_gpu}
        with self._in_cached_session(asked, use_gpu) as session:
            yield session

    def checkedThread(
        self, target: Callable[..., Any], args: Any = None, kwargs: Any = None
    ) -> CheckedThread:
        """A thread whose failure is the test's; `join` it."""
        thread = CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread

    @contextmanager
    def assertRaisesWithPredicateMatch(
        self, exception_type: Any, expected_err_re_or_predicate: Any
    ) -> Iterator[None]:
        """The block raises an error of a class, whose message matches.

        Args:
          exception_type: the class.
          expected_err_re_or_predicate: a regular expression, found anywhere in the message and in
            the name of the op; or a function of the error.
        """
        try:
            yield
        except Exception as error:
            if not isinstance(error, exception_type) or not _matches(
                error, expected_err_re_or_predicate
            ):
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
            return
        self.fail(f"{exception_type.__name__} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The block raises a tf.OpError whose message matches."""
        return self.assertRaisesWithPredicateMatch(errors.OpError, expected_err_re_or_predicate)

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        """A text starts with another."""
        if not actual.startswith(expected_start):
            more = f" : {msg!r}" if msg else ""
            self.fail(f"{actual!r} does not start with {expected_start!r}{more}")

    def assertProtoEquals(self, expected: Any, message: Any, msg: str | None = None) -> None:
        """Two protocol buffers are equal; the first may be text."""
        if isinstance(expected, str):
            from google.protobuf import text_format

            expected = text_format.Merge(expected, type(message)())
        self.assertEqual(expected, message, msg)

    def assertItemsEqual(self, first: Any, second: Any, msg: str | None = None) -> None:
        """Two collections have the same items, in any order."""
        self.assertCountEqual(first, second, msg)


def _on_device(session: Session, use_gpu: bool, force_gpu: bool) -> Any:
    if use_gpu and not force_gpu:
        return session.graph.device(None)
    return session.graph.device("/device:GPU:0" if force_gpu else "/device:CPU:0")


def _matches(error: Exception, wanted: Any) -> bool:
    if callable(wanted):
        return bool(wanted(error))
    text = error.message if isinstance(error, errors.OpError) else str(error)
    op = error.op if isinstance(error, errors.OpError) else None
    return bool(re.search(wanted, f"{text}\nCaused by: {op.name}" if op is not None else text))
