"""Records frozen graphs of today's TensorFlow (run it with TensorFlow 2.21): graphs and numbers."""

import base64
import json
import os

import numpy as np
import tensorflow.compat.v1 as tf

HERE = os.path.dirname(os.path.abspath(__file__))


def _filled(shape, name):
    count = int(np.prod(shape))
    values = np.cos(np.arange(count) * 1.7).reshape(shape).astype(np.float32)
    return tf.get_variable(name, initializer=values / np.float32(np.sqrt(shape[0])))


def convolutional():
    x = tf.placeholder(tf.float32, [None, 8, 8, 1], name="x")
    y = tf.nn.conv2d(x, _filled((3, 3, 1, 4), "w1"), [1, 1, 1, 1], "SAME")
    y, _, _ = tf.nn.fused_batch_norm(
        y, tf.constant([1.0, 0.5, 2.0, 1.5]), tf.constant([0.1, 0.0, -0.2, 0.3]),
        mean=_filled((4,), "mean"), variance=tf.constant([1.0, 2.0, 0.5, 1.5]), is_training=False,
    )  # fmt: skip
    y = tf.nn.max_pool(tf.nn.relu(y), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    y = tf.nn.depthwise_conv2d(y, _filled((3, 3, 4, 1), "w2"), [1, 1, 1, 1], "VALID")
    y = tf.nn.leaky_relu(tf.nn.bias_add(y, _filled((4,), "b")))
    y = tf.reshape(y, [-1, 16])
    tf.nn.softmax(tf.matmul(y, _filled((16, 5), "w3")), name="y")
    return {"x:0": np.sin(np.arange(128)).reshape(2, 8, 8, 1).astype(np.float32)}, ["y:0"]


def recurrent():
    x = tf.placeholder(tf.float32, [None, None, 3], name="x")
    kernel, bias = _filled((7, 16), "kernel"), _filled((16,), "bias")
    zeros = tf.zeros([tf.shape(x)[0], 4])

    def step(t, cell, hidden):
        gates = tf.matmul(tf.concat([x[:, t], hidden], 1), kernel) + bias
        i, j, f, o = tf.split(gates, 4, axis=1)
        cell = cell * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        return t + 1, cell, tf.tanh(cell) * tf.sigmoid(o)

    shapes = [tf.TensorShape([]), tf.TensorShape([None, 4]), tf.TensorShape([None, 4])]
    _, cell, hidden = tf.while_loop(
        lambda t, *_: t < tf.shape(x)[1], step, [0, zeros, zeros], shape_invariants=shapes
    )
    tf.identity(cell, name="cell")
    tf.identity(hidden, name="hidden")
    rows = np.sin(np.arange(30)).reshape(2, 5, 3).astype(np.float32)
    return {"x:0": rows}, ["cell:0", "hidden:0"]


def with_strings():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    wanted = tf.placeholder(tf.string, [], name="wanted")
    names = tf.constant(["cat", "dog", "bird"], name="names")
    best = tf.argmax(tf.matmul(x, _filled((4, 3), "w")), 1)
    found = tf.gather(names, best, name="found")
    tf.concat([found, tf.expand_dims(wanted, 0)], 0, name="both")
    tf.reduce_sum(tf.cast(tf.equal(found, wanted), tf.int32), name="count")
    feeds = {"x:0": np.sin(np.arange(12)).reshape(3, 4).astype(np.float32), "wanted:0": "dog"}
    return feeds, ["found:0", "both:0", "count:0"]


MODELS = {"convolutional": convolutional, "recurrent": recurrent, "with_strings": with_strings}


def _plain(value):
    items = np.asarray(value)
    if items.dtype.kind in "OSU":
        return [item.decode() if isinstance(item, bytes) else item for item in items.ravel()]
    return items.tolist()


def recorded(build):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        feeds, fetches = build()
        session.run(tf.global_variables_initializer())
        names = [name.split(":")[0] for name in fetches]
        frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), names)
        outputs = session.run(fetches, feeds)
    return {
        "graph": base64.b64encode(frozen.SerializeToString()).decode(),
        "feeds": {name: _plain(value) for name, value in feeds.items()},
        "outputs": {name: _plain(value) for name, value in zip(fetches, outputs)},
        "ops": sorted({node.op for node in frozen.node}),
    }


def main():
    tf.disable_v2_behavior()
    found = {name: recorded(build) for name, build in MODELS.items()}
    with open(os.path.join(HERE, "frozen.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
