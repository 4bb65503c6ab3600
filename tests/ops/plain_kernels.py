"""A kernel cache whose kernels are not compiled: generated sources run as plain Python.

In: kernel sources, as `link` asks for them. Out: addresses that native code can call, each of a
Python function that runs the source over the real argument words.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from jitgraph.kernels.cache import default_cache

_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)


class PlainKernel(NamedTuple):
    """What linking and the record of compilations want of a kernel."""

    address: int
    key: str = "plain"
    missed: str = ""


class PlainKernels:
    """Gives kernels as plain Python; those that call native libraries are compiled after all.

    Attributes:
      failures: what kernels raised; native code can't hand an exception on.
    """

    def __init__(self) -> None:
        self.failures: list[BaseException] = []
        self._alive: list[Any] = []

    def get_many(self, sources: Sequence[Any]) -> list[Any]:
        """The kernels of `sources`."""
        return [self._kernel(source) for source in sources]

    def _kernel(self, source: Any) -> Any:
        helpers = importlib.import_module(source.helpers)
        if not hasattr(helpers, "resolve_plain"):
            return default_cache().get_many([source])[0]
        scope = {"np": np, **helpers.resolve_plain(source.names)}
        exec(source.source, scope)
        function = _FUNCTION(self._guarded(scope["kernel"], source.source))
        self._alive.append(function)
        return PlainKernel(ctypes.cast(function, ctypes.c_void_p).value or 0)

    def _guarded(self, kernel: Callable[..., None], source: str) -> Callable[..., None]:
        def run(args: int, low: int, high: int) -> None:
            words = ctypes.cast(args, ctypes.POINTER(ctypes.c_int64))
            try:
                with np.errstate(all="ignore"):
                    kernel(words, low, high)
            except Exception as error:
                error.add_note(source)
                self.failures.append(error)

        return run
