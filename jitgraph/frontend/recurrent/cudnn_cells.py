"""tf.contrib.cudnn_rnn on a CPU: the compatible cell, and layers that say what to take instead.

In: arguments of TensorFlow's layers. Out: an error; they run in NVIDIA's library alone.
"""

from __future__ import annotations

from typing import Any, NoReturn

from jitgraph import errors
from jitgraph.frontend.recurrent.contributed_cells import LSTMBlockCell


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """The LSTM that cuDNN's layer trains: one whose forget gate has no bias of its own.

    Args:
      num_units: the size of c and h.
      reuse: whether its variables exist already.

    Example:
      >>> cell = tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell(8)
      >>> output, state = cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    """

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        name = "cudnn_compatible_lstm_cell"
        super().__init__(
            num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse, name=name
        )


class CudnnLayer:
    """The base of layers that run in NVIDIA's library alone: none can be made.

    Raises:
      UnimplementedError: always.
    """

    instead = "tf.contrib.rnn.LSTMBlockCell"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise errors.UnimplementedError(
            None,
            None,
            f"tf.contrib.cudnn_rnn.{type(self).__name__} runs in NVIDIA's cuDNN alone: take "
            f"{self.instead} with tf.nn.dynamic_rnn, which is one native loop",
        )


class CudnnLSTM(CudnnLayer):
    """cuDNN's LSTM; see `CudnnLayer`."""


class CudnnGRU(CudnnLayer):
    """cuDNN's GRU; see `CudnnLayer`."""

    instead = "tf.nn.rnn_cell.GRUCell"


class CudnnRNNRelu(CudnnLayer):
    """cuDNN's plain net with relu; see `CudnnLayer`."""

    instead = "tf.nn.rnn_cell.BasicRNNCell(activation=tf.nn.relu)"


class CudnnRNNTanh(CudnnLayer):
    """cuDNN's plain net with tanh; see `CudnnLayer`."""

    instead = "tf.nn.rnn_cell.BasicRNNCell"
