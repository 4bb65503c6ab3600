"""tf.spectral: Fourier and cosine transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.signal.cosine import dct, idct
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
    "idct",
    "ifft",
    "ifft2d",
    "ifft3d",
    "irfft",
    "irfft2d",
    "irfft3d",
    "rfft",
    "rfft2d",
    "rfft3d",
]
