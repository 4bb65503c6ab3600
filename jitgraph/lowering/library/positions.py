"""Where equal elements stand first: [n] -> [n], by a hash table, FirstPositions.

In: an instruction. Out: one step, on one core. A slot of the table holds the place of the element
that took it; the table has twice as many slots as there are elements, so that few collide.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments
from jitgraph.lowering.library.rows import note_known
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.row_updates import HASH_FACTOR, HASH_MASK

SERIAL = 0


def first_positions_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """For each element the place of the first one equal to it."""
    (given,) = instr.values
    found, table = instr.outputs
    arguments = Arguments(instr, fused)
    arguments.read("x", given)
    arguments.write("y", found)
    arguments.write("table", table)
    (number,) = given.type.dims
    arguments.word("number", number)
    note_known(fused, found, (number,), number)
    body = [
        "    slots = 2 * number + 1",
        "    for slot in range(slots):",
        "        store(table, 2, slot, cast_int32(-1))",
        "    for i in range(number):",
        "        item = cast_int64(load(x, 0, i))",
        f"        mixed = (item ^ (item >> 31)) & {HASH_MASK}",
        f"        slot = ((mixed * {HASH_FACTOR}) >> 16) % slots",
        "        place = cast_int64(load(table, 2, slot))",
        "        while place >= 0 and load(x, 0, place) != load(x, 0, i):",
        "            slot = slot + 1 if slot + 1 < slots else 0",
        "            place = cast_int64(load(table, 2, slot))",
        "        if place < 0:",
        "            place = i",
        "            store(table, 2, slot, cast_int32(i))",
        "        store(y, 1, i, cast_int32(place))",
    ]
    return [arguments.step("first_positions", body, 1, SERIAL)]
