"""The greatest elements of rows: [rows, size] -> values and places [rows, k], TopKV2.

In: an instruction with a host operand for k. Out: one step. The outputs hold a heap of the best
elements so far, the worst of them on top; a block of the row without a better one is passed over
by vector comparisons. The heap is sorted at the end. Of equal elements the earlier one is better.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr
from jitgraph.lowering.access import same
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.sorting import sort_steps
from jitgraph.lowering.steps import KernelStep

_BLOCK = 64


def top_k_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The k greatest elements of each row in descending order, and where they stand."""
    x, (values, places) = instr.values[0], instr.outputs
    dims = x.type.dims
    if same(dims[-1], values.type.dims[-1]):
        return sort_steps(instr, fused)
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", values)
    arguments.write("where", places)
    arguments.word("size", dims[-1])
    arguments.word("k", values.type.dims[-1])
    body = [
        "    if k == 0:",
        "        return",
        "    for i in range(lo, hi):",
        "        row, heap = i * size, i * k",
        "        for j in range(k):",
        "            store(y, 1, heap + j, load(x, 0, row + j))",
        "            store(where, 2, heap + j, cast_int32(j))",
        "        for start in range(k // 2 - 1, -1, -1):",
        "            node = start",
        "            value, place = load(y, 1, heap + node), load(where, 2, heap + node)",
        *_sunk("            ", "k"),
        f"        for start in range(k, size, {_BLOCK}):",
        f"            stop = min(size, start + {_BLOCK})",
        "            worst = load(y, 1, heap)",
        "            is_better = False",
        "            for j in range(start, stop):",
        "                is_better = is_better | (load(x, 0, row + j) > worst)",
        "            if is_better:",
        "                for j in range(start, stop):",
        "                    value = load(x, 0, row + j)",
        "                    if value > load(y, 1, heap):",
        "                        node, place = 0, cast_int32(j)",
        *_sunk("                        ", "k"),
        "        for last in range(k - 1, 0, -1):",
        "            node, value, place = 0, load(y, 1, heap + last), load(where, 2, heap + last)",
        "            store(y, 1, heap + last, load(y, 1, heap))",
        "            store(where, 2, heap + last, load(where, 2, heap))",
        *_sunk("            ", "last"),
    ]
    return [arguments.step("top_k", body, product(dims[:-1]), grain_of(dims[-1]))]


def _sunk(indent: str, count: str) -> list[str]:
    """Lines that let `value` and `place` sink from `node` to their place among `count` nodes."""
    lines = [
        "child = 2 * node + 1",
        f"while child < {count}:",
        "    below, number = load(y, 1, heap + child), load(where, 2, heap + child)",
        f"    if child + 1 < {count}:",
        "        other, next = load(y, 1, heap + child + 1), load(where, 2, heap + child + 1)",
        "        if other < below or (other == below and next > number):",
        "            child, below, number = child + 1, other, next",
        "    if not (below < value or (below == value and number > place)):",
        "        break",
        "    store(y, 1, heap + node, below)",
        "    store(where, 2, heap + node, number)",
        "    node = child",
        "    child = 2 * node + 1",
        "store(y, 1, heap + node, value)",
        "store(where, 2, heap + node, place)",
    ]
    return [indent + line for line in lines]
