"""Services: functions of the C library and of Python that native loops call.

In: a service's name (see `lowering.steps.SERVICES`). Out: its address.
"""

from __future__ import annotations

import ctypes

from jitgraph.errors import UnimplementedError
from jitgraph.runtime.clock import clock_function
from jitgraph.runtime.platform import function_address


def service_address(name: str) -> int:
    """The address of a service; 0 for a clock where the system has none."""
    if name == "clock":
        try:
            return clock_function()
        except UnimplementedError:
            return 0
    return function_address(getattr(ctypes.pythonapi, _PYTHON[name]))


_PYTHON = {
    "ensure_gil": "PyGILState_Ensure",
    "check_signals": "PyErr_CheckSignals",
    "clear_error": "PyErr_Clear",
    "release_gil": "PyGILState_Release",
}
