"""Strings: what TensorFlow 1.15 makes of every expression, its errors among them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("string_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())


def test_strings_are_as_in_tensorflow() -> None:
    found = {each: cases.outcome(tf, each) for each in cases.EXPRESSIONS}
    assert [(each, RECORDED[each]) for each in found if found[each] != RECORDED[each]] == []
