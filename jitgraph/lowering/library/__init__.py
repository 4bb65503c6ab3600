"""Library kernels: ops whose loops are written by hand rather than generated from a region.

In: an instruction whose op names a library kernel. Out: the steps that compute it. One file a
family; each function takes (instr, fused) and returns steps.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused, key_dtype
from jitgraph.lowering.steps import Step


def library_steps(instr: Instr, fused: Fused) -> list[Step]:
    """The steps of a library instruction, by the name its op gives."""
    from jitgraph.lowering.library.table import LOWERINGS

    return LOWERINGS[str(instr.definition.library_for(key_dtype(instr)))](instr, fused)
