"""tf.nn.rnn_cell: the cells of recurrent nets."""

from __future__ import annotations

from jitgraph.frontend.recurrent.basic_cells import BasicRNNCell, GRUCell
from jitgraph.frontend.recurrent.cell import RNNCell
from jitgraph.frontend.recurrent.cell_wrappers import DeviceWrapper, ResidualWrapper
from jitgraph.frontend.recurrent.dropout_wrapper import DropoutWrapper
from jitgraph.frontend.recurrent.lstm_cells import BasicLSTMCell, LSTMCell, LSTMStateTuple
from jitgraph.frontend.recurrent.multi_cell import MultiRNNCell

__all__ = [
    "BasicLSTMCell",
    "BasicRNNCell",
    "DeviceWrapper",
    "DropoutWrapper",
    "GRUCell",
    "LSTMCell",
    "LSTMStateTuple",
    "MultiRNNCell",
    "RNNCell",
    "ResidualWrapper",
]
