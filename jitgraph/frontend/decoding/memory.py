"""The memory that an attention mechanism looks at: masked where sequences have ended.

In: outputs of an encoder [batch, time, ...] and lengths. Out: the memory, and scores of it, masked.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_positive
from jitgraph.frontend.structures import flatten, map_leaves
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import ones, ones_like
from jitgraph.ops.masking import sequence_mask
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of


def prepare_memory(memory: Any, lengths: Any, check_inner_dims: bool) -> Any:
    """The memory as tensors, zeros behind the sequences' ends.

    Args:
      memory: tensors of shape [batch, time, ...], nested.
      lengths: ints of shape [batch], or None.
      check_inner_dims: whether all sizes behind the first two must be known.

    Raises:
      ValueError: a size that is not known.
    """
    memory = map_leaves(lambda part: convert_to_tensor(part, name="memory"), memory)
    if lengths is not None:
        lengths = convert_to_tensor(lengths, name="memory_sequence_length")
    if check_inner_dims:
        for part in flatten(memory):
            _check_dims(part)
    if lengths is None:
        return memory
    first = flatten(memory)[0]
    mask = sequence_mask(lengths, maxlen=shape_of(first)[1], dtype=first.dtype)
    return map_leaves(lambda part: _masked(part, mask), memory)


def _check_dims(part: Tensor) -> None:
    shape = part.get_shape()
    if not shape[2:].is_fully_defined():
        raise ValueError(
            f"Expected memory {part.name} to have fully defined inner dims, but saw shape: {shape}"
        )


def _masked(part: Tensor, mask: Tensor) -> Tensor:
    known = part.get_shape().ndims
    rank = rank_of(part) if known is None else known
    more = ones(rank - 2, dtype=dtypes.int32)
    return part * reshape(mask, concat((shape_of(mask), more), 0))


def mask_score(score: Tensor, lengths: Any, masked_value: Any) -> Tensor:
    """Scores of a memory [batch, time], those behind the sequences' ends replaced."""
    if lengths is None:
        return score
    message = "All values in memory_sequence_length must be greater than zero."
    with control_dependencies([assert_positive(lengths, message=message)]):
        mask = sequence_mask(lengths, maxlen=shape_of(score)[1])
    return where(mask, score, masked_value * ones_like(score))
