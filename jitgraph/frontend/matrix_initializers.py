"""Initializers of matrices: orthogonal and identity.

In: a gain. Out: objects to call with a shape, as in `plain_initializers`.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.plain_initializers import Initializer, floating
from jitgraph.graph import Tensor
from jitgraph.ops.elementwise_rounding import sign
from jitgraph.ops.factorization import qr
from jitgraph.ops.matrices import diag_part, eye
from jitgraph.ops.random_numbers import random_normal
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.transposing import matrix_transpose
from jitgraph.shapes import TensorShape


class Orthogonal(Initializer):
    """A random matrix with orthonormal columns (or rows, where it has fewer rows).

    More than two dimensions count as a matrix whose columns are the last one.

    Args:
      gain: what the matrix is multiplied with.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: a dtype that is not floating, a shape of less than two dimensions.

    Example:
      >>> tf.orthogonal_initializer()([3, 2])
      <tf.Tensor 'mul_1:0' shape=(3, 2) dtype=float32>
    """

    def __init__(
        self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.gain = gain
        self.dtype = floating(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        if len(shape) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = math.prod(int(dim) for dim in shape[:-1]), int(shape[-1])
        is_flat = rows < columns
        flat_shape = (columns, rows) if is_flat else (rows, columns)
        numbers = random_normal(flat_shape, dtype=dtype or self.dtype, seed=self.seed)
        q, r = qr(numbers, full_matrices=False)
        q = q * sign(diag_part(r))
        if is_flat:
            q = matrix_transpose(q)
        made: Tensor = self.gain * reshape(q, shape)
        return made

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class Identity(Initializer):
    """The identity matrix.

    Args:
      gain: what the matrix is multiplied with.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: a dtype that is not floating, a shape that is not a matrix's.

    Example:
      >>> tf.initializers.identity()([2, 2])
      <tf.Tensor 'mul:0' shape=(2, 2) dtype=float32>
    """

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        whole = shape if partition_info is None else partition_info.full_shape
        if len(whole) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        sizes = whole.as_list() if isinstance(whole, TensorShape) else whole
        rows, columns = sizes
        matrix = eye(rows, columns, dtype=dtype or self.dtype)
        if partition_info is not None:
            matrix = slice_of(matrix, partition_info.var_offset, shape)
        made: Tensor = self.gain * matrix
        return made

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "dtype": self.dtype.name}
