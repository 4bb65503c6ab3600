"""Shows measured rows: a table for people, JSON for programs.

In: `Measured` rows. Out: text.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from typing import Any

from bench.measure import Measured
from bench.row import least, middle, percentile

COUNTS = ("kernels", "compiled", "Numba imported")
HEADER = f"{'':<4}{'side':<12}{'metric':<16}{'min':>10}{'median':>10}{'p99':>10}{'ratio':>9}"


def table(measured: Measured) -> str:
    """A row's title, a line for each side and metric, then its goals."""
    lines = [f"{measured.row.name}: {measured.row.title}"]
    if measured.row.operations:
        lines += _rates(measured)
    else:
        lines.append(HEADER)
        for side, metrics in measured.figures.items():
            lines += [_line(measured, side, metric) for metric in metrics]
    lines += [f"    {side:<12}failed: {text}" for side, text in measured.errors.items()]
    words = {True: "reached", False: "MISSED", None: "not measured"}
    lines += [f"    goal        {text}: {words[reached]}" for text, reached in measured.goals()]
    return "\n".join(lines) + "\n"


def as_json(rows: Sequence[Measured]) -> str:
    """Machine, figures, errors and goals of all rows."""
    return json.dumps({"machine": machine(), "rows": [_entry(row) for row in rows]}, indent=1)


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cpus": usable,
        "python": platform.python_version(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        return platform.processor()
    return names[0] if names else platform.processor()


def _line(measured: Measured, side: str, metric: str) -> str:
    values = measured.figures[side][metric]
    cells = [
        show(metric, least(measured.figures, side, metric)),
        show(metric, middle(measured.figures, side, metric)),
        show(metric, percentile(values, 99)) if len(values) >= 20 else "",
        _ratio(measured, side, metric),
    ]
    return f"    {side:<12}{metric:<16}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, (10, 10, 10, 9), strict=True)
    )


def _rates(measured: Measured) -> list[str]:
    """GFLOP/s of every metric, the sides beside each other; the ratio is to the last one."""
    sides = list(measured.figures)
    head = "".join(f"{side:>12}" for side in sides)
    lines = [f"    {'GFLOP/s':<32}{head}{'times':>9}"]
    for metric in measured.figures.get("jitgraph", {}):
        best = {
            side: least(measured.figures, side, metric)
            for side in sides
            if metric in measured.figures[side]
        }
        work = measured.row.operations[metric]
        cells = [
            f"{work / best[side] / 1e9:12.1f}" if side in best else f"{'':12}" for side in sides
        ]
        times = f"{best[sides[-1]] / best['jitgraph']:8.2f}x" if len(best) == len(sides) > 1 else ""
        lines.append(f"    {metric:<32}{''.join(cells)}{times}")
    if measured.row.mean is not None and len(sides) > 1:
        lines.append(f"    geometric mean: {measured.row.mean(measured.figures):.2f} times")
    return lines


def _ratio(measured: Measured, side: str, metric: str) -> str:
    """How many times jitgraph's best the side's best is."""
    ours = measured.figures.get("jitgraph", {}).get(metric)
    if side == "jitgraph" or not ours or metric in COUNTS or not min(ours):
        return ""
    return f"{least(measured.figures, side, metric) / min(ours):.2f} x"


def show(metric: str, value: float) -> str:
    """A count as it is; seconds in the unit that suits them."""
    if metric in COUNTS:
        return f"{value:.0f}"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} µs"


def _entry(measured: Measured) -> dict[str, Any]:
    figures = {
        side: {
            metric: {
                "min": least(measured.figures, side, metric),
                "median": middle(measured.figures, side, metric),
                "p99": percentile(values, 99),
                "samples": len(values),
            }
            for metric, values in metrics.items()
        }
        for side, metrics in measured.figures.items()
    }
    return {
        "name": measured.row.name,
        "title": measured.row.title,
        "figures": figures,
        "errors": dict(measured.errors),
        "goals": [{"text": text, "reached": reached} for text, reached in measured.goals()],
    }
