"""Library: half floats are computed in float32, between two conversions.

In: an instruction's operands and result, and the steps for float32. Out: steps that convert the
operands, compute, and convert the result back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.steps import KernelStep


def in_float32(
    instr: Instr,
    fused: Fused,
    operands: Sequence[Value],
    result: Value,
    steps: Callable[..., list[KernelStep]],
) -> list[KernelStep]:
    """`steps(*operands, result)`, on float32 copies of all of them where they are half floats."""
    if result.type.dtype.size > 2 or not result.type.dtype.is_floating:
        return steps(*operands, result)
    wide = [_widened(value) for value in (*operands, result)]
    return [
        *(_convert(instr, fused, *pair) for pair in zip(operands, wide[:-1], strict=True)),
        *steps(*wide),
        _convert(instr, fused, wide[-1], result),
    ]


def _widened(value: Value) -> Value:
    return Value(f"{value.name}.wide", Type(dtypes.float32, value.type.dims))


def _convert(instr: Instr, fused: Fused, source: Value, target: Value) -> KernelStep:
    """A kernel that copies a value as another float type."""
    arguments = Arguments(instr, fused)
    arguments.read("x", source)
    arguments.write("y", target)
    body = ["    for i in range(lo, hi):", "        store(y, 1, i, load(x, 0, i))"]
    count: Any = product(source.type.dims)
    return arguments.step("convert", body, count, grain_of(1))
