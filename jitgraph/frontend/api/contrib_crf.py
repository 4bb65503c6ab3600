"""tf.contrib.crf: conditional random fields of linear chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.crf.decoding import (
        CrfDecodeBackwardRnnCell,
        CrfDecodeForwardRnnCell,
        crf_decode,
        viterbi_decode,
    )
    from jitgraph.frontend.crf.scores import (
        CrfForwardRnnCell,
        crf_binary_score,
        crf_log_likelihood,
        crf_log_norm,
        crf_multitag_sequence_score,
        crf_sequence_score,
        crf_unary_score,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "CrfDecodeBackwardRnnCell",
    "CrfDecodeForwardRnnCell",
    "CrfForwardRnnCell",
    "crf_binary_score",
    "crf_decode",
    "crf_log_likelihood",
    "crf_log_norm",
    "crf_multitag_sequence_score",
    "crf_sequence_score",
    "crf_unary_score",
    "viterbi_decode",
]
