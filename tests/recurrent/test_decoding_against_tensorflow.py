"""Decoders and attention against TensorFlow 1.15: ops and variables by name, values, gradients."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from decoding_programs import PROGRAMS  # noqa: E402
from programs import outcome  # noqa: E402

RECORDED = json.loads((HERE / "decoding.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_ops_variables_values_and_gradients(name: str) -> None:
    told: dict[str, Any] = RECORDED[name]
    found = outcome(tf, PROGRAMS[name])
    assert found["variables"] == told["variables"]
    assert found["outputs"] == told["outputs"]
    assert found["ops"] == told["ops"]
    for part in ("values", "gradients"):
        for mine, theirs in zip(found[part], told[part], strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=2e-4, atol=2e-6)


def test_every_recorded_program_is_compared() -> None:
    assert set(RECORDED) == set(PROGRAMS)
