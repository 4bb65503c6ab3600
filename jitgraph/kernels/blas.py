"""Stage kernels: our own copy of OpenBLAS, single-threaded; jitgraph's pool does the splitting.

In: a dtype. Out: the address of its CBLAS GEMM. NumPy's copy is another and left alone.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import numpy as np

_GEMM = {
    np.dtype(np.float32): "sgemm",
    np.dtype(np.float64): "dgemm",
    np.dtype(np.complex64): "cgemm",
    np.dtype(np.complex128): "zgemm",
}
LARGEST_SIZE = 2**31 - 1


def has_gemm(dtype: np.dtype) -> bool:
    """True when OpenBLAS multiplies matrices of this dtype."""
    return np.dtype(dtype) in _GEMM


@cache
def gemm_address(dtype: np.dtype) -> int:
    """The address of cblas_?gemm, sizes as 32-bit integers."""
    return symbol_address(f"cblas_{_GEMM[np.dtype(dtype)]}")


def symbol_address(name: str) -> int:
    """The address of an OpenBLAS function, named as without the wheel's prefix."""
    address = ctypes.cast(_library()[f"scipy_{name}"], ctypes.c_void_p).value
    if not address:
        raise RuntimeError(f"OpenBLAS has no {name}")
    return address


@cache
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(str(_library_path()))
    library.scipy_openblas_set_num_threads(1)
    return library


def _library_path() -> Path:
    import importlib.util

    spec = importlib.util.find_spec("scipy_openblas32")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jitgraph needs the package scipy-openblas32")
    directory = Path(spec.origin).parent / "lib"
    found = sorted(directory.glob("*libscipy_openblas.*")) or sorted(directory.glob("*openblas*"))
    libraries = [path for path in found if path.suffix in (".so", ".dylib", ".dll")]
    if not libraries:
        raise ModuleNotFoundError(f"no OpenBLAS library in {directory}")
    return libraries[0]
