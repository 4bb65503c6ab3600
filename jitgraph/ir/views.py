"""Movement instructions as index maps.

In: an instruction whose op is a view. Out: where each of its output elements comes from.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Host, Instr
from jitgraph.ops.definition import AffineMap, ShapeQuery


def view_map(instr: Instr) -> AffineMap:
    """The affine map of a movement instruction (not for "reshape")."""
    source = instr.inputs[0]
    rank = len(source.type.dims)
    if instr.definition.view == "identity":
        return AffineMap((0,) * rank, tuple((axis, 1) for axis in range(rank)))
    shapes = [given.type.dims for given in instr.inputs]
    kinds = [given.type.dtype for given in instr.inputs]
    query = ShapeQuery(shapes, kinds, instr.attrs, lambda i: _host_items(instr, i))
    rule: Any = instr.definition.view
    found: AffineMap = rule(query)
    return found


def _host_items(instr: Instr, index: int) -> Any:
    given = instr.inputs[index]
    return given.items if isinstance(given, Host) else None
