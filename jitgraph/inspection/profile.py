"""Where the time of many runs goes: the kernels of traced runs, added up.

In: `TracedRun`s. Out: a `Profile`: a row for each kernel, the longest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jitgraph.execution import TracedRun
from jitgraph.inspection.listing import bytes_text, counted, seconds_text, table
from jitgraph.inspection.roof import Roof
from jitgraph.runtime.clock import observed
from jitgraph.tracing.step_costs import StepCost, step_costs
from jitgraph.tracing.step_stats import speed

MOST_OPS = 48
HEAD = ("kernel", "time", "share", "calls", "a call", "moved", "speed", "of roof", "serves")


@dataclass
class KernelProfile:
    """One kernel in all runs: `best` is the call that was nearest to what the machine can do."""

    kernel: str
    key: str
    calls: int = 0
    seconds: float = 0.0
    bytes: int = 0
    flops: int = 0
    ops: dict[str, None] = field(default_factory=dict)

    def add(self, cost: StepCost) -> None:
        """Counts one more call."""
        self.calls += 1
        self.seconds += cost.seconds
        self.bytes += cost.bytes
        self.flops += cost.flops
        self.ops.update(dict.fromkeys(cost.ops))

    def as_cost(self) -> StepCost:
        """All calls as one."""
        return StepCost(
            self.kernel,
            self.key,
            tuple(self.ops),
            (),
            (),
            0.0,
            self.seconds,
            self.bytes,
            self.flops,
        )


class Profile:
    """The kernels of many runs, added up.

    Example:
      >>> with profiled() as profile:
      ...     with tf.Session() as sess:
      ...         sess.run(y)
      >>> print(profile)
    """

    def __init__(self) -> None:
        self.runs = 0
        self.seconds = 0.0
        self._kernels: dict[tuple[str, str], KernelProfile] = {}

    def add(self, run: TracedRun) -> None:
        """Counts the steps of one run."""
        self.runs += 1
        for cost in step_costs(run):
            self.seconds += cost.seconds
            name = (cost.kernel, cost.key)
            self._kernels.setdefault(name, KernelProfile(*name)).add(cost)

    @property
    def kernels(self) -> list[KernelProfile]:
        """All kernels, the longest first."""
        return sorted(self._kernels.values(), key=lambda each: -each.seconds)

    def text(self, roof: Roof | None = None, most: int | None = None) -> str:
        """A table of the kernels by time.

        Args:
          roof: the machine's limits, to tell how near each kernel comes.
          most: so many kernels at most.
        """
        rows = [self._row(kernel, roof) for kernel in self.kernels[:most]]
        left = len(self._kernels) - len(rows)
        lines = [
            f"{counted(self.runs, 'run')}, {seconds_text(self.seconds)} in "
            f"{counted(len(self._kernels), 'kernel')}",
            *([f"roof: {roof}"] if roof else []),
            "",
            *table([HEAD, *rows], "<>>>>>>><"),
            *([f"and {counted(left, 'kernel')} more"] if left else []),
        ]
        return "\n".join(lines)

    def _row(self, kernel: KernelProfile, roof: Roof | None) -> list[str]:
        cost = kernel.as_cost()
        served = ", ".join(kernel.ops)
        return [
            kernel.kernel,
            seconds_text(kernel.seconds),
            f"{kernel.seconds / self.seconds:.1%}" if self.seconds else "",
            f"{kernel.calls:,}",
            _call_text(kernel.seconds / kernel.calls),
            bytes_text(kernel.bytes // kernel.calls),
            speed(cost),
            f"{roof.share(cost):.0%}" if roof else "",
            served if len(served) <= MOST_OPS else f"{served[: MOST_OPS - 3]}...",
        ]

    def __str__(self) -> str:
        return self.text()


def _call_text(seconds: float) -> str:
    return f"{seconds * 1e9:.0f} ns" if seconds < 1e-6 else seconds_text(seconds)


@contextmanager
def profiled() -> Iterator[Profile]:
    """A block in which new sessions tell the profile how long each step of their runs takes."""
    profile = Profile()
    with observed(profile.add):
        yield profile
