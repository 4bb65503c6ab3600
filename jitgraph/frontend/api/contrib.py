"""tf.contrib: parts of TensorFlow 1's contributed code that many programs use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import (
        contrib_cluster_resolver as cluster_resolver,
        contrib_crf as crf,
        contrib_cudnn_rnn as cudnn_rnn,
        contrib_data as data,
        contrib_distributions as distributions,
        contrib_framework as framework,
        contrib_layers as layers,
        contrib_learn as learn,
        contrib_legacy_seq2seq as legacy_seq2seq,
        contrib_lookup as lookup,
        contrib_losses as losses,
        contrib_metrics as metrics,
        contrib_opt as opt,
        contrib_rnn as rnn,
        contrib_seq2seq as seq2seq,
        contrib_slim as slim,
        contrib_tensorboard as tensorboard,
        contrib_tpu as tpu,
        contrib_training as training,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "cluster_resolver",
    "crf",
    "cudnn_rnn",
    "data",
    "distributions",
    "framework",
    "layers",
    "learn",
    "legacy_seq2seq",
    "lookup",
    "losses",
    "metrics",
    "opt",
    "rnn",
    "seq2seq",
    "slim",
    "tensorboard",
    "tpu",
    "training",
]
