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
    assert got == {name: outputs for name, *_, outputs in case["ops"]}


@NAMES
def test_collections(case: dict[str, Any]) -> None:
    _, got = built(case["code"])
    assert got == case["collections"]
