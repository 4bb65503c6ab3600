"""Stage kernels: Python source of a kernel → machine code for this CPU.

In: a KernelSource, the objects behind the names that it uses. Out: object code that defines one
C function, with its LLVM text and assembly for people. Numba is imported here, on first use.
"""

from __future__ import annotations

import linecache
import math
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from jitgraph.kernels import words
from jitgraph.kernels.llvm_backend import GeneratedCode, LLVMError, back_ends
from jitgraph.kernels.loader import undefined_symbols
from jitgraph.kernels.machine import host

if TYPE_CHECKING:
    from jitgraph.kernels.numba_internals import EmittedModule

_MOST_LLVM_THREADS = 3
KERNEL_SIGNATURE = ("void", "int64*", "int64", "int64")
RAISED_SYMBOL = "jitgraph_kernel_raised"
_RUNTIME_PREFIXES = ("numba_", "NRT_", "jitgraph_", "_ZN")


class KernelCompileError(RuntimeError):
    """Generated source that can't be compiled: a defect of jitgraph, never of the user's graph."""


@dataclass(frozen=True)
class KernelSource:
    """What a kernel is compiled from.

    `source` defines `def kernel(args, lo, hi)` over `names`, which the module `helpers`
    resolves; `options` are pairs such as ("fastmath", "contract"). `signature` is "kernel" or
    numba type names, the result first, such as ("intp", "intp", "float32*"). `name` and `header`
    are for people and no part of the kernel's identity; a header may be a function that writes it
    when the kernel is really compiled.
    """

    name: str
    source: str
    names: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = (("fastmath", "contract"),)
    signature: str | tuple[str, ...] = "kernel"
    header: str | Callable[[], str] = field(default="", compare=False)
    helpers: str = "jitgraph.lowering"

    @property
    def types(self) -> tuple[str, ...]:
        """The C signature, result first."""
        return KERNEL_SIGNATURE if isinstance(self.signature, str) else self.signature

    @property
    def is_in_words(self) -> bool:
        """Whether it is written in the word language, which needs no Numba."""
        return self.option("language") == words.LANGUAGE

    def option(self, name: str, default: str = "") -> str:
        """The value of one option."""
        return dict(self.options).get(name, default)

    def header_text(self) -> str:
        """The header."""
        return self.header if isinstance(self.header, str) else self.header()

    def with_header(self, header: str) -> KernelSource:
        """The same source under another header."""
        return replace(self, header=header)

    def text(self) -> str:
        """The source as a person reads it: the header as comments, then the code."""
        lines = self.header_text().splitlines()
        header = "".join(f"# {line}".rstrip() + "\n" for line in lines)
        return f"{header}{self.source.strip()}\n"


@dataclass(frozen=True)
class CompiledObject:
    """One kernel compiled, and the seconds that took."""

    made: GeneratedCode
    seconds: float


@dataclass(frozen=True)
class CompileRequest:
    """A source, the C name of its function, the objects behind its names, its file for people."""

    source: KernelSource
    symbol: str
    namespace: Mapping[str, Any]
    filename: str = ""


Keep = Callable[[CompileRequest, CompiledObject], None]


def compile_source(request: CompileRequest, with_text: bool = False) -> CompiledObject:
    """Compile one kernel to an object file that defines `request.symbol`.

    Guarantees that the object needs nothing of Numba's run-time, so that it can be loaded
    without it. `with_text` also returns LLVM text and assembly.
    """
    return _generate(request, *_emit(request), with_text)


def compile_sources(
    requests: Iterable[CompileRequest], keep: Keep = lambda request, done: None
) -> list[CompiledObject]:
    """Compile several: LLVM works on some kernels while Numba types the next.

    When all are typed, this thread takes from the end what LLVM's threads have not begun.

    Args:
      requests: what to compile; each is taken when those before it have been handed to LLVM.
      keep: is called with each as soon as it is compiled, possibly from another thread.
    """
    from concurrent.futures import Future, ThreadPoolExecutor

    jobs: list[Callable[[], CompiledObject]] = []
    futures: list[Future[CompiledObject]] = []
    with ThreadPoolExecutor(_llvm_threads(), "jitgraph-llvm") as threads:
        for request in requests:
            jobs.append(partial(_finish, request, keep, *_emit(request)))
            futures.append(threads.submit(jobs[-1]))
        own = {n: jobs[n]() for n in reversed(range(len(jobs))) if futures[n].cancel()}
        return [own[n] if n in own else future.result() for n, future in enumerate(futures)]


def _finish(request: CompileRequest, keep: Keep, *emitted: Any) -> CompiledObject:
    done = _generate(request, *emitted)
    keep(request, done)
    return done


def _llvm_threads() -> int:
    """One CPU is for Numba; more than a few threads would wait for it."""
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min(_MOST_LLVM_THREADS, cpus - 1))


def _emit(request: CompileRequest) -> tuple[EmittedModule | words.EmittedWords, float]:
    """LLVM text by Numba or from the word language, and the seconds that took."""
    start = time.perf_counter()
    source = request.source
    if source.is_in_words:
        return _emit_words(request), time.perf_counter() - start
    from jitgraph.kernels import numba_internals

    function = python_function(source, request.namespace, request.filename)
    try:
        emitted = numba_internals.emit_module(
            function, request.symbol, source.types, _fastmath(source), host().function_attributes
        )
    except Exception as error:
        raise KernelCompileError(_failure(request, str(error))) from error
    return emitted, time.perf_counter() - start


def _emit_words(request: CompileRequest) -> words.EmittedWords:
    try:
        return words.emit_words(request.source.text(), request.symbol, host().function_attributes)
    except words.WordSyntaxError as error:
        raise KernelCompileError(_failure(request, str(error))) from error


def _generate(
    request: CompileRequest,
    emitted: EmittedModule | words.EmittedWords,
    seconds: float,
    with_text: bool = False,
) -> CompiledObject:
    """Machine code by LLVM."""
    start = time.perf_counter()
    try:
        with back_ends().borrowed() as back_end:
            made = back_end.generate(emitted.text, emitted.helpers, with_text)
    except LLVMError as error:
        raise KernelCompileError(_failure(request, str(error))) from error
    _check_self_contained(request, made.code)
    return CompiledObject(made, seconds + time.perf_counter() - start)


def python_function(
    source: KernelSource, namespace: Mapping[str, Any], filename: str = ""
) -> Callable[..., Any]:
    """The kernel as a plain Python function; tracebacks and debuggers find its lines."""
    filename = filename or f"<kernel {source.name}>"
    text = source.text()
    scope: dict[str, Any] = {"np": np, "math": math, "__name__": "jitgraph.kernel", **namespace}
    exec(compile(text, filename, "exec"), scope)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    function: Callable[..., Any] = scope["kernel"]
    return function


def _fastmath(source: KernelSource) -> frozenset[str]:
    return frozenset(flag for flag in source.option("fastmath").split(",") if flag)


def _check_self_contained(request: CompileRequest, code: bytes) -> None:
    needed = [name for name in undefined_symbols(code) if name.startswith(_RUNTIME_PREFIXES)]
    if not needed:
        return
    if RAISED_SYMBOL in needed:
        raise KernelCompileError(_failure(request, "a path of it raises an exception"))
    raise KernelCompileError(_failure(request, f"it needs Numba's run-time: {', '.join(needed)}"))


def _failure(request: CompileRequest, reason: str) -> str:
    where = f" ({request.filename})" if request.filename else ""
    name, text = request.source.name, request.source.text()
    return f"kernel {name}{where} can't be compiled: {reason}\n{text}"
