"""Golden texts of passes: `golden/<pass>.txt` holds cases of a title, a program, and it rewritten.

In: a file. Out: its cases, and arrays to run them on. The form of a case:

    === title
    <program before>
    ---
    <program after>
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jitgraph.ir.program import Program, Value
from jitgraph.ir.sizes import evaluate

FOLDER = Path(__file__).parent / "golden"
SPECIALS = (0.0, -0.0, float("inf"), float("-inf"), float("nan"))


@dataclass(frozen=True)
class GoldenCase:
    """One case of a pass."""

    name: str
    title: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.name}: {self.title}"


def golden_cases() -> list[GoldenCase]:
    """Every case of every file."""
    return [case for path in sorted(FOLDER.glob("*.txt")) for case in _cases(path)]


def _cases(path: Path) -> list[GoldenCase]:
    parts = path.read_text(encoding="utf-8").split("=== ")[1:]
    return [_case(path.stem, part) for part in parts]


def _case(name: str, text: str) -> GoldenCase:
    title, _, programs = text.partition("\n")
    before, _, after = programs.partition("---\n")
    return GoldenCase(name, title, before.strip() + "\n", after.strip() + "\n")


def random_inputs(program: Program, seed: int) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Arrays for the feeds and states of a program, the sizes being the symbols' hints.

    Floats hold NaN, infinities and zeros of both signs among the random numbers.
    """
    rng = np.random.default_rng(seed)
    sizes = {name: symbol.hint for name, symbol in program.scope.symbols.items()}
    feeds = [_drawn(value, sizes, rng) for value in program.feeds]
    return feeds, {value.name: _drawn(value, sizes, rng) for value in program.states}


def _drawn(value: Value, sizes: dict[str, int], rng: np.random.Generator) -> np.ndarray:
    dtype: Any = value.type.dtype
    shape = tuple(evaluate(dim, sizes) for dim in value.type.dims)
    if dtype.is_bool:
        return rng.random(shape) < 0.5
    if dtype.is_integer:
        return rng.integers(1, 9, shape).astype(dtype.as_numpy_dtype)
    array = np.asarray(rng.normal(size=shape))
    chosen = rng.random(shape) < 0.2
    array = np.where(chosen, rng.choice(SPECIALS, shape), array)
    return array.astype(dtype.as_numpy_dtype)
