"""Runs a Program, not a graph: lowered, linked, bound; its kernels as plain Python.

In: a program without states whose symbols are dimensions of its feeds, and arrays. Out: results.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.ir.interpreter import bind_symbols
from jitgraph.ir.program import Program
from jitgraph.lowering.lower import Lowered, lower
from jitgraph.runtime.bind import Buffers, bind
from jitgraph.runtime.link import link
from tests.ops.plain_kernels import PlainKernels


def run_lowered(program: Program, feeds: Sequence[np.ndarray]) -> tuple[list[Any], Lowered]:
    """The results, and the lowered program for a look at its steps."""
    kernels: Any = PlainKernels()
    sizes = bind_symbols(program, feeds)
    lowered = lower(program)
    linked = link(lowered, tuple(sizes), kernels)
    buffers = Buffers((), (), tuple(array.shape for array in feeds))
    bound = bind(linked, list(sizes.values()), buffers, np.zeros(1, np.int64), scalar_result=False)
    results = bound.run(*feeds)
    if kernels.failures:
        raise kernels.failures[0]
    return list(results), lowered
