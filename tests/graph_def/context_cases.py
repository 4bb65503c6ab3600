"""Branches and loops inside each other, built by TensorFlow 1.15.5 (to record) and by jitgraph."""

import base64

KINDS = ("cond_context", "while_context")


def contexts(tf):
    """{collection: the serialized contexts in a meta graph, in base 64}."""
    with tf.Graph().as_default() as graph:
        _build(tf)
        found = tf.train.export_meta_graph(graph=graph)
    return {
        kind: [
            base64.b64encode(item).decode() for item in found.collection_def[kind].bytes_list.value
        ]
        for kind in KINDS
    }


def _build(tf):
    x = tf.placeholder(tf.float32, [], name="x")

    def grow(i, a):
        return i + 1, a + tf.cond(a > 1, lambda: a, lambda: x)

    def inner():
        return tf.while_loop(lambda i, a: i < 3, grow, [0, x])[1]

    tf.cond(x > 0, lambda: tf.cond(x > 1, lambda: x * 2, lambda: x * 3), inner)
    tf.while_loop(lambda i, a: i < 4, lambda i, a: [i + 1, a * x], [0, 1.0], maximum_iterations=3)
