"""Stage kernels, the machine that code is made for: CPU name, features, LLVM target machine.

In: nothing. Out: facts for the cache key, and the target machine of the compiler.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm


@dataclass(frozen=True)
class Machine:
    """One CPU as LLVM names it."""

    triple: str
    cpu: str
    features: str

    @property
    def function_attributes(self) -> str:
        """LLVM function attributes of every kernel: use the widest vectors there are."""
        if "+avx512f" in self.features.split(","):
            return '"prefer-vector-width"="512"'
        return ""


@cache
def initialize_llvm() -> None:
    """Prepare LLVM for this machine; every user of llvmlite here calls it first."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@cache
def host() -> Machine:
    """The machine that this process runs on."""
    initialize_llvm()
    return Machine(
        triple=llvm.get_process_triple(),
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
    )


def make_target_machine() -> llvm.TargetMachine:
    """LLVM's code generator for this machine, for one thread at a time.

    Its code is position-independent, so that it can be reloaded.
    """
    machine = host()
    return llvm.Target.from_triple(machine.triple).create_target_machine(
        cpu=machine.cpu,
        features=machine.features,
        opt=3,
        reloc="pic",
        codemodel="small",
        jit=True,
    )


_PACKED_128 = r"\bv?\w+p[sd]\b.*%xmm|\bv?p\w+\b.*%xmm|\bv\d+\.\d+[bhsd]\b"
_VECTOR_REGISTERS = ((512, r"%zmm"), (256, r"%ymm"), (128, _PACKED_128))


def vector_width(assembly: str) -> int:
    """Bits of the widest vector register in `assembly`; 0 if all is scalar."""
    for bits, pattern in _VECTOR_REGISTERS:
        if re.search(pattern, assembly):
            return bits
    return 0
