"""Spectra of short times: tf.signal.stft, its inverse, and shifts of spectra.

In: signals. Out: spectra of their frames, and signals of these.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.signal.frames import frame, overlap_and_add
from jitgraph.frontend.signal.windows import hann_window
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_powers import pow
from jitgraph.ops.elementwise_rounding import ceil
from jitgraph.ops.fourier import irfft, rfft
from jitgraph.ops.padding import pad
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.rearranging import roll
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import reshape

Window = Callable[..., Any]


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> Tensor:
    """The spectra of a signal's frames.

    Args:
      signals: a float32 tensor; the last axis is the signals'.
      frame_length, frame_step: integers.
      fft_length: the transforms' length; the next power of two when None.
      window_fn: a function of (length, dtype) whose vector multiplies the frames; None for none.
      pad_end: as in `frame`.
      name: the ops' name scope.

    Example:
      >>> tf.signal.stft(tf.zeros([100]), 16, 8).shape
      TensorShape([Dimension(11), Dimension(9)])
    """
    with name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = convert_to_tensor(signals, name="signals")
        signals.shape.with_rank_at_least(1)
        length = _scalar(frame_length, "frame_length")
        step = _scalar(frame_step, "frame_step")
        size = _transform_length(fft_length, length)
        framed: Any = frame(signals, length, step, pad_end=pad_end)
        if window_fn is not None:
            framed = framed * window_fn(length, dtype=framed.dtype)
        return rfft(framed, [size])


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Window = hann_window, name: str | None = None
) -> Window:
    """The window with which `inverse_stft` gives back the signal that `stft` was given.

    Args:
      frame_step: as for `stft`.
      forward_window_fn: the window of `stft`.
      name: the ops' name scope.

    Example:
      >>> window = tf.signal.inverse_stft_window_fn(8)
      >>> window(16, dtype=tf.float32).shape
      TensorShape([Dimension(16)])
    """
    title = "inverse_stft_window_fn"
    with name_scope(name, title, [forward_window_fn]):
        step = _scalar(frame_step, "frame_step")

    def window(frame_length: Any, dtype: Any) -> Any:
        with name_scope(name, title, [forward_window_fn]):
            length = _scalar(frame_length, "frame_length")
            forward: Any = forward_window_fn(length, dtype=dtype)
            overlaps = -(-length // step)
            squares: Any = pad(square(forward), [(0, overlaps * step - length)])
            sums = reduce_sum(reshape(squares, [overlaps, step]), 0, keepdims=True)
            repeated: Any = reshape(tile(sums, [overlaps, 1]), [overlaps * step])
            return forward / repeated[:length]

    return window


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Window | None = hann_window,
    name: str | None = None,
) -> Tensor:
    """A signal of the spectra of its frames.

    Args:
      stfts: a complex64 tensor, as `stft` gives it.
      frame_length, frame_step, fft_length: as for `stft`.
      window_fn: multiplies the frames; `inverse_stft_window_fn` gives the one that undoes `stft`.
      name: the ops' name scope.

    Example:
      >>> spectra = tf.signal.stft(tf.zeros([100]), 16, 8)
      >>> tf.signal.inverse_stft(spectra, 16, 8).dtype
      tf.float32
    """
    with name_scope(name, "inverse_stft", [stfts]):
        stfts = convert_to_tensor(stfts, name="stfts")
        stfts.shape.with_rank_at_least(2)
        length = _scalar(frame_length, "frame_length")
        step = _scalar(frame_step, "frame_step")
        frames: Any = irfft(stfts, [_transform_length(fft_length, length)])
        frames = _resized(frames, length)
        if window_fn is not None:
            frames = frames * window_fn(length, dtype=stfts.dtype.real_dtype)
        return overlap_and_add(frames, step)


def _resized(frames: Any, length: Any) -> Any:
    """Frames cut or padded to a length."""
    known = constant_value(length)
    dims = frames.shape.as_list()
    if known is None or dims[-1] is None:
        return frames[..., :length]
    if dims[-1] < known:
        return pad(frames, [[0, 0]] * (len(dims) - 1) + [[0, int(known) - dims[-1]]])
    return frames[..., : int(known)] if dims[-1] > known else frames


def _scalar(value: Any, name: str) -> Any:
    tensor = convert_to_tensor(value, name=name)
    tensor.shape.assert_has_rank(0)
    return tensor


def _transform_length(given: Any, length: Any) -> Any:
    if given is not None:
        return convert_to_tensor(given, name="fft_length")
    known = constant_value(length)
    if known is not None:
        return constant(2 ** math.ceil(math.log2(int(known))), length.dtype)
    exponent: Any = log(cast(length, dtypes.float32)) / log(2.0)
    return cast(pow(2.0, ceil(exponent)), length.dtype)


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """A spectrum with frequency zero in the middle.

    Args:
      x: a tensor of known shape.
      axes: an axis or several; all when None.
      name: the op's name.

    Example:
      >>> tf.signal.fftshift([0.0, 1.0, 2.0, -2.0, -1.0]).shape
      TensorShape([Dimension(5)])
    """
    return _shifted(x, axes, name, "fftshift", 1)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> Tensor:
    """What `fftshift` is undone by.

    Args:
      x, axes, name: as in `fftshift`.

    Example:
      >>> tf.signal.ifftshift([-2.0, -1.0, 0.0, 1.0, 2.0]).shape
      TensorShape([Dimension(5)])
    """
    return _shifted(x, axes, name, "ifftshift", -1)


def _shifted(x: Any, axes: Any, name: str | None, title: str, sign: int) -> Tensor:
    with name_scope(name, title) as scope:
        x = convert_to_tensor(x)
        sizes = x.shape.as_list()
        if axes is None:
            axes = tuple(range(len(sizes)))
        is_one = isinstance(axes, int)
        shift = sign * (sizes[axes] // 2) if is_one else [sign * (sizes[a] // 2) for a in axes]
        return roll(x, shift, axes, scope)
