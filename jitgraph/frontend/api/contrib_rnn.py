"""tf.contrib.rnn: cells and functions of recurrent nets under the names of contributed code."""

from __future__ import annotations

from jitgraph.frontend.recurrent.basic_cells import BasicRNNCell, GRUCell
from jitgraph.frontend.recurrent.cell import LayerRNNCell, RNNCell
from jitgraph.frontend.recurrent.cell_wrappers import DeviceWrapper, ResidualWrapper
from jitgraph.frontend.recurrent.contributed_cells import LayerNormBasicLSTMCell, LSTMBlockCell
from jitgraph.frontend.recurrent.dropout_wrapper import DropoutWrapper
from jitgraph.frontend.recurrent.dynamic import (
    best_effort_input_batch_size,
    transpose_batch_time,
)
from jitgraph.frontend.recurrent.lstm_cells import BasicLSTMCell, LSTMCell, LSTMStateTuple
from jitgraph.frontend.recurrent.multi_cell import MultiRNNCell
from jitgraph.frontend.recurrent.projection_wrappers import (
    EmbeddingWrapper,
    InputProjectionWrapper,
    OutputProjectionWrapper,
)
from jitgraph.frontend.recurrent.stacked import (
    stack_bidirectional_dynamic_rnn,
    stack_bidirectional_rnn,
)
from jitgraph.frontend.recurrent.static import (
    static_bidirectional_rnn,
    static_rnn,
    static_state_saving_rnn,
)

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "EmbeddingWrapper",
    "GRUCell",
    "InputProjectionWrapper",
    "LSTMBlockCell",
    "LSTMCell",
    "LSTMStateTuple",
    "LayerNormBasicLSTMCell",
    "LayerRNNCell",
    "MultiRNNCell",
    "OutputProjectionWrapper",
    "RNNCell",
    "ResidualWrapper",
    "best_effort_input_batch_size",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
    "transpose_batch_time",
]
