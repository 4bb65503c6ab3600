"""tf.contrib.cudnn_rnn: a cell that runs anywhere; layers that tell what to take instead."""

from __future__ import annotations

from jitgraph.frontend.recurrent.cudnn_cells import (
    CudnnCompatibleLSTMCell,
    CudnnGRU,
    CudnnLSTM,
    CudnnRNNRelu,
    CudnnRNNTanh,
)

__all__ = ["CudnnCompatibleLSTMCell", "CudnnGRU", "CudnnLSTM", "CudnnRNNRelu", "CudnnRNNTanh"]
