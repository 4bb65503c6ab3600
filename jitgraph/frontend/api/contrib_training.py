"""tf.contrib.training: hyperparameters."""

from __future__ import annotations

from jitgraph.frontend.contrib_hparams import HParams, parse_values

__all__ = ["HParams", "parse_values"]
