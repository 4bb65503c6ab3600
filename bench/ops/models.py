"""The models: training steps and inference of small networks of every kind.

In: nothing. Out: `MODELS`, cases as in `cases`, whose graphs have variables. Imports NumPy alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bench.ops.case import Case
from bench.ops.cases import FLAT, THREE, TWO
from bench.ops.layers import (
    adam,
    bias,
    conv,
    dense,
    entropy,
    flat,
    momentum,
    normed,
    pool,
    relu_conv,
    weights,
)
from bench.ops.networks import networks

SEED = np.random.RandomState(5)


def _small(*shape: int) -> np.ndarray:
    return (SEED.randn(*shape) * 0.1).astype(np.float32)


def _whole(top: int, *shape: int) -> np.ndarray:
    return SEED.randint(0, top, shape).astype(np.int32)


def _perceptron(tf: Any, x: Any, labels: Any) -> list[Any]:
    hidden = dense(tf, dense(tf, x, 256, tf.nn.relu), 256, tf.nn.relu)
    return adam(tf, entropy(tf, dense(tf, hidden, 10), labels))


def _logistic(tf: Any, x: Any, labels: Any) -> list[Any]:
    loss = entropy(tf, dense(tf, x, 10), labels)
    return [loss, tf.train.GradientDescentOptimizer(0.01).minimize(loss)]


def _autoencoder(tf: Any, x: Any) -> list[Any]:
    y = x
    for size in (256, 128, 256, 784):
        y = dense(tf, y, size, tf.sigmoid)
    loss = tf.reduce_mean(tf.square(x - y))
    return [loss, tf.train.RMSPropOptimizer(0.01).minimize(loss)]


def _q_network(tf: Any, state: Any, action: Any, target: Any) -> list[Any]:
    values = dense(tf, dense(tf, state, 64, tf.nn.relu), 2)
    chosen = tf.reduce_sum(values * tf.one_hot(action, 2), 1)
    return adam(tf, tf.reduce_mean(tf.square(target - chosen)))


def _q_network_of_pixels(tf: Any, x: Any, action: Any) -> list[Any]:
    y = relu_conv(tf, x, 8, 32, 4, "VALID")
    y = relu_conv(tf, relu_conv(tf, y, 4, 64, 2, "VALID"), 3, 64, 1, "VALID")
    values = dense(tf, dense(tf, flat(tf, y), 512, tf.nn.relu), 6)
    chosen = tf.reduce_sum(values * tf.one_hot(action, 6), 1)
    loss = tf.reduce_mean(tf.square(chosen - 1.0))
    return [loss, tf.train.RMSPropOptimizer(2.5e-4, momentum=0.95).minimize(loss)]


def _lenet(tf: Any, x: Any, labels: Any) -> list[Any]:
    y = pool(tf, tf.tanh(bias(tf, conv(tf, x, 5, 6))), "VALID")
    y = pool(tf, tf.tanh(bias(tf, conv(tf, y, 5, 16, 1, "VALID"))), "VALID")
    y = tf.tanh(bias(tf, conv(tf, y, 5, 120, 1, "VALID")))
    logits = dense(tf, dense(tf, flat(tf, y), 84, tf.tanh), 10)
    return adam(tf, entropy(tf, logits, labels))


def _resnet(tf: Any, x: Any, is_training: bool) -> Any:
    def normed_conv(*given: Any) -> Any:
        return normed(tf, conv(tf, *given), is_training)

    y = tf.nn.relu(normed_conv(x, 3, 16))
    for size, stride in ((16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)):
        short = y if stride == 1 else normed_conv(y, 1, size, stride)
        y = tf.nn.relu(short + normed_conv(tf.nn.relu(normed_conv(y, 3, size, stride)), 3, size))
    return dense(tf, tf.reduce_mean(y, [1, 2]), 10)


def _resnet_step(tf: Any, x: Any, labels: Any) -> list[Any]:
    return momentum(tf, entropy(tf, _resnet(tf, x, True), labels))


def _resnet_inference(tf: Any, x: Any) -> Any:
    return tf.nn.softmax(_resnet(tf, x, False))


def _mobile_blocks(tf: Any, x: Any) -> list[Any]:
    y = x
    for _ in range(3):
        thin = tf.nn.depthwise_conv2d(y, weights(tf, 3, 3, 64, 1), FLAT, "SAME")
        y = tf.nn.relu6(normed(tf, conv(tf, tf.nn.relu6(normed(tf, thin, True)), 1, 64), True))
    return momentum(tf, tf.reduce_mean(tf.square(y)))


def _inception_block(tf: Any, x: Any) -> list[Any]:
    pooled = tf.nn.max_pool(x, THREE, FLAT, "SAME")
    parts = [
        relu_conv(tf, x, 1, 64),
        relu_conv(tf, relu_conv(tf, x, 1, 96), 3, 128),
        relu_conv(tf, relu_conv(tf, x, 1, 16), 5, 32),
        relu_conv(tf, pooled, 1, 32),
    ]
    return momentum(tf, tf.reduce_mean(tf.square(tf.concat(parts, 3))))


def _unet(tf: Any, x: Any, labels: Any) -> list[Any]:
    first = relu_conv(tf, x, 3, 16)
    second = relu_conv(tf, pool(tf, first), 3, 32)
    y = relu_conv(tf, pool(tf, second), 3, 64)
    for skipped, size, side in ((second, 32, 32), (first, 16, 64)):
        kernel = weights(tf, 2, 2, size, 2 * size)
        y = tf.nn.conv2d_transpose(y, kernel, [4, side, side, size], TWO)
        y = relu_conv(tf, tf.concat([y, skipped], 3), 3, size)
    return adam(tf, entropy(tf, conv(tf, y, 1, 2), labels))


def _generator(tf: Any, z: Any) -> list[Any]:
    y = tf.nn.relu(tf.reshape(dense(tf, z, 7 * 7 * 128), [64, 7, 7, 128]))
    y = tf.nn.relu(tf.nn.conv2d_transpose(y, weights(tf, 5, 5, 64, 128), [64, 14, 14, 64], TWO))
    y = tf.tanh(tf.nn.conv2d_transpose(y, weights(tf, 5, 5, 1, 64), [64, 28, 28, 1], TWO))
    return adam(tf, tf.reduce_mean(tf.square(y - 0.5)))


def _text_cnn(tf: Any, words: Any, labels: Any) -> list[Any]:
    seen = tf.expand_dims(tf.nn.embedding_lookup(weights(tf, 18000, 128), words), -1)
    found = []
    for size in (3, 4, 5):
        y = tf.nn.conv2d(seen, weights(tf, size, 128, 1, 128), FLAT, "VALID")
        y = tf.nn.relu(bias(tf, y))
        found.append(tf.nn.max_pool(y, [1, 57 - size, 1, 1], FLAT, "VALID"))
    return adam(tf, entropy(tf, dense(tf, flat(tf, tf.concat(found, 3)), 2), labels))


def _causal_convolutions(tf: Any, x: Any) -> list[Any]:
    y = x
    for dilation in (1, 2, 4, 8, 16, 32):
        padded = tf.expand_dims(tf.pad(y, [[0, 0], [dilation, 0], [0, 0]]), 1)
        halves = [
            tf.nn.conv2d(
                padded, weights(tf, 1, 2, 32, 32), FLAT, "VALID", dilations=[1, 1, dilation, 1]
            )
            for _ in range(2)
        ]
        y = y + tf.squeeze(tf.tanh(halves[0]) * tf.sigmoid(halves[1]), 1)
    return adam(tf, tf.reduce_mean(tf.square(y - 1.0)))


def _attention_block(tf: Any, x: Any) -> Any:
    batch, steps, size = (int(d) for d in x.shape)
    heads = 4

    def projected() -> Any:
        y = dense(tf, tf.reshape(x, [-1, size]), size)
        return tf.transpose(tf.reshape(y, [batch, steps, heads, -1]), [0, 2, 1, 3])

    query, key, value = projected(), projected(), projected()
    scores = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) * (size / heads) ** -0.5)
    mixed = tf.reshape(tf.transpose(tf.matmul(scores, value), [0, 2, 1, 3]), [-1, size])
    y = _layer_normed(tf, tf.reshape(x, [-1, size]) + dense(tf, mixed, size))
    y = _layer_normed(tf, y + dense(tf, dense(tf, y, 4 * size, tf.nn.relu), size))
    return tf.reshape(y, [batch, steps, size])


def _layer_normed(tf: Any, x: Any) -> Any:
    mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
    scaled = (x - mean) * tf.rsqrt(variance + 1e-6)
    return bias(tf, scaled * tf.Variable(np.ones(int(x.shape[-1]), np.float32)))


def _transformer(tf: Any, x: Any) -> Any:
    return _attention_block(tf, _attention_block(tf, x))


def _transformer_step(tf: Any, x: Any) -> list[Any]:
    return adam(tf, tf.reduce_mean(tf.square(_transformer(tf, x) - 1.0)))


def _language_model(tf: Any, words: Any, following: Any) -> list[Any]:
    y = tf.nn.embedding_lookup(weights(tf, 10000, 200), words)
    loss = entropy(tf, dense(tf, dense(tf, y, 200, tf.tanh), 10000), following)
    variables = tf.trainable_variables()
    slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    pairs = zip(slopes, variables, strict=True)
    return [loss, tf.train.GradientDescentOptimizer(0.1).apply_gradients(pairs)]


def _factorization(tf: Any, users: Any, items: Any, ratings: Any) -> list[Any]:
    tables = [weights(tf, 5000, 32), weights(tf, 3000, 32)]
    seen = [tf.nn.embedding_lookup(t, i) for t, i in zip(tables, (users, items), strict=True)]
    loss = tf.nn.l2_loss(tf.reduce_sum(seen[0] * seen[1], 1) - ratings)
    return adam(tf, loss + 0.01 * tf.add_n([tf.nn.l2_loss(table) for table in tables]))


def _graph_network(tf: Any, x: Any, labels: Any) -> list[Any]:
    nodes = int(x.shape[0])
    random = np.random.RandomState(1)
    edges = np.unique(random.randint(0, nodes, (4 * nodes, 2)), axis=0).astype(np.int64)
    graph = tf.SparseTensor(edges, np.full(len(edges), 0.2, np.float32), [nodes, nodes])
    y = tf.nn.relu(tf.sparse_tensor_dense_matmul(graph, tf.matmul(x, weights(tf, 200, 16))))
    logits = tf.sparse_tensor_dense_matmul(graph, tf.matmul(y, weights(tf, 16, 7)))
    return adam(tf, entropy(tf, logits, labels))


def _mixture_density(tf: Any, x: Any, y: Any) -> list[Any]:
    hidden = dense(tf, x, 24, tf.tanh)
    shares, spreads = tf.nn.softmax(dense(tf, hidden, 24)), tf.exp(dense(tf, hidden, 24))
    density = tf.exp(-tf.square((y - dense(tf, hidden, 24)) / spreads) / 2) / spreads
    return adam(tf, -tf.reduce_mean(tf.log(tf.reduce_sum(density * shares, 1) + 1e-8)))


def _gaussian_process(tf: Any, x: Any, y: Any) -> list[Any]:
    length = tf.Variable(np.float64(1.0))
    apart = tf.reduce_sum(tf.square(x[:, None] - x[None]), 2)
    kernel = tf.exp(-0.5 * apart / tf.square(length)) + 0.01 * tf.eye(200, dtype=tf.float64)
    factor = tf.cholesky(kernel)
    fit = 0.5 * tf.reduce_sum(y * tf.cholesky_solve(factor, y))
    return adam(tf, fit + tf.reduce_sum(tf.log(tf.matrix_diag_part(factor))))


def _k_means(tf: Any, points: Any) -> Any:
    centres = weights(tf, 8, 2)
    apart = tf.reduce_sum(tf.square(points[None] - centres[:, None]), 2)
    nearest = tf.argmin(apart, 0)
    totals = tf.unsorted_segment_sum(points, nearest, 8)
    counts = tf.unsorted_segment_sum(tf.ones([50000, 1]), nearest, 8)
    return tf.assign(centres, totals / (counts + 1e-6))


def _kalman(tf: Any, start: Any) -> Any:
    eye = tf.constant(np.eye(4, dtype=np.float32))

    def step(i: Any, x: Any, p: Any) -> tuple[Any, Any, Any]:
        p = 0.98 * p + 0.1 * eye
        gain = tf.matmul(p, tf.matrix_inverse(p + 0.1 * eye))
        x = 0.99 * x
        return i + 1, x + tf.matmul(gain, 0.5 - x), p - tf.matmul(gain, p)

    return tf.while_loop(lambda i, x, p: i < 200, step, [0, start, eye])[1]


def _heat(tf: Any) -> Any:
    plate = weights(tf, 256, 256)
    kernel = np.array([[0.5, 1, 0.5], [1, -6, 1], [0.5, 1, 0.5]], np.float32)
    bent = tf.nn.depthwise_conv2d(plate[None, :, :, None], kernel[:, :, None, None], FLAT, "SAME")
    return tf.assign(plate, plate + 0.01 * bent[0, :, :, 0])


def _life(tf: Any) -> Any:
    cells = tf.Variable(np.random.RandomState(1).randint(0, 2, (256, 256)).astype(np.int32))
    around = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
    count = tf.add_n([tf.roll(tf.roll(cells, i, 0), j, 1) for i, j in around])
    lives = tf.equal(count, 3) | (tf.equal(count, 2) & tf.equal(cells, 1))
    return tf.assign(cells, tf.cast(lives, tf.int32))


def _routing(tf: Any, votes: Any) -> Any:
    wishes = tf.zeros([32, 288, 10])
    for _ in range(3):
        total = tf.reduce_sum(tf.nn.softmax(wishes)[..., None] * votes, 1)
        norm = tf.reduce_sum(tf.square(total), -1, True)
        found = total * norm / (1.0 + norm) / tf.sqrt(norm + 1e-9)
        wishes = wishes + tf.reduce_sum(votes * found[:, None], -1)
    return found


def _unrolled(tf: Any, x: Any) -> list[Any]:
    inner, outer = weights(tf, 32, 32), weights(tf, 16, 32)
    state = tf.zeros([8, 32])
    for now in tf.unstack(x):
        state = tf.tanh(tf.matmul(state, inner) + tf.matmul(now, outer))
    loss = tf.reduce_mean(tf.square(state))
    return [loss, tf.train.GradientDescentOptimizer(1e-3).minimize(loss)]


def _scanned(tf: Any, x: Any) -> list[Any]:
    inner, outer = weights(tf, 32, 32), weights(tf, 16, 32)

    def step(state: Any, now: Any) -> Any:
        return tf.tanh(tf.matmul(state, inner) + tf.matmul(now, outer))

    states = tf.scan(step, x, initializer=tf.zeros([32, 32]))
    return adam(tf, tf.reduce_mean(tf.square(states[-1] - 1.0)))


def _models() -> Iterator[tuple[str, Callable[..., Any], Sequence[np.ndarray]]]:
    digits, labels = np.abs(_small(128, 784)), _whole(10, 128)
    images, wide = _small(32, 32, 32, 3), _small(8, 28, 28, 192)
    yield "logistic regression, SGD", _logistic, (digits, labels)
    yield "perceptron, Adam", _perceptron, (digits, labels)
    yield "autoencoder, RMSProp", _autoencoder, (digits,)
    yield "Q network, Adam", _q_network, (_small(32, 4), _whole(2, 32), _small(32))
    yield (
        "Q network of 84x84, RMSProp",
        _q_network_of_pixels,
        (_small(32, 84, 84, 4), _whole(6, 32)),
    )
    yield "LeNet, Adam", _lenet, (_small(128, 28, 28, 1), labels)
    yield "ResNet-14 on 32x32, momentum", _resnet_step, (images, _whole(10, 32))
    yield "ResNet-14 on 32x32, inference", _resnet_inference, (images,)
    yield "MobileNet blocks, momentum", _mobile_blocks, (_small(16, 28, 28, 64),)
    yield "Inception block, momentum", _inception_block, (wide,)
    yield "U-Net on 64x64, Adam", _unet, (_small(4, 64, 64, 3), _whole(2, 4, 64, 64))
    yield "DCGAN's generator, Adam", _generator, (_small(64, 100),)
    yield "text CNN, Adam", _text_cnn, (_whole(18000, 64, 56), _whole(2, 64))
    yield "dilated causal convolutions", _causal_convolutions, (_small(1, 4000, 32),)
    yield "transformer, inference", _transformer, (_small(8, 64, 128),)
    yield "transformer, Adam", _transformer_step, (_small(8, 64, 128),)
    yield "language model of 10000 words", _language_model, (_whole(10000, 640), _whole(10000, 640))
    ratings = (_whole(5000, 1000), _whole(3000, 1000), _small(1000))
    yield "matrix factorization, Adam", _factorization, ratings
    yield "graph network, Adam", _graph_network, (_small(2708, 200), _whole(7, 2708))
    yield "mixture density, Adam", _mixture_density, (_small(2500, 1), _small(2500, 1))
    points = (SEED.randn(200, 3), SEED.randn(200, 1))
    yield "Gaussian process, Adam", _gaussian_process, points
    yield "k-means of 50000 points", _k_means, (_small(50000, 2),)
    yield "Kalman filter, 200 steps", _kalman, (np.ones((4, 1), np.float32),)
    yield "heat equation on 256x256", _heat, ()
    yield "Game of Life on 256x256", _life, ()
    yield "capsules' routing", _routing, (_small(32, 288, 10, 16),)
    yield "RNN of 300 steps, unrolled", _unrolled, (_small(300, 8, 16),)
    yield "RNN of 50 steps by scan, Adam", _scanned, (_small(50, 32, 16),)


MODELS = {name: Case(name, build, tuple(feeds)) for name, build, feeds in (*_models(), *networks())}
"""By name."""
