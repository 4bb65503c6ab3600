"""decompose_ops: replaces ops that are compositions by the ops they consist of.

Assumes a typed program. Guarantees that no instruction is left whose op has a `decompose` rule
that applies to it:
the rule is on the op, this pass only applies it, again and again until none is left.

    %y = Softmax(%x)   ->   %m = Max(%x, [1]) ; %d = Sub(%x, %m) ; %e = Exp(%d) ; ...
"""

from __future__ import annotations

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Instr, Program, Value


def decompose_ops(program: Program) -> Program:
    """Replaces ops that are compositions by the ops they consist of."""
    if not any(instr.definition.decompose for instr in program.instrs):
        return program
    builder = Builder(program.names())
    new: dict[Value, Value] = {}
    for instr in program.instrs:
        _append(instr.substituted(new), builder, new)
    if not new and len(builder.instrs) == len(program.instrs):
        return program
    return program.substitute(builder.instrs, new)


def _append(instr: Instr, builder: Builder, new: dict[Value, Value]) -> None:
    """Appends the instruction, or what it decomposes into, however deep."""
    rule = instr.definition.decompose
    if rule is None:
        builder.instrs.append(instr)
        return
    before, builder.instrs = builder.instrs, []
    builder.base = instr.outputs[0].name if instr.outputs else instr.name
    builder.origin = instr.origin
    made = rule(builder, instr)
    parts, builder.instrs = builder.instrs, before
    if made is None:
        builder.instrs.append(instr)
        return
    inner: dict[Value, Value] = {}
    for part in parts:
        _append(part.substituted(inner), builder, inner)
    outputs = made if isinstance(made, (tuple, list)) else (made,)
    for value, replacement in zip(instr.outputs, outputs, strict=True):
        new[value] = inner.get(replacement, replacement)
