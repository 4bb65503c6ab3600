"""tf.layers: operations, collections, values and errors of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("layers_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_layers_are_tensorflows(name: str) -> None:
    found, recorded = cases.described(tf, cases.CASES[name]), RECORDED[name]
    assert found.get("error") == recorded.get("error")
    assert found.get("operations") == recorded.get("operations")
    assert found.get("collections") == recorded.get("collections")
    _assert_close(found.get("values"), recorded.get("values"))


def _assert_close(found: object, recorded: object) -> None:
    if isinstance(recorded, list):
        assert len(found) == len(recorded)
        for one, other in zip(found, recorded, strict=True):
            _assert_close(one, other)
    elif isinstance(recorded, float):
        assert np.isclose(found, recorded, rtol=1e-4, atol=2e-5)
    else:
        assert found == recorded
