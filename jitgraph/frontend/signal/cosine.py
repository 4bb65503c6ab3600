"""Discrete cosine transforms of types 1, 2 and 3: tf.signal.dct and idct.

In: float32 tensors. Out: transforms over the last axis, by Fourier transforms of twice the length.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_complex import complex, real
from jitgraph.ops.elementwise_exponential import exp
from jitgraph.ops.elementwise_powers import rsqrt, sqrt
from jitgraph.ops.fourier import irfft, rfft
from jitgraph.ops.padding import pad
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import shape as shape_of


def dct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The discrete cosine transform over the last axis.

    Args:
      input: a float32 tensor.
      type: 1, 2 or 3.
      n: the length to cut or pad to.
      axis: -1.
      norm: None, or "ortho" for an orthogonal transform.
      name: the ops' name scope.

    Raises:
      ValueError: another type or norm.
      NotImplementedError: another axis.

    Example:
      >>> tf.signal.dct([[1.0, 2.0, 3.0]]).shape
      TensorShape([Dimension(1), Dimension(3)])
    """
    tensor: Any = convert_to_tensor(input, dtype=dtypes.float32)
    _check(tensor, type, n, axis, norm)
    with name_scope(name, "dct", [tensor]):
        tensor = tensor if n is None else _resized(tensor, n)
        if type == 1:
            return real(rfft(concat([tensor, tensor[..., -2:0:-1]], axis=-1)))
        size = _last_size(tensor)
        count: Any = cast(size, dtypes.float32)
        return (_second if type == 2 else _third)(tensor, size, count, norm == "ortho")


def idct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The inverse of `dct` but for a factor of twice the length, none if it is orthogonal.

    Args:
      input, type, n, axis, norm, name: as in `dct`.

    Raises:
      ValueError: another type or norm.

    Example:
      >>> tf.signal.idct([[1.0, 2.0, 3.0]], norm="ortho").shape
      TensorShape([Dimension(1), Dimension(3)])
    """
    return dct(input, {1: 1, 2: 3, 3: 2}.get(type, type), n, axis, norm, name)


def _check(tensor: Any, type: int, n: int | None, axis: int, norm: str | None) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3):
        raise ValueError("Only Types I, II and III (I)DCT are supported.")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    last = tensor.shape.as_list()[-1]
    if type == 1 and last is not None and last < 2:
        raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _last_size(tensor: Any) -> Any:
    return tensor.shape.as_list()[-1] or shape_of(tensor)[-1]


def _resized(tensor: Any, n: int) -> Any:
    size = tensor.shape.as_list()[-1]
    if size is None or n <= size:
        return tensor[..., 0:n]
    return pad(tensor, [[0, 0]] * (tensor.shape.ndims - 1) + [[0, n - size]])


def _second(tensor: Any, size: Any, count: Any, is_orthogonal: bool) -> Tensor:
    angles = -range_of(count) * math.pi * 0.5 / count
    turns = 2.0 * exp(complex(0.0, angles))
    spectrum: Any = rfft(tensor, fft_length=[2 * size])
    found: Any = real(spectrum[..., :size] * turns)
    if is_orthogonal:
        first: Any = 0.5 * rsqrt(count)
        found = found * _weights(first, first * sqrt(2.0), size)
    return found  # type: ignore[no-any-return]


def _third(tensor: Any, size: Any, count: Any, is_orthogonal: bool) -> Tensor:
    if is_orthogonal:
        first: Any = sqrt(count)
        tensor = tensor * _weights(first, first * sqrt(0.5), size)
    else:
        tensor = tensor * count
    turns = 2.0 * exp(complex(0.0, range_of(count) * math.pi * 0.5 / count))
    spectrum = turns * complex(tensor, 0.0)
    found: Any = real(irfft(spectrum, fft_length=[2 * size]))
    return found[..., :size]  # type: ignore[no-any-return]


def _weights(first: Any, others: Any, size: Any) -> Tensor:
    return pad(expand_dims(first, 0), [[0, size - 1]], constant_values=others)
