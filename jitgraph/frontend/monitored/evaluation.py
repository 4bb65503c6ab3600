"""One evaluation of a checkpoint.

In: what each run updates, what is told at the end, hooks. Out: what is told, as numbers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import logging
from jitgraph.frontend.monitored.monitored_session import ChiefSessionCreator, MonitoredSession
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.training_hooks import FinalOpsHook
from jitgraph.frontend.plain_initializers import Zeros
from jitgraph.frontend.variable_sharing import get_variable
from jitgraph.graph import GraphKeys, Tensor, control_dependencies, get_default_graph
from jitgraph.ops.identities import identity
from jitgraph.ops.state import assign_add


class StopAfterNEvalsHook(SessionRunHook):
    """Ends an evaluation after so many runs.

    Args:
      num_evals: how many; None for no end.
      log_progress: whether the log tells how far it is.
    """

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._wanted = num_evals
        self._logs = log_progress
        few = num_evals is None or num_evals < 20
        self._every = 1 if few or num_evals is None else num_evals // 10
        self._done: Any = None

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._done)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        done = run_values.results
        if self._logs and self._wanted is None:
            logging.info("Evaluation [%d]", done)
        elif self._logs and (done % self._every == 0 or done == self._wanted):
            logging.info("Evaluation [%d/%d]", done, self._wanted)
        if self._wanted is not None and done >= self._wanted:
            run_context.request_stop()


def get_or_create_eval_step() -> Any:
    """The variable that counts the runs of an evaluation.

    Raises:
      ValueError: there are several.
    """
    found = get_default_graph().get_collection(GraphKeys.EVAL_STEP)
    if len(found) > 1:
        raise ValueError("Multiple tensors added to tf.GraphKeys.EVAL_STEP")
    if found:
        return found[0]
    return get_variable(
        "eval_step",
        shape=[],
        dtype=dtypes.int64,
        initializer=Zeros(),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )


def evaluate_once(
    checkpoint_path: str | None,
    master: str = "",
    scaffold: Scaffold | None = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
    config: Any = None,
) -> Any:
    """Runs operations until the end of their input, or until a hook stops it.

    Args:
      checkpoint_path: the variables' values; None for new ones.
      master: the target, empty; scaffold: a Scaffold.
      eval_ops: what is run, a tensor, a list or a dict; nothing when None.
      feed_dict: what is fed to it.
      final_ops: what to fetch at the end; final_ops_feed_dict: what is fed then.
      hooks: SessionRunHooks, such as a StopAfterNEvalsHook; config: a ConfigProto.

    Returns:
      The values of `final_ops`.
    """
    step = get_or_create_eval_step()
    if eval_ops is not None:
        eval_ops = _with(eval_ops, assign_add(step, 1, use_locking=True))
        tell_stop_hooks(hooks or (), _counted(eval_ops))
    form = "%Y-%m-%dT%H:%M:%SZ"
    logging.info("Starting evaluation at %s", time.strftime(form, time.localtime()))
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = ChiefSessionCreator(scaffold, master, config, None, checkpoint_path)
    with MonitoredSession(creator, [*(hooks or ()), last]) as session:
        while eval_ops is not None and not session.should_stop():
            session.run(eval_ops, feed_dict)
    form = "%Y-%m-%d-%H:%M:%S"
    logging.info("Finished evaluation at %s", time.strftime(form, time.localtime()))
    return last.final_ops_values


def _with(eval_ops: Any, update: Tensor) -> Any:
    if isinstance(eval_ops, dict):
        eval_ops["update_eval_step"] = update
        return eval_ops
    return [*(eval_ops if isinstance(eval_ops, (list, tuple)) else [eval_ops]), update]


def tell_stop_hooks(hooks: Sequence[SessionRunHook], counted: Tensor) -> None:
    """Tells hooks that stop after so many runs which tensor counts them."""
    for hook in hooks:
        if isinstance(hook, StopAfterNEvalsHook):
            hook._done = counted


def _counted(updates: Any) -> Tensor:
    with control_dependencies(list(updates.values()) if isinstance(updates, dict) else updates):
        return identity(get_or_create_eval_step().read_value())
