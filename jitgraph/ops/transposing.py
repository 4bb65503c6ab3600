"""Array ops that permute axes: transpose, matrix_transpose, adjoint.

In: a tensor and an order of its axes. Out: the tensor with its axes in that order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, literal_axis, unknown_dims
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import (
    ANY,
    INDEX,
    AffineMap,
    OpDef,
    Sample,
    ShapeQuery,
)
from jitgraph.ops.shape_arithmetic import invert_permutation


def _rank_of(q: ShapeQuery) -> int | None:
    dims, perm_dims = q.shapes
    rank = None if dims is None else len(dims)
    length = None if perm_dims is None else perm_dims[0]
    if rank is None:
        return length
    if length is not None and length != rank:
        raise ValueError(f"Dimension must be {rank} but is {length}")
    return rank


def _transpose_shape(q: ShapeQuery) -> list[Dims | None]:
    rank = _rank_of(q)
    if rank is None:
        return [None]
    dims, perm = q.shapes[0], q.value(1)
    if dims is None or perm is None:
        return [unknown_dims(rank)]
    places = [_place(axis, rank) for axis in perm]
    return [tuple(None if place is None else dims[place] for place in places)]


def _place(axis: Any, rank: int) -> int | None:
    if axis is None:
        return None
    place = literal_axis(axis, rank)
    if place is None:
        raise ValueError(f"perm dim {axis} is out of range of input rank {rank}")
    return place


def _transpose_map(q: ShapeQuery) -> AffineMap:
    rank = len(q.known_dims(0))
    places = [literal_axis(axis, rank) for axis in q.known_value(1)]
    if len(set(places)) < rank:
        raise ValueError(f"{places} is not a permutation")
    sources = tuple((place, 1) for place in places if place is not None)
    return AffineMap((0,) * rank, sources)


def _transpose(x: np.ndarray, perm: Any) -> np.ndarray:
    places = [axis % x.ndim for axis in as_ints(perm)]
    missing = set(range(x.ndim)).difference(places)
    if missing:
        given = ",".join(str(axis) for axis in as_ints(perm))
        raise ValueError(f"{min(missing)} is missing from {{{given}}}.")
    return np.transpose(x, places)


def _conjugate_transpose(b: Any, instr: Any) -> list[Any]:
    x, perm = instr.inputs
    moved = b.emit("Transpose", x, perm)
    is_complex = instr.attrs["T"].is_complex
    return [b.emit("Conj", moved) if is_complex else moved]


def _transpose_samples(rng: np.random.Generator) -> Any:
    def array(*shape: int) -> np.ndarray:
        return rng.uniform(-3, 3, shape)

    yield Sample((array(2, 3).astype(np.float32), np.array([1, 0], np.int32)))
    yield Sample((array(2, 3, 4), np.array([2, 0, 1], np.int64)))
    yield Sample((array(2, 3), np.array([0, 1], np.int32)))
    yield Sample((np.arange(6, dtype=np.int32).reshape(2, 3), np.array([1, 0], np.int32)))
    yield Sample((array(0, 3) > 0, np.array([1, 0], np.int32)))
    yield Sample((np.float64(1.5), np.zeros(0, np.int32)))
    yield Sample(((array(2, 2) + 1j * array(2, 2)), np.array([1, 0], np.int32)))
    yield Sample((array(2, 3).astype(np.float16), np.array([1, 0], np.int32)))


TRANSPOSE = OpDef(
    "Transpose",
    "x: T, perm: Tperm -> y: T",
    _transpose_shape,
    misfit=misfits.transpose,
    types={"T": ANY, "Tperm": (INDEX, dtypes.int32)},
    reference=_transpose,
    view=_transpose_map,
    host=(1,),
    gradient=lambda op, grad: [transpose(grad, invert_permutation(op.inputs[1])), None],
    samples=_transpose_samples,
)

CONJUGATE_TRANSPOSE = OpDef(
    "ConjugateTranspose",
    "x: T, perm: Tperm -> y: T",
    _transpose_shape,
    misfit=misfits.transpose,
    types={"T": ANY, "Tperm": (INDEX, dtypes.int32)},
    reference=lambda x, perm: np.conj(_transpose(x, perm)),
    decompose=_conjugate_transpose,
    host=(1,),
    gradient=lambda op, grad: [
        transpose(grad, invert_permutation(op.inputs[1]), conjugate=True),
        None,
    ],
    samples=_transpose_samples,
)


def transpose(
    a: Any, perm: Any = None, name: str | None = "transpose", conjugate: bool = False
) -> Tensor:
    """A tensor with its axes permuted.

    Args:
      a: a tensor.
      perm: the order of the axes; reversed when None.
      name: the op's name.
      conjugate: also conjugate complex numbers.

    Raises:
      ValueError: `perm` doesn't fit the rank.

    Example:
      >>> tf.transpose(tf.zeros([2, 3]))
      <tf.Tensor 'transpose:0' shape=(3, 2) dtype=float32>
    """
    with name_scope(name, "transpose", [a]) as scope:
        kind = CONJUGATE_TRANSPOSE if conjugate and a.dtype.is_complex else TRANSPOSE
        if perm is not None:
            return apply(kind, [a, perm], name=scope)
        tensor = convert_to_tensor(a, name="a")
        result = apply(kind, [tensor, _reversed_axes(tensor)], name=scope)
        if tensor._dims is not None:
            result.set_shape(tensor._dims[::-1])
        return result


def _reversed_axes(tensor: Tensor) -> Any:
    from jitgraph.ops.ranges import RANGE
    from jitgraph.ops.shapes_of import RANK

    if tensor._dims:
        return np.arange(len(tensor._dims))[::-1].astype(np.int32)
    rank = apply(RANK, [tensor])
    return rank - 1 - apply(RANGE, [0, rank, 1])


def matrix_transpose(
    a: Any, name: str | None = "matrix_transpose", conjugate: bool = False
) -> Tensor:
    """A tensor with its last two axes exchanged.

    Args:
      a: a tensor of rank 2 or more.
      name: the op's name.
      conjugate: also conjugate complex numbers.

    Raises:
      ValueError: the rank is below 2.

    Example:
      >>> tf.matrix_transpose(tf.zeros([5, 2, 3]))
      <tf.Tensor 'matrix_transpose/transpose:0' shape=(5, 3, 2) dtype=float32>
    """
    with name_scope(name, values=[a]):
        tensor = convert_to_tensor(a, name="a")
        return transpose(tensor, _last_two_exchanged(tensor), conjugate=conjugate)


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """Matrices transposed and conjugated.

    Args:
      matrix: the last two axes hold a matrix.
      name: the ops' name scope.

    Example:
      >>> tf.linalg.adjoint(tf.zeros([2, 3], tf.complex64)).shape
      TensorShape([Dimension(3), Dimension(2)])
    """
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


def _last_two_exchanged(tensor: Tensor) -> Any:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.ranges import RANGE
    from jitgraph.ops.shapes_of import rank

    if tensor._dims is None:
        axes = rank(tensor)
        return concat((apply(RANGE, [0, axes - 2, 1]), [axes - 1, axes - 2]), 0)
    count = len(tensor._dims)
    if count < 2:
        raise ValueError(
            f"Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: {tensor.get_shape()}"
        )
    return [*range(count - 2), count - 1, count - 2]
