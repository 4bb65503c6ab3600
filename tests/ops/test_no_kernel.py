"""Ops that graphs may hold for dtypes that no run takes, as in TensorFlow."""

from __future__ import annotations

import pytest

import jitgraph as tf

FUNCTIONS = (tf.acos, tf.asin, tf.atan, tf.tan, tf.reciprocal)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("dtype", [tf.int32, tf.int64])
def test_integers_are_refused_by_the_run(function, dtype) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        y = function(tf.constant([1, 2], dtype), name="y")
        assert y.dtype == dtype
        with pytest.raises(tf.errors.InvalidArgumentError, match="No OpKernel was registered") as e:
            session.run(y)
    assert "used by node y" in str(e.value)
    assert e.value.op is y.op
