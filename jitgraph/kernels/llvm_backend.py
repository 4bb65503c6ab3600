"""Stage kernels, LLVM's part: LLVM text → optimised object code.

In: the text of a module, the bitcode of the helpers it calls. Out: an object file, and on request
optimised text and assembly for people.

llvmlite serialises all of its calls with one lock, which Numba holds while it types a function.
Here LLVM has a context of its own and is called without that lock, so that one thread can
optimise while another types. With `numba_internals`, the only module that uses private parts of
a dependency.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_char_p
from dataclasses import dataclass
from functools import cache
from typing import Any

from llvmlite.binding import ffi

from jitgraph.kernels.machine import make_target_machine

_SPEED_LEVEL = 3
_INLINE_LIMIT = 2000
VARIANTS = "vector-function-abi-variant"
"""The attribute by which a function names its variants for vectors."""

_LONG_CALLS = ("LLVMPY_RunNewModulePassManager", "LLVMPY_TargetMachineEmitToMemory")


class LLVMError(RuntimeError):
    """LLVM refused a module."""


@dataclass(frozen=True)
class GeneratedCode:
    """What LLVM made of a module; texts are empty unless asked for."""

    code: bytes
    llvm_ir: str = ""
    assembly: str = ""


class BackEnd:
    """One LLVM context and code generator, used by the thread that holds its lock."""

    def __init__(self) -> None:
        self._long = ctypes.CDLL(ffi.lib._name)
        self._short = ctypes.PyDLL(ffi.lib._name)
        self._functions: dict[str, Any] = {}
        self.lock = threading.Lock()
        self._machine = make_target_machine()
        self._context = self._call("ContextCreate")
        self._options = self._call("CreatePipelineTuningOptions")
        self._call("PTOSetLoopVectorization", self._options, True)
        self._call("PTOSetSLPVectorization", self._options, True)
        self._call("PTOSetLoopUnrolling", self._options, True)
        self._call("PTOSetLoopInterleaving", self._options, True)
        self._call("PTOSetInlinerThreshold", self._options, _INLINE_LIMIT)

    def generate(
        self, text: str, helpers: Sequence[bytes], with_text: bool = False
    ) -> GeneratedCode:
        """Link, verify, optimise and emit one module."""
        module = self._linked(text, helpers)
        try:
            self._checked("VerifyModule", module)
            self._optimize(module)
            if VARIANTS in text:
                self._inline_variants(module)
            code = self._emitted(module, as_object=True)
            if not with_text:
                return GeneratedCode(code)
            assembly = self._emitted(module, as_object=False).decode()
            return GeneratedCode(code, self._printed(module), assembly)
        finally:
            self._call("DisposeModule", module)

    def _linked(self, text: str, helpers: Sequence[bytes]) -> Any:
        module = self._parsed("ParseAssembly", text.encode())
        for bitcode in helpers:
            helper = self._parsed("ParseBitcode", bitcode, len(bitcode))
            self._checked("LinkModules", module, helper)
        return module

    def _parsed(self, function: str, *arguments: Any) -> Any:
        message = c_char_p()
        module = self._call(function, self._context, *arguments, byref(message))
        if not module:
            raise LLVMError(self._taken(message))
        return module

    def _checked(self, function: str, *arguments: Any) -> None:
        message = c_char_p()
        failed = self._call(function, *arguments, byref(message))
        text = self._taken(message)
        if failed:
            raise LLVMError(text)

    def _optimize(self, module: Any) -> None:
        builder = self._call("CreatePassBuilder", self._machine, self._options)
        passes = self._call("buildPerModuleDefaultPipeline", builder, _SPEED_LEVEL)
        try:
            self._call("RunNewModulePassManager", passes, module, builder)
        finally:
            self._call("DisposeNewModulePassManger", passes)
            self._call("DisposePassBuilder", builder)

    def _inline_variants(self, module: Any) -> None:
        """Puts vector variants of functions into the loops that the vectoriser has just made."""
        builder = self._call("CreatePassBuilder", self._machine, self._options)
        passes = self._call("CreateNewModulePassManager")
        try:
            self._call("module_AddAlwaysInlinerPass", passes)
            self._call("module_AddSimplifyCFGPass", passes)
            self._call("RunNewModulePassManager", passes, module, builder)
        finally:
            self._call("DisposeNewModulePassManger", passes)
            self._call("DisposePassBuilder", builder)

    def _emitted(self, module: Any, as_object: bool) -> bytes:
        message = c_char_p()
        buffer = self._call(
            "TargetMachineEmitToMemory", self._machine, module, int(as_object), byref(message)
        )
        if not buffer:
            raise LLVMError(self._taken(message))
        try:
            size: int = self._call("GetBufferSize", buffer)
            return ctypes.string_at(self._call("GetBufferStart", buffer), size)
        finally:
            self._call("DisposeMemoryBuffer", buffer)

    def _printed(self, module: Any) -> str:
        text = c_char_p()
        self._call("PrintModuleToString", module, byref(text))
        return self._taken(text)

    def _taken(self, text: c_char_p) -> str:
        """The content of a string that LLVM allocated, which is then freed."""
        content = text.value
        if content is None:
            return ""
        self._call("DisposeString", text)
        return content.decode("utf-8", "replace")

    def _call(self, name: str, *arguments: Any) -> Any:
        function = self._functions.get(name)
        if function is None:
            function = self._functions[name] = self._unlocked(f"LLVMPY_{name}")
        return function(*arguments)

    def _unlocked(self, name: str) -> Any:
        """llvmlite's function with its argument types, without its lock.

        Only the long calls let other Python threads run: taking the interpreter back from a busy
        thread costs up to 5 ms.
        """
        declared = getattr(ffi.lib, name)
        library = self._long if name in _LONG_CALLS else self._short
        function = getattr(library, name)
        function.argtypes, function.restype = declared.argtypes, declared.restype
        return function


class BackEnds:
    """As many back ends as threads ever wanted one at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[BackEnd] = []

    @contextmanager
    def borrowed(self) -> Iterator[BackEnd]:
        """A back end that no other thread uses."""
        taken = self._taken()
        try:
            yield taken
        finally:
            taken.lock.release()

    def locks(self) -> Iterator[threading.Lock]:
        """Whoever takes all of these, one after the other, keeps everybody out."""
        yield self._lock
        yield from (each.lock for each in self._all)

    def _taken(self) -> BackEnd:
        with self._lock:
            for each in self._all:
                if each.lock.acquire(blocking=False):
                    return each
            made = BackEnd()
            made.lock.acquire()
            self._all.append(made)
            return made


@cache
def back_ends() -> BackEnds:
    """The back ends of this process."""
    return BackEnds()
