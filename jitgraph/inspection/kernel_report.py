"""The kernels of a compiled program, each once.

In: a linked program, and which kernels were in memory before it was compiled. Out: a record for
each kernel: how many steps share it, where it came from, what it cost.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from jitgraph.inspection.listing import bytes_text, counted, seconds_text
from jitgraph.kernels.cache import Kernel
from jitgraph.lowering.steps import KernelStep
from jitgraph.runtime.link import kernel_source


@dataclass(frozen=True)
class KernelReport:
    """One kernel.

    Attributes:
      label: its name; kernels of one name are numbered.
      key: its identity in the cache.
      steps: the numbers of the steps that run it.
      origin: "compiled" now, loaded from "disk" now, or in "memory" before.
      compile_seconds: what compiling it has cost this process, whenever that was; kernels are
        compiled side by side, so that the sum may be more than the time that passed.
      object_bytes: the size of its machine code.
      filename: where its source is kept.
      source: its source, under a header that names the user's ops of its first step.
    """

    label: str
    key: str
    steps: tuple[int, ...]
    origin: str
    compile_seconds: float
    object_bytes: int
    filename: str
    source: str

    def cost(self) -> str:
        """The compile seconds as text, nothing if this process spent none."""
        return seconds_text(self.compile_seconds) if self.compile_seconds else ""

    def __str__(self) -> str:
        spent = f", compiled in {self.cost()}" if self.cost() else ""
        shared = f"run by {counted(len(self.steps), 'step')}"
        size = bytes_text(self.object_bytes)
        return (
            f"kernel {self.label}: {shared}, from {self.origin}{spent}, {size}\n"
            f"  key  {self.key}\n  file {self.filename}"
        )


def kernel_reports(
    steps: Sequence[tuple[int, KernelStep]], kernels: Sequence[Kernel], known: Collection[str]
) -> tuple[KernelReport, ...]:
    """A record for each kernel, those that most steps share first.

    Args:
      steps: the kernel steps with their numbers.
      kernels: the kernel of each of them.
      known: keys of the kernels that were in memory before.
    """
    used: dict[str, list[int]] = {}
    first: dict[str, tuple[KernelStep, Kernel]] = {}
    for (number, step), kernel in zip(steps, kernels, strict=True):
        used.setdefault(kernel.key, []).append(number)
        first.setdefault(kernel.key, (step, kernel))
    labels = _labels({key: step.code.name for key, (step, _) in first.items()})
    reports = [
        KernelReport(
            labels[key], key, tuple(used[key]), "memory" if key in known else kernel.origin,
            kernel.compile_seconds, kernel.object_bytes, kernel.filename,
            kernel_source(step).text(),
        )
        for key, (step, kernel) in first.items()
    ]  # fmt: skip
    return tuple(sorted(reports, key=lambda report: (-len(report.steps), report.steps)))


def _labels(names: dict[str, str]) -> dict[str, str]:
    """Kernels' names, numbered from the second of a name on."""
    seen: dict[str, int] = {}
    labels = {}
    for key, name in names.items():
        seen[name] = count = seen.get(name, 0) + 1
        labels[key] = name if count == 1 else f"{name}#{count}"
    return labels
