"""Random numbers: a generator's state -> as many numbers as the result holds.

In: an instruction on the state, with a host operand for the shape and, maybe, a scale and a shift
or the bounds of whole numbers. Out: one step. The outer iterations are blocks of numbers, each of
which can be made without those before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.random_text import ITEM_BYTES, STEPS, numbers_a_step
from jitgraph.lowering.steps import KernelCode, KernelStep, Routine
from jitgraph.ops import philox
from jitgraph.ops.definition import EMPTY_RANGE
from jitgraph.ops.random_streams import STEPS_PER_OUTPUT

_HERE = Path(__file__).resolve().parent
_DEPENDENCIES = (
    _HERE / "random_text.py",
    _HERE / "normal_text.py",
    _HERE / "philox_text.py",
    _HERE / "vector_text.py",
    _HERE / "native" / "memory.py",
    _HERE.parent.parent / "kernels" / "words.py",
    _HERE.parent.parent / "ops" / "philox.py",
    _HERE.parent.parent / "ops" / "normal_transform.py",
)
_MEMORY = "jitgraph.lowering.library.native.memory"
_ACCESS = {2: "int16", 4: "int32", 8: "word"}
_WORK = {"uniform": 1, "whole": 4, "normal": 6, "truncated": 20}
"""How much longer a number takes than a uniform one."""


def random_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Numbers of one distribution: "uniform", "whole", "normal" or "truncated"."""
    y = instr.outputs[0]
    dtype = y.type.dtype.name
    block = STEPS * numbers_a_step(dtype)
    size = product(y.type.dims)
    arguments = Arguments(instr, fused)
    arguments.read("state", instr.values[0])
    arguments.write("y", y)
    arguments.word("size", size)
    limits = instr.values[1:]
    for name, value in zip(("scale", "shift"), limits, strict=False):
        arguments.read(name, value)
    for name in ("scale", "shift")[len(limits) :]:
        arguments.word(name, 0)
    for name in ("log", "sin", "cos"):
        arguments.word(name, Routine(name) if dtype == "float64" else 0)
    is_scaled = bool(limits) and kind != "whole"
    code = _code(kind, dtype, is_scaled)
    grain = grain_of(block * _WORK[kind])
    return [arguments.step_of(code, (size + block - 1) // block, grain)]


def advance_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The state of a generator some steps on, in place where that may be."""
    state, y = instr.values[0], instr.outputs[0]
    operand: Any = instr.inputs[1]
    arguments = Arguments(instr, fused)
    arguments.read("state", state)
    arguments.write("y", y)
    arguments.word("steps", operand.items.reshape(-1)[0])
    source = _text("random_advance")
    code = KernelCode("advance", source, ("words",), __name__, "", "words")
    return [arguments.step_of(code, 1, 0, ((y, fused.access(state).base),))]


def seeded_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The state of a generator by two integers."""
    arguments = Arguments(instr, fused)
    arguments.read("seed", instr.values[0])
    arguments.write("y", instr.outputs[0])
    settings = _assignments({"BLOCK": STEPS * philox.WORDS, "KEY": philox.SCRAMBLING_KEY})
    source = "\n".join([_text("random_seeded"), *settings]) + "\n"
    code = KernelCode("seeded", source, ("words",), __name__, "", "words")
    return [arguments.step_of(code, 1, 0)]


def permutation_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """An order of so many numbers, by one thread."""
    arguments = Arguments(instr, fused)
    arguments.read("state", instr.values[0])
    arguments.write("y", instr.outputs[0])
    arguments.word("size", instr.outputs[0].type.dims[0])
    settings = _assignments({"BLOCK": STEPS * philox.WORDS, "STEPS": STEPS})
    source = "\n".join([_text("random_permutation"), *settings]) + "\n"
    code = KernelCode("permutation", source, ("words",), __name__, "", "words")
    return [arguments.step_of(code, 1, 0)]


@cache
def _text(file: str) -> str:
    return (_HERE / "native" / f"{file}.py").read_text(encoding="utf-8")


@cache
def _code(kind: str, dtype: str, is_scaled: bool) -> KernelCode:
    file = "random_truncated" if kind == "truncated" else "random_fill"
    numbers = "both" if kind == "truncated" else kind
    name = f"numbers_{'scaled_' if is_scaled else ''}{numbers}_{dtype}"
    imported = f"from jitgraph.lowering.library.random_text import {name} as numbers"
    settings = _truncated_settings(dtype) if kind == "truncated" else _fill_settings(kind, dtype)
    source = "\n".join([_text(file), imported, *settings]) + "\n"
    names = ("fail", "words") if kind == "whole" else ("words",)
    title = f"scaled_{kind}" if is_scaled else kind
    return KernelCode(title, source, names, __name__, "", "words")


def _fill_settings(kind: str, dtype: str) -> list[str]:
    item = ITEM_BYTES[dtype]
    constants = {
        "ITEM": item,
        "BLOCK": STEPS * numbers_a_step(dtype),
        "STEPS": STEPS,
        "WHOLE": int(kind == "whole"),
        "EMPTY_RANGE": EMPTY_RANGE,
    }
    imported = f"from {_MEMORY} import load_{_ACCESS[max(item, 4)]} as load_bound"
    return [imported, *_assignments(constants)]


def _truncated_settings(dtype: str) -> list[str]:
    item, group = ITEM_BYTES[dtype], numbers_a_step(dtype)
    raw = max(item, 4)
    constants = {
        "ITEM": item,
        "RAW_ITEM": raw,
        "GROUP": group,
        "STEPS": STEPS,
        "APART": group * STEPS_PER_OUTPUT // 4,
        "MAGNITUDE": (1 << (8 * raw - 1)) - 1,
        "LIMIT": 1 << (8 * raw - 2),
    }
    return [
        f"from {_MEMORY} import load_{_ACCESS[item]} as load_item",
        f"from {_MEMORY} import store_{_ACCESS[item]} as store_item",
        f"from {_MEMORY} import load_{_ACCESS[raw]} as load_raw",
        *_assignments(constants),
    ]


def _assignments(constants: Mapping[str, int]) -> list[str]:
    return [f"{name} = {value}" for name, value in constants.items()]


def resolve(names: Any) -> dict[str, Any]:
    """Nothing: sources in the word language import what they call."""
    return dict.fromkeys(names)


def source_text(names: Any) -> str:
    """What these kernels depend on beside their own text, for the cache key."""
    return "\n".join(path.read_text(encoding="utf-8") for path in _DEPENDENCIES)
