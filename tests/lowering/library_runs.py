"""Run one op through a session: on constants' worth of feeds of unknown sizes, or on a variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Graph
from jitgraph.ops.apply import apply
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.registry import REGISTRY
from jitgraph.ops.state import assign, variable_op_v2
from jitgraph.session import Session

NUMBERS = (
    "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "complex64", "complex128",
)  # fmt: skip
FLOATS = NUMBERS[:4]


def array(rng: np.random.Generator, dtype: str, shape: Sequence[int], low: int = 0) -> np.ndarray:
    """Small whole numbers of any dtype: sums of them are exact."""
    return rng.integers(low, 5, shape).astype(dtypes.as_dtype(dtype).as_numpy_dtype)


def run_op(
    name: str,
    inputs: Sequence[Any],
    attrs: dict[str, Any] | None = None,
    known_sizes: bool = False,
    op_name: str | None = None,
) -> Any:
    """The op's output; arrays of rank 1 and more are fed, everything else is a constant.

    Host operands must be given as lists or numbers. The sizes of feeds are unknown to the graph
    unless `known_sizes`.
    """
    with Graph().as_default() as graph:
        feeds: dict[Any, np.ndarray] = {}
        given = [_fed(value, feeds, known_sizes) for value in inputs]
        output = apply(REGISTRY[name], given, attrs, op_name)
        with Session(graph=graph) as session:
            return session.run(output, feeds)


def _fed(value: Any, feeds: dict[Any, np.ndarray], known_sizes: bool) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    shape = value.shape if known_sizes else [None] * value.ndim
    tensor = placeholder(value.dtype, shape)
    feeds[tensor] = value
    return tensor


class HeldVariable:
    """A variable with contents, the graph it is in and a session on it."""

    def __init__(self, contents: np.ndarray) -> None:
        self.graph = Graph()
        with self.graph.as_default():
            dtype = dtypes.as_dtype(contents.dtype)
            self.ref = variable_op_v2(contents.shape, dtype)
            source = placeholder(dtype, contents.shape)
            begin = assign(self.ref, source)
        self.session = Session(graph=self.graph)
        self.session.run(begin.op, {source: contents})

    def apply(self, name: str, *inputs: Any) -> Any:
        """A write to the variable, not yet run."""
        with self.graph.as_default():
            return apply(REGISTRY[name], [self.ref, *inputs])

    def contents(self) -> np.ndarray:
        """What the variable holds."""
        return self.session.run(self.ref)
