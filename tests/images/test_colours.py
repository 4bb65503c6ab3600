"""Colours of photographs, and how alike they are: what TensorFlow 1.15 makes of all cases."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import jitgraph as tf

HERE = Path(__file__).parent


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def colours() -> ModuleType:
    """The cases, which import those of files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "cases", module("cases"))
        return module("colour_cases")


@pytest.mark.parametrize("picture", ["444", "grey"])
def test_colours_are_tensorflows(colours: ModuleType, picture: str) -> None:
    recorded = np.load(HERE / "recorded_colours.npz")
    for each in colours.expressions():
        if each[1] != picture:
            continue
        found, expected = colours.outcome(tf, *each), recorded[json.dumps(each)]
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype), each
        if expected.dtype == np.uint8:
            apart = np.abs(found.astype(int) - expected.astype(int))
            assert apart.max() <= 1, each
            assert np.mean(apart > 0) < 0.02, each
        else:
            np.testing.assert_allclose(found, expected, 2e-5, 1e-5, err_msg=str(each))


def test_a_picture_is_as_alike_to_itself_as_can_be() -> None:
    x = tf.constant(np.random.RandomState(0).rand(2, 30, 31, 3).astype(np.float32))
    with tf.Session() as session:
        found = session.run([tf.image.ssim(x, x, 1.0), tf.image.psnr(x, x, 1.0)])
    np.testing.assert_allclose(found, [[1, 1], [np.inf, np.inf]], rtol=1e-6)
