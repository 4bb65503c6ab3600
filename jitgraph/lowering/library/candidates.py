"""Candidate classes: a generator's state -> classes picked, and how many draws that took.

In: an instruction on the state, with the number of classes and of those to pick in its attributes.
Out: one step, which is not split: a class may have been picked before.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments
from jitgraph.lowering.library.rejection import resolve, source_text
from jitgraph.lowering.steps import KernelCode, KernelStep, Routine

__all__ = ["log_uniform_steps", "resolve", "source_text"]

_SOURCE = Path(__file__).resolve().parent / "native" / "log_uniform_candidates.py"


def log_uniform_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The first classes that a generator draws, or the first different ones."""
    picked, tries = instr.outputs
    classes = instr.attrs["range_max"]
    arguments = Arguments(instr, fused)
    arguments.read("state", instr.values[0])
    arguments.write("picked", picked)
    arguments.write("tries", tries)
    arguments.word("count", instr.attrs["num_sampled"])
    arguments.word("unique", int(instr.attrs["unique"]))
    arguments.word("classes", classes)
    arguments.word("scale", int(np.float64(math.log1p(classes)).view(np.int64)))
    arguments.word("exp", Routine("exp"))
    source = _SOURCE.read_text(encoding="utf-8")
    code = KernelCode("log_uniform", source, ("words",), __name__, "", "words")
    return [arguments.step_of(code, 1, 0)]
