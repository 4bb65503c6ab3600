"""tf.nn.ctc_loss, tf.nn.ctc_greedy_decoder and tf.nn.ctc_beam_search_decoder.

In: logits and sparse labels. Out: the loss of each sequence, or the labels decoded.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.ctc import CTC_GREEDY_DECODER, CTC_LOSS
from jitgraph.ops.ctc_beam_search import CTC_BEAM_SEARCH_DECODER
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


def ctc_beam_search_decoder(
    inputs: Any,
    sequence_length: Any,
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
) -> tuple[list[SparseTensor], Tensor]:
    """The likeliest labels, all alignments together, as far as a beam search finds them.

    Args:
      inputs: float32 logits [time, batch, classes]; the last class is the blank.
      sequence_length: int32 [batch], how many times of each sequence count.
      beam_width: how many sequences are kept at each time.
      top_paths: how many are wanted.
      merge_repeated: equal neighbours in what is decoded count once.

    Returns:
      A list of `top_paths` int64 SparseTensors [batch, longest], best first, and the logarithms of
      their probabilities, [batch, top_paths].

    Raises:
      InvalidArgumentError: when run, if more paths are wanted than there are.

    Example:
      >>> decoded, scores = tf.nn.ctc_beam_search_decoder(tf.zeros([5, 1, 4]), [5], top_paths=2)
      >>> scores
      <tf.Tensor 'CTCBeamSearchDecoder:6' shape=(1, 2) dtype=float32>
    """
    attrs = {"beam_width": beam_width, "top_paths": top_paths, "merge_repeated": merge_repeated}
    found = apply(CTC_BEAM_SEARCH_DECODER, [inputs, sequence_length], attrs)
    places, values, shapes, scores = found
    parts = zip(places, values, shapes, strict=True)
    return [SparseTensor(*part) for part in parts], scores


def ctc_beam_search_decoder_v2(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """`tf.nn.ctc_beam_search_decoder` that merges no equal neighbours; arguments as there."""
    return ctc_beam_search_decoder(
        inputs, sequence_length, beam_width, top_paths, merge_repeated=False
    )
