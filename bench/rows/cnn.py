"""Rows: the network of TensorFlow's tutorial "Deep MNIST for Experts": a training step, inference.

5x5 convolution to 32, pool, 5x5 convolution to 64, pool, 1024, dropout, 10; Adam at 1e-4, batch 50.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

BATCH = 50
RATE = 1e-4
SHAPES = {
    "w1": (5, 5, 1, 32), "b1": (32,), "w2": (5, 5, 32, 64), "b2": (64,),
    "w3": (3136, 1024), "b3": (1024,), "w4": (1024, 10), "b4": (10,),
}  # fmt: skip


def _data(count: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    random = np.random.RandomState(0)
    x = random.uniform(0, 1, (count, 784)).astype(np.float32)
    y = np.eye(10, dtype=np.float32)[random.randint(0, 10, count)]
    initial = {
        name: (random.randn(*shape) * 0.05).astype(np.float32)
        if name[0] == "w"
        else np.full(shape, 0.1, np.float32)
        for name, shape in SHAPES.items()
    }
    return x, y, initial


def _network(tf: Any, initial: dict[str, np.ndarray], keep_prob: Any) -> tuple[Any, Any, Any]:
    """(images, variables, scores)."""
    x = tf.placeholder(tf.float32, [None, 784], name="x")
    v = {name: tf.Variable(value, name=name) for name, value in initial.items()}

    def convolved(inputs: Any, number: int) -> Any:
        y = tf.nn.conv2d(inputs, v[f"w{number}"], strides=[1, 1, 1, 1], padding="SAME")
        y = tf.nn.relu(y + v[f"b{number}"])
        return tf.nn.max_pool(y, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")

    h = convolved(convolved(tf.reshape(x, [-1, 28, 28, 1]), 1), 2)
    h = tf.nn.relu(tf.matmul(tf.reshape(h, [-1, 3136]), v["w3"]) + v["b3"])
    if keep_prob is not None:
        h = tf.nn.dropout(h, keep_prob)
    return x, v, tf.matmul(h, v["w4"]) + v["b4"]


def train(tf: Any) -> Work:
    """One step of Adam, with dropout; compared without."""
    images, digits, initial = _data(BATCH)
    y = tf.placeholder(tf.float32, [None, 10], name="y")
    keep_prob = tf.placeholder(tf.float32, name="keep_prob")
    x, v, scores = _network(tf, initial, keep_prob)
    each = tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=scores)
    loss = tf.reduce_mean(each)
    step = tf.train.AdamOptimizer(RATE).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    feeds = {x: images, y: digits, keep_prob: 0.5}

    def run() -> None:
        session.run(step, feed_dict=feeds)

    def result() -> list[Any]:
        session.run(tf.global_variables_initializer())
        whole = {**feeds, keep_prob: 1.0}
        for _ in range(3):
            session.run(step, feed_dict=whole)
        return session.run([loss, v["w1"], v["w2"], v["b3"]], feed_dict=whole)

    return Work(run, result)


def infer(tf: Any, count: int) -> Work:
    """The digits of a batch of images."""
    images, _, initial = _data(count)
    x, _, scores = _network(tf, initial, None)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return _inference(lambda: session.run(scores, feed_dict={x: images}))


def _inference(run: Callable[[], Any]) -> Work:
    return Work(run, lambda: [run()])


def _scores_jax(v: Any, x: Any, mask: Any) -> Any:
    import jax
    import jax.numpy as jnp
    from jax import lax

    def convolved(inputs: Any, number: int) -> Any:
        layout = ("NHWC", "HWIO", "NHWC")
        y = lax.conv_general_dilated(
            inputs, v[f"w{number}"], (1, 1), "SAME", dimension_numbers=layout
        )
        y = jax.nn.relu(y + v[f"b{number}"])
        return lax.reduce_window(y, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "SAME")

    h = convolved(convolved(x.reshape(-1, 28, 28, 1), 1), 2)
    h = jax.nn.relu(h.reshape(-1, 3136) @ v["w3"] + v["b3"])
    return (h if mask is None else h * mask) @ v["w4"] + v["b4"]


def train_jax(_: Any) -> Work:
    """The same step under JAX's jit, parameters donated, NumPy batches in."""
    import jax
    import jax.numpy as jnp

    images, digits, initial = _data(BATCH)
    each = jax.tree_util.tree_map

    def loss(v: Any, x: Any, y: Any, mask: Any) -> Any:
        scores = jax.nn.log_softmax(_scores_jax(v, x, mask))
        return -(y * scores).sum(1).mean()

    def update(held: Any, x: Any, y: Any, keep_prob: Any) -> Any:
        key, powers, v, first, second = held
        key, now = jax.random.split(key)
        mask = jax.random.bernoulli(now, keep_prob, (BATCH, 1024)) / keep_prob
        slopes = jax.grad(loss)(v, x, y, mask)
        powers = powers * jnp.asarray([0.9, 0.999])
        rate = RATE * jnp.sqrt(1 - powers[1]) / (1 - powers[0])
        first = each(lambda m, slope: m + (slope - m) * 0.1, first, slopes)
        second = each(lambda s, slope: s + (slope**2 - s) * 0.001, second, slopes)
        v = each(lambda w, m, s: w - m * rate / (jnp.sqrt(s) + 1e-8), v, first, second)
        return key, powers, v, first, second

    step = jax.jit(update, donate_argnums=0)

    def start() -> Any:
        v = {name: jnp.asarray(value) for name, value in initial.items()}
        zeros = partial(each, jnp.zeros_like)
        return jax.random.PRNGKey(0), jnp.ones(2), v, zeros(v), zeros(v)

    state = [start()]

    def run() -> None:
        state[0] = step(state[0], images, digits, np.float32(0.5))
        jax.block_until_ready(state)

    def result() -> list[Any]:
        state[0] = start()
        for _ in range(3):
            state[0] = step(state[0], images, digits, np.float32(1))
        v = state[0][2]
        found = [loss(v, images, digits, None), v["w1"], v["w2"], v["b3"]]
        return [np.asarray(item) for item in found]

    return Work(run, result)


