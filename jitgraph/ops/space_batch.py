"""Blocks of space moved into the batch and back: space_to_batch_nd, batch_to_space_nd.

In: a tensor [batch, space..., rest...], the shape of a block, padding or cropping of each spatial
axis. Out: the tensor rearranged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.space_batch_definitions import BATCH_TO_SPACE_ND, SPACE_TO_BATCH_ND


def space_to_batch_nd(
    input: Any, block_shape: Any, paddings: Any, name: str | None = None
) -> Tensor:
    """Moves blocks of space into the batch.

    Args:
      input: [batch, space..., rest...].
      block_shape: the size of a block along each spatial axis; it must divide the padded size.
      paddings: [axes, 2], zeros before and after each spatial axis.
      name: the op's name.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.space_to_batch_nd(tf.zeros([1, 4, 4, 3]), [2, 2], [[0, 0], [0, 0]])
      <tf.Tensor 'SpaceToBatchND:0' shape=(4, 2, 2, 3) dtype=float32>
    """
    return apply(SPACE_TO_BATCH_ND, [input, block_shape, paddings], name=name)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """Moves what space_to_batch_nd put into the batch back into space.

    Args:
      input: [batch, space..., rest...].
      block_shape: the size of a block along each spatial axis.
      crops: [axes, 2], how much to take off before and after each spatial axis.
      name: the op's name.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.batch_to_space_nd(tf.zeros([4, 2, 2, 3]), [2, 2], [[0, 0], [0, 0]])
      <tf.Tensor 'BatchToSpaceND:0' shape=(1, 4, 4, 3) dtype=float32>
    """
    return apply(BATCH_TO_SPACE_ND, [input, block_shape, crops], name=name)


def _square(block_size: Any) -> np.ndarray:
    return np.array([block_size, block_size], np.int64)


def space_to_batch(
    input: Any, paddings: Any, block_size: Any = None, name: str | None = None,
    block_shape: Any = None,
) -> Tensor:  # fmt: skip
    """Moves square blocks of images into the batch.

    Args:
      input: images of rank 4.
      paddings: [2, 2], zeros before and after rows and columns.
      block_size: rows and columns of a block.
      name: the op's name.
      block_shape: another name of `block_size`.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.space_to_batch(tf.zeros([1, 4, 4, 3]), [[0, 0], [0, 0]], 2)
      <tf.Tensor 'SpaceToBatchND:0' shape=(4, 2, 2, 3) dtype=float32>
    """
    size = chosen_argument("block_shape", block_shape, "block_size", block_size)
    result = space_to_batch_nd(input, _square(size), paddings, name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def batch_to_space(
    input: Any, crops: Any, block_size: Any = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """Moves what space_to_batch put into the batch back into images.

    Args:
      input: images of rank 4.
      crops: [2, 2], how much to take off before and after rows and columns.
      block_size: rows and columns of a block.
      name: the op's name.
      block_shape: another name of `block_size`.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.batch_to_space(tf.zeros([4, 2, 2, 3]), [[0, 0], [0, 0]], 2)
      <tf.Tensor 'BatchToSpaceND:0' shape=(1, 4, 4, 3) dtype=float32>
    """
    size = chosen_argument("block_shape", block_shape, "block_size", block_size)
    result = batch_to_space_nd(input, _square(size), crops, name)
    result.set_shape(result.get_shape().with_rank(4))
    return result
