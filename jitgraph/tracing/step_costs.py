"""What each step of a traced run took, moved and computed.

In: a `TracedRun`. Out: for each step its time, bytes and arithmetic. Bytes are those that a step
must read and write, each value once, without scratch memory. Products and convolutions count a
multiplication and an addition for each pair, everything else one for each element computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from jitgraph.execution import TracedRun
from jitgraph.ir.program import Instr, Value
from jitgraph.ir.sizes import Size, evaluate
from jitgraph.lowering.steps import KernelStep, Step

NANO = 1e-9
MOST_OPS = 4

Symbols = Mapping[str, int]


@dataclass(frozen=True)
class StepCost:
    """One step of a run.

    Attributes:
      kernel: its kernel's name; key: that kernel's identity in the cache ("" on the host).
      ops: names of the user's operations it computes; types: their types.
      inputs: names of what it reads.
      start: seconds since the run's first step began; seconds: how long it took.
      bytes: read and written; flops: arithmetic.
    """

    kernel: str
    key: str
    ops: tuple[str, ...]
    types: tuple[str, ...]
    inputs: tuple[str, ...]
    start: float
    seconds: float
    bytes: int
    flops: int

    @property
    def bandwidth(self) -> float:
        """Bytes a second."""
        return self.bytes / self.seconds if self.seconds else 0.0

    @property
    def rate(self) -> float:
        """Arithmetic operations a second."""
        return self.flops / self.seconds if self.seconds else 0.0


def step_costs(run: TracedRun) -> tuple[StepCost, ...]:
    """The steps of a run, in order."""
    if not run.steps:
        return ()
    kernels = iter(run.compiled.linked.kernels)
    begin = run.steps[0][1]
    return tuple(
        _cost(
            step,
            next(kernels).key if isinstance(step, KernelStep) else "",
            run.symbols,
            (start - begin) * NANO,
            (end - start) * NANO,
        )
        for step, start, end in run.steps
    )


def _cost(step: Step, key: str, symbols: Symbols, start: float, seconds: float) -> StepCost:
    instrs = step.instrs if isinstance(step, KernelStep) else (step.instr,)
    origins = dict.fromkeys(op for instr in instrs for op in instr.origin)
    made = {value for instr in instrs for value in instr.outputs}
    written = [value for value in step.writes if value in made] or step.writes
    values = dict.fromkeys((*step.reads, *written))
    return StepCost(
        step.code.name if isinstance(step, KernelStep) else f"host {step.instr.name}",
        key,
        tuple(op.name for op in origins),
        tuple(dict.fromkeys(op.type for op in origins)),
        tuple(value.name for value in step.reads),
        start,
        seconds,
        sum(_elements(value, symbols) * value.type.dtype.size for value in values),
        sum(_flops(instr, step, symbols) for instr in instrs),
    )


def _elements(value: Value, symbols: Symbols) -> int:
    return prod(_dims(value, symbols))


def _dims(value: Any, symbols: Symbols) -> list[int]:
    return [evaluate(dim, symbols) if isinstance(dim, Size) else dim for dim in value.type.dims]


def _flops(instr: Instr, step: Step, symbols: Symbols) -> int:
    """The arithmetic of an instruction; of its products in the step that gives its results."""
    counted = _PRODUCTS.get(instr.name)
    if counted is not None:
        return 2 * counted(instr, symbols) if set(instr.outputs) & set(step.writes) else 0
    values = (*instr.values, *instr.outputs)
    return max((_elements(value, symbols) for value in values), default=0)


def _matmul(instr: Instr, symbols: Symbols) -> int:
    rows, columns = _dims(instr.values[0], symbols)[-2:]
    transposed = instr.attrs.get("transpose_a") or instr.attrs.get("adj_x")
    return _elements(instr.outputs[0], symbols) * (rows if transposed else columns)


def _convolution(instr: Instr, symbols: Symbols) -> int:
    return _elements(instr.outputs[0], symbols) * prod(_dims(instr.values[1], symbols)[:3])


def _convolution_input(instr: Instr, symbols: Symbols) -> int:
    filters, gradient = instr.values[-2:]
    return _elements(gradient, symbols) * prod(_dims(filters, symbols)[:3])


def _convolution_filter(instr: Instr, symbols: Symbols) -> int:
    gradient = instr.values[-1]
    return _elements(gradient, symbols) * prod(_dims(instr.outputs[0], symbols)[:3])


_PRODUCTS: dict[str, Callable[[Instr, Symbols], int]] = {
    "MatMul": _matmul,
    "BatchMatMul": _matmul,
    "BatchMatMulV2": _matmul,
    "Conv2D": _convolution,
    "Conv2DBackpropInput": _convolution_input,
    "Conv2DBackpropFilter": _convolution_filter,
}
