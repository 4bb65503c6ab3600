"""Twenty steps of every optimizer leave the variables and slots that TensorFlow 1.15.5 leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf
from tests.frontend.optimizer_runs import OPTIMIZERS, run

RECORDED = json.loads((Path(__file__).parent / "optimizers.json").read_text())


@pytest.mark.parametrize("code", OPTIMIZERS)
def test_twenty_steps(code: str) -> None:
    found, recorded = run(tf, code), RECORDED[code]
    assert sorted(found) == sorted(recorded)
    for name, wanted in recorded.items():
        scale = wanted[1] * 1e-6
        np.testing.assert_allclose(found[name], wanted, rtol=1e-5, atol=scale, err_msg=name)
