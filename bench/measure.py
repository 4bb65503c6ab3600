"""Measures one row: every side does its work, results are compared, then rounds take turns.

In: a `Row` and the Pythons of its sides. Out: a `Measured`.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from bench.row import RUN, Figures, Goal, Row
from bench.sides import Side, SideError, spinning

Pythons = Mapping[str, str]
"""Side → the Python that has it."""


@dataclass(frozen=True)
class Measured:
    """A row's figures (side → metric → samples) and what went wrong (side → text)."""

    row: Row
    figures: Figures
    errors: Mapping[str, str] = field(default_factory=dict)

    def goals(self) -> list[tuple[str, bool | None]]:
        """Each goal's text, and whether it was reached; None where a figure is missing."""
        return [(goal.text, self._reached(goal)) for goal in self.row.goals]

    def _reached(self, goal: Goal) -> bool | None:
        try:
            return bool(goal.reached(self.figures))
        except KeyError:
            return None


def measure(row: Row, pythons: Pythons, rounds: int, seconds: float) -> Measured:
    """Measures `row` on each of its sides that has a Python."""
    sides = [side for side in row.sides if side in pythons]
    if row.fresh:
        return _measure_fresh(row, sides, pythons, min(rounds, row.rounds or rounds))
    return _measure_steady(row, sides, pythons, rounds, seconds)


def differences(row: Row, got: Sequence[np.ndarray], want: Sequence[np.ndarray]) -> str | None:
    """What differs between a peer's arrays and jitgraph's, or None. A copy has no arrays."""
    for index, (ours, theirs) in enumerate(zip(want, got, strict=False)):
        if ours.shape != theirs.shape:
            return f"result {index} has shape {theirs.shape}, jitgraph's {ours.shape}"
        if not np.allclose(theirs, ours, rtol=row.rtol, atol=row.atol, equal_nan=True):
            worst = float(np.max(np.abs(theirs.astype(float) - ours.astype(float))))
            return f"result {index} differs from jitgraph's by up to {worst:.3g}"
    return None


def _measure_steady(
    row: Row, sides: Sequence[str], pythons: Pythons, rounds: int, seconds: float
) -> Measured:
    samples: dict[str, list[float]] = {}
    errors: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        cache = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jitgraph-bench-")))
        workers = [
            stack.enter_context(Side(row.name, side, pythons[side], cache)) for side in sides
        ]
        ready = _checked(row, workers, errors)
        stack.enter_context(spinning(row.busy_processes, row.cpus))
        for _ in range(rounds):
            for worker in ready:
                samples.setdefault(worker.name, []).extend(worker.sample(seconds / rounds))
    return Measured(row, {side: {RUN: values} for side, values in samples.items()}, errors)


def _checked(row: Row, workers: Sequence[Side], errors: dict[str, str]) -> list[Side]:
    """The workers whose results agree with jitgraph's (with the first that works, failing it)."""
    want: list[np.ndarray] | None = None
    ready = []
    for worker in workers:
        try:
            got = worker.result()
        except SideError as error:
            errors[worker.name] = str(error)
            continue
        want = got if want is None else want
        wrong = differences(row, got, want)
        if wrong:
            errors[worker.name] = wrong
        else:
            ready.append(worker)
    return ready


def _measure_fresh(row: Row, sides: Sequence[str], pythons: Pythons, rounds: int) -> Measured:
    figures: dict[str, dict[str, list[float]]] = {}
    errors: dict[str, str] = {}
    want: list[np.ndarray] | None = None
    with tempfile.TemporaryDirectory(prefix="jitgraph-bench-") as shared:
        for turn in range(rounds + row.warm_cache):
            for side in sides:
                if side in errors:
                    continue
                try:
                    found, got = _one_fresh(row, side, pythons[side], Path(shared))
                except SideError as error:
                    errors[side] = str(error)
                    continue
                want = got if want is None else want
                wrong = differences(row, got, want)
                if wrong:
                    errors[side] = wrong
                elif turn >= row.warm_cache:
                    for metric, value in found.items():
                        figures.setdefault(side, {}).setdefault(metric, []).append(value)
    return Measured(row, figures, errors)


def _one_fresh(
    row: Row, side: str, python: str, shared: Path
) -> tuple[dict[str, float], list[np.ndarray]]:
    with tempfile.TemporaryDirectory(prefix="jitgraph-bench-") as empty:
        cache = shared if row.warm_cache else Path(empty)
        with Side(row.name, side, python, cache) as worker:
            return worker.figures()
