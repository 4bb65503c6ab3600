"""Gamma and Poisson numbers: a generator's state and parameters -> numbers by rejection, float64.

In: an instruction on the state, with a host operand for the shape of the samples, and parameters.
Out: one step. The outer iterations are blocks of numbers, each from a stream of its own.
"""

from __future__ import annotations

import math
import struct
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.random import resolve, source_text as source_text_of_random
from jitgraph.lowering.library.random_text import STEPS
from jitgraph.lowering.steps import KernelCode, KernelStep, Routine
from jitgraph.ops import normal_transform
from jitgraph.ops.random_streams import STEPS_PER_OUTPUT

__all__ = ["rejection_steps", "resolve", "source_text"]

_NATIVE = Path(__file__).resolve().parent / "native"
_NUMBERS = {
    "ONE": 1.0,
    "LEAST": normal_transform.LEAST,
    "TAU": normal_transform.TAU,
    "MINUS_TWO": -2.0,
    "ZERO": 0.0,
    "HALF": 0.5,
}
_GAMMA = {"MINUS_ONE": -1.0, "THIRD": 1.0 / 3, "TWO_THIRDS": 2.0 / 3, "SQUEEZE": 0.0331}
_POISSON = {
    "TEN": 10.0,
    "TWO": 2.0,
    "B_START": 0.931,
    "B_SLOPE": 2.53,
    "A_START": -0.059,
    "A_SLOPE": 0.02483,
    "SHIFT": 0.43,
    "FAR": 0.07,
    "NEAR": 0.013,
    "QUICK": 0.9277,
    "QUICK_SLOPE": 3.6224,
    "INVERSE": 1.1239,
    "INVERSE_SLOPE": 1.1328,
    "INVERSE_SHIFT": 3.4,
}
"""Hormann's constants, by their names in native/random_poisson.py."""

_WORK = 60
"""How much longer a number takes than a uniform one."""


def rejection_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Numbers of one distribution: "gamma" or "poisson"."""
    y, parameters = instr.outputs[0], instr.values[1]
    size = product(y.type.dims)
    arguments = Arguments(instr, fused)
    arguments.read("state", instr.values[0])
    arguments.write("y", y)
    arguments.word("size", size)
    arguments.word("samples", product(y.type.dims[: y.type.rank - parameters.type.rank]))
    arguments.read("parameters", parameters)
    for name in ("log", "sin", "cos", "pow", "exp", "lgamma"):
        arguments.word(name, Routine(name))
    arguments.word("most", _bits(instr.attrs.get("most") or math.inf))
    return [arguments.step_of(_code(kind), (size + STEPS - 1) // STEPS, grain_of(STEPS * _WORK))]


@cache
def _code(kind: str) -> KernelCode:
    numbers = _NUMBERS | (_GAMMA if kind == "gamma" else _POISSON)
    settings = [f"STREAMS = {STEPS}", f"APART = {STEPS_PER_OUTPUT}"]
    settings += [f"{name} = {_bits(number)}" for name, number in numbers.items()]
    files = ("random_streams", f"random_{kind}", "random_rejection")
    source = "\n".join([*map(_text, files), *settings]) + "\n"
    return KernelCode(kind, source, ("words",), __name__, "", "words")


def _bits(number: float) -> int:
    """The bits of a float64, as an integer."""
    found: int = struct.unpack("<q", struct.pack("<d", number))[0]
    return found


@cache
def _text(file: str) -> str:
    return (_NATIVE / f"{file}.py").read_text(encoding="utf-8")


def source_text(names: Any) -> str:
    """What these kernels depend on beside their own text, for the cache key."""
    return source_text_of_random(names) + _text("doubles")
