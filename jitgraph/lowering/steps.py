"""Steps: what a lowered program is made of, in the order in which they run.

In: made by fusion and by the library's lowerings. Out: linked into an instruction table.
A kernel's arguments are `Word`s: pointers to values, sizes, immediates; symbolic until bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Value

WORD_BYTES = 8


@dataclass(frozen=True, slots=True)
class KernelCode:
    """Canonical source of a kernel and the helper names it uses; `name` is for people.

    `helpers` is the module that resolves the names, `fastmath` the flags of its arithmetic,
    `language` what it is written in: Python for Numba, or "words".
    """

    name: str
    source: str
    names: tuple[str, ...]
    helpers: str = "jitgraph.lowering"
    fastmath: str = "contract"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The address of element `offset` of a value's buffer."""

    value: Value
    offset: Any = 0


@dataclass(frozen=True, slots=True)
class Immediate:
    """A number handed to the kernel as the raw bits of `dtype`; may hold a symbolic size.

    `part` says which word of the bits: only complex128 has a second one.
    """

    number: Any
    dtype: DType
    part: int = 0


def immediate_words(number: Any, dtype: DType) -> tuple[Immediate, ...]:
    """The words that hand a number over: two for complex128, one otherwise."""
    parts = 2 if dtype.size > WORD_BYTES else 1
    return tuple(Immediate(number, dtype, part) for part in range(parts))


@dataclass(frozen=True, slots=True)
class Address:
    """The address of the BLAS routine that multiplies matrices of a dtype, 0 if there is none."""

    dtype: DType


@dataclass(frozen=True, slots=True)
class Routine:
    """The address of a function of the C library on float64, such as "log"."""

    name: str


@dataclass(frozen=True, slots=True)
class BlasRoutine:
    """The address of a function of OpenBLAS, such as "cblas_strsm" or "LAPACKE_sgetrf_work"."""

    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """The address of a function of the runtime, by its name there."""

    name: str


Word = Any
"""int | Size | Pointer | Immediate | Address | Service | Routine | BlasRoutine | None (status and
code words, filled by link)."""


@dataclass(frozen=True, eq=False)
class KernelStep:
    """One call of a kernel.

    Attributes:
      code: the kernel's source; equal sources share machine code.
      words: its arguments from word 2 on (0 and 1 are the status word and the error code).
      count: outer iterations; grain: least iterations worth a chunk, 0 for never parallel.
      reads, writes: values, for lifetimes. inplace: pairs (written, read) sharing a buffer.
      instrs: what it computes, for messages and people.
      ended: why the region ended where it did.
    """

    code: KernelCode
    words: tuple[Word, ...]
    count: Any
    grain: Any
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    instrs: tuple[Instr, ...]
    ended: str = ""
    inplace: tuple[tuple[Value, Value], ...] = ()


@dataclass(frozen=True, eq=False)
class HostStep:
    """An instruction computed in Python by its reference: strings, and ops without a kernel."""

    instr: Instr
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    ended: str = "runs on the host"


SERVICES = ("clock", "ensure_gil", "check_signals", "clear_error", "release_gil")
"""What a loop calls now and then, so that Ctrl-C ends it."""

IF_FALSE, IF_TRUE, ALWAYS = 0, -1, -2
"""When a jump is taken. None of them is a grain of parallel work."""


@dataclass(frozen=True, eq=False)
class JumpStep:
    """Goes on `by` steps further (or back) when its predicate says so.

    Attributes:
      instr: the branch or loop.
      when: IF_FALSE, IF_TRUE or ALWAYS.
      by: the number of steps; 1 is the next step.
      words: the address of the predicate; for a jump back what it takes to see interruptions.
      reads: the predicate.
    """

    instr: Instr
    when: int
    by: int
    words: tuple[Word, ...] = ()
    reads: tuple[Value, ...] = ()
    writes: tuple[Value, ...] = ()
    ended: str = "is a branch or loop"

    @property
    def instrs(self) -> tuple[Instr, ...]:
        return (self.instr,)


Step = KernelStep | HostStep | JumpStep


def is_row(step: Step) -> bool:
    """Whether a step is a row of the native table: a kernel or a jump."""
    return not isinstance(step, HostStep)
