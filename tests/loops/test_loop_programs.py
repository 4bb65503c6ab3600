"""Programs with tensor arrays, loops and their gradients: graphs and values are TensorFlow 1.15's,
as recorded by record_loops.py."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from loop_programs import PROGRAMS, described
from record_loops import digest

import jitgraph as tf

RECORDED = json.loads(Path(__file__).with_name("loops.json").read_text())


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_programs_are_as_tensorflow_has_them(name: str) -> None:
    ops, values = described(tf, PROGRAMS[name])
    recorded = RECORDED[name]
    for value, wanted in zip(values, recorded["values"], strict=True):
        np.testing.assert_allclose(value, wanted, rtol=2e-5, atol=1e-6)
    assert (len(ops), digest(ops)) == (recorded["ops"], recorded["digest"])
