"""tf.assert_*: operations, results and errors of TensorFlow 1.15's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

import jitgraph as tf

HERE = Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("checks_cases", HERE / "cases.py")
cases = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(cases)
RECORDED = json.loads((HERE / "recorded.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_checks_are_tensorflows(name: str) -> None:
    assert cases.described(tf, cases.CASES[name]) == RECORDED[name]


def test_what_is_no_list() -> None:
    for bad in (tf.constant([1]), "text", 3):
        with pytest.raises(TypeError, match='Expected argument "values"'):
            tf.assert_proper_iterable(bad)
    tf.assert_proper_iterable([1, 2])


def test_float_dtypes() -> None:
    with tf.Graph().as_default():
        x, y = tf.constant(1.0), tf.constant(1.0, tf.float64)
        assert tf.assert_same_float_dtype([x, x]) == tf.float32
        assert tf.assert_same_float_dtype() == tf.float32
        with pytest.raises(ValueError, match="must be of the same type"):
            tf.assert_same_float_dtype([x, y])
        with pytest.raises(ValueError, match="Expected floating point type"):
            tf.assert_same_float_dtype([tf.constant(1)])
