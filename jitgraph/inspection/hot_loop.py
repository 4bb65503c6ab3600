"""Where a kernel spends its time, found in its assembly.

In: assembly as LLVM prints it. Out: the lines of the innermost loop that works most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_LABEL = re.compile(r"^([.\w$]+):", re.MULTILINE)
_VECTOR_REGISTERS = {"%zmm": 16, "%ymm": 8, "%xmm": 4, "\tv": 4}


def hot_loop(assembly: str) -> str:
    r"""Of the blocks that jump back to themselves the one that works most, up to that jump.

    If no block is a loop by itself, the one that works most of all.

    Example:
      >>> hot_loop("f:\n\tnop\n.L1:\n\tdec %rax\n\tjne .L1\n\tret\n")
      '.L1:\n\tdec %rax\n\tjne .L1\n'
    """
    blocks = list(_blocks(assembly))
    loops = [loop for block in blocks if (loop := _loop(block))]
    return max(loops or blocks, key=_work, default="")


def _blocks(assembly: str) -> Iterator[str]:
    starts = [match.start() for match in _LABEL.finditer(assembly)]
    for start, end in pairwise([*starts, len(assembly)]):
        yield assembly[start:end]


def _loop(block: str) -> str:
    """A block up to where it jumps back to its beginning, empty if it does not."""
    label = re.escape(block.partition(":")[0])
    found = re.search(rf"^\s+[a-z.]+\s+(\S+, *)*{label}\s*$\n?", block, re.MULTILINE)
    return block[: found.end()] if found else ""


def _work(block: str) -> int:
    """How much a block does: its lines, and its registers by their width."""
    vectors = sum(weight * block.count(name) for name, weight in _VECTOR_REGISTERS.items())
    return vectors + block.count("\n")
