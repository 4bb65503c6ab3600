"""What a benchmark is: the same work for every side, how it is measured, and its goals.

In: nothing. Out: `Row`, the value that every module of rows/ defines. Runs in the environments of
the peers too, so it imports only the standard library and NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Samples = Mapping[str, Sequence[float]]
"""Of one side: metric → its samples (seconds, or a count)."""

Figures = Mapping[str, Samples]
"""Of one row: side → its samples."""

RUN = "run"
"""The metric of a steady row: seconds of one call."""


@dataclass(frozen=True)
class Work:
    """One side's work, ready: `run` is what is timed, `result` gives arrays to compare."""

    run: Callable[[], Any]
    result: Callable[[], Sequence[Any]]


@dataclass(frozen=True)
class Fresh:
    """What a new process measured once: its figures, and arrays to compare."""

    figures: Mapping[str, float]
    result: Sequence[Any]


@dataclass(frozen=True)
class Goal:
    """What jitgraph should reach: a text for people, and the test."""

    text: str
    reached: Callable[[Figures], bool]


@dataclass(frozen=True)
class Row:
    """A benchmark.

    Args:
      name: what `--only` selects.
      title: what the table shows.
      sides: side → function that takes that side's module (jitgraph, or TensorFlow's compat.v1;
        None for others) and returns Work, or Fresh if `fresh`.
      fresh: each round is a new process with an empty kernel cache; else processes stay warm.
      goals: what to reach.
      rtol, atol: how far results may differ from jitgraph's.
      batch_seconds: least seconds of one sample; 0 times each call alone.
      cpus: the number of CPUs that the row may use; None is all.
      busy_processes: how many processes spin beside the work.
      warm_cache: fresh processes share one kernel cache, filled by a run that is not counted.
      lazy_import: the side's function gets a function that imports its module, to be timed.
      rounds: rounds at most; None takes the suite's.
      operations: metric → arithmetic operations of it: the table shows GFLOP/s, side by side.
      mean: the mean speed-up over all metrics, for that table.
    """

    name: str
    title: str
    sides: Mapping[str, Callable[[Any], Any]]
    goals: tuple[Goal, ...] = ()
    fresh: bool = False
    rtol: float = 1e-4
    atol: float = 1e-5
    batch_seconds: float = 0.003
    cpus: int | None = None
    busy_processes: int = 0
    warm_cache: bool = False
    lazy_import: bool = False
    rounds: int | None = None
    operations: Mapping[str, float] = field(default_factory=dict)
    mean: Callable[[Figures], float] | None = None


def percentile(samples: Sequence[float], percent: float) -> float:
    """The value that `percent` of the samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def least(figures: Figures, side: str, metric: str = RUN) -> float:
    """The smallest sample of a side's metric."""
    return min(figures[side][metric])


def middle(figures: Figures, side: str, metric: str = RUN) -> float:
    """The median of a side's metric."""
    return percentile(figures[side][metric], 50)


def times_faster(peer: str, factor: float, metric: str = RUN) -> Goal:
    """jitgraph's best is at least `factor` times as fast as the peer's best."""
    text = f"{factor:g} times {peer}" if factor != 1 else f"not slower than {peer}"
    return Goal(
        text,
        lambda figures: least(figures, peer, metric) >= factor * least(figures, "jitgraph", metric),
    )


def at_most(metric: str, limit: float, text: str) -> Goal:
    """The median of jitgraph's metric is at most `limit`."""
    return Goal(f"{metric}: {text}", lambda figures: middle(figures, "jitgraph", metric) <= limit)
