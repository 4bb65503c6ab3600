"""tf.nn.ctc_loss and tf.nn.ctc_greedy_decoder.

In: logits and sparse labels. Out: the loss of each sequence, or the labels decoded.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.ctc import CTC_GREEDY_DECODER, CTC_LOSS
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.transposing import transpose


def ctc_loss(
    labels: SparseTensor,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Tensor:
    """Minus the logarithm of the probability that logits give to labels, whatever the alignment.

    Args:
      labels: int32 SparseTensor [batch, longest]: the labels of each sequence.
      inputs: float32 logits [time, batch, classes]; the last class is the blank.
      sequence_length: int32 [batch], how many times of each sequence count.
      preprocess_collapse_repeated: equal neighbours among the labels count once.
      ctc_merge_repeated: equal neighbours among the classes decoded count once.
      ignore_longer_outputs_than_inputs: labels too long for their sequence give an infinite loss
        and no gradient, not an error.
      time_major: when False the logits are [batch, time, classes].
      logits: another name of `inputs`.

    Returns:
      float32 [batch].

    Raises:
      TypeError: `labels` is not sparse.
      InvalidArgumentError: when run, if labels don't fit their sequences.

    Example:
      >>> labels = tf.SparseTensor([[0, 0], [0, 1]], [1, 2], [1, 2])
      >>> tf.nn.ctc_loss(labels, tf.zeros([5, 1, 4]), [5])
      <tf.Tensor 'CTCLoss:0' shape=(1,) dtype=float32>
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    inputs = chosen_argument("logits", logits, "inputs", inputs)
    if not time_major:
        inputs = transpose(inputs, [1, 0, 2])
    attrs = {
        "preprocess_collapse_repeated": preprocess_collapse_repeated,
        "ctc_merge_repeated": ctc_merge_repeated,
        "ignore_longer_outputs_than_inputs": ignore_longer_outputs_than_inputs,
    }
    given = [inputs, labels.indices, labels.values, sequence_length]
    loss: Tensor = apply(CTC_LOSS, given, attrs).loss
    return loss


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """The labels of the likeliest class at each time.

    Args:
      inputs: float32 logits [time, batch, classes]; the last class is the blank.
      sequence_length: int32 [batch], how many times of each sequence count.
      merge_repeated: equal neighbours count once.

    Returns:
      A list of one int64 SparseTensor [batch, longest], and minus the sum of the logits taken,
      [batch, 1].

    Example:
      >>> decoded, score = tf.nn.ctc_greedy_decoder(tf.zeros([5, 1, 4]), [5])
      >>> score.shape
      TensorShape([Dimension(1), Dimension(1)])
    """
    attrs = {"merge_repeated": merge_repeated}
    places, values, shape, score = apply(CTC_GREEDY_DECODER, [inputs, sequence_length], attrs)
    return [SparseTensor(places, values, shape)], score
