"""The gradients of singular values and vectors, as TensorFlow 1.15 has them.

In: factors and what they are differentiated with. Out: the gradient by the matrices. Formulas:
J. Townsend, "Differentiating the singular value decomposition" (2016).
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.arithmetic import square
from jitgraph.ops.diagonals import matrix_diag, matrix_set_diag
from jitgraph.ops.elementwise_powers import reciprocal
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.matmul import matmul
from jitgraph.ops.matrices import eye
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import shape
from jitgraph.ops.transposing import adjoint, matrix_transpose


def gradient_of_values(left: Tensor, right: Tensor, by_values: Tensor) -> Tensor:
    """The gradient where singular values alone are used."""
    return matmul(left, matmul(matrix_diag(by_values), right, adjoint_b=True))


def gradient_of_vectors(op: Any, by_values: Tensor, by_left: Tensor, by_right: Tensor) -> Tensor:
    """The gradient where vectors are used, too.

    Raises:
      NotImplementedError: complex matrices, unknown sizes, or full matrices far from square.
    """
    matrices = op.inputs[0]
    if matrices.dtype.is_complex:
        raise NotImplementedError(
            "SVD gradient is not implemented for complex types and compute_uv=True."
        )
    rows, columns = matrices.shape.with_rank_at_least(2).as_list()[-2:]
    if rows is None or columns is None:
        raise NotImplementedError(
            "SVD gradient has not been implemented for input with unknown inner matrix shape."
        )
    if op.get_attr("full_matrices") and abs(rows - columns) > 1:
        raise NotImplementedError(
            "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True"
        )
    values, left, right = op.outputs
    with control_dependencies([by_values, by_left, by_right]):
        if rows <= columns:
            return _wide(values, left, right, by_values, by_left, by_right, (rows, columns))
        turned = _wide(values, right, left, by_values, by_right, by_left, (columns, rows))
        return matrix_transpose(turned)


def _wide(
    values: Tensor,
    left: Tensor,
    right: Tensor,
    by_values: Tensor,
    by_left: Tensor,
    by_right: Tensor,
    size: tuple[int, int],
) -> Tensor:
    """Of matrices with no more rows than columns."""
    rows, columns = size
    weights, middle = _weights(values), matrix_diag(values)
    first, by_first = right[..., :, :rows], by_right[..., :, :rows]
    of_left = weights * matmul(left, by_left, adjoint_a=True)
    of_right = weights * matmul(first, by_first, adjoint_a=True)
    inner = (
        matrix_diag(by_values)
        + matmul(of_left + adjoint(of_left), middle)
        + matmul(middle, of_right + adjoint(of_right))
    )
    found = matmul(left, matmul(inner, first, adjoint_b=True))
    if rows == columns:
        return found
    turned = matrix_transpose(by_first)
    outside = turned - matmul(matmul(turned, first), first, adjoint_b=True)
    if right.shape[-1].value == columns:
        second, by_second = right[..., :, rows:columns], by_right[..., :, rows:columns]
        outside -= matmul(matmul(first, by_second, adjoint_a=True), second, adjoint_b=True)
    return found + matmul(matmul(left, matrix_diag(reciprocal(values))), outside)


def _weights(values: Tensor) -> Tensor:
    """One over the differences of the squared values, 0 on the diagonal."""
    squares, dims = square(values), shape(values)
    ones = eye(dims[-1], batch_shape=dims[:-1], dtype=values.dtype)
    gaps = expand_dims(squares, -2) - expand_dims(squares, -1) + ones
    return matrix_set_diag(reciprocal(gaps), zeros_like(values))
