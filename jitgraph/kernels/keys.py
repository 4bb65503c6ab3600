"""Stage kernels: the identity of a kernel.

In: a KernelSource. Out: a hash of all that its machine code depends on: source, helper sources,
options, signature, versions, CPU; not its name. Computed without importing Numba.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite

from jitgraph.kernels.compile import KernelSource
from jitgraph.kernels.machine import host

CODE_VERSION = "2"


def kernel_key(source: KernelSource) -> str:
    """The identity of a kernel: a hash of everything that its machine code depends on."""
    identity = (
        environment_digest(),
        helper_digest(source.helpers, source.names),
        source.source.strip(),
        source.names,
        source.options,
        source.types,
    )
    return hashlib.sha256(repr(identity).encode()).hexdigest()


def symbol(key: str) -> str:
    """The C name of a kernel's function."""
    return f"kernel_{key[:32]}"


@cache
def environment_digest() -> str:
    """A hash of what all kernels depend on: the compiler's code, its versions, this CPU."""
    machine = host()
    digest = hashlib.sha256(repr((CODE_VERSION, machine, llvmlite.__version__)).encode())
    digest.update(_numba_version())
    for name in ("compile.py", "llvm_backend.py", "machine.py", "numba_internals.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()


@cache
def helper_digest(module: str, names: tuple[str, ...]) -> str:
    """A hash of the helper sources behind `names`.

    A helper module says what they are by `source_text(names)`; else they are its whole file.
    """
    if not names:
        return ""
    found: Any = importlib.import_module(module)
    if hasattr(found, "source_text"):
        return hashlib.sha256(found.source_text(names).encode()).hexdigest()
    return hashlib.sha256(Path(found.__file__).read_bytes()).hexdigest()


def _numba_version() -> bytes:
    """Numba's version without importing it, nor the slow search of importlib.metadata."""
    spec = importlib.util.find_spec("numba")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("jitgraph needs Numba to compile kernels")
    version = Path(spec.origin).with_name("_version.py")
    if version.exists():
        return version.read_bytes()
    from importlib.metadata import version as installed_version

    return installed_version("numba").encode()
