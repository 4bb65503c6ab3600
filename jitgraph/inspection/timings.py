"""What compiling cost: seconds of each stage, each pass, each kernel.

In: a compiled program's records. Out: a `Timings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jitgraph.compiler import Compiled
from jitgraph.inspection.kernel_report import KernelReport
from jitgraph.inspection.listing import seconds_text, table


@dataclass(frozen=True)
class Timings:
    """Seconds.

    Attributes:
      stages: of each stage of this compilation, in order.
      passes: of each pass, in order; a pass that runs again is numbered.
      kernels: for each kernel what compiling it has cost this process, 0 if it came from disk.
    """

    stages: dict[str, float]
    passes: dict[str, float]
    kernels: dict[str, float]

    @property
    def total(self) -> float:
        """All stages."""
        return sum(self.stages.values())

    def __str__(self) -> str:
        groups = (("stage", self.stages), ("pass", self.passes), ("kernel", self.kernels))
        rows = [
            (kind if not position else "", name, seconds_text(seconds) if seconds else "-")
            for kind, seconds_of in groups
            for position, (name, seconds) in enumerate(seconds_of.items())
        ]
        return "\n".join(table([*rows, ("total", "", seconds_text(self.total))], "<<>"))


def timings(compiled: Compiled, kernels: Sequence[KernelReport]) -> Timings:
    """The seconds that a compilation took."""
    names = pass_names([record.name for record in compiled.passes])
    seconds = [record.seconds for record in compiled.passes]
    return Timings(
        dict(compiled.seconds),
        dict(zip(names, seconds, strict=True)),
        {kernel.label: kernel.compile_seconds for kernel in kernels},
    )


def pass_names(names: Sequence[str]) -> list[str]:
    """The passes' names, numbered from the second time on that one runs."""
    seen: dict[str, int] = {}
    numbered = []
    for name in names:
        seen[name] = count = seen.get(name, 0) + 1
        numbered.append(name if count == 1 else f"{name}#{count}")
    return numbered
