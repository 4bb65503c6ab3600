"""Building calls of reductions and products: what TensorFlow 1.15.5 made of each, and its replay.

In: a title. Out: the recorded operations, and those that jitgraph makes of the same code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

RECORDED = json.loads(Path(__file__).with_name("linear_algebra_names.json").read_text())
CASES = pytest.mark.parametrize("case", [pytest.param(c, id=c["title"]) for c in RECORDED])


def built(code: str) -> list[tuple[str, str, list[str], list[Any]]]:
    """(type, name, inputs, (dtype, dims) of outputs) of every operation that `code` makes."""
    with tf.Graph().as_default() as graph:
        placeholder = lambda shape: tf.placeholder(tf.float32, shape)  # noqa: E731
        exec(code, {"tf": tf, "np": np, "P": placeholder})
        return [
            (op.type, op.name, [t.name for t in op.inputs], [_described(t) for t in op.outputs])
            for op in graph.get_operations()
        ]


def _described(tensor: tf.Tensor) -> tuple[str, Any]:
    shape = tensor.shape
    return tensor.dtype.base_dtype.name, None if shape.ndims is None else shape.as_list()


def recorded_output(text: str) -> tuple[str, Any]:
    """A recorded "float32[2, None]" as (dtype, dims)."""
    if text.endswith("?"):
        return text[:-1], None
    dtype, _, dims = text.partition("[")
    return dtype, json.loads("[" + dims.replace("None", "null"))


def at_least_as_known(got: Any, want: Any) -> bool:
    """Whether the dims `got` say all that `want` says."""
    if want is None:
        return True
    if got is None or len(got) != len(want):
        return False
    return all(mine == known for mine, known in zip(got, want, strict=True) if known is not None)


def fed(values: dict[Any, Any], fetches: Any) -> Any:
    """The values of `fetches` in a new session."""
    with tf.Session() as session:
        return session.run(fetches, values)
