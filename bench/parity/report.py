"""Shows verdicts: a line an op, then a summary with every intended difference and its reason.

In: verdicts. Out: text.
"""

from __future__ import annotations

from typing import NamedTuple

from bench.parity.expectations import DIFFERENCES
from bench.parity.verdict import Verdict


class Gaps(NamedTuple):
    """What the verdicts don't tell: ops that TensorFlow lacks, ops that nothing compares,
    intended differences that were not met."""

    absent: list[str]
    untested: list[str]
    stale: list[str]


HEADER = (
    f"{'op':<36}{'values':>8}{'worst ulp':>11}{'gradients':>11}{'worst ulp':>11}"
    f"{'no kernel':>11}  verdict"
)


def line(verdict: Verdict) -> str:
    """The op's row of the table, its mismatches below."""
    word = "DIFFERS" if verdict.mismatches else "as meant" if verdict.met else "equal"
    row = (
        f"{verdict.name:<36}{verdict.values:>8}{verdict.worst:>11.3g}{verdict.gradients:>11}"
        f"{verdict.worst_gradient:>11.3g}{verdict.skipped:>11}  {word}"
    )
    return "\n".join([row, *(f"    {text}" for text in verdict.mismatches)])


def summary(verdicts: list[Verdict], gaps: Gaps, seconds: float) -> str:
    """What was compared, what was not, what differs by intent."""
    differing = [verdict.name for verdict in verdicts if verdict.mismatches]
    met = sorted({pattern for verdict in verdicts for pattern in verdict.met})
    values, gradients = (sum(getattr(v, key) for v in verdicts) for key in ("values", "gradients"))
    counts = f"{values} values, {gradients} gradients, {seconds:.0f} s"
    lines = ["", f"{len(verdicts)} compared: {counts}"]
    if gaps.absent:
        lines.append(f"not TensorFlow's: {', '.join(gaps.absent)}")
    lines += [f"differs by intent: {pattern}: {DIFFERENCES[pattern].reason}" for pattern in met]
    lines += [f"does not differ on this machine: {pattern}" for pattern in gaps.stale]
    if gaps.untested:
        lines.append(f"compared by no sample and no program: {', '.join(gaps.untested)}")
    lines.append(f"DIFFERS: {', '.join(differing)}" if differing else "equal")
    return "\n".join(lines)
