"""Fourier transforms: of complex tensors, and of real ones with their length.

In: tensors. Out: transforms over the last axes. Real signals are cut or padded to the length.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.filling import zeros, zeros_like
from jitgraph.ops.fourier_definitions import (
    FFT,
    FFT2D,
    FFT3D,
    IFFT,
    IFFT2D,
    IFFT3D,
    IRFFT,
    IRFFT2D,
    IRFFT3D,
    RFFT,
    RFFT2D,
    RFFT3D,
)
from jitgraph.ops.packing import stack, unstack
from jitgraph.ops.padding import pad
from jitgraph.ops.partial_value import partial_value
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of


def fft(input: Any, name: str | None = None) -> Tensor:
    """The transform over the last axis of a complex tensor.

    Example:
      >>> tf.fft(tf.constant([1.0 + 0j, 2.0], tf.complex64))
      <tf.Tensor 'FFT:0' shape=(2,) dtype=complex64>
    """
    return apply(FFT, [input], name=name)


def ifft(input: Any, name: str | None = None) -> Tensor:
    """The inverse transform over the last axis of a complex tensor.

    Example:
      >>> tf.ifft(tf.constant([1.0 + 0j, 2.0], tf.complex64))
      <tf.Tensor 'IFFT:0' shape=(2,) dtype=complex64>
    """
    return apply(IFFT, [input], name=name)


def fft2d(input: Any, name: str | None = None) -> Tensor:
    """The transform over the last two axes of a complex tensor.

    Example:
      >>> tf.fft2d(tf.zeros([2, 3], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(3)])
    """
    return apply(FFT2D, [input], name=name)


def ifft2d(input: Any, name: str | None = None) -> Tensor:
    """The inverse transform over the last two axes of a complex tensor.

    Example:
      >>> tf.ifft2d(tf.zeros([2, 3], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(3)])
    """
    return apply(IFFT2D, [input], name=name)


def fft3d(input: Any, name: str | None = None) -> Tensor:
    """The transform over the last three axes of a complex tensor.

    Example:
      >>> tf.fft3d(tf.zeros([2, 3, 4], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(3), Dimension(4)])
    """
    return apply(FFT3D, [input], name=name)


def ifft3d(input: Any, name: str | None = None) -> Tensor:
    """The inverse transform over the last three axes of a complex tensor.

    Example:
      >>> tf.ifft3d(tf.zeros([2, 3, 4], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(3), Dimension(4)])
    """
    return apply(IFFT3D, [input], name=name)


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The half of the transform over the last axis of a real tensor that gives the other half.

    Args:
      input_tensor: a float32 tensor.
      fft_length: a vector with the length to cut or pad to; the axis's size when None.
      name: the op's name.

    Example:
      >>> tf.signal.rfft([1.0, 2.0, 3.0, 4.0]).shape
      TensorShape([Dimension(3)])
    """
    return _of_real(RFFT, 1, "rfft", input_tensor, fft_length, name)


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """The real signal of which `rfft` gives the half transform.

    Args:
      input_tensor: a complex64 tensor.
      fft_length: a vector with the signal's length; 2 (size - 1) when None.
      name: the op's name.

    Example:
      >>> tf.signal.irfft(tf.zeros([3], tf.complex64)).shape
      TensorShape([Dimension(4)])
    """
    return _to_real(IRFFT, 1, "irfft", input_tensor, fft_length, name)


def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """As `rfft`, over the last two axes.

    Example:
      >>> tf.signal.rfft2d(tf.zeros([2, 4])).shape
      TensorShape([Dimension(2), Dimension(3)])
    """
    return _of_real(RFFT2D, 2, "rfft2d", input_tensor, fft_length, name)


def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """As `irfft`, over the last two axes.

    Example:
      >>> tf.signal.irfft2d(tf.zeros([2, 3], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(4)])
    """
    return _to_real(IRFFT2D, 2, "irfft2d", input_tensor, fft_length, name)


def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """As `rfft`, over the last three axes.

    Example:
      >>> tf.signal.rfft3d(tf.zeros([2, 2, 4])).shape
      TensorShape([Dimension(2), Dimension(2), Dimension(3)])
    """
    return _of_real(RFFT3D, 3, "rfft3d", input_tensor, fft_length, name)


def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """As `irfft`, over the last three axes.

    Example:
      >>> tf.signal.irfft3d(tf.zeros([2, 2, 3], tf.complex64)).shape
      TensorShape([Dimension(2), Dimension(2), Dimension(4)])
    """
    return _to_real(IRFFT3D, 3, "irfft3d", input_tensor, fft_length, name)


def _of_real(
    op: OpDef, rank: int, title: str, signal: Any, length: Any, name: str | None
) -> Tensor:
    with name_scope(name, title, [signal, length]) as scope:
        signal = convert_to_tensor(signal, dtypes.float32)
        inner = signal.shape.with_rank_at_least(rank)[-rank:]
        if length is not None:
            length = convert_to_tensor(length, dtypes.int32)
        elif inner.is_fully_defined():
            length = convert_to_tensor(inner.as_list(), dtypes.int32)
        else:
            length = shape_of(signal)[-rank:]
        return apply(op, [_padded(signal, rank, length, False), length], name=scope)


def _to_real(
    op: OpDef, rank: int, title: str, spectrum: Any, length: Any, name: str | None
) -> Tensor:
    with name_scope(name, title, [spectrum, length]) as scope:
        spectrum = convert_to_tensor(spectrum, dtypes.complex64)
        inner = spectrum.shape.with_rank_at_least(rank)[-rank:]
        if length is not None:
            length = convert_to_tensor(length, dtypes.int32)
        elif inner.is_fully_defined():
            sizes = inner.as_list()
            sizes[-1] = max(0, 2 * (sizes[-1] - 1))
            length = convert_to_tensor(sizes, dtypes.int32)
        else:
            parts = unstack(shape_of(spectrum)[-rank:])
            parts[-1] = maximum(0, 2 * (parts[-1] - 1))
            length = stack(parts)
        return apply(op, [_padded(spectrum, rank, length, True), length], name=scope)


def _padded(tensor: Any, rank: int, length: Any, is_half: bool) -> Any:
    """The tensor with zeros behind its last axes, where they are shorter than the transform."""
    dims = tensor.shape.as_list() if tensor.shape.ndims is not None else None
    if dims is not None and 0 in dims:
        return tensor
    wanted = _known_lengths(length)
    if dims is not None and wanted is not None and None not in dims[-rank:]:
        if is_half:
            wanted = [*wanted[:-1], wanted[-1] // 2 + 1]
        ends = [[0, max(goal - dim, 0)] for goal, dim in zip(wanted, dims[-rank:], strict=True)]
        if not any(after for _, after in ends):
            return tensor
        return pad(tensor, [[0, 0]] * (len(dims) - rank) + ends)
    return _padded_in_run(tensor, rank, length, is_half)


def _known_lengths(length: Any) -> list[int] | None:
    known = partial_value(length)
    if known is None or any(item is None for item in known):
        return None
    return [int(item) for item in known]


def _padded_in_run(tensor: Any, rank: int, length: Any, is_half: bool) -> Any:
    axes = rank_of(tensor)
    sizes = shape_of(tensor)[-rank:]
    outer = zeros([maximum(0, axes - rank)], length.dtype)
    if is_half:
        length = concat([length[:-1], length[-1:] // 2 + 1], 0)
    after = concat([outer, maximum(0, length - sizes)], 0)
    return pad(tensor, stack([zeros_like(after), after], axis=1))
