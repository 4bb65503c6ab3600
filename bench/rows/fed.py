"""Rows: training steps whose batches come from a queue or a dataset, beside steps fed with arrays.

The networks are those of the rows cnn and mlp. All ways to feed are measured in turns in one
process: the least of many short runs, since other threads take cores while they fill queues.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bench.row import Figures, Fresh, Goal, Row, least

IMAGES, TURNS = 4000, 12
ARRAYS, QUEUE, DATASET = "arrays", "shuffle_batch", "tf.data"


def _data() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    images = random.uniform(0, 1, (IMAGES, 784)).astype(np.float32)
    return images, np.eye(10, dtype=np.float32)[random.randint(0, 10, IMAGES)]


def _weights(tf: Any, *shape: int) -> tuple[Any, Any]:
    initial = (np.random.RandomState(2).randn(*shape) * 0.05).astype(np.float32)
    return tf.Variable(initial), tf.Variable(np.full(shape[-1:], 0.1, np.float32))


def _convolutional(tf: Any, x: Any) -> Any:
    h = tf.reshape(x, [-1, 28, 28, 1])
    for channels, filters in ((1, 32), (32, 64)):
        w, b = _weights(tf, 5, 5, channels, filters)
        h = tf.nn.relu(tf.nn.conv2d(h, w, [1, 1, 1, 1], "SAME") + b)
        h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    w, b = _weights(tf, 3136, 1024)
    h = tf.nn.relu(tf.matmul(tf.reshape(h, [-1, 3136]), w) + b)
    w, b = _weights(tf, 1024, 10)
    return tf.matmul(tf.nn.dropout(h, 0.5), w) + b


def _dense(tf: Any, x: Any) -> Any:
    w, b = _weights(tf, 784, 512)
    h = tf.nn.relu(tf.matmul(x, w) + b)
    w, b = _weights(tf, 512, 10)
    return tf.matmul(h, w) + b


Network = Callable[[Any, Any], Any]


def _step(tf: Any, network: Network, x: Any, y: Any) -> Any:
    each = tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=network(tf, x))
    return tf.train.AdamOptimizer(1e-4).minimize(tf.reduce_mean(each))


def _from_arrays(tf: Any, network: Network, batch: int) -> Callable[[], Any]:
    images, labels = _data()
    x, y = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.float32, [None, 10])
    step = _step(tf, network, x, y)
    session = _ready(tf)
    chosen = _batches(batch)

    def run() -> None:
        rows = next(chosen)
        session.run(step, {x: images[rows], y: labels[rows]})

    return run


def _batches(batch: int) -> Iterator[np.ndarray]:
    random = np.random.RandomState(1)
    while True:
        yield from random.permutation(IMAGES)[: IMAGES // batch * batch].reshape(-1, batch)


def _from_queue(tf: Any, network: Network, batch: int) -> Callable[[], Any]:
    data = [tf.constant(each) for each in _data()]
    x, y = tf.train.shuffle_batch(data, batch, 2000, 1000, enqueue_many=True)
    step = _step(tf, network, x, y)
    session = _ready(tf)
    tf.train.start_queue_runners(session)
    return lambda: session.run(step)


def _from_dataset(tf: Any, network: Network, batch: int) -> Callable[[], Any]:
    data = tf.data.Dataset.from_tensor_slices(_data())
    data = data.shuffle(IMAGES, seed=1).repeat().batch(batch, drop_remainder=True).prefetch(2)
    x, y = tf.data.make_one_shot_iterator(data).get_next()
    step = _step(tf, network, x, y)
    session = _ready(tf)
    return lambda: session.run(step)


def _ready(tf: Any) -> Any:
    session = tf.Session()
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    return session


WAYS = {ARRAYS: _from_arrays, QUEUE: _from_queue, DATASET: _from_dataset}


def _fed(network: Network, batch: int, steps: int) -> Callable[[Any], Fresh]:
    def side(tf: Any) -> Fresh:
        """The seconds of a step, by the way its batches come."""
        found = {name: float("inf") for name in WAYS}
        runs = {}
        for name, way in WAYS.items():
            with tf.Graph().as_default():
                runs[name] = way(tf, network, batch)
        for _ in range(TURNS):
            for name, run in runs.items():
                run()
                begin = time.perf_counter()
                for _ in range(steps):
                    run()
                found[name] = min(found[name], (time.perf_counter() - begin) / steps)
        return Fresh(found, [])

    return side


def _as_fast(way: str) -> Goal:
    def reached(figures: Figures) -> bool:
        return least(figures, "jitgraph", way) <= 1.05 * least(figures, "jitgraph", ARRAYS)

    return Goal(f"{way} within 5 % of {ARRAYS}", reached)


def _row(name: str, title: str, network: Network, batch: int, steps: int) -> Row:
    work = _fed(network, batch, steps)
    return Row(
        name,
        f"{title}, batch {batch}, Adam: a step fed with arrays, from a queue, from a dataset",
        {"jitgraph": work, "tensorflow": work},
        (_as_fast(QUEUE), _as_fast(DATASET)),
        fresh=True,
        warm_cache=True,
        rounds=3,
    )


ROWS = (
    _row("cnn_fed", "the network of Deep MNIST", _convolutional, 50, 15),
    _row("mlp_fed", "784-512-10", _dense, 128, 100),
)
