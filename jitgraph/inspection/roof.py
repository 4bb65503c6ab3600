"""What this machine can do at most: bytes and arithmetic a second, measured by kernels of our own.

In: nothing. Out: a `Roof`. S. Williams, A. Waterman and D. Patterson, "Roofline: an insightful
visual performance model for multicore architectures", CACM 52, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jitgraph.dtypes import float32
from jitgraph.graph import Graph
from jitgraph.ops.arithmetic import add
from jitgraph.ops.matmul import matmul
from jitgraph.ops.placeholders import placeholder
from jitgraph.runtime.clock import observed
from jitgraph.session import Session
from jitgraph.tracing.step_costs import StepCost, step_costs

ELEMENTS = 1 << 24
SIDE = 1024
REPEATS = 7


@dataclass(frozen=True)
class Roof:
    """The most that all threads reach: `bandwidth` in bytes a second, `rate` in operations."""

    bandwidth: float
    rate: float

    def share(self, cost: StepCost) -> float:
        """The part of the nearer limit that a step reaches; data in caches may exceed 1."""
        return max(cost.bandwidth / self.bandwidth, cost.rate / self.rate)

    def __str__(self) -> str:
        return (
            f"{self.bandwidth / 1e9:.1f} GB/s (adding to 64 MB of float32), "
            f"{self.rate / 1e9:.0f} GFLOP/s (a product of {SIDE} by {SIDE} matrices of float32)"
        )


def measured_roof() -> Roof:
    """The best of some runs of a streaming kernel and of a matrix product: half a second."""
    costs: list[StepCost] = []
    with Graph().as_default(), observed(lambda run: costs.extend(step_costs(run))):
        line = placeholder(float32, [None])
        square = placeholder(float32, [None, None])
        streamed, product = add(line, 1.0), matmul(square, square)
        with Session() as session:
            for _ in range(REPEATS):
                session.run(streamed, {line: np.ones(ELEMENTS, np.float32)})
                session.run(product, {square: np.ones((SIDE, SIDE), np.float32)})
    return Roof(max(cost.bandwidth for cost in costs), max(cost.rate for cost in costs))
