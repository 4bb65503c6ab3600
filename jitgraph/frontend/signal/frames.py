"""Frames of signals, and signals of frames: tf.signal.frame and overlap_and_add.

In: signals, lengths and steps. Out: overlapping frames, or their sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.filling import zeros
from jitgraph.ops.gathering import gather
from jitgraph.ops.padding import pad
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.ops.transposing import transpose


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> Tensor:
    """Frames of a signal, one every `frame_step` elements.

    Args:
      signal: a tensor.
      frame_length, frame_step: integers.
      pad_end: whether the last frames reach beyond the signal's end, which is padded then.
      pad_value: with what.
      axis: the signal's axis, in whose place come those of the frames and of their elements.
      name: the ops' name scope.

    Raises:
      ValueError: a length or step isn't a scalar, or the rank isn't known.

    Example:
      >>> tf.signal.frame(tf.zeros([2, 10]), 4, 2).shape
      TensorShape([Dimension(2), Dimension(4), Dimension(4)])
    """
    with name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = convert_to_tensor(signal, name="signal")
        length: Any = convert_to_tensor(frame_length, name="frame_length")
        step: Any = convert_to_tensor(frame_step, name="frame_step")
        rank = signal.shape.with_rank_at_least(1).ndims
        length.shape.assert_has_rank(0)
        step.shape.assert_has_rank(0)
        if rank is None:
            raise ValueError("frame needs a signal whose rank is known.")
        place = axis % rank
        known = _known_shape(signal, length, step, pad_end, place)
        if pad_end:
            count = -(-shape_of(signal)[place] // step)
            beyond = maximum(0, length + step * (count - 1) - shape_of(signal)[place])
            before = zeros([place, 2], dtypes.int32)
            after = zeros([rank - 1 - place, 2], dtypes.int32)
            value = convert_to_tensor(pad_value, signal.dtype)
            ends = concat([before, [[0, beyond]], after], 0)
            signal = pad(signal, ends, constant_values=value)
        else:
            count = maximum(0, 1 + (shape_of(signal)[place] - length) // step)
        starts = reshape(range_of(count) * step, [-1, 1])
        found = gather(signal, starts + reshape(range_of(length), [1, -1]), axis=place)
        found.set_shape(known)
        return found


def _known_shape(signal: Any, length: Any, step: Any, pad_end: bool, place: int) -> list[Any]:
    sizes = signal.shape.as_list()
    size, width, hop = sizes[place], constant_value(length), constant_value(step)
    count = None
    if size is not None and hop is not None and pad_end:
        count = max(0, -(-size // int(hop)))
    elif size is not None and hop is not None and width is not None:
        count = max(0, (size - int(width) + int(hop)) // int(hop))
    inner = None if width is None else int(width)
    return [*sizes[:place], count, inner, *sizes[place + 1 :]]


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> Tensor:
    """A signal of frames, one every `frame_step` elements, added where they overlap.

    Args:
      signal: a tensor whose last two axes are those of the frames and of their elements.
      frame_step: an integer.
      name: the ops' name scope.

    Raises:
      ValueError: the step isn't an integer.

    Example:
      >>> tf.signal.overlap_and_add(tf.zeros([4, 4]), 2).dtype
      tf.float32
    """
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = convert_to_tensor(signal, name="signal")
        signal.shape.with_rank_at_least(2)
        step: Any = convert_to_tensor(frame_step, name="frame_step")
        step.shape.assert_has_rank(0)
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype!r}")
        sizes: Any = shape_of(signal)
        outer = sizes[:-2]
        frames, length = sizes[-2], sizes[-1]
        total = length + step * (frames - 1)
        known = constant_value(step)
        if known is not None and signal.shape.ndims and signal.shape.as_list()[-1] == int(known):
            return reshape(signal, concat([outer, [total]], 0), name="fast_path")
        return _added(signal, step, outer, total)


def _added(signal: Any, step: Any, outer: Any, total: Any) -> Tensor:
    """Each frame cut in segments of a step; the segments of one place stand in one column."""
    sizes: Any = shape_of(signal)
    frames, length = sizes[-2], sizes[-1]
    segments: Any = -(-length // step)
    rank: Any = size_of(outer)

    def whole(*inner: Any) -> Tensor:
        return concat([outer, list(inner)], 0)

    ends = [[0, segments], [0, segments * step - length]]
    padded = pad(signal, concat([zeros([rank, 2], dtypes.int32), ends], 0))
    cut = reshape(padded, whole(frames + segments, segments, step))
    order = concat([range_of(rank), rank + np.array([1, 0, 2], np.int32)], 0)
    rows: Any = reshape(transpose(cut, order), whole((frames + segments) * segments, step))
    rows = rows[..., : (frames + segments - 1) * segments, :]
    added: Any = reduce_sum(reshape(rows, whole(segments, frames + segments - 1, step)), -3)
    added = reshape(added, whole((frames + segments - 1) * step))
    found: Tensor = added[..., :total]
    return found