def infer_jax(_: Any, count: int) -> Work:
    """The same under JAX's jit."""
    import jax
    import jax.numpy as jnp

    images, _, initial = _data(count)
    v = {name: jnp.asarray(value) for name, value in initial.items()}
    scores = jax.jit(lambda v, x: _scores_jax(v, x, None))
    return _inference(lambda: np.asarray(scores(v, images)))


def train_torch(_: Any) -> Work:
    """The same step under torch.compile, channels first."""
    import torch

    images, digits, initial = _data(BATCH)
    x = torch.from_numpy(images)
    y = torch.from_numpy(digits)
    functional = torch.nn.functional

    def start() -> dict[str, Any]:
        found = {}
        for name, value in initial.items():
            array = value.transpose(3, 2, 0, 1).copy() if value.ndim == 4 else value.copy()
            found[name] = torch.nn.Parameter(torch.from_numpy(array))
        return found

    def scores(v: Any, x: Any, keep_prob: float) -> Any:
        h = x.reshape(-1, 1, 28, 28)
        for number in (1, 2):
            h = functional.conv2d(h, v[f"w{number}"], v[f"b{number}"], padding=2)
            h = functional.max_pool2d(functional.relu(h), 2)
        h = h.permute(0, 2, 3, 1).reshape(-1, 3136)
        h = functional.relu(h @ v["w3"] + v["b3"])
        if keep_prob < 1:
            h = functional.dropout(h, 1 - keep_prob)
        return h @ v["w4"] + v["b4"]

    def loss(v: Any, keep_prob: float) -> Any:
        return -(y * functional.log_softmax(scores(v, x, keep_prob), 1)).sum(1).mean()

    compiled = torch.compile(loss)

    def stepper(v: Any, function: Any) -> Callable[[float], None]:
        optimizer = torch.optim.Adam(v.values(), lr=RATE, eps=EARLY_EPSILON, fused=True)

        def step(keep_prob: float) -> None:
            optimizer.zero_grad()
            function(v, keep_prob).backward()
            optimizer.step()

        return step

    step = stepper(start(), compiled)

    def result() -> list[Any]:
        v = start()
        plain = stepper(v, loss)
        for _ in range(3):
            plain(1.0)
        kernels = [v[name].detach().numpy().transpose(2, 3, 1, 0) for name in ("w1", "w2")]
        return [loss(v, 1.0).detach().numpy(), *kernels, v["b3"].detach().numpy()]

    return Work(lambda: step(0.5), result)


EARLY_EPSILON = 2e-7
"""TensorFlow adds its epsilon, 1e-8, before it corrects the bias of early steps, PyTorch after
that: in the first three steps, which are compared, TensorFlow's is 3e-7 to 2e-7 of PyTorch's."""

_PEERS = (times_faster("tensorflow", 1), times_faster("jax", 1))

ROWS = (
    Row(
        "cnn",
        "Deep MNIST for Experts: training step, batch 50",
        {"jitgraph": train, "tensorflow": train, "jax": train_jax, "torch": train_torch},
        (*_PEERS, times_faster("torch", 1)),
        rtol=1e-2,
        atol=3e-5,
        batch_seconds=0.05,
    ),
    *(
        Row(
            f"cnn_{count}",
            f"Deep MNIST for Experts: inference, batch {count}",
            {
                "jitgraph": partial(infer, count=count),
                "tensorflow": partial(infer, count=count),
                "jax": partial(infer_jax, count=count),
            },
            _PEERS,
            rtol=1e-3,
            atol=1e-4,
            batch_seconds=0.02,
        )
        for count in (50, 1)
    ),
)
