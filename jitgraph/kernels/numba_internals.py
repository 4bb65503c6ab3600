"""Stage kernels, the one module that touches Numba's private parts.

In: a Python function and its Numba signature. Out: the LLVM text of a C function `symbol`
with that signature, with the LLVM bitcode of the jitted helpers it calls.

Only the stages a kernel needs are run: no wrappers, no exceptions, no reference counts.
Imported only when something is compiled: a warm start never comes here.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numba
from llvmlite import ir


@contextmanager
def _without_scipy_import() -> Iterator[None]:
    """While Numba loads its array functions, answer "is SciPy there?" without importing SciPy."""
    if "numba.np.arraymath" in sys.modules or "scipy.linalg" in sys.modules:
        yield
        return
    from numba.np import linalg

    def scipy_is_installed() -> None:
        if importlib.util.find_spec("scipy") is None:
            raise ImportError("SciPy is not installed")

    original = linalg.ensure_blas
    linalg.ensure_blas = scipy_is_installed
    try:
        yield
    finally:
        linalg.ensure_blas = original
        arraymath = sys.modules.get("numba.np.arraymath")
        if arraymath is not None:
            arraymath.__dict__["ensure_blas"] = original


with _without_scipy_import():
    from numba.core.registry import cpu_target

    cpu_target.target_context.refresh()

from numba.core import cgutils  # noqa: E402
from numba.core.codegen import CPUCodeLibrary  # noqa: E402
from numba.core.compiler import CompilerBase, Flags, compile_extra  # noqa: E402
from numba.core.compiler_lock import global_compiler_lock  # noqa: E402
from numba.core.compiler_machinery import PassManager  # noqa: E402
from numba.core.runtime import rtsys  # noqa: E402
from numba.core.typed_passes import (  # noqa: E402
    IRLegalization,
    NativeLowering,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (  # noqa: E402
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)

from jitgraph.kernels.compile import RAISED_SYMBOL  # noqa: E402

_STAGES = (
    (TranslateByteCode, "read the bytecode"),
    (FixupArgs, "number the arguments"),
    (IRProcessing, "canonicalise"),
    (GenericRewrites, "make constant tuple items static"),
    (ReconstructSSA, "one definition a variable"),
    (NopythonTypeInference, "infer types"),
    (PreLowerStripPhis, "phis back to assignments"),
    (IRLegalization, "end of life of each variable"),
    (NativeLowering, "emit LLVM"),
)


class _KernelCompiler(CompilerBase):  # type: ignore[misc]
    """Numba's pipeline less what a kernel has no use for (closures, objects, array rewrites)."""

    def define_pipelines(self) -> list[PassManager]:
        stages = PassManager("jitgraph_kernel")
        for stage, reason in _STAGES:
            stages.add_pass(stage, reason)
        stages.finalize()
        return [stages]


class _KernelLibrary(CPUCodeLibrary):  # type: ignore[misc]
    """Collects what lowering emits instead of optimising and loading it."""

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.emitted: list[ir.Module] = []
        self.helpers: list[Any] = []

    def add_ir_module(self, ir_module: ir.Module) -> None:
        self.emitted.append(ir_module)

    def add_linking_library(self, library: Any) -> None:
        if library is rtsys.library or library in self.helpers:
            return
        library._ensure_finalized()
        self.helpers.append(library)


@dataclass(frozen=True)
class EmittedModule:
    """LLVM text of one function, and the bitcode of the helpers it calls."""

    text: str
    helpers: tuple[bytes, ...]


_bitcodes: WeakKeyDictionary[Any, bytes] = WeakKeyDictionary()


def _bitcode(library: Any) -> bytes:
    """A helper's module, to be linked into any number of kernels."""
    if library not in _bitcodes:
        _bitcodes[library] = library._get_module_for_linking().as_bitcode()
    return _bitcodes[library]


def versions() -> dict[str, str]:
    """The versions that the emitted code depends on."""
    import llvmlite

    return {"numba": numba.__version__, "llvmlite": llvmlite.__version__}


def numba_type(name: str) -> Any:
    """`int64` → types.int64, `float32*` → a raw pointer, `void` → no value."""
    if name.endswith("*"):
        return numba.types.CPointer(numba_type(name[:-1]))
    return getattr(numba.types, name)


def emit_module(
    function: Callable[..., Any],
    symbol: str,
    signature: tuple[str, ...],
    fastmath: frozenset[str],
    attributes: str,
) -> EmittedModule:
    """Type and lower `function`; `symbol` gets the plain C calling convention."""
    flags = Flags()
    flags.no_compile = True
    flags.no_cpython_wrapper = True
    flags.no_cfunc_wrapper = True
    flags.error_model = "numpy"
    flags.nrt = False
    if fastmath:
        flags.fastmath = set(fastmath)
    result, *arguments = (numba_type(name) for name in signature)
    with global_compiler_lock:
        context = cpu_target.target_context
        library = _KernelLibrary(context.codegen(), symbol)
        lowered = compile_extra(
            cpu_target.typing_context,
            context,
            function,
            args=tuple(arguments),
            return_type=result,
            flags=flags,
            locals={},
            library=library,
            pipeline_class=_KernelCompiler,
        )
        helpers = tuple(_bitcode(helper) for helper in library.helpers)
    (module,) = library.emitted
    entry = module.get_global(lowered.fndesc.llvm_func_name)
    _keep_private(module, entry)
    text = cgutils.normalize_ir_text(str(module)) + _c_entry(
        entry, symbol, signature[0] == "void", attributes
    )
    return EmittedModule(text, helpers)


def _keep_private(module: ir.Module, entry: ir.Function) -> None:
    entry.linkage = "internal"
    entry.attributes.add("alwaysinline")
    for variable in module.global_values:
        if variable.name.startswith("_ZN08NumbaEnv"):
            variable.linkage = "internal"
            variable.initializer = ir.Constant(variable.type.pointee, None)


def _c_entry(entry: ir.Function, symbol: str, is_void: bool, attributes: str) -> str:
    """`symbol`: calls the Numba function; a path that raises calls a symbol that nobody defines."""
    result_pointer, exception_pointer, *parameters = entry.function_type.args
    result = result_pointer.pointee
    names = [f"%a{i}" for i in range(len(parameters))]
    typed = [f"{type_} {name}" for type_, name in zip(parameters, names, strict=True)]
    given = ", ".join([f"{result_pointer} %result", f"{exception_pointer} %exception", *typed])
    returned = "void" if is_void else str(result)
    return f"""
declare void @{RAISED_SYMBOL}() cold
define {returned} @{symbol}({", ".join(typed)}) nounwind {attributes} {{
entry:
  %result = alloca {result}
  %exception = alloca {exception_pointer.pointee}
  %status = call i32 @"{entry.name}"({given})
  %raised = icmp sgt i32 %status, 0
  br i1 %raised, label %error, label %done
error:
  call void @{RAISED_SYMBOL}()
  br label %done
done:
  {"ret void" if is_void else f"%value = load {result}, {result_pointer} %result"}
  {"" if is_void else f"ret {result} %value"}
}}
"""
