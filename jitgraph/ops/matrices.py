"""Identity matrices, traces, and diagonals of tensors: eye, trace, diag, diag_part.

In: sizes, matrices, or diagonals. Out: matrices, sums, tensors of twice (or half) the rank.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.diagonals import matrix_diag, matrix_diag_part, matrix_set_diag
from jitgraph.ops.filling import ones, zeros


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Identity matrices.

    Args:
      num_rows: the number of rows.
      num_columns: the number of columns; as many as rows when None.
      batch_shape: the shape of a batch of them.
      dtype: the dtype.
      name: the ops' name scope.

    Raises:
      TypeError: sizes that aren't integers.

    Example:
      >>> tf.eye(3)
      <tf.Tensor 'eye/diag:0' shape=(3, 3) dtype=float32>
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        is_square = num_columns is None
        columns = num_rows if is_square else num_columns
        batch = [] if batch_shape is None else batch_shape
        least, is_square = _eye_size(num_rows, columns, is_square)
        if isinstance(batch, Tensor) or isinstance(least, Tensor):
            batch = convert_to_tensor(batch, name="shape", dtype=dtypes.int32)
            diagonal_shape: Any = concat((batch, [least]), axis=0)
            shape: Any = None if is_square else concat((batch, [num_rows, columns]), axis=0)
        else:
            diagonal_shape = [*batch, least]
            shape = None if is_square else [*batch, num_rows, columns]
        diagonal = ones(diagonal_shape, dtype=dtype)
        if is_square:
            return matrix_diag(diagonal)
        return matrix_set_diag(zeros(shape, dtype=dtype), diagonal)


def _eye_size(rows: Any, columns: Any, is_square: bool) -> tuple[Any, bool]:
    from jitgraph.ops.registry import REGISTRY

    if isinstance(rows, Tensor) or isinstance(columns, Tensor):
        return apply(REGISTRY["Minimum"], [rows, columns]), is_square
    if not all(isinstance(size, (int, np.integer)) for size in (rows, columns)):
        raise TypeError("num_rows and num_columns must be positive integer values.")
    return min(rows, columns), rows == columns


def trace(x: Any, name: str | None = None) -> Tensor:
    """The sum of the diagonal of a matrix, for each of a batch.

    Args:
      x: the last two axes hold a matrix.
      name: the op's name.

    Example:
      >>> tf.trace(tf.zeros([3, 3]))
      <tf.Tensor 'Trace:0' shape=() dtype=float32>
    """
    from jitgraph.ops.registry import REGISTRY

    with name_scope(name, "Trace", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        part = matrix_diag_part(tensor)
        return apply(REGISTRY["Sum"], [part, [-1]], {"keep_dims": False}, scope)


def _diag_arrays(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Any:
    for shape in shapes:
        for dtype in (np.float32, np.float64, np.int32):
            yield rng.uniform(-3, 3, shape).astype(dtype)


def _diag(diagonal: np.ndarray) -> np.ndarray:
    return np.diagflat(diagonal).reshape(diagonal.shape * 2)


def _tensor_diag_part(input: np.ndarray) -> np.ndarray:
    half = input.shape[: input.ndim // 2]
    size = int(np.prod(half))
    return np.diagonal(input.reshape(size, size)).reshape(half).copy()


def _tensor_diag_part_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    if dims is None:
        return [None]
    if not dims or len(dims) % 2:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(dims)}")
    half: list[Any] = []
    for left, right in zip(dims[: len(dims) // 2], dims[len(dims) // 2 :], strict=True):
        half.append(merge_dim(left, right))
    return [tuple(half)]


_DIAGONAL = tuple(
    dtypes.as_dtype(name)
    for name in (
        *("bfloat16", "float16", "float32", "float64", "int32", "int64", "complex64"),
        "complex128",
    )
)

DIAG = OpDef(
    "Diag",
    "diagonal: T -> output: T",
    lambda q: [None if q.shapes[0] is None else (*q.shapes[0], *q.shapes[0])],
    types={"T": _DIAGONAL},
    reference=_diag,
    gradient=lambda op, grad: [diag_part(grad)],
    samples=lambda rng: (Sample((x,)) for x in _diag_arrays(rng, (3,), (2, 3))),
)

DIAG_PART = OpDef(
    "DiagPart",
    "input: T -> diagonal: T",
    _tensor_diag_part_shape,
    types={"T": _DIAGONAL},
    reference=_tensor_diag_part,
    gradient=lambda op, grad: [diag(grad)],
    samples=lambda rng: (Sample((x,)) for x in _diag_arrays(rng, (3, 3), (2, 3, 2, 3))),
)


def diag(diagonal: Any, name: str | None = None) -> Tensor:
    """A tensor of twice the rank with `diagonal` on its diagonal.

    Args:
      diagonal: a tensor.
      name: the op's name.

    Example:
      >>> tf.diag([1, 2])
      <tf.Tensor 'Diag:0' shape=(2, 2) dtype=int32>
    """
    return apply(DIAG, [diagonal], name=name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """The diagonal of a tensor whose shape is some shape twice.

    Args:
      input: a tensor of even rank.
      name: the op's name.

    Example:
      >>> tf.diag_part(tf.zeros([2, 2]))
      <tf.Tensor 'DiagPart:0' shape=(2,) dtype=float32>
    """
    return apply(DIAG_PART, [input], name=name)
