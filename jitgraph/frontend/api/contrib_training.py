"""tf.contrib.training: hyperparameters, training operations, loops of training and evaluation."""

from __future__ import annotations

from jitgraph.frontend.contrib_training.hparams import HParams, parse_values
from jitgraph.frontend.contrib_training.loops import (
    SummaryAtEndHook,
    checkpoints_iterator,
    evaluate_repeatedly,
    train,
    wait_for_new_checkpoint,
)
from jitgraph.frontend.contrib_training.train_op import (
    add_gradients_summaries,
    clip_gradient_norms,
    clip_gradient_norms_fn,
    create_train_op,
    multiply_gradients,
)
from jitgraph.frontend.monitored.evaluation import (
    StopAfterNEvalsHook,
    evaluate_once,
    get_or_create_eval_step,
)

__all__ = [
    "HParams",
    "StopAfterNEvalsHook",
    "SummaryAtEndHook",
    "add_gradients_summaries",
    "checkpoints_iterator",
    "clip_gradient_norms",
    "clip_gradient_norms_fn",
    "create_train_op",
    "evaluate_once",
    "evaluate_repeatedly",
    "get_or_create_eval_step",
    "multiply_gradients",
    "parse_values",
    "train",
    "wait_for_new_checkpoint",
]
