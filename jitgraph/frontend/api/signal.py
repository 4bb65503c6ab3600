"""tf.signal: frames, windows and spectra of signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.signal.cosine import dct, idct
    from jitgraph.frontend.signal.frames import frame, overlap_and_add
    from jitgraph.frontend.signal.mel import (
        linear_to_mel_weight_matrix,
        mfccs_from_log_mel_spectrograms,
    )
    from jitgraph.frontend.signal.spectra import (
        fftshift,
        ifftshift,
        inverse_stft,
        inverse_stft_window_fn,
        stft,
    )
    from jitgraph.frontend.signal.windows import hamming_window, hann_window
    from jitgraph.ops.fourier import (
        fft,
        fft2d,
        fft3d,
        ifft,
        ifft2d,
        ifft3d,
        irfft,
        irfft2d,
        irfft3d,
        rfft,
        rfft2d,
        rfft3d,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "dct",
    "fft",
    "fft2d",
    "fft3d",
    "fftshift",
    "frame",
    "hamming_window",
    "hann_window",
    "idct",
    "ifft",
    "ifft2d",
    "ifft3d",
    "ifftshift",
    "inverse_stft",
    "inverse_stft_window_fn",
    "irfft",
    "irfft2d",
    "irfft3d",
    "linear_to_mel_weight_matrix",
    "mfccs_from_log_mel_spectrograms",
    "overlap_and_add",
    "rfft",
    "rfft2d",
    "rfft3d",
    "stft",
]
