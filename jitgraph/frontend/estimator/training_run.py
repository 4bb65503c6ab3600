"""Stage frontend: the training of an Estimator's model.

In: an EstimatorSpec, a RunConfig, hooks. Out: the last loss; checkpoints and summaries in the
folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.model_spec import EstimatorSpec
from jitgraph.frontend.estimator.run_config import RunConfig
from jitgraph.frontend.monitored.monitored_session import MonitoredTrainingSession
from jitgraph.frontend.monitored.saving_hooks import CheckpointSaverHook, CheckpointSaverListener
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.monitored.training_hooks import LoggingTensorHook, NanTensorHook
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.frontend.train.saver import Saver
from jitgraph.graph import GraphKeys, add_to_collection, get_collection


def train_with(
    spec: EstimatorSpec,
    config: RunConfig,
    first_hooks: Sequence[SessionRunHook],
    hooks: Sequence[SessionRunHook],
    listeners: Sequence[CheckpointSaverListener],
) -> Any:
    """Runs the steps of a model; gives the last loss, None if there was no step.

    Args:
      spec: what to run.
      config: how often to save and to log.
      first_hooks, hooks: SessionRunHooks, in their order.
      listeners: CheckpointSaverListeners.

    Raises:
      ValueError: there are listeners, and nothing saves checkpoints.
    """
    if not any(each.op.name == "loss" for each in get_collection(GraphKeys.SUMMARIES)):
        scalar("loss", spec.loss)
    add_to_collection(GraphKeys.LOSSES, spec.loss)
    workers = [*first_hooks, *hooks, NanTensorHook(spec.loss)]
    every = config.log_step_count_steps
    if every is not None:
        shown = {"loss": spec.loss, "step": get_global_step()}
        workers.append(LoggingTensorHook(shown, every_n_iter=every))
    workers.extend(spec.training_hooks)
    _add_saver(spec, config)
    chiefs = _saving(spec, config, [*workers, *spec.training_chief_hooks], listeners)
    with MonitoredTrainingSession(
        checkpoint_dir=config.model_dir,
        scaffold=spec.scaffold,
        hooks=workers,
        chief_only_hooks=[*chiefs, *spec.training_chief_hooks],
        save_checkpoint_secs=0,
        save_summaries_steps=config.save_summary_steps,
        config=config.session_config,
        log_step_count_steps=every,
    ) as session:
        loss, wanted = None, [spec.train_op, spec.loss]
        is_trained = False
        while not session.should_stop():
            _, loss = session.run(wanted)
            is_trained = True
    if not is_trained:
        logging.warning(
            "Training with estimator made no steps. Perhaps input is empty or misspecified."
        )
    return loss


def _add_saver(spec: EstimatorSpec, config: RunConfig) -> None:
    if spec.scaffold.saver or get_collection(GraphKeys.SAVERS):
        return
    saver = Saver(
        sharded=True,
        max_to_keep=config.keep_checkpoint_max,
        keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
        defer_build=True,
        save_relative_paths=True,
    )
    add_to_collection(GraphKeys.SAVERS, saver)


def _saving(
    spec: EstimatorSpec,
    config: RunConfig,
    hooks: Sequence[SessionRunHook],
    listeners: Sequence[CheckpointSaverListener],
) -> list[SessionRunHook]:
    """A hook that saves checkpoints, if there is none; it calls the listeners."""
    savers = [hook for hook in hooks if isinstance(hook, CheckpointSaverHook)]
    made: list[SessionRunHook] = []
    if not savers and (config.save_checkpoints_secs or config.save_checkpoints_steps):
        hook = CheckpointSaverHook(
            config.model_dir,
            save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps,
            scaffold=spec.scaffold,
        )
        savers, made = [hook], [hook]
    if listeners and not savers:
        raise ValueError(
            "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the "
            "RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
        )
    for listener in listeners:
        if listener not in savers[0]._listeners:
            savers[0]._listeners.append(listener)
    return made
