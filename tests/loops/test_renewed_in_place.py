"""Variables of loops are renewed in their own buffers, also where their old values are kept."""

from __future__ import annotations

import numpy as np

import jitgraph as tf


def test_old_values_are_kept_before_new_ones_are_written() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        start = np.linspace(-1, 1, 4096).astype(np.float32).reshape(64, 64)
        x = tf.placeholder(tf.float32, [64, 64])
        kept = tf.TensorArray(tf.float32, 5, element_shape=[64, 64])

        def step(time: tf.Tensor, x: tf.Tensor, kept: tf.TensorArray) -> tuple[object, ...]:
            following = tf.tanh(x) * 2.0
            return time + 1, following, kept.write(time, x)

        _, last, kept = tf.while_loop(lambda time, *_: time < 5, step, [0, x, kept])
        fetches = [last, kept.stack()]
        found, rows = session.run(fetches, {x: start})
        expected = [start]
        for _ in range(5):
            expected.append(np.tanh(expected[-1]) * 2)
        np.testing.assert_allclose(rows, expected[:5], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found, expected[5], rtol=1e-5, atol=1e-6)
        plan = str(tf.explain(fetches, {x: start}).plan)
        assert "float32[64, 64]" not in plan
