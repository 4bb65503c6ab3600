"""Checks an installed jitgraph from outside the clone: builds, runs, trains; nothing else landed.

In: a Python environment into which the wheel alone was installed. Out: silence, or an assertion.
"""

import importlib.metadata
import sys

import numpy as np

import jitgraph as tf


def check_run() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.Variable(np.ones((3, 1), np.float32), name="w")
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    data = np.arange(12, dtype=np.float32).reshape(4, 3) / 12
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss, {x: data})
        for _ in range(20):
            session.run(step, {x: data})
        after = session.run(loss, {x: data})
    np.testing.assert_allclose(before, np.mean((data.sum(1) - 1) ** 2), rtol=1e-5)
    assert after < before, (before, after)


def check_installed_names() -> None:
    files = importlib.metadata.files("jitgraph") or []
    top = {path.parts[0] for path in files if path.parts[0] != ".."}
    strangers = {name for name in top if not name.startswith("jitgraph")}
    assert not strangers, f"the wheel put {sorted(strangers)} beside jitgraph"
    assert any(path.as_posix() == "jitgraph/passes/pipeline.py" for path in files), "no passes"


if __name__ == "__main__":
    check_installed_names()
    check_run()
    print(f"smoke: jitgraph {importlib.metadata.version('jitgraph')} on {sys.version.split()[0]}")
