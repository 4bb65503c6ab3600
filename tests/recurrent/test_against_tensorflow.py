"""Recurrent nets against TensorFlow 1.15: ops and variables by name, values, gradients."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from tests.recurrent.programs import PROGRAMS, outcome

RECORDED = json.loads(Path(__file__).with_name("recurrent.json").read_text(encoding="utf-8"))

MADE_OF_OTHER_OPS = ("block", "block_all")
"""TensorFlow has one op for these."""


@pytest.mark.parametrize("name", PROGRAMS)
def test_ops_variables_values_and_gradients(name: str) -> None:
    told: dict[str, Any] = RECORDED[name]
    found = outcome(tf, PROGRAMS[name])
    assert found["variables"] == told["variables"]
    if name not in MADE_OF_OTHER_OPS:
        assert found["outputs"] == told["outputs"]
        assert found["ops"] == told["ops"]
    for part in ("values", "gradients"):
        for mine, theirs in zip(found[part], told[part], strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-6)


def test_every_recorded_program_is_compared() -> None:
    assert set(RECORDED) == set(PROGRAMS)
