"""What a kernel's file says above its code: the user's ops it stands for, and the region's IR.

In: the instructions of a step. Out: lines of text, for people; no part of the kernel's identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jitgraph.ir.printer import print_instr
from jitgraph.ir.program import Instr

MOST_OPS = 24
"""So many of the user's ops are listed; a region of hundreds of them names only their number."""


def kernel_header(instrs: Sequence[Instr]) -> str:
    """The user's ops with their lines, then the instructions.

    Example:
      >>> print(kernel_header(step.instrs))
      hidden/add   model.py:7
      hidden/Relu  model.py:8
      <BLANKLINE>
      %hidden/add: float32[s0, 10] = AddV2(%hidden/MatMul, %hidden/b)
      %hidden/Relu: float32[s0, 10] = Relu(%hidden/add)
    """
    return "\n".join([*_op_lines(instrs), "", *map(print_instr, instrs)])


def user_ops(instrs: Iterable[Instr]) -> list[tuple[str, str]]:
    """(name, file and line) of each of the user's ops that the instructions come from."""
    ops = dict.fromkeys(op for instr in instrs for op in instr.origin)
    return [(op.name, op.site) for op in ops]


def _op_lines(instrs: Sequence[Instr]) -> list[str]:
    ops = user_ops(instrs)
    width = max((len(name) for name, _ in ops[:MOST_OPS]), default=0)
    lines = [f"{name:{width}}  {site}" for name, site in ops[:MOST_OPS]]
    more = len(ops) - MOST_OPS
    return [*lines, f"and {more} more ops"] if more > 0 else lines
