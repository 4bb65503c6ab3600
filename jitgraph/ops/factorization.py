"""Factors of matrices: qr.

In: matrices, the last two axes of a tensor. Out: factors whose product they are. They are computed
on the host by LAPACK.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery

FACTORED = tuple(
    dtypes.as_dtype(name) for name in ("float64", "float32", "float16", "complex64", "complex128")
)


def _qr_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    require_rank_at_least(dims, 2)
    if dims is None:
        return [None, None]
    *batch, rows, columns = dims
    if q.attrs["full_matrices"]:
        return [(*batch, rows, rows), dims]
    least = _least(rows, columns)
    return [(*batch, rows, least), (*batch, least, columns)]


def _least(rows: Any, columns: Any) -> Any:
    if rows is None or columns is None:
        return None
    return rows if rows <= columns else columns


def _qr(matrices: np.ndarray, full_matrices: bool) -> tuple[np.ndarray, np.ndarray]:
    mode: Any = "complete" if full_matrices else "reduced"
    wide = matrices.astype(np.float32) if matrices.dtype == np.float16 else matrices
    q, r = np.linalg.qr(wide, mode)
    return q, r


def _qr_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dims in ((3, 3), (4, 2), (2, 3, 2)):
        for kind in (np.float32, np.float64):
            yield Sample((rng.uniform(-1, 1, dims).astype(kind),), {"full_matrices": False})
    yield Sample((rng.uniform(-1, 1, (4, 2)).astype(np.float32),), {"full_matrices": True})


def _qr_gradient(op: Any, dq: Tensor, dr: Tensor) -> list[Tensor]:
    from jitgraph.ops.band_parts import matrix_band_part
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.transposing import adjoint
    from jitgraph.ops.triangular import matrix_triangular_solve

    def divided(x: Tensor) -> Tensor:
        """x times the adjoint of the inverse of r."""
        return adjoint(matrix_triangular_solve(r, adjoint(x), lower=False, adjoint=False))

    q, r = op.outputs
    _check_differentiable(q, r)
    inner = matmul(q, dq, adjoint_a=True)
    turned = inner - adjoint(inner)
    outer = matmul(r, dr, adjoint_b=True)
    stretched = outer - adjoint(outer)
    lower = matrix_band_part(turned + stretched, -1, 0)
    within = matmul(q, dr + divided(lower))
    return [within + divided(dq - matmul(q, inner))]


def _check_differentiable(q: Tensor, r: Tensor) -> None:
    if q.dtype.is_complex:
        raise NotImplementedError(f"QrGrad not implemented for dtype: {q.dtype}")
    rows, columns = r.shape.as_list()[-2:] if r.shape.dims is not None else (None, None)
    if rows is not None and columns is not None and rows != columns:
        raise NotImplementedError(
            "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."
        )


QR = OpDef(
    "Qr",
    "input: T -> q: T, r: T",
    _qr_shape,
    types={"T": FACTORED},
    attrs={"full_matrices": False},
    reference=_qr,
    gradient=_qr_gradient,
    samples=_qr_samples,
)


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Matrices as products of one with orthonormal columns and an upper triangular one.

    Args:
      input: matrices, the last two axes of a tensor.
      full_matrices: give square first factors.
      name: the op's name.

    Returns:
      A named tuple (q, r).

    Example:
      >>> tf.linalg.qr([[1.0, 2.0], [3.0, 4.0]]).q
      <tf.Tensor 'Qr:0' shape=(2, 2) dtype=float32>
    """
    factors: tuple[Tensor, Tensor] = apply(QR, [input], {"full_matrices": full_matrices}, name)
    return factors
