"""Beams: several guesses of each sequence, side by side.

In: tensors of shape [batch, ...] or [batch, beams, ...]. Out: tensors repeated for each beam, or
taken from the beams that go on. The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.structures import flatten, map_leaves
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.gather_trees import gather_tree
from jitgraph.ops.gathering import gather, gather_nd
from jitgraph.ops.masking import sequence_mask
from jitgraph.ops.packing import stack
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_max
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.ops.transposing import transpose
from jitgraph.shapes import TensorShape


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each entry of a batch several times, one behind the other.

    Args:
      t: tensors of shape [batch, ...], nested.
      multiplier: how often.
      name: the name scope.

    Raises:
      ValueError: a tensor of unknown rank, or a scalar.

    Example:
      >>> tf.contrib.seq2seq.tile_batch(tf.constant([[1, 2], [3, 4]]), 3)
      <tf.Tensor 'tile_batch/Reshape:0' shape=(6, 2) dtype=int32>
    """
    with name_scope(name, "tile_batch", [*flatten(t), multiplier]):
        return map_leaves(lambda each: _tiled(each, multiplier), t)


def _tiled(given: Any, multiplier: int) -> Tensor:
    tensor = convert_to_tensor(given, name="t")
    sizes = shape_of(tensor)
    known = tensor.get_shape()
    if not known.ndims:
        raise ValueError("t must have statically known rank")
    times = [1, multiplier] + [1] * (known.ndims - 1)
    tiled = tile(expand_dims(tensor, 1), times)
    tiled = reshape(tiled, concat(([sizes[0] * multiplier], sizes[1:]), 0))
    batch = known[0].value
    tiled.set_shape(
        TensorShape([None if batch is None else batch * multiplier]).concatenate(known[1:])
    )
    return tiled


def gather_tree_from_array(t: Tensor, parent_ids: Tensor, sequence_length: Tensor) -> Tensor:
    """What each beam saw, of a tensor of what stood at its place in each step.

    Args:
      t: of shape [time, batch, beams, ...] or [time, batch * beams, ...].
      parent_ids: of shape [time, batch, beams]: which beam of the step before each one continues.
      sequence_length: of shape [batch, beams].
    """
    steps, batch, beams = _sizes(parent_ids)
    ids = tile(expand_dims(expand_dims(range_of(beams), 0), 0), [steps, batch, 1])
    longest = cast(reduce_max(sequence_length, axis=1), dtypes.int32)
    ordered_ids = gather_tree(ids, parent_ids, longest, beams + 1)
    inside = transpose(sequence_mask(sequence_length, maxlen=steps), perm=[2, 0, 1])
    ordered_ids = where(inside, x=ordered_ids, y=ids)
    times = tile(reshape(range_of(steps), [-1, 1, 1]), [1, batch, beams])
    entries = tile(reshape(range_of(batch), [-1, 1, 1]), [1, steps, beams])
    entries = transpose(entries, perm=[1, 0, 2])
    indices = stack([times, entries, ordered_ids], -1)
    sizes = shape_of(t)
    found = gather_nd(reshape(t, [steps, batch, beams, -1]), indices)
    return reshape(found, sizes)


def _sizes(tensor: Tensor) -> list[Any]:
    known = tensor.get_shape().as_list()
    return [shape_of(tensor)[axis] if size is None else size for axis, size in enumerate(known)]


def maybe_gather_beams(
    indices: Tensor, given: Any, batch_size: Any, count: Any, shape: list[Any]
) -> Any:
    """`gather_beams` of a tensor of enough axes; anything else as it is."""
    if isinstance(given, TensorArray):
        return given
    check_rank(given)
    if given.get_shape().ndims < len(shape):
        return given
    return gather_beams(indices, given, batch_size, count, shape)


def gather_beams(
    indices: Tensor,
    given: Tensor,
    batch_size: Any,
    count: Any,
    shape: list[Any],
    name: str | None = None,
) -> Tensor:
    """Values of other beams of the same entry of the batch.

    Args:
      indices: which of `count` values, of shape [batch, beams].
      given: of shape [batch, ...].
      batch_size: a scalar tensor.
      count: how many values an entry has.
      shape: how values lie: [-1], or [batch * beams, -1] for rows.
      name: the name scope.
    """
    with name_scope(name, "tensor_gather_helper"):
        offsets = expand_dims(range_of(batch_size) * count, 1)
        indices = reshape(indices + offsets, [-1])
        found = gather(reshape(given, shape), indices)
        sizes = shape_of(given)[: 1 + len(shape)]
        known = TensorShape([_int(constant_value(batch_size))])
        found = reshape(found, sizes, name="output")
        found.set_shape(known.concatenate(given.get_shape()[1 : 1 + len(shape)]))
        return found


def check_rank(tensor: Tensor) -> None:
    """Checks that a tensor's rank is known.

    Raises:
      ValueError: it is not.
    """
    if tensor.get_shape().ndims is None:
        raise ValueError(f"Expected tensor ({tensor}) to have known rank, but ndims == None.")


def _int(value: Any) -> int | None:
    return None if value is None else int(value)
