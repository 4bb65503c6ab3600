"""Calls a kernel's address on NumPy arrays."""

import ctypes

import numpy as np

from jitgraph.kernels.cache import Kernel


def apply(kernel: Kernel, x: np.ndarray) -> np.ndarray:
    y = np.zeros_like(x)
    status = np.zeros(1, np.int64)
    args = np.array([status.ctypes.data, 0, x.ctypes.data, y.ctypes.data], np.int64)
    prototype = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
    prototype(kernel.address)(args.ctypes.data, 0, x.size)
    return y


def apply_words(kernel: Kernel, lo: int, hi: int) -> int:
    """Calls a kernel of the word language that takes no array."""
    prototype = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)
    return prototype(kernel.address)(None, lo, hi)
