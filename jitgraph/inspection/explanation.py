"""What `explain` returns: every stage of one compilation, each part an object with a text.

In: a compiled program and what it was compiled for. Out: parts made when they are asked for, and a
summary of about one screen.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jitgraph.compiler import Compiled
from jitgraph.inspection.graph_part import GraphPart
from jitgraph.inspection.kernel_report import KernelReport, kernel_reports
from jitgraph.inspection.listing import Listing, Sources
from jitgraph.inspection.picture import program_dot, svg
from jitgraph.inspection.plan_report import PlanReport, plan_report
from jitgraph.inspection.region_report import RegionReport, region_reports
from jitgraph.inspection.report.page import fragment, page
from jitgraph.inspection.summary import summary
from jitgraph.inspection.timings import Timings, pass_names, timings
from jitgraph.ir.program import Program
from jitgraph.lowering.steps import KernelStep


@dataclass(frozen=True, eq=False)
class Explanation:
    """What became of a graph. Printing it gives a summary; printing a part, all of that part.

    Attributes:
      graph: the operations of the user's graph that take part, with the user's lines.
      compiled: the compiled program itself.
      symbols: the sizes that may differ from run to run, with their values here.
      assumed: placeholders that were not fed, with the shapes made up for them.
      known: keys of the kernels that were in memory before.
    """

    graph: GraphPart
    compiled: Compiled
    symbols: Mapping[str, int]
    assumed: Mapping[str, tuple[int, ...]]
    known: frozenset[str]

    @property
    def program(self) -> Program:
        """The program as traced, before any pass."""
        return self.compiled.traced.program

    @property
    def passes(self) -> tuple[str, ...]:
        """The passes in order; one that runs again is numbered."""
        return tuple(pass_names([record.name for record in self.compiled.passes]))

    def after(self, name: str) -> Program:
        """The program after a pass.

        Args:
          name: the pass, such as "fold_constants"; "merge_equal#2" for its second run.

        Raises:
          ValueError: there is no such pass.

        Example:
          >>> print(tf.explain(loss).after("fold_constants"))
        """
        for found, record in zip(self.passes, self.compiled.passes, strict=True):
            if found == name:
                return record.after
        raise ValueError(f"no pass is named {name!r}; the passes are {', '.join(self.passes)}")

    @cached_property
    def regions(self) -> Listing[RegionReport]:
        """Every step in order: its instructions, its kernel, why it ended where it did."""
        reports = region_reports(self.compiled.linked, self.symbols, self.kernels)
        return Listing(reports)

    @cached_property
    def kernels(self) -> Listing[KernelReport]:
        """Every kernel: the steps that share it, where it came from, what compiling it cost."""
        linked = self.compiled.linked
        steps = [(n, s) for n, s in enumerate(linked.steps) if isinstance(s, KernelStep)]
        return Listing(kernel_reports(steps, linked.kernels, self.known))

    @cached_property
    def sources(self) -> Sources:
        """The kernels' sources by label, or by the beginning of a key."""
        return Sources(
            {kernel.label: kernel.source for kernel in self.kernels},
            {kernel.key: kernel.label for kernel in self.kernels},
        )

    @cached_property
    def plan(self) -> PlanReport:
        """The memory: slots, lifetimes, what is written in place, peak bytes."""
        return plan_report(self.compiled.linked, self.symbols)

    @cached_property
    def timings(self) -> Timings:
        """Seconds of each stage, pass and kernel."""
        return timings(self.compiled, self.kernels)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes everything to a file.

        Args:
          path: ends with .html for a page (one file, which needs no network), with .txt for the
            texts of all parts, with .dot or .svg for a picture of the program after all passes.

        Raises:
          ValueError: another ending.
          RuntimeError: an .svg, and Graphviz is not installed.
          OSError: the file can't be written.

        Example:
          >>> tf.explain(loss).save("report.html")
        """
        kinds = {
            ".html": lambda: page(self),
            ".txt": self._text,
            ".dot": self.dot,
            ".svg": lambda: svg(self.dot()),
        }
        make = kinds.get(Path(path).suffix.lower())
        if make is None:
            *others, last = kinds
            endings = f"{', '.join(others)} or {last}"
            raise ValueError(f"a report is saved as {endings}, got {os.fspath(path)!r}")
        Path(path).write_text(make(), encoding="utf-8")

    def dot(self, after: str | None = None) -> str:
        """A picture of the program in the DOT language of Graphviz; `.graph.dot()` is one of the
        user's graph.

        Args:
          after: the pass; after all passes when None.
        """
        return program_dot(self.compiled.optimised if after is None else self.after(after))

    def _text(self) -> str:
        parts: dict[str, object] = {"summary": self, "graph": self.graph, "program": self.program}
        parts |= {f"after {name}": self.after(name) for name in self.passes}
        names = ("regions", "plan", "kernels", "sources", "timings")
        parts |= {name: getattr(self, name) for name in names}
        return "\n\n".join(f"== {name}\n\n{part}" for name, part in parts.items()) + "\n"

    def _repr_html_(self) -> str:
        return fragment(self)

    def __str__(self) -> str:
        return summary(self)

    def __repr__(self) -> str:
        return f"<Explanation of {len(self.graph.ops)} ops, {len(self.kernels)} kernels>"
