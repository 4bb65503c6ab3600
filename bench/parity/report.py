"""Shows verdicts: a line an op, then a summary with every intended difference and its reason.

In: verdicts. Out: text.
"""

from __future__ import annotations

from bench.parity.expectations import DIFFERENCES
from bench.parity.verdict import Verdict

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


def summary(
    verdicts: list[Verdict], absent: list[str], stale: list[str], seconds: float
) -> str:
    """What was compared, what was not, what differs by intent."""
    differing = [verdict.name for verdict in verdicts if verdict.mismatches]
    met = sorted({pattern for verdict in verdicts for pattern in verdict.met})
    values, gradients = (sum(getattr(v, key) for v in verdicts) for key in ("values", "gradients"))
    lines = ["", f"{len(verdicts)} compared: {values} values, {gradients} gradients, {seconds:.0f} s"]
    if absent:
        lines.append(f"no op of TensorFlow's: {', '.join(absent)}")
    lines += [f"differs by intent: {pattern}: {DIFFERENCES[pattern]}" for pattern in met]
    lines += [f"no longer differs, strike it out: {pattern}" for pattern in stale]
    lines.append(f"DIFFERS: {', '.join(differing)}" if differing else "equal")
    return "\n".join(lines)
