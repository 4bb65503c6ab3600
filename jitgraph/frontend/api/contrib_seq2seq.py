"""tf.contrib.seq2seq: losses of sequences."""

from __future__ import annotations

from jitgraph.frontend.recurrent.sequence_losses import sequence_loss

__all__ = ["sequence_loss"]
