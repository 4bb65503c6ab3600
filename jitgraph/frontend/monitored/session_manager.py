"""Stage frontend: tf.train.SessionManager: sessions whose variables have values.

In: operations that initialise and that tell what is not initialised, checkpoints. Out: a session
that is ready.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from jitgraph import errors
from jitgraph.frontend.api import logging
from jitgraph.frontend.train.checkpoint_state import get_checkpoint_state
from jitgraph.graph import Graph, get_default_graph
from jitgraph.lazy_names import imported


class SessionManager:
    """Makes sessions ready: from a checkpoint, or by initialising.

    Args:
      local_init_op: what makes local variables and tables ready.
      ready_op: tells what is not ready: names, or nothing.
      ready_for_local_init_op: tells what `local_init_op` waits for.
      graph: the graph; the default one if None.
      recovery_wait_secs: the seconds between two looks.
      local_init_run_options: RunOptions of the run of `local_init_op`.

    Raises:
      ValueError: there is a `ready_for_local_init_op` without `local_init_op`.
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Graph | None = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
    ) -> None:
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                f"ready_for_local_init_op [{ready_for_local_init_op}]"
            )
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = graph or get_default_graph()
        self._wait_secs = recovery_wait_secs
        self._run_options = local_init_run_options

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable[[Any], Any] | None = None,
    ) -> Any:
        """A session that is ready: from a checkpoint if there is one, else initialised.

        Args:
          master: the target, empty.
          init_op: initialises variables; init_feed_dict: what is fed then.
          saver: restores checkpoints; checkpoint_dir: their folder;
            checkpoint_filename_with_path: or the path of one.
          wait_for_checkpoint: whether to wait for one, max_wait_secs: how long.
          config: a ConfigProto.
          init_fn: is called with the session behind `init_op`.

        Raises:
          RuntimeError: it is not ready then.
        """
        session, is_restored = self._restored(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint,
            max_wait_secs, config,
        )  # fmt: skip
        if not is_restored:
            if init_op is None and init_fn is None and self._local_init_op is None:
                raise RuntimeError(
                    "Model is not initialized and no init_op or init_fn or local_init_op was given"
                )
            if init_op is not None:
                session.run(init_op, init_feed_dict)
            if init_fn is not None:
                init_fn(session)
        missing = self._initialise_locally(session)
        name = getattr(init_op, "name", init_op)
        if missing is not None:
            raise RuntimeError(
                f"Init operations did not make model ready for local_init.  Init op: {name}, init "
                f"fn: {init_fn}, error: {missing}"
            )
        missing = _missing(self._ready_op, session, "Model not ready")
        if missing is not None:
            raise RuntimeError(
                f"Init operations did not make model ready.  Init op: {name}, init fn: {init_fn}, "
                f"local_init_op: {self._local_init_op}, error: {missing}"
            )
        return session

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Any, bool]:
        """A session, and whether a checkpoint has made it ready; arguments as above."""
        session, is_restored = self._restored(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint,
            max_wait_secs, config,
        )  # fmt: skip
        missing = self._initialise_locally(session)
        if not is_restored:
            return session, False
        path = checkpoint_dir or checkpoint_filename_with_path
        missing = missing or _missing(self._ready_op, session, "Model not ready")
        if missing is not None:
            logging.info("Restoring model from %s did not make model ready: %s", path, missing)
            return session, False
        logging.info("Restored model from %s", path)
        return session, True

    def wait_for_session(
        self, master: str, config: Any = None, max_wait_secs: float | None = None
    ) -> Any:
        """A session that somebody else makes ready.

        Args:
          master: the target, empty; config: a ConfigProto.
          max_wait_secs: how long to wait; for ever if None.

        Raises:
          errors.DeadlineExceededError: it did not become ready.
        """
        end = None if max_wait_secs is None else time.monotonic() + max_wait_secs
        while True:
            session = new_session(master, self._graph, config)
            missing = self._initialise_locally(session)
            missing = missing or _missing(self._ready_op, session, "Model not ready")
            if missing is None:
                return session
            session.close()
            if end is not None and time.monotonic() + self._wait_secs > end:
                text = f"Session was not ready after waiting {max_wait_secs:g} secs."
                raise errors.DeadlineExceededError(None, None, text)
            logging.info("Waiting for model to be ready: %s", missing)
            time.sleep(self._wait_secs)

    def _restored(
        self, master: str, saver: Any, folder: str | None, path: str | None, waits: bool,
        max_wait_secs: float, config: Any,
    ) -> tuple[Any, bool]:  # fmt: skip
        if folder and path:
            raise ValueError(
                "Can not provide both checkpoint_dir and checkpoint_filename_with_path."
            )
        session = new_session(master, self._graph, config)
        if not saver or not (folder or path):
            return session, False
        if path:
            saver.restore(session, path)
            return session, True
        waited = 0.0
        state = get_checkpoint_state(str(folder))
        while state is None or not state.model_checkpoint_path:
            if not waits or waited >= max_wait_secs:
                return session, False
            logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._wait_secs)
            waited += self._wait_secs
            state = get_checkpoint_state(str(folder))
        saver.restore(session, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return session, True

    def _initialise_locally(self, session: Any) -> str | None:
        """Runs `local_init_op`; or tells what it waits for."""
        if self._local_init_op is None:
            return None
        text = "Model not ready for local init"
        missing = _missing(self._ready_for_local_init_op, session, text)
        if missing is None:
            logging.info("Running local_init_op.")
            session.run(self._local_init_op, options=self._run_options)
            logging.info("Done running local_init_op.")
        return missing


def new_session(master: str, graph: Graph, config: Any) -> Any:
    """A session: of a later stage, which is there when a training runs."""
    return imported(("jitgraph.session", "Session"))(master, graph=graph, config=config)


def _missing(ready_op: Any, session: Any, text: str) -> str | None:
    """What an operation that tells of it says is not ready, None for nothing."""
    if ready_op is None:
        return None
    try:
        found = session.run(ready_op)
    except errors.FailedPreconditionError as error:
        return f"{text}: {error}"
    if found is None or getattr(found, "size", 0) == 0:
        return None
    return "Variables not initialized: " + ", ".join(name.decode() for name in found)
