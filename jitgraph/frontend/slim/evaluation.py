"""tf.contrib.slim.evaluation: evaluates a checkpoint, or each new one of a folder.

In: a checkpoint or a folder, operations. Out: the final values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.contrib_training.loops import (
    SummaryAtEndHook,
    checkpoints_iterator,
    evaluate_repeatedly,
    wait_for_new_checkpoint,
)
from jitgraph.frontend.monitored.evaluation import StopAfterNEvalsHook, evaluate_once as plain_once
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.summaries.functions import merge_all
from jitgraph.frontend.train.saver import Saver

__all__ = ["checkpoints_iterator", "evaluate_once", "evaluation_loop", "wait_for_new_checkpoint"]

_DEFAULT = 0


def evaluate_once(
    master: str,
    checkpoint_path: str,
    logdir: str | None,
    num_evals: int = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    session_config: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
) -> Any:
    """Evaluates a checkpoint.

    Args:
      master: the target, empty.
      checkpoint_path: the checkpoint; logdir: the folder that summaries are written to.
      num_evals: how often `eval_op` is run.
      initial_op, eval_op, final_op, summary_op: what is run at the beginning, each time, at the
        end, and for summaries; all summaries of the graph by default; with what is fed to each.
      variables_to_restore: the variables; all when None.
      session_config: a ConfigProto; hooks: more SessionRunHooks.

    Returns:
      The value of `final_op`.
    """
    found = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    return plain_once(
        checkpoint_path,
        master,
        Scaffold(
            init_op=initial_op,
            init_feed_dict=initial_op_feed_dict,
            saver=_saver(variables_to_restore),
        ),
        eval_op,
        eval_op_feed_dict,
        final_op,
        final_op_feed_dict,
        found,
        session_config,
    )


def evaluation_loop(
    master: str,
    checkpoint_dir: str,
    logdir: str | None,
    num_evals: int = 1,
    initial_op: Any = None,
    initial_op_feed_dict: Any = None,
    init_fn: Callable[[Any, Any], Any] | None = None,
    eval_op: Any = None,
    eval_op_feed_dict: Any = None,
    final_op: Any = None,
    final_op_feed_dict: Any = None,
    summary_op: Any = _DEFAULT,
    summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None,
    eval_interval_secs: float = 60,
    max_number_of_evaluations: int | None = None,
    session_config: Any = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
) -> Any:
    """Evaluates each new checkpoint of a folder.

    Args:
      checkpoint_dir: the folder.
      init_fn: is called with (scaffold, session) behind `initial_op`.
      eval_interval_secs: so many seconds are at least between two evaluations.
      max_number_of_evaluations: how many; without end when None.
      timeout, timeout_fn: see `checkpoints_iterator`.
      master, logdir, num_evals, initial_op, initial_op_feed_dict, eval_op, eval_op_feed_dict,
        final_op, final_op_feed_dict, summary_op, summary_op_feed_dict, variables_to_restore,
        session_config, hooks: see `evaluate_once`.

    Returns:
      The last value of `final_op`.
    """
    found = _hooks(num_evals, logdir, summary_op, summary_op_feed_dict, hooks)
    return evaluate_repeatedly(
        checkpoint_dir,
        master,
        Scaffold(
            init_op=initial_op,
            init_feed_dict=initial_op_feed_dict,
            init_fn=init_fn,
            saver=_saver(variables_to_restore),
        ),
        eval_op,
        eval_op_feed_dict,
        final_op,
        final_op_feed_dict,
        eval_interval_secs,
        found,
        session_config,
        max_number_of_evaluations,
        timeout,
        timeout_fn,
    )


def _hooks(
    num_evals: int, logdir: str | None, summary_op: Any, feed_dict: Any, hooks: Any
) -> list[SessionRunHook]:
    if isinstance(summary_op, int) and summary_op == _DEFAULT:
        summary_op = merge_all()
    found: list[SessionRunHook] = [StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        found.append(SummaryAtEndHook(logdir, summary_op=summary_op, feed_dict=feed_dict))
    return [*found, *(hooks or ())]


def _saver(variables: Any) -> Saver | None:
    return None if variables is None else Saver(variables)
