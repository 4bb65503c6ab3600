"""Names that TensorFlow's functions had before 1.0, for scripts of 2016: tf.sub, tf.pack, tf.inv.

In: arguments in the order of then. Out: what the function of today gives; the first call of each
says what the new name is.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.graph.deprecation import deprecated, renamed
from jitgraph.ops.arithmetic import multiply, negative, subtract
from jitgraph.ops.assembling import concat
from jitgraph.ops.band_parts import matrix_band_part
from jitgraph.ops.diagonals import matrix_diag, matrix_diag_part, matrix_set_diag
from jitgraph.ops.elementwise_powers import reciprocal
from jitgraph.ops.elementwise_rounding import abs as magnitude
from jitgraph.ops.matmul import matmul
from jitgraph.ops.packing import stack, unstack
from jitgraph.ops.selection import where
from jitgraph.ops.transposing import matrix_transpose
from jitgraph.ops.triangular import matrix_triangular_solve

_DATE = "2016-12-30"


@deprecated(_DATE, "`tf.sub(x, y)` is deprecated, please use `tf.subtract(x, y)` or `x - y`")
def sub(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The old name of `tf.subtract`."""
    return subtract(x, y, name)


@deprecated(_DATE, "`tf.mul(x, y)` is deprecated, please use `tf.multiply(x, y)` or `x * y`")
def mul(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The old name of `tf.multiply`."""
    return multiply(x, y, name)


@deprecated(_DATE, "`tf.neg(x)` is deprecated, please use `tf.negative(x)` or `-x`")
def neg(x: Any, name: str | None = None) -> Tensor:
    """The old name of `tf.negative`."""
    return negative(x, name)


def _pack(values: Any, axis: int = 0, name: str = "pack") -> Tensor:
    """The old name of `tf.stack`."""
    return stack(values, axis, name)


def _unpack(value: Any, num: int | None = None, axis: int = 0, name: str = "unpack") -> Any:
    """The old name of `tf.unstack`."""
    return unstack(value, num, axis, name)


def _batch_matmul(
    x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None
) -> Tensor:
    """The old name of `tf.matmul` of many matrices."""
    return matmul(x, y, adjoint_a=adj_x, adjoint_b=adj_y, name=name)


def _select(condition: Any, t: Any, e: Any, name: str | None = None) -> Tensor:
    """The old name of `tf.where`."""
    return where(condition, t, e, name)


pack = renamed("tf.pack", "tf.stack", _pack)
unpack = renamed("tf.unpack", "tf.unstack", _unpack)
select = renamed("tf.select", "tf.where", _select)
inv = renamed("tf.inv", "tf.reciprocal", reciprocal)
complex_abs = renamed("tf.complex_abs", "tf.abs", magnitude)
concat_v2 = renamed("tf.concat_v2", "tf.concat", concat)
batch_matmul = renamed("tf.batch_matmul", "tf.matmul", _batch_matmul)
batch_matrix_transpose = renamed(
    "tf.batch_matrix_transpose", "tf.matrix_transpose", matrix_transpose
)
batch_matrix_diag = renamed("tf.batch_matrix_diag", "tf.matrix_diag", matrix_diag)
batch_matrix_diag_part = renamed(
    "tf.batch_matrix_diag_part", "tf.matrix_diag_part", matrix_diag_part
)
batch_matrix_set_diag = renamed("tf.batch_matrix_set_diag", "tf.matrix_set_diag", matrix_set_diag)
batch_matrix_band_part = renamed(
    "tf.batch_matrix_band_part", "tf.matrix_band_part", matrix_band_part
)
batch_matrix_triangular_solve = renamed(
    "tf.batch_matrix_triangular_solve", "tf.matrix_triangular_solve", matrix_triangular_solve
)
