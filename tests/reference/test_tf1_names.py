"""Each public call creates the operations that TensorFlow 1.15.5 creates, in the same order."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from record_names import collections, describe
from recorded import parameters, replay

NAMES = pytest.mark.parametrize("case", parameters("names_"))


@functools.lru_cache(maxsize=1)
def built(code: str) -> tuple[list[Any], dict[str, list[str]]]:
    graph, _ = replay(code)
    return [describe(op) for op in graph.get_operations()], collections(graph)


@NAMES
def test_operations(case: dict[str, Any]) -> None:
    operations, _ = built(case["code"])
    got = [[name, kind, inputs, sorted(controls)] for name, kind, inputs, controls, _ in operations]
    want = [[name, kind, ins, sorted(controls)] for name, kind, ins, controls, _ in case["ops"]]
    assert got == want


@NAMES
def test_dtypes_and_static_shapes(case: dict[str, Any]) -> None:
    operations, _ = built(case["code"])
    got = {name: outputs for name, *_, outputs in operations}
    want = {name: outputs for name, *_, outputs in case["ops"]}
    assert got.keys() == want.keys()
    wrong = {n: (got[n], want[n]) for n in want if not all_at_least_as_known(got[n], want[n])}
    assert not wrong


def all_at_least_as_known(got: list[str], want: list[str]) -> bool:
    """Whether every dtype is TensorFlow's, and every shape says all that TensorFlow's says."""
    pairs = zip(got, want, strict=True)
    return len(got) == len(want) and all(at_least_as_known(*pair) for pair in pairs)


def at_least_as_known(got: str, want: str) -> bool:
    """The same for one output: "float32[2,3]" says all that "float32[?,3]" says."""
    if want in (got, f"{got.partition('[')[0]}?"):
        return True
    (mine, dims), (dtype, known) = (text.rstrip("]").partition("[")[::2] for text in (got, want))
    if mine != dtype:
        return False
    if "[" not in want or "<" in want:
        return True
    sizes, wanted = dims.split(","), known.split(",")
    return len(sizes) == len(wanted) and all(
        w in ("?", s) for s, w in zip(sizes, wanted, strict=True)
    )


@NAMES
def test_collections(case: dict[str, Any]) -> None:
    _, got = built(case["code"])
    assert got == case["collections"]
