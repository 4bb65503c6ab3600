"""The cases: an expression over TensorFlow's names, and the arrays that it is fed.

In: nothing. Out: `CASES`. Imports NumPy alone: the peer's environment reads it, too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench.ops.case import Build, Case, gradient_of, normal, whole

A, B = normal(512, 1024), -normal(1024, 512).reshape(512, 1024)
ROW, COLUMN = normal(1024), normal(512, 1)
CUBE = normal(32, 64, 256)
IMAGES = normal(16, 56, 56, 64)
FLAT = [1, 1, 1, 1]
TWO = [1, 2, 2, 1]
THREE = [1, 3, 3, 1]


def _elementwise() -> Iterator[Case]:
    yield Case("add a row", lambda tf, a, v: a + v, (A, ROW))
    yield Case("add a column", lambda tf, a, v: a + v, (A, COLUMN))
    for name in ("exp", "tanh", "sigmoid", "erf", "sin", "digamma"):
        yield Case(name, lambda tf, a, n=name: getattr(tf.math, n)(a), (A,))
    yield Case("log", lambda tf, a: tf.log(a * a + 1.0), (A,))
    yield Case("pow", lambda tf, a: tf.pow(a * a, 1.7), (A,))
    yield Case("exp float64", lambda tf, a: tf.exp(a), (A.astype(np.float64),))
    yield Case("atan2", lambda tf, a, b: tf.atan2(a, b), (A, B))
    large, small = whole(1000, 512, 1024), whole(9, 512, 1024)
    yield Case("floordiv int32", lambda tf, a, b: a // (b + 1), (large, small))
    yield Case("mod int32", lambda tf, a, b: a % (b + 1), (large, small))
    yield Case("cast to int32", lambda tf, a: tf.cast(a, tf.int32), (A,))
    bytes_ = whole(255, 16, 128, 128, 3).astype(np.uint8)
    yield Case("cast from uint8", lambda tf, a: tf.cast(a, tf.float32), (bytes_,))
    yield Case("select", lambda tf, a, b: tf.where(a > b, a, b), (A, B))
    yield Case("clip", lambda tf, a: tf.clip_by_value(a, -1.0, 1.0), (A,))
    half = A.astype(np.float16)
    yield Case("add float16", lambda tf, a, b: a + b, (half, half))
    yield Case("complex product", lambda tf, a, b: tf.abs(tf.complex(a, b) * 1j), (A, B))
    for name in ("relu", "elu", "softplus"):
        yield Case(name, lambda tf, a, n=name: getattr(tf.nn, n)(a), (IMAGES,))
    yield Case("bias_add", lambda tf, a, b: tf.nn.bias_add(a, b), (IMAGES, normal(64)))


def _reductions() -> Iterator[Case]:
    yield Case("sum", lambda tf, a: tf.reduce_sum(a), (A,))
    yield Case("sum of columns", lambda tf, a: tf.reduce_sum(a, 0), (A,))
    yield Case("sum of rows", lambda tf, a: tf.reduce_sum(a, 1), (A,))
    yield Case("sum over 0 and 2", lambda tf, a: tf.reduce_sum(a, [0, 2]), (CUBE,))
    yield Case("sum over 1 of 3", lambda tf, a: tf.reduce_sum(a, 1), (CUBE,))
    yield Case("max of columns", lambda tf, a: tf.reduce_max(a, 0), (A,))
    yield Case("logsumexp", lambda tf, a: tf.reduce_logsumexp(a, 1), (A,))
    yield Case("moments", lambda tf, a: tf.nn.moments(a, [0, 1, 2]), (IMAGES,))
    yield Case("argmax of rows", lambda tf, a: tf.argmax(a, 1), (A,))
    yield Case("argmax of columns", lambda tf, a: tf.argmax(a, 0), (A,))
    yield Case("cumsum of columns", lambda tf, a: tf.cumsum(a, 0), (A,))
    yield Case("cumsum of rows", lambda tf, a: tf.cumsum(a, 1), (A,))
    yield Case("softmax", lambda tf, a: tf.nn.softmax(a), (A,))
    yield Case("softmax of 10", lambda tf, a: tf.nn.softmax(a), (normal(20000, 10),))
    yield Case("l2_normalize", lambda tf, a: tf.nn.l2_normalize(a, 1), (A,))
    yield Case("global mean", lambda tf, a: tf.reduce_mean(a, [1, 2]), (IMAGES,))
    labels, logits = whole(1000, 256), normal(256, 1000)
    yield Case(
        "sparse cross entropy",
        lambda tf, a, k: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=a),
        (logits, labels),
    )
    yield Case("in_top_k", lambda tf, a, k: tf.nn.in_top_k(a, k, 5), (logits, labels))
    yield Case("top_k 5", lambda tf, a: tf.nn.top_k(a, 5)[0], (A,))
    yield Case("top_k 100", lambda tf, a: tf.nn.top_k(a, 100)[1], (normal(64, 10000),))
    yield Case("sort", lambda tf, a: tf.sort(a, 1), (normal(64, 4096),))


def _movement() -> Iterator[Case]:
    yield Case("transpose", lambda tf, a: tf.transpose(a), (A,))
    yield Case("transpose 0 2 1", lambda tf, a: tf.transpose(a, [0, 2, 1]), (CUBE,))
    yield Case("transpose 1 0 2", lambda tf, a: tf.transpose(a, [1, 0, 2]), (CUBE,))
    yield Case("NHWC to NCHW", lambda tf, a: tf.transpose(a, [0, 3, 1, 2]), (IMAGES,))
    yield Case("concat of rows", lambda tf, a, b: tf.concat([a, b], 0), (A, B))
    yield Case("concat of columns", lambda tf, a, b: tf.concat([a, b], 1), (A, B))
    yield Case("split", lambda tf, a: tf.split(a, 4, 1), (A,))
    yield Case("stack", lambda tf, a, b: tf.stack([a, b], 1), (A, B))
    yield Case("unstack", lambda tf, a: tf.unstack(a, axis=1), (normal(64, 16, 128),))
    yield Case("tile", lambda tf, a: tf.tile(a, [2, 2]), (A,))
    pads = [[0, 0], [1, 1], [1, 1], [0, 0]]
    yield Case("pad", lambda tf, a: tf.pad(a, pads), (IMAGES,))
    yield Case("mirror pad", lambda tf, a: tf.pad(a, pads, "REFLECT"), (IMAGES,))
    yield Case("reverse", lambda tf, a: tf.reverse(a, [1]), (A,))
    yield Case("strided slice", lambda tf, a: a[::2, ::3], (A,))
    yield Case("slice", lambda tf, a: a[10:500, 5:1000], (A,))
    rows = normal(10000, 64)
    yield Case("gather rows", lambda tf, a, k: tf.gather(a, k), (rows, whole(10000, 4096)))
    yield Case("gather columns", lambda tf, a, k: tf.gather(a, k, axis=1), (A, whole(1024, 300)))
    places = np.stack([whole(512, 5000), whole(1024, 5000)], 1)
    yield Case("gather_nd", lambda tf, a, k: tf.gather_nd(a, k), (A, places))
    yield Case("one_hot", lambda tf, k: tf.one_hot(k, 1000), (whole(1000, 256),))
    ids, data = np.sort(whole(100, 4096)), normal(4096, 64)
    yield Case("segment_sum", lambda tf, a, k: tf.segment_sum(a, k), (data, ids))
    yield Case(
        "unsorted_segment_sum", lambda tf, a, k: tf.unsorted_segment_sum(a, k, 100), (data, ids)
    )
    yield Case(
        "scatter_nd",
        lambda tf, k, u: tf.scatter_nd(k, u, [1000, 64]),
        (whole(1000, 4096, 1), data),
    )
    yield Case("unique", lambda tf, k: tf.unique(k)[1], (whole(1000, 20000),))
    yield Case("where", lambda tf, a: tf.where(a > 0), (A,))
    yield Case("boolean_mask", lambda tf, a: tf.boolean_mask(a, a[:, 0] > 0), (A,))
    yield Case("space_to_depth", lambda tf, a: tf.space_to_depth(a, 2), (IMAGES,))
    yield Case("depth_to_space", lambda tf, a: tf.depth_to_space(a, 2), (IMAGES,))
    yield Case("sequence_mask", lambda tf, k: tf.sequence_mask(k, 500), (whole(500, 1000),))


def _matrices() -> Iterator[Case]:
    square = normal(512, 512)
    yield Case("matmul 512", lambda tf, a, b: tf.matmul(a, b), (square, square))
    yield Case("matmul by a transposed", lambda tf, a, b: tf.matmul(a, b, False, True), (A, B))
    yield Case("matrix by vector", lambda tf, a, b: tf.matmul(a, b), (A, normal(1024, 1)))
    wide = normal(256, 256).astype(np.float64)
    yield Case("matmul float64", lambda tf, a, b: tf.matmul(a, b), (wide, wide))
    counts = whole(9, 256, 256)
    yield Case("matmul int32", lambda tf, a, b: tf.matmul(a, b), (counts, counts))
    small, heads = normal(32, 64, 64), normal(8, 8, 128, 64)
    yield Case("32 of 64x64", lambda tf, a, b: tf.matmul(a, b), (small, small))
    yield Case(
        "attention scores",
        lambda tf, a, b: tf.matmul(a, b, transpose_b=True),
        (heads, heads),
    )
    yield Case(
        "einsum bij,bjk->bik",
        lambda tf, a, b: tf.einsum("bij,bjk->bik", a, b),
        (normal(16, 64, 96), normal(16, 96, 64)),
    )
    one = normal(128, 128)
    yield Case("matrix_inverse", lambda tf, a: tf.matrix_inverse(a), (one,))
    positive = one @ one.T + 9 * np.eye(128, dtype=np.float32)
    yield Case("cholesky", lambda tf, a: tf.cholesky(a), (positive,))
    yield Case("1000 determinants", lambda tf, a: tf.matrix_determinant(a), (normal(1000, 4, 4),))
    yield Case("band_part", lambda tf, a: tf.matrix_band_part(a, -1, 0), (A,))


def _windows() -> Iterator[Case]:
    yield Case("conv2d 3x3", _conv2d(1), (IMAGES, normal(3, 3, 64, 64)))
    yield Case("conv2d 1x1", _conv2d(1), (IMAGES, normal(1, 1, 64, 128)))
    yield Case("conv2d 7x7 / 2", _conv2d(2), (normal(4, 112, 112, 3), normal(7, 7, 3, 64)))
    yield Case(
        "depthwise_conv2d",
        lambda tf, a, w: tf.nn.depthwise_conv2d(a, w, FLAT, "SAME"),
        (IMAGES, normal(3, 3, 64, 1)),
    )
    yield Case(
        "conv2d_transpose",
        lambda tf, a, w: tf.nn.conv2d_transpose(a, w, [16, 28, 28, 32], TWO),
        (normal(16, 14, 14, 64), normal(4, 4, 32, 64)),
    )
    yield Case(
        "conv1d",
        lambda tf, a, w: tf.nn.conv1d(a, w, 1, "SAME"),
        (normal(32, 256, 64), normal(3, 64, 64)),
    )
    yield Case(
        "conv3d",
        lambda tf, a, w: tf.nn.conv3d(a, w, [1] * 5, "SAME"),
        (normal(2, 16, 32, 32, 16), normal(3, 3, 3, 16, 32)),
    )
    yield Case("max_pool 2x2 / 2", lambda tf, a: tf.nn.max_pool(a, TWO, TWO, "SAME"), (IMAGES,))
    yield Case("max_pool 3x3 / 2", lambda tf, a: tf.nn.max_pool(a, THREE, TWO, "SAME"), (IMAGES,))
    yield Case("avg_pool 3x3", lambda tf, a: tf.nn.avg_pool(a, THREE, FLAT, "SAME"), (IMAGES,))
    yield Case("lrn", lambda tf, a: tf.nn.local_response_normalization(a), (IMAGES,))
    yield Case(
        "fused_batch_norm",
        lambda tf, a, g, b: tf.nn.fused_batch_norm(a, g, b)[0],
        (IMAGES, normal(64), normal(64)),
    )


def _conv2d(stride: int) -> Build:
    strides = [1, stride, stride, 1]
    return lambda tf, a, w: tf.nn.conv2d(a, w, strides, "SAME")


def _random() -> Iterator[Case]:
    yield Case("random_normal", lambda tf: tf.random_normal([512, 1024]), (), True)
    yield Case("random_uniform", lambda tf: tf.random_uniform([512, 1024]), (), True)
    yield Case("dropout", lambda tf, a: tf.nn.dropout(a, rate=0.5), (A,), True)
    yield Case("random_shuffle", lambda tf, a: tf.random_shuffle(a), (normal(4096, 64),), True)


_DIFFERENTIATED = (
    "tanh", "elu", "sum of columns", "max of columns", "logsumexp", "cumsum of rows", "softmax",
    "l2_normalize", "sparse cross entropy", "top_k 5", "transpose 1 0 2", "concat of columns",
    "tile", "pad", "mirror pad", "strided slice", "gather rows", "gather_nd",
    "unsorted_segment_sum", "matmul by a transposed", "attention scores", "matrix_inverse",
    "conv2d 3x3", "conv2d 1x1", "conv2d 7x7 / 2", "depthwise_conv2d", "conv2d_transpose", "conv1d",
    "conv3d", "max_pool 2x2 / 2", "max_pool 3x3 / 2", "avg_pool 3x3", "lrn", "fused_batch_norm",
)  # fmt: skip

_FORWARD = {
    case.name: case
    for cases in (_elementwise, _reductions, _movement, _matrices, _windows, _random)
    for case in cases()
}
CASES = {
    case.name: case
    for case in (
        *_FORWARD.values(),
        *(gradient_of(_FORWARD[name]) for name in _DIFFERENTIATED),
    )
}
"""By name."""
