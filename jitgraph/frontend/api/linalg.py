"""tf.linalg: products, norms, diagonals, factors of matrices, systems of equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.ops.band_parts import matrix_band_part as band_part
    from jitgraph.ops.cross_products import cross
    from jitgraph.ops.decompositions import (
        cholesky,
        cholesky_solve,
        logdet,
        self_adjoint_eig as eigh,
        self_adjoint_eigvals as eigvalsh,
        svd,
    )
    from jitgraph.ops.diagonals import (
        matrix_diag as diag,
        matrix_diag_part as diag_part,
        matrix_set_diag as set_diag,
    )
    from jitgraph.ops.einsum import einsum
    from jitgraph.ops.factorization import qr
    from jitgraph.ops.least_squares import matrix_solve_ls as lstsq
    from jitgraph.ops.matmul import matmul, matvec
    from jitgraph.ops.matrices import diag as tensor_diag, diag_part as tensor_diag_part, eye, trace
    from jitgraph.ops.norms import global_norm, l2_normalize, norm
    from jitgraph.ops.square_matrices import (
        log_matrix_determinant as slogdet,
        matrix_determinant as det,
        matrix_inverse as inv,
        matrix_solve as solve,
    )
    from jitgraph.ops.tensor_products import tensordot
    from jitgraph.ops.transposing import adjoint, matrix_transpose, matrix_transpose as transpose
    from jitgraph.ops.triangular import matrix_triangular_solve as triangular_solve

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "adjoint",
    "band_part",
    "cholesky",
    "cholesky_solve",
    "cross",
    "det",
    "diag",
    "diag_part",
    "eigh",
    "eigvalsh",
    "einsum",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "logdet",
    "lstsq",
    "matmul",
    "matrix_transpose",
    "matvec",
    "norm",
    "qr",
    "set_diag",
    "slogdet",
    "solve",
    "svd",
    "tensor_diag",
    "tensor_diag_part",
    "tensordot",
    "trace",
    "transpose",
    "triangular_solve",
]
