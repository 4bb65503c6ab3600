"""Compares both sides' replies on one op.

In: an op's cases, jitgraph's replies, TensorFlow's. Out: a Verdict: counts, the worst distances,
mismatches as text, and which intended differences were met.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.parity.cases import ParityCase
from bench.parity.comparison import distances, misfit, unless_flushed
from bench.parity.expectations import intended, tolerance
from jitgraph.ops.definition import OpDef

NO_KERNEL = ("No OpKernel was registered", "list of allowed values", "Could not find device for")
MOST_SHOWN = 4


@dataclass
class Verdict:
    """What came of an op; an op is fine if it has no mismatches."""

    name: str
    values: int = 0
    gradients: int = 0
    skipped: int = 0
    worst: float = 0.0
    worst_gradient: float = 0.0
    mismatches: list[str] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


def judge(
    definition: OpDef, cases: list[ParityCase], ours: list[Any], theirs: list[Any]
) -> Verdict:
    """The verdict on an op from all replies."""
    verdict = Verdict(definition.name)
    for case, left, right in zip(cases, ours, theirs, strict=True):
        if any(text in right.get("error", "") for text in NO_KERNEL):
            verdict.skipped += 1
            continue
        stages = (("value", "outputs", "error"), ("gradient", "gradients", "gradient_error"))
        for stage, results, error in stages:
            pair = [(side.get(results), side.get(error)) for side in (left, right)]
            if any(found is not None for sides in pair for found in sides):
                _judge_stage(verdict, definition, case, stage, pair)
    return verdict


def _judge_stage(
    verdict: Verdict, definition: OpDef, case: ParityCase, stage: str, pair: list[Any]
) -> None:
    (found, error), (wanted, their_error) = pair
    if their_error is not None and any(text in their_error for text in NO_KERNEL):
        verdict.skipped += 1
        return
    if stage == "value":
        verdict.values += 1
    else:
        verdict.gradients += 1
    problems = _error_problems(found, error, wanted, their_error)
    if found is not None and wanted is not None:
        problems = list(_array_problems(verdict, definition, case, stage, found, wanted))
    if not problems:
        return
    pattern = intended(definition.name, stage, case.kind, case.dtype)
    if pattern is not None:
        verdict.met.add(pattern)
        return
    verdict.mismatches.append(f"{stage} of {case.kind} ({case.text}): {'; '.join(problems)}")


def _error_problems(found: Any, error: str | None, wanted: Any, their_error: str | None) -> list:
    kinds = [text.partition(":")[0] if text else None for text in (error, their_error)]
    if kinds[0] == kinds[1]:
        return []
    return [f"jitgraph: {error or _result(found)}; TensorFlow: {their_error or _result(wanted)}"]


def _result(arrays: Any) -> str:
    return "nothing" if arrays is None else "a result"


def _array_problems(
    verdict: Verdict,
    definition: OpDef,
    case: ParityCase,
    stage: str,
    found: list[Any],
    wanted: list[Any],
) -> Iterator[str]:
    is_gradient = stage == "gradient"
    is_movement = definition.view is not None or definition.assemble is not None
    for number, (left, right) in enumerate(zip(found, wanted, strict=True)):
        if left is None or right is None:
            if left is not right:
                yield f"#{number} is {'None' if left is None else 'not None'} in jitgraph alone"
            continue
        unlike = misfit(left, right)
        if unlike is not None:
            yield f"#{number}: {unlike}"
            continue
        gaps = _gaps(case.kind, is_gradient, left, right)
        worst = float(gaps.max(initial=0.0))
        if worst > tolerance(definition.name, is_movement, right.dtype.name, stage):
            yield f"#{number}: {_worst_elements(case, left, right, gaps)}"
        elif is_gradient:
            verdict.worst_gradient = max(verdict.worst_gradient, worst)
        else:
            verdict.worst = max(verdict.worst, worst)


def _gaps(kind: str, is_gradient: bool, found: Any, wanted: Any) -> np.ndarray:
    """Special values are compared one by one; their gradients, of upstream ones about one, by
    what is left of one's precision."""
    if kind == "denormal" and not is_gradient:
        return unless_flushed(found, wanted)
    if kind == "sample":
        return distances(found, wanted)
    return distances(found, wanted, least=1.0 if is_gradient else 0.0)


def _worst_elements(case: ParityCase, left: Any, right: Any, gaps: np.ndarray) -> str:
    order = np.argsort(-gaps, axis=None)[:MOST_SHOWN]
    shown = []
    for flat in order[gaps.ravel()[order] > 0]:
        given = _inputs_at(case, flat, left.size)
        pair = f"{left.ravel()[flat]!s} not {right.ravel()[flat]!s}"
        shown.append(f"{pair} ({gaps.ravel()[flat]:.3g} ulp{given})")
    return f"{np.count_nonzero(gaps)} of {gaps.size} differ: " + ", ".join(shown)


def _inputs_at(case: ParityCase, flat: int, size: int) -> str:
    arrays = [item.array for item in case.request.inputs if not isinstance(item, list)]
    if len(arrays) != len(case.request.inputs) or any(array.size != size for array in arrays):
        return ""
    return " for " + ", ".join(str(array.ravel()[flat]) for array in arrays)
