"""tf.layers and tf.contrib's: operations, collections, values, errors of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"layers_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


cases, contrib_cases = loaded("cases"), loaded("contrib_cases")
RECORDED = json.loads((HERE / "recorded.json").read_text())
CONTRIB_RECORDED = json.loads((HERE / "contrib_recorded.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_layers_are_tensorflows(name: str) -> None:
    _assert_recorded(cases.described(tf, cases.CASES[name]), RECORDED[name])


@pytest.mark.parametrize("name", contrib_cases.CASES)
def test_contrib_layers_are_tensorflows(name: str) -> None:
    found = cases.described(tf, contrib_cases.CASES[name])
    _assert_recorded(found, CONTRIB_RECORDED[name])


def _assert_recorded(found: dict, recorded: dict) -> None:
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
