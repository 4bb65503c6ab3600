"""Larger networks, as public scripts write them: training steps.

In: nothing. Out: `networks`, an iterator over names, builders and feeds, part of `models.MODELS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bench.ops.case import normal, whole
from bench.ops.layers import (
    adam,
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


def _resnet18(tf: Any, x: Any, labels: Any) -> list[Any]:
    def normed_conv(*given: Any) -> Any:
        return normed(tf, conv(tf, *given), True)

    y = tf.nn.relu(normed_conv(x, 3, 64))
    for size, stride in (
        (64, 1),
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        (512, 1),
    ):
        short = y if stride == 1 else normed_conv(y, 1, size, stride)
        y = tf.nn.relu(short + normed_conv(tf.nn.relu(normed_conv(y, 3, size, stride)), 3, size))
    return momentum(tf, entropy(tf, dense(tf, tf.reduce_mean(y, [1, 2]), 10), labels))


def _vgg(tf: Any, x: Any, labels: Any) -> list[Any]:
    y = x
    for size in (32, 64, 128):
        y = pool(tf, relu_conv(tf, relu_conv(tf, y, 3, size), 3, size))
    return adam(tf, entropy(tf, dense(tf, dense(tf, flat(tf, y), 256, tf.nn.relu), 10), labels))


def _unet(tf: Any, x: Any, labels: Any) -> list[Any]:
    passed, y = [], x
    for size in (16, 32, 64):
        passed.append(relu_conv(tf, relu_conv(tf, y, 3, size), 3, size))
        y = pool(tf, passed[-1])
    y = relu_conv(tf, y, 3, 128)
    for before, size in ((passed[2], 64), (passed[1], 32), (passed[0], 16)):
        side = 2 * int(y.shape[1])
        y = tf.image.resize_nearest_neighbor(y, [side, side])
        y = relu_conv(tf, tf.concat([y, before], 3), 3, size)
    logits = conv(tf, y, 1, 1)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    return adam(tf, tf.reduce_mean(each))


def _discriminator(tf: Any, x: Any, labels: Any) -> list[Any]:
    y = x
    for size in (64, 128, 256):
        y = tf.nn.leaky_relu(normed(tf, conv(tf, y, 5, size, 2), True))
    logits = dense(tf, flat(tf, y), 1)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    return adam(tf, tf.reduce_mean(each))


def _lstm(tf: Any, inputs: Sequence[Any], size: int) -> list[Any]:
    batch, width = (int(d) for d in inputs[0].shape)
    kernel, offsets = (
        weights(tf, width + size, 4 * size),
        tf.Variable(np.zeros(4 * size, np.float32)),
    )
    cell = state = tf.zeros([batch, size])
    found = []
    for now in inputs:
        gates = tf.nn.bias_add(tf.matmul(tf.concat([now, state], 1), kernel), offsets)
        i, j, f, o = tf.split(gates, 4, 1)
        cell = cell * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        state = tf.tanh(cell) * tf.sigmoid(o)
        found.append(state)
    return found


def _language_model(tf: Any, words: Any, following: Any) -> list[Any]:
    seen = tf.unstack(tf.nn.embedding_lookup(weights(tf, 10000, 200), words), axis=1)
    y = tf.reshape(tf.stack(_lstm(tf, _lstm(tf, seen, 200), 200), 1), [-1, 200])
    loss = entropy(tf, dense(tf, y, 10000), tf.reshape(following, [-1]))
    variables = tf.trainable_variables()
    slopes, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
    pairs = zip(slopes, variables, strict=True)
    return [loss, tf.train.GradientDescentOptimizer(1.0).apply_gradients(pairs)]


def _char_rnn(tf: Any, letters: Any, following: Any) -> list[Any]:
    seen = tf.unstack(tf.one_hot(letters, 65), axis=1)
    y = tf.reshape(tf.stack(_lstm(tf, seen, 128), 1), [-1, 128])
    return adam(tf, entropy(tf, dense(tf, y, 65), tf.reshape(following, [-1])))


def _word2vec(tf: Any, words: Any, following: Any, sampled: Any) -> list[Any]:
    table, out, offsets = (
        weights(tf, 50000, 128),
        weights(tf, 50000, 128),
        tf.Variable(tf.zeros([50000])),
    )
    seen = tf.nn.embedding_lookup(table, words)
    count = tf.ones([64], tf.float32)
    chosen = (tf.cast(sampled, tf.int64), tf.fill([128, 1], 0.01), count * 0.01)
    loss = tf.reduce_mean(
        tf.nn.nce_loss(out, offsets, following, seen, 64, 50000, sampled_values=chosen)
    )
    return [loss, tf.train.GradientDescentOptimizer(1.0).minimize(loss)]


def _attention(tf: Any, source: Any, target: Any, following: Any) -> list[Any]:
    table = weights(tf, 2000, 64)
    memory = tf.stack(_lstm(tf, tf.unstack(tf.nn.embedding_lookup(table, source), axis=1), 128), 1)
    states = tf.stack(_lstm(tf, tf.unstack(tf.nn.embedding_lookup(table, target), axis=1), 128), 1)
    keys = tf.tensordot(memory, weights(tf, 128, 128), 1)
    queries = tf.tensordot(states, weights(tf, 128, 128), 1)
    scores = tf.reduce_sum(weights(tf, 128) * tf.tanh(queries[:, :, None] + keys[:, None]), 3)
    context = tf.matmul(tf.nn.softmax(scores), memory)
    y = tf.reshape(tf.concat([states, context], 2), [-1, 256])
    return adam(tf, entropy(tf, dense(tf, y, 2000), tf.reshape(following, [-1])))


def _normed_perceptron(tf: Any, x: Any, labels: Any) -> list[Any]:
    y = x
    for size in (256, 256, 256):
        z = tf.matmul(y, weights(tf, int(y.shape[-1]), size))
        mean, variance = tf.nn.moments(z, [0])
        ones, zeros = np.ones(size, np.float32), np.zeros(size, np.float32)
        scale, offset = tf.Variable(ones), tf.Variable(zeros)
        y = tf.nn.relu(tf.nn.batch_normalization(z, mean, variance, offset, scale, 1e-3))
    return adam(tf, entropy(tf, dense(tf, y, 10), labels))


def _linear_machine(tf: Any, x: Any, labels: Any) -> list[Any]:
    w, b = weights(tf, 20, 1), tf.Variable(tf.zeros([1]))
    margin = tf.maximum(0.0, 1.0 - labels * (tf.matmul(x, w) - b))
    loss = tf.reduce_mean(margin) + 0.01 * tf.reduce_sum(tf.square(w))
    return [loss, tf.train.GradientDescentOptimizer(0.01).minimize(loss)]


def _char_cnn(tf: Any, letters: Any, labels: Any) -> list[Any]:
    y = tf.one_hot(letters, 70)
    for side, is_pooled in ((7, True), (7, True), (3, False), (3, True)):
        kernel = weights(tf, side, int(y.shape[-1]), 128)
        y = tf.nn.relu(tf.nn.conv1d(y, kernel, 1, "VALID"))
        if is_pooled:
            y = tf.squeeze(
                tf.nn.max_pool(tf.expand_dims(y, 1), [1, 1, 3, 1], [1, 1, 3, 1], "VALID"), 1
            )
    return adam(tf, entropy(tf, dense(tf, dense(tf, flat(tf, y), 256, tf.nn.relu), 4), labels))


def _variational(tf: Any, x: Any, noise: Any) -> list[Any]:
    hidden = dense(tf, x, 512, tf.nn.relu)
    mean, spread = dense(tf, hidden, 20), dense(tf, hidden, 20)
    z = mean + tf.exp(0.5 * spread) * noise
    logits = dense(tf, dense(tf, z, 512, tf.nn.relu), 784)
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=logits)
    apart = -0.5 * tf.reduce_sum(1 + spread - tf.square(mean) - tf.exp(spread), 1)
    return adam(tf, tf.reduce_mean(tf.reduce_sum(each, 1) + apart))


def _actor_critic(tf: Any, states: Any, actions: Any, returns: Any) -> list[Any]:
    hidden = dense(tf, dense(tf, states, 64, tf.tanh), 64, tf.tanh)
    chances, value = tf.nn.log_softmax(dense(tf, hidden, 4)), dense(tf, hidden, 1)[:, 0]
    gain = tf.stop_gradient(returns - value)
    taken = tf.reduce_sum(chances * tf.one_hot(actions, 4), 1)
    spread = -tf.reduce_mean(tf.reduce_sum(tf.exp(chances) * chances, 1))
    loss = tf.reduce_mean(0.5 * tf.square(returns - value) - gain * taken) - 0.01 * spread
    return adam(tf, loss)


def _wide_and_deep(tf: Any, numbers: Any, kinds: Any, labels: Any) -> list[Any]:
    tables = [weights(tf, 1000, 8) for _ in range(8)]
    seen = [tf.nn.embedding_lookup(t, kinds[:, k]) for k, t in enumerate(tables)]
    y = tf.concat([numbers, *seen], 1)
    for size in (128, 64):
        y = dense(tf, y, size, tf.nn.relu)
    wide = tf.add_n([tf.nn.embedding_lookup(weights(tf, 1000, 1), kinds[:, k]) for k in range(8)])
    logits = (dense(tf, y, 1) + wide)[:, 0]
    each = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
    loss = tf.reduce_mean(each)
    return [loss, tf.train.AdagradOptimizer(0.01).minimize(loss)]


def _style(tf: Any, x: Any) -> list[Any]:
    picture = tf.Variable(np.asarray(normal(1, 128, 128, 3)))
    y, loss = picture, 0.0
    for size in (32, 64):
        y = pool(tf, relu_conv(tf, relu_conv(tf, y, 3, size), 3, size))
        rows = tf.reshape(y, [-1, size])
        loss += tf.reduce_mean(tf.square(tf.matmul(rows, rows, transpose_a=True) / 1000.0 - 1.0))
    loss += tf.reduce_mean(tf.square(picture - x))
    return adam(tf, loss, [picture])


Network = tuple[str, Callable[..., Any], Sequence[np.ndarray]]


def networks() -> Iterator[Network]:
    """Names, builders, feeds."""
    pictures, labels = normal(32, 32, 32, 3), whole(10, 32)
    yield "ResNet-18 on 32x32, momentum", _resnet18, (pictures[:8], labels[:8])
    yield "VGG on 32x32, Adam", _vgg, (pictures, labels)
    yield "U-Net on 128x128, Adam", _unet, (normal(2, 128, 128, 3), np.abs(normal(2, 128, 128, 1)))
    yield (
        "DCGAN's discriminator, Adam",
        _discriminator,
        (normal(64, 28, 28, 1), np.abs(normal(64, 1))),
    )
    yield "LSTM language model, SGD", _language_model, (whole(10000, 20, 20), whole(9999, 20, 20))
    yield "char-RNN, Adam", _char_rnn, (whole(65, 50, 50), whole(64, 50, 50))
    words = (whole(50000, 128), whole(49999, 128, 1).astype(np.int64), whole(49998, 64))
    yield "word2vec by NCE, SGD", _word2vec, words
    yield (
        "attention, Adam",
        _attention,
        (whole(2000, 32, 15), whole(1999, 32, 12), whole(1998, 32, 12)),
    )
    yield "normed perceptron, Adam", _normed_perceptron, (normal(128, 784), whole(10, 128))
    yield "linear SVM, SGD", _linear_machine, (normal(100, 20), np.sign(normal(100, 1)))
    yield "char-CNN, Adam", _char_cnn, (whole(70, 32, 256), whole(4, 32))
    yield (
        "variational autoencoder, Adam",
        _variational,
        (np.abs(normal(100, 784)) % 1, normal(100, 20)),
    )
    yield "actor-critic, Adam", _actor_critic, (normal(80, 8), whole(4, 80), normal(80))
    wide = (normal(256, 13), whole(1000, 256, 8), (normal(256) > 0).astype(np.float32))
    yield "wide and deep, Adagrad", _wide_and_deep, wide
    yield "style transfer, Adam", _style, (normal(1, 128, 128, 3),)
