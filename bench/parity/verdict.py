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
from bench.parity.expectations import DIFFERENCES, intended, tolerance
from jitgraph.ops.definition import OpDef

NO_KERNEL = ("No OpKernel was registered", "list of allowed values", "Could not find device for")
NOT_ON_CPU = (
    "only supports NHWC", "only supports the NHWC", "only supports NDHWC", "only supportsNDHWC",
    "only supported for NHWC", "only supports dilated rates of 1",
    "support dilation rates larger than 1", "implementation does not support dilations",
    "supported on the depth dimension",
    "grouped convolutions are not supported", "filter_size does not have enough elements",
)  # fmt: skip
"""What TensorFlow's kernels say of layouts, dilations and groups that only GPUs compute."""

MOST_SHOWN = 4


@dataclass
class Verdict:
    """What came of an op (or of a program of several); fine if it has no mismatches."""

    name: str
    op_types: set[str] = field(default_factory=set)
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
    verdict = Verdict(definition.name, {definition.name})
    for case, left, right in zip(cases, ours, theirs, strict=True):
        if _has_no_kernel(right.get("error", "")):
            verdict.skipped += 1
            continue
        stages = (("value", "outputs", "error"), ("gradient", "gradients", "gradient_error"))
        for stage, results, error in stages:
            pair = [(side.get(results), side.get(error)) for side in (left, right)]
            if any(found is not None for sides in pair for found in sides):
                _judge_stage(verdict, definition, case, stage, pair)
    return verdict


def _has_no_kernel(error: str) -> bool:
    return any(text in error for text in (*NO_KERNEL, *NOT_ON_CPU))


def _judge_stage(
    verdict: Verdict, definition: OpDef, case: ParityCase, stage: str, pair: list[Any]
) -> None:
    (found, error), (wanted, their_error) = pair
    if their_error is not None and _has_no_kernel(their_error):
        verdict.skipped += 1
        return
    if stage == "value":
        verdict.values += 1
    else:
        verdict.gradients += 1
    place = _Place(verdict, definition, case, stage)
    if found is None or wanted is None:
        problems = place.without_results(error, their_error)
    else:
        problems = [
            f"#{number}: {problem}"
            for number, arrays in enumerate(zip(found, wanted, strict=True))
            for problem in place.problems(*arrays)
        ]
    if problems:
        verdict.mismatches.append(f"{stage} of {case.kind} ({case.text}): {'; '.join(problems)}")


class _Place:
    """One stage of one case, with the intended difference that covers it, if any."""

    def __init__(self, verdict: Verdict, definition: OpDef, case: ParityCase, stage: str) -> None:
        self.verdict = verdict
        self.definition = definition
        self.case = case
        self.is_gradient = stage == "gradient"
        self.stage = stage
        self.pattern = intended(definition.name, stage, case.kind, case.dtype)

    def without_results(self, error: str | None, their_error: str | None) -> list[str]:
        """What is wrong where a side has none: both should fail alike."""
        kinds = [text.partition(":")[0] if text else None for text in (error, their_error)]
        if kinds[0] == kinds[1] or self._excuses_all():
            return []
        return [f"jitgraph: {error or 'a result'}; TensorFlow: {their_error or 'a result'}"]

    def problems(self, found: Any, wanted: Any) -> Iterator[str]:
        """What is wrong with one array."""
        if found is None or wanted is None:
            if found is not wanted and not self._excuses_all():
                yield f"{'None' if found is None else 'not None'} in jitgraph alone"
            return
        unlike = misfit(found, wanted)
        if unlike is not None:
            if not self._excuses_all():
                yield unlike
            return
        gaps = _gaps(self.case.kind, self.is_gradient, found, wanted)
        definition = self.definition
        is_movement = definition.view is not None or definition.assemble is not None
        allowed = tolerance(definition.name, is_movement, wanted.dtype.name, self.stage)
        gaps[self._excused(gaps, allowed)] = 0
        worst = float(gaps.max(initial=0.0))
        if worst > allowed:
            yield _worst_elements(self.case, found, wanted, gaps)
        elif self.is_gradient:
            self.verdict.worst_gradient = max(self.verdict.worst_gradient, worst)
        else:
            self.verdict.worst = max(self.verdict.worst, worst)

    def _excuses_all(self) -> bool:
        if self.pattern is None or DIFFERENCES[self.pattern].where is not None:
            return False
        self.verdict.met.add(self.pattern)
        return True

    def _excused(self, gaps: np.ndarray, allowed: float) -> np.ndarray:
        """The elements beyond tolerance that are meant to be."""
        excused = gaps > allowed
        if self.pattern is None or not excused.any():
            return np.zeros_like(excused)
        where = DIFFERENCES[self.pattern].where
        if where is not None:
            with np.errstate(all="ignore"):
                inputs = [item.array.astype(np.float64) for item in self.case.request.inputs]
                excused &= where(*inputs)
        if excused.any():
            self.verdict.met.add(self.pattern)
        return excused


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
