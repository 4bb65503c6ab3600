"""The mel scale of pitch: weights that take spectra to it, and the coefficients made of these.

In: numbers of bins, rates, edges; or log-mel spectrograms. Out: a matrix; or coefficients.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.signal.cosine import dct
from jitgraph.frontend.signal.frames import frame
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_powers import rsqrt
from jitgraph.ops.padding import pad
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import linspace
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.splitting import split

_BREAK_HERTZ = 700.0
_HIGH_Q = 1127.0


def _to_mel(hertz: Any) -> Any:
    with name_scope(None, "hertz_to_mel", [hertz]):
        return _HIGH_Q * log(1.0 + (convert_to_tensor(hertz) / _BREAK_HERTZ))


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """The matrix that takes spectra to bins of the mel scale.

    Args:
      num_mel_bins: how many.
      num_spectrogram_bins: how many bins a spectrum has, half the transform's length and one more.
      sample_rate: of the signal, in hertz.
      lower_edge_hertz, upper_edge_hertz: the lowest and highest frequency that count.
      dtype: a floating dtype.
      name: the op's name.

    Raises:
      ValueError: numbers that aren't positive, edges in the wrong order or beyond half the rate.

    Example:
      >>> tf.signal.linear_to_mel_weight_matrix().shape
      TensorShape([Dimension(129), Dimension(20)])
    """
    dtype = dtypes.as_dtype(dtype)
    with name_scope(name, "linear_to_mel_weight_matrix") as scope:
        if isinstance(sample_rate, Tensor):
            sample_rate = constant_value(sample_rate)
            if sample_rate is None:
                raise ValueError(
                    "`sample_rate` was a non-constant Tensor. Must be a Python float or a "
                    "constant Tensor."
                )
        _check(num_mel_bins, sample_rate, lower_edge_hertz, upper_edge_hertz, dtype)
        rate: Any = convert_to_tensor(sample_rate, dtype, name="sample_rate")
        lower = convert_to_tensor(lower_edge_hertz, dtype, name="lower_edge_hertz")
        upper = convert_to_tensor(upper_edge_hertz, dtype, name="upper_edge_hertz")
        zero = convert_to_tensor(0.0, dtype)
        frequencies: Any = linspace(zero, rate / 2.0, num_spectrogram_bins)
        bins = expand_dims(_to_mel(frequencies[1:]), 1)
        marks = linspace(_to_mel(lower), _to_mel(upper), num_mel_bins + 2)
        edges = split(frame(marks, frame_length=3, frame_step=1), 3, axis=1)
        low, center, high = (reshape(edge, [1, num_mel_bins]) for edge in edges)
        rising, falling = (bins - low) / (center - low), (high - bins) / (high - center)
        weights = maximum(zero, minimum(rising, falling))
        return pad(weights, [[1, 0], [0, 0]], name=scope)


def _check(bins: int, rate: Any, lower: float, upper: float, dtype: Any) -> None:
    if bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {bins}")
    if rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {rate}")
    if lower < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower}")
    if lower >= upper:
        raise ValueError(f"lower_edge_hertz {lower:.1f} >= upper_edge_hertz {upper:.1f}")
    if upper > rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got: {upper} for sample_rate: {rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype!r}")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any, name: str | None = None) -> Tensor:
    """Mel-frequency cepstral coefficients: the cosine transform of log-mel spectra.

    Args:
      log_mel_spectrograms: a float32 tensor; the last axis holds the mel bins.
      name: the ops' name scope.

    Raises:
      ValueError: there are no bins.

    Example:
      >>> tf.signal.mfccs_from_log_mel_spectrograms(tf.zeros([5, 20])).shape
      TensorShape([Dimension(5), Dimension(20)])
    """
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectra = convert_to_tensor(log_mel_spectrograms, dtype=dtypes.float32)
        bins = spectra.shape.as_list()[-1] if spectra.shape.ndims else None
        if bins == 0:
            raise ValueError(f"num_mel_bins must be positive. Got: {spectra}")
        count: Any = shape_of(spectra)[-1] if bins is None else bins
        transformed: Any = dct(spectra, type=2)
        found: Tensor = transformed * rsqrt(cast(count, dtypes.float32) * 2.0)
        return found
