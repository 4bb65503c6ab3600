"""Graph, dtypes, shapes and errors do what TensorFlow 1.15.5 was recorded to do."""

from __future__ import annotations

import copy
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from small_ops import namespace
from snippets import GROUPS, outcome

from jitgraph.graph import Graph

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text())
CASES = [tuple(case) for cases in RECORDED.values() for case in cases]
"""What jitgraph does otherwise on purpose: clearer errors, and more that works."""
OURS = json.loads(Path(__file__).with_name("ours.json").read_text())


@pytest.mark.parametrize(("code", "expected"), CASES)
def test_outcome(code: str, expected: str) -> None:
    names = {"tf": namespace(), "np": np, "copy": copy, "pickle": pickle}
    with Graph().as_default():
        assert outcome(code, names) == OURS.get(code, expected)


def test_every_snippet_is_recorded() -> None:
    assert [code for code, _ in CASES] == [code for codes in GROUPS.values() for code in codes]
