"""tensor_scatter_update, tensor_scatter_add, tensor_scatter_sub: a tensor with some of its elements
changed.

In: a tensor, indices, updates. Out: a tensor of the same shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.gathering import gather_nd
from jitgraph.ops.identities import identity
from jitgraph.ops.scatter import SCATTER_ND_ADD, SCATTER_ND_SUB, SCATTER_ND_UPDATE


def _update_gradient(op: Any, grad: Tensor) -> list[Any]:
    places = op.inputs[1]
    of_updates = gather_nd(grad, places)
    given = identity(grad)
    none = zeros_like(op.inputs[2], dtype=grad.dtype)
    return [tensor_scatter_update(given, places, none), None, of_updates]


def _add_gradient(op: Any, grad: Tensor) -> list[Any]:
    of_updates = gather_nd(grad, op.inputs[1])
    return [identity(grad), None, of_updates]


def _sub_gradient(op: Any, grad: Tensor) -> list[Any]:
    of_updates: Any = gather_nd(grad, op.inputs[1])
    return [identity(grad), None, -of_updates]


def _samples(rng: np.random.Generator) -> Any:
    rows = np.array([[1], [3]], np.int32)
    for dtype in (np.float32, np.float64, np.int32):
        tensor, updates = (rng.uniform(-3, 3, (n, 2)).astype(dtype) for n in (4, 2))
        yield Sample((tensor, rows, updates))
    pairs = np.array([[0, 1], [2, 2]], np.int64)
    yield Sample((rng.uniform(-3, 3, (3, 3)), pairs, rng.uniform(-3, 3, 2)))


def _definition(name: str, write: OpDef, gradient: Any) -> OpDef:
    """An op that makes of a tensor what `write` makes of a variable."""
    return OpDef(
        name,
        "tensor: T, indices: Tindices, updates: T -> output: T",
        write.shape,
        misfit=write.misfit,
        types={"T": ANY, "Tindices": INDEX},
        reference=write.reference,
        decompose=lambda b, instr: [b.emit(write, *instr.inputs)],
        gradient=gradient,
        samples=_samples,
    )


TENSOR_SCATTER_UPDATE = _definition("TensorScatterUpdate", SCATTER_ND_UPDATE, _update_gradient)
TENSOR_SCATTER_ADD = _definition("TensorScatterAdd", SCATTER_ND_ADD, _add_gradient)
TENSOR_SCATTER_SUB = _definition("TensorScatterSub", SCATTER_ND_SUB, _sub_gradient)


def tensor_scatter_update(
    tensor: Any, indices: Any, updates: Any, name: str | None = None
) -> Tensor:
    """A tensor with some elements or slices replaced.

    Args:
      tensor: the tensor.
      indices: the last axis indexes the leading axes of `tensor`.
      updates: the new elements or slices.
      name: the op's name.

    Raises:
      ValueError: the shapes don't fit.
      InvalidArgumentError: when run, if an index is out of range.

    Example:
      >>> tf.tensor_scatter_update([1.0, 2.0, 3.0], [[0], [2]], [5.0, 6.0])
      <tf.Tensor 'TensorScatterUpdate:0' shape=(3,) dtype=float32>
    """
    return apply(TENSOR_SCATTER_UPDATE, [tensor, indices, updates], name=name)


def tensor_scatter_add(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with `updates` added to some elements or slices. See `tensor_scatter_update`.

    Example:
      >>> tf.tensor_scatter_add([1.0, 2.0, 3.0], [[0], [2]], [5.0, 6.0])
      <tf.Tensor 'TensorScatterAdd:0' shape=(3,) dtype=float32>
    """
    return apply(TENSOR_SCATTER_ADD, [tensor, indices, updates], name=name)


def tensor_scatter_sub(tensor: Any, indices: Any, updates: Any, name: str | None = None) -> Tensor:
    """A tensor with `updates` subtracted from some elements or slices. See
    `tensor_scatter_update`.

    Example:
      >>> tf.tensor_scatter_sub([1.0, 2.0, 3.0], [[0], [2]], [5.0, 6.0])
      <tf.Tensor 'TensorScatterSub:0' shape=(3,) dtype=float32>
    """
    return apply(TENSOR_SCATTER_SUB, [tensor, indices, updates], name=name)
