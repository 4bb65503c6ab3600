"""Names of imported nodes are taken: what is built afterwards gets others."""

from __future__ import annotations

import jitgraph as tf


def test_gradients_beside_imported_gradients() -> None:
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.square(x, name="y")
        tf.gradients(y, x)
        definition = graph.as_graph_def()
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
        x, y = (graph.get_tensor_by_name(f"{name}:0") for name in "xy")
        found = tf.gradients(y, x)[0]
        with tf.Session() as session:
            assert session.run(found, {x: [1.0, 2.0]}).tolist() == [2.0, 4.0]
    assert found.name == "gradients/y_grad/Mul_3:0"
