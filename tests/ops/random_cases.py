"""Random tensors whose numbers are recorded: expressions that both libraries evaluate.

Runs under Python 3.7 with TensorFlow 1.15.5 (record_random.py) and under jitgraph (test_random.py).
"""

import hashlib

import numpy as np

GRAPH_SEED = 42
RUNS = 3
FLOATS = ("float16", "bfloat16", "float32", "float64")

CASES = {
    "uniform_{dtype}": ("tf.random_uniform([1003], dtype=tf.{dtype}, seed=5)", FLOATS),
    "uniform range {dtype}": ("tf.random_uniform([7, 11], -3, 5, tf.{dtype}, seed=9)", FLOATS),
    "uniform int {dtype}": (
        "tf.random_uniform([1003], -50, 1000, dtype=tf.{dtype}, seed=7)",
        ("int32", "int64"),
    ),
    "uniform whole range {dtype}": (
        "tf.random_uniform([101], tf.{dtype}.min, tf.{dtype}.max, dtype=tf.{dtype}, seed=1)",
        ("int32", "int64"),
    ),
    "normal {dtype}": ("tf.random_normal([1003], dtype=tf.{dtype}, seed=5)", FLOATS),
    "truncated normal {dtype}": ("tf.truncated_normal([1003], dtype=tf.{dtype}, seed=5)", FLOATS),
    "scaled normal {dtype}": ("tf.random_normal([1003], 1.7, 0.3, tf.{dtype}, seed=3)", FLOATS),
    "scaled truncated normal {dtype}": (
        "tf.truncated_normal([1003], -1.7, 0.3, tf.{dtype}, seed=3)",
        FLOATS,
    ),
    "scaled uniform {dtype}": ("tf.random_uniform([1003], -0.7, 1.1, tf.{dtype}, seed=3)", FLOATS),
    "graph seed alone": ("tf.random_uniform([5])", ("float32",)),
    "large seeds": ("tf.random_normal([9], seed=2**31 + 5)", ("float32",)),
    "negative seed": ("tf.random_normal([9], seed=-3)", ("float32",)),
    "a scalar": ("tf.random_normal([], seed=3)", ("float32",)),
    "nothing": ("tf.random_normal([0, 3], seed=3)", ("float32",)),
    "in a loop": (
        "tf.while_loop(lambda i, a: i < 3, "
        "lambda i, a: (i + 1, a + tf.random_normal([5], seed=3)), [0, tf.zeros([5])])[1]",
        ("float32",),
    ),
    "in a branch": (
        "tf.cond(tf.random_uniform([], seed=2) < 0.5, "
        "lambda: tf.random_uniform([5], seed=1), lambda: -tf.random_uniform([5], seed=1))",
        ("float32",),
    ),
    "crop": ("tf.random_crop(tf.reshape(tf.range(3000), [50, 60]), [7, 5], seed=3)", ("int32",)),
    "dropout": ("tf.nn.dropout(tf.ones([20, 30]), 0.7, seed=8)", ("float32",)),
    "dropout of rows": (
        "tf.nn.dropout(tf.ones([20, 3]), rate=0.4, noise_shape=[20, 1], seed=8)",
        ("float32",),
    ),
    "multinomial": ("tf.multinomial([[0.0, 1.0, 2.0], [3.0, 0.5, 0.0]], 50, seed=4)", ("int64",)),
    "multinomial of one row": ("tf.multinomial([[0.0, 1.0, 2.0]], 1001, seed=4)", ("int64",)),
    "categorical {dtype}": (
        "tf.random.categorical(tf.constant([[0.0, 1.0, -2.0]], tf.{dtype}), 11, tf.int32, seed=4)",
        ("float16", "float32", "float64"),
    ),
    "shuffled vector": ("tf.random_shuffle(tf.range(1001), seed=2)", ("int32",)),
    "shuffled rows": ("tf.random_shuffle(tf.reshape(tf.range(60), [20, 3]), seed=2)", ("int32",)),
    "one row": ("tf.random_shuffle([7.0], seed=2)", ("float32",)),
    "gamma {dtype}": (
        "tf.random_gamma([334], tf.cast([0.3, 1.0, 4.5], tf.{dtype}), dtype=tf.{dtype}, seed=6)",
        ("float16", "float32", "float64"),
    ),
    "gamma with beta": (
        "tf.random_gamma([5, 2], [[0.5], [2.0]], [0.5, 4.0], seed=6)",
        ("float32",),
    ),
    "poisson {dtype}": (
        "tf.random_poisson([0.5, 9.0, 20.0, 400.0], [250], dtype=tf.{dtype}, seed=6)",
        ("float16", "float32", "float64", "int32", "int64"),
    ),
    "stateless uniform {dtype}": (
        "tf.random.stateless_uniform([33], [5, 6], dtype=tf.{dtype})",
        FLOATS,
    ),
    "stateless normal": ("tf.random.stateless_normal([33], [-5, 2**40], 1.0, 2.0)", ("float32",)),
    "stateless truncated normal": (
        "tf.random.stateless_truncated_normal([33], [5, 6])",
        ("float32",),
    ),
    "stateless whole {dtype}": (
        "tf.random.stateless_uniform([33], [5, 6], -9, 99, tf.{dtype})",
        ("int32", "int64"),
    ),
    "stateless categorical": (
        "tf.random.stateless_categorical([[0.0, 1.0, -2.0]], 33, [5, 6])",
        ("float32",),
    ),
    "glorot uniform": ("tf.glorot_uniform_initializer(seed=1)([30, 20])", ("float32",)),
    "glorot normal float64": (
        "tf.glorot_normal_initializer(seed=1)([30, 20], tf.float64)",
        ("float64",),
    ),
    "he normal": ("tf.initializers.he_normal(seed=1)([3, 3, 4, 5])", ("float32",)),
}


def expressions():
    """{title: expression} for every dtype of every case."""
    return {
        title.format(dtype=dtype): text.format(dtype=dtype)
        for title, (text, kinds) in CASES.items()
        for dtype in kinds
    }


def built(tf, expression):
    """The tensor of an expression in a fresh graph with the graph seed."""
    graph = tf.Graph()
    with graph.as_default():
        tf.set_random_seed(GRAPH_SEED)
        tensor = eval(expression, {"tf": tf})
    return graph, tensor


def described(tf, expression):
    """For each of `RUNS` runs of a session the hash of all numbers and the first three."""
    graph, tensor = built(tf, expression)
    with tf.Session(graph=graph) as session:
        return [summary(session.run(tensor)) for _ in range(RUNS)]


def summary(array):
    """[shape, hash of the bytes, the first three numbers]."""
    array = np.ascontiguousarray(array)
    digest = hashlib.sha256(array.tobytes()).hexdigest()[:16]
    few = array.reshape(-1)[:3]
    is_whole = array.dtype in (np.int32, np.int64)
    return [list(array.shape), digest, few.astype(np.int64 if is_whole else np.float64).tolist()]
