"""Stage runtime: where native code meets CPython.

In: the words of a frame. Out: a Python callable over the native entry; or, where objects are
laid out differently (other interpreters, free-threaded builds), the same in Python.
"""

from __future__ import annotations

import ctypes
import importlib
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

import numpy as np

from jitgraph.runtime import native
from jitgraph.runtime.native import layout
from jitgraph.runtime.platform import function_address, objects_are_as_expected
from jitgraph.runtime.pool import default_pool

_METH_FASTCALL = 0x80
_ARRAY_API_TYPE = 2
_ARRAY_API_RETURN = 76
_ARRAY_API_NEW_FROM_DESCRIPTOR = 94


class KernelFailure(Exception):
    """A kernel found bad data; its status word names the instruction and the reason."""

    @property
    def status(self) -> int:
        """Instruction id << 8 | reason."""
        return int(self.args[0])


class Slot(Protocol):
    """What a feed and an output slot have in common."""

    @property
    def dtype(self) -> np.dtype: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def patches(self) -> tuple[tuple[int, int], ...]: ...


class _MethodDefinition(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def native_entry(words: np.ndarray) -> Callable[..., Any] | None:
    """`run` of the frame as a built-in function; None where native code can't read objects."""
    if not objects_are_as_expected():
        return None
    entry: Callable[..., Any] = _make_function()(ctypes.addressof(_definition()), words, None)
    return entry


@cache
def _make_function() -> Callable[..., Any]:
    """PyCFunction_NewEx(definition, self, module)."""
    prototype = ctypes.PYFUNCTYPE(
        ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p
    )
    return prototype(("PyCFunction_NewEx", ctypes.pythonapi))


@cache
def _definition() -> _MethodDefinition:
    return _MethodDefinition(
        b"run", native.address("enter"), _METH_FASTCALL, b"Run the program on these arrays."
    )


def start_of_python() -> int:
    """The address of the table of Python functions and objects that native code uses."""
    return int(_python_table().ctypes.data)


@cache
def _python_table() -> np.ndarray:
    table = np.zeros(layout.PYTHON_BYTES // 8, np.int64)
    for offset, value in _python_entries().items():
        table[offset // 8] = value
    return table


def _python_entries() -> dict[int, int]:
    api, arrays = ctypes.pythonapi, _array_api()
    pool = default_pool()
    return {
        layout.PYTHON_INC_REF: function_address(api.Py_IncRef),
        layout.PYTHON_DEC_REF: function_address(api.Py_DecRef),
        layout.PYTHON_SAVE_THREAD: function_address(api.PyEval_SaveThread),
        layout.PYTHON_RESTORE_THREAD: function_address(api.PyEval_RestoreThread),
        layout.PYTHON_NEW_LIST: function_address(api.PyList_New),
        layout.PYTHON_SET_ITEM: function_address(api.PyList_SetItem),
        layout.PYTHON_NEW_ARRAY: arrays[_ARRAY_API_NEW_FROM_DESCRIPTOR],
        layout.PYTHON_RETURN_ARRAY: arrays[_ARRAY_API_RETURN],
        layout.PYTHON_ARRAY_TYPE: arrays[_ARRAY_API_TYPE],
        layout.PYTHON_FLOAT_TYPE: id(float),
        layout.PYTHON_INT_TYPE: id(int),
        layout.PYTHON_READ_INT: function_address(api.PyLong_AsLongLongAndOverflow),
        layout.PYTHON_NONE: id(None),
        layout.PYTHON_NOT_IMPLEMENTED: id(NotImplemented),
        layout.PYTHON_START_POOL: id(_start_default_pool),
        layout.PYTHON_CALL: function_address(api.PyObject_CallNoArgs),
        layout.PYTHON_CLEAR_ERROR: function_address(api.PyErr_Clear),
        layout.PYTHON_POOL: pool.address,
        layout.PYTHON_EXECUTE: native.address("execute"),
        layout.PYTHON_NEW_INT: function_address(api.PyLong_FromLongLong),
        layout.PYTHON_SET_ERROR: function_address(api.PyErr_SetObject),
        layout.PYTHON_FAILURE: id(KernelFailure),
    }


def _start_default_pool() -> None:
    default_pool().start()


def _array_api() -> Any:
    """NumPy's table of C functions, indexed as its headers number them."""
    umath: Any = importlib.import_module("numpy._core._multiarray_umath")
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = (ctypes.py_object, ctypes.c_char_p)
    capsule = umath._ARRAY_API
    return ctypes.cast(pointer(capsule, None), ctypes.POINTER(ctypes.c_int64))


def slow_entry(
    words: np.ndarray, feeds: Sequence[Slot], outputs: Sequence[Slot]
) -> Callable[..., Any]:
    """`run` of the frame in Python: the meaning of the native entry, and its stand-in."""
    lock = threading.Lock()
    execute = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 4)(native.address("execute"))

    def run(*arrays: Any) -> Any:
        if len(arrays) != len(feeds) or _epoch_changed(words):
            return NotImplemented
        fitting = [_bound(slot, item) for slot, item in zip(feeds, arrays, strict=True)]
        bound = [item for item in fitting if item is not None]
        if len(bound) < len(feeds) or not lock.acquire(blocking=False):
            return NotImplemented
        try:
            results = [np.empty(slot.shape, slot.dtype) for slot in outputs]
            for slot, array in zip((*feeds, *outputs), (*bound, *results), strict=True):
                _patch(slot, array)
            _execute(words, execute)
        finally:
            lock.release()
        return _returned(words, results)

    return run


def _get(words: np.ndarray, offset: int) -> int:
    return int(words[offset // 8])


def _epoch_changed(words: np.ndarray) -> bool:
    epoch = ctypes.c_int64.from_address(_get(words, layout.FRAME_EPOCH)).value
    return epoch != _get(words, layout.FRAME_EPOCH_EXPECTED)


def _bound(slot: Slot, item: Any) -> np.ndarray | None:
    if type(item) is np.ndarray:
        fits = item.dtype == slot.dtype and item.shape == slot.shape
        return item if fits and item.flags.c_contiguous and item.flags.aligned else None
    if slot.shape or not _takes_number(slot.dtype, item):
        return None
    with np.errstate(over="ignore"):
        return np.array(item, slot.dtype)


def _takes_number(dtype: np.dtype, item: Any) -> bool:
    whole = type(item) is int and -(2**63) <= item < 2**63
    if dtype in (np.float32, np.float64):
        return type(item) is float or whole
    if dtype in (np.int32, np.int64):
        return whole and np.iinfo(dtype).min <= item <= np.iinfo(dtype).max
    return False


def _patch(slot: Slot, array: np.ndarray) -> None:
    for address, offset in slot.patches:
        ctypes.c_int64.from_address(address).value = array.ctypes.data + offset


def _execute(words: np.ndarray, execute: Callable[..., None]) -> None:
    pool = _get(words, layout.FRAME_POOL)
    if pool:
        _start_default_pool()
    status = ctypes.c_int64.from_address(_get(words, layout.FRAME_STATUS_ADDRESS))
    status.value = 0
    ctypes.c_int64.from_address(_get(words, layout.FRAME_RUNS_ADDRESS)).value += 1
    table, rows = _get(words, layout.FRAME_TABLE), _get(words, layout.FRAME_ROWS)
    execute(table, rows, pool, ctypes.addressof(status))
    if status.value:
        raise KernelFailure(status.value)


def _returned(words: np.ndarray, results: list[np.ndarray]) -> Any:
    if not results:
        return None
    returned = [result[()] if result.ndim == 0 else result for result in results]
    return returned[0] if _get(words, layout.FRAME_SCALAR_RESULT) else returned
