"""tf.contrib.legacy_seq2seq: models from sequences to sequences, and losses, of lists of steps."""

from __future__ import annotations

from jitgraph.frontend.recurrent.listed_models import (
    basic_rnn_seq2seq,
    embedding_rnn_decoder,
    embedding_rnn_seq2seq,
    rnn_decoder,
)
from jitgraph.frontend.recurrent.sequence_losses import (
    listed_loss as sequence_loss,
    listed_loss_by_example as sequence_loss_by_example,
)

__all__ = [
    "basic_rnn_seq2seq",
    "embedding_rnn_decoder",
    "embedding_rnn_seq2seq",
    "rnn_decoder",
    "sequence_loss",
    "sequence_loss_by_example",
]
