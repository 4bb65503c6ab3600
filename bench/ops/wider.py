"""More cases: what public scripts use beside `cases.py`, in odd shapes and other dtypes.

In: nothing. Out: `WIDER`. Imports NumPy alone: the peer's environment reads it, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.ops.case import Build, Case, gradient_of, normal, whole

A, B = normal(512, 1024), -normal(1024, 512).reshape(512, 1024)
CUBE = normal(32, 64, 256)
IMAGES = normal(16, 56, 56, 64)
FLAT = [1, 1, 1, 1]


def _reductions() -> Iterator[Case]:
    bools = A > 0
    yield Case("any of rows", lambda tf, a: tf.reduce_any(a, 1), (bools,))
    yield Case("all of columns", lambda tf, a: tf.reduce_all(a, 0), (bools,))
    yield Case("count_nonzero", lambda tf, a: tf.count_nonzero(a, 1), (A,))
    yield Case("sum float64", lambda tf, a: tf.reduce_sum(a, 1), (A.astype(np.float64),))
    yield Case("sum int32 of columns", lambda tf, a: tf.reduce_sum(a, 0), (whole(99, 512, 1024),))
    yield Case("sum float16", lambda tf, a: tf.reduce_sum(a, 1), (A.astype(np.float16),))
    yield Case("prod", lambda tf, a: tf.reduce_prod(a, 1), (A,))
    yield Case("mean over 1 and 3", lambda tf, a: tf.reduce_mean(a, [1, 3]), (IMAGES,))
    yield Case("max over 1 of 3", lambda tf, a: tf.reduce_max(a, 1), (CUBE,))
    yield Case("sum of 3 columns", lambda tf, a: tf.reduce_sum(a, 1), (normal(200000, 3),))
    yield Case("variance", lambda tf, a: tf.nn.moments(a, [0])[1], (A,))
    yield Case("argmax of 10", lambda tf, a: tf.argmax(a, 1), (normal(20000, 10),))
    yield Case("argmax over 1 of 3", lambda tf, a: tf.argmax(a, 1), (CUBE,))
    yield Case("argmin int32", lambda tf, a: tf.argmin(a, 1), (whole(999, 512, 1024),))
    yield Case("cumsum over 1 of 3", lambda tf, a: tf.cumsum(a, 1), (CUBE,))
    yield Case("cumsum reversed", lambda tf, a: tf.cumsum(a, 1, reverse=True), (A,))
    yield Case("cumprod", lambda tf, a: tf.cumprod(a, 1), (A,))
    yield Case("top_k 1000", lambda tf, a: tf.nn.top_k(a, 1000)[0], (normal(64, 4096),))
    yield Case("argsort", lambda tf, a: tf.argsort(a, 1), (normal(64, 4096),))
    yield Case("norm", lambda tf, a: tf.norm(a, axis=1), (A,))
    yield Case("global_norm", lambda tf, a, b: tf.global_norm([a, b]), (A, B))
    yield Case("log_softmax", lambda tf, a: tf.nn.log_softmax(a), (A,))
    yield Case(
        "softmax cross entropy",
        lambda tf, a, b: tf.nn.softmax_cross_entropy_with_logits_v2(labels=b, logits=a),
        (A, np.abs(B)),
    )
    yield Case(
        "sigmoid cross entropy",
        lambda tf, a, b: tf.nn.sigmoid_cross_entropy_with_logits(labels=b, logits=a),
        (A, np.abs(B)),
    )
    yield Case(
        "sparse cross entropy 10",
        lambda tf, a, k: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=a),
        (normal(4096, 10), whole(10, 4096)),
    )
    yield Case("confusion_matrix", _confusion, (whole(10, 10000), whole(10, 10000)))


def _confusion(tf: Any, a: Any, b: Any) -> Any:
    return tf.confusion_matrix(a, b, num_classes=10)


def _elementwise() -> Iterator[Case]:
    odd = normal(33, 1, 65, 7)
    yield Case("odd broadcast", lambda tf, a, b: a * b, (odd, normal(1, 31, 1, 7)))
    yield Case("outer sum", lambda tf, a, b: a + b, (normal(700, 1), normal(1, 700)))
    yield Case("squared distances", _distances, (normal(256, 32), normal(200, 32)))
    yield Case("lgamma", lambda tf, a: tf.lgamma(a), (np.abs(A),))
    yield Case("lgamma of any", lambda tf, a: tf.lgamma(a), (A,))
    yield Case("erfc", lambda tf, a: tf.erfc(a), (A,))
    yield Case("tan", lambda tf, a: tf.tan(a), (A,))
    yield Case("acos", lambda tf, a: tf.acos(tf.tanh(a)), (A,))
    yield Case("atan", lambda tf, a: tf.atan(a), (A,))
    yield Case("sinh", lambda tf, a: tf.sinh(a), (A,))
    yield Case("rsqrt", lambda tf, a: tf.rsqrt(tf.abs(a) + 1), (A,))
    yield Case("log1p", lambda tf, a: tf.log1p(tf.abs(a)), (A,))
    yield Case("expm1", lambda tf, a: tf.expm1(a), (A,))
    yield Case("tanh float64", lambda tf, a: tf.tanh(a), (A.astype(np.float64),))
    yield Case("log float64", lambda tf, a: tf.log(a * a + 1), (A.astype(np.float64),))
    yield Case("sin float64", lambda tf, a: tf.sin(a), (A.astype(np.float64),))
    yield Case("pow float64", lambda tf, a: tf.pow(a * a, 1.7), (A.astype(np.float64),))
    yield Case("exp float16", lambda tf, a: tf.exp(a), (A.astype(np.float16),))
    yield Case("round", lambda tf, a: tf.round(a), (A,))
    yield Case("floormod", lambda tf, a: tf.mod(a, 0.7), (A,))
    yield Case("igamma", lambda tf, a: tf.igamma(tf.abs(a) + 1, tf.abs(a)), (normal(64, 1024),))
    yield Case("zeta", lambda tf, a: tf.zeta(tf.abs(a) + 2, tf.abs(a) + 1), (normal(64, 1024),))
    yield Case("betainc", _betainc, (np.abs(normal(64, 256)) + 0.1,))
    yield Case(
        "int64 product", lambda tf, a, b: a * b, (whole(99, 512, 1024).astype(np.int64),) * 2
    )
    yield Case(
        "uint8 to float and scaled", _scaled, (whole(255, 16, 128, 128, 3).astype(np.uint8),)
    )
    yield Case("where of scalars", lambda tf, a: tf.where(a > 0, a, tf.zeros_like(a)), (A,))
    yield Case("logical_and", lambda tf, a, b: tf.logical_and(a > 0, b > 0), (A, B))
    yield Case("selu", lambda tf, a: tf.nn.selu(a), (IMAGES,))
    yield Case("leaky_relu", lambda tf, a: tf.nn.leaky_relu(a), (IMAGES,))
    yield Case("add_n", lambda tf, a, b: tf.add_n([a, b, a, b]), (A, B))
    yield Case("small sum", lambda tf, a, b: a + b, (normal(10), normal(10)))
    yield Case("complex exp", lambda tf, a, b: tf.exp(tf.complex(a, b)), (A, B))


def _distances(tf: Any, a: Any, b: Any) -> Any:
    return tf.reduce_sum(tf.square(tf.expand_dims(a, 1) - b), 2)


def _betainc(tf: Any, a: Any) -> Any:
    return tf.betainc(a, a + 1.0, tf.sigmoid(a - 1.0))


def _scaled(tf: Any, a: Any) -> Any:
    return (tf.cast(a, tf.float32) - 127.5) / 127.5


def _movement() -> Iterator[Case]:
    table, ids = normal(50000, 64), whole(50000, 128, 20)
    yield Case("embedding_lookup", lambda tf, t, k: tf.nn.embedding_lookup(t, k), (table, ids))
    few = whole(50, 128, 20)
    yield Case(
        "embedding_lookup of few", lambda tf, t, k: tf.nn.embedding_lookup(t, k), (table, few)
    )
    yield Case(
        "batch_gather",
        lambda tf, a, k: tf.gather(a, k, axis=1, batch_dims=1),
        (CUBE, whole(64, 32, 20)),
    )
    yield Case(
        "gather scalars", lambda tf, a, k: tf.gather(a, k), (normal(99999), whole(99999, 50000))
    )
    yield Case("tile a column", lambda tf, a: tf.tile(a, [1, 512]), (normal(1024, 1),))
    yield Case("tile of 3", lambda tf, a: tf.tile(a, [1, 8, 1]), (normal(64, 16, 32),))
    yield Case("pad a matrix", lambda tf, a: tf.pad(a, [[1, 2], [3, 4]]), (A,))
    yield Case("concat of 10", lambda tf, a: tf.concat([a] * 10, 1), (normal(128, 64),))
    yield Case(
        "stack of 28", lambda tf, a: tf.stack([a + i for i in range(28)], 1), (normal(128, 64),)
    )
    yield Case("split of 28", lambda tf, a: tf.split(a, 28, 1), (normal(128, 28, 28),))
    yield Case("unstack of 28", lambda tf, a: tf.unstack(a, 28, 1), (normal(128, 28, 28),))
    yield Case("reverse rows", lambda tf, a: tf.reverse(a, [0]), (A,))
    yield Case("reverse_sequence", _reverse_sequence, (CUBE, whole(64, 32)))
    yield Case("roll", lambda tf, a: tf.roll(a, 5, 1), (A,))
    yield Case("strided slice of columns", lambda tf, a: a[:, 3::4], (A,))
    yield Case("last step", lambda tf, a: a[:, -1, :], (CUBE,))
    yield Case("one_hot of pixels", lambda tf, k: tf.one_hot(k, 21), (whole(21, 4, 64, 64),))
    yield Case(
        "dynamic_partition",
        lambda tf, a, k: tf.dynamic_partition(a, k, 4),
        (normal(4096, 64), whole(4, 4096)),
    )
    order = np.random.RandomState(0).permutation(4096).astype(np.int32)
    yield Case(
        "dynamic_stitch", _stitch, (order[:2000], order[2000:], normal(2000, 64), normal(2096, 64))
    )
    yield Case(
        "where of rows",
        lambda tf, a: tf.boolean_mask(a, tf.reduce_sum(a, 1) > 0),
        (normal(4096, 64),),
    )
    yield Case("boolean_mask of elements", lambda tf, a: tf.boolean_mask(a, a > 0), (A,))
    yield Case("unique of texts", lambda tf, k: tf.unique(tf.as_string(k))[1], (whole(50, 2000),))
    yield Case(
        "setdiff1d", lambda tf, a, b: tf.setdiff1d(a, b)[0], (whole(5000, 4000), whole(5000, 3000))
    )
    yield Case("matrix_diag", lambda tf, a: tf.matrix_diag(a), (normal(64, 100),))
    yield Case("diag_part", lambda tf, a: tf.diag_part(a), (normal(512, 512),))
    yield Case("meshgrid", lambda tf, a: tf.meshgrid(a, a), (normal(500),))
    yield Case("range", lambda tf: tf.range(100000), ())
    yield Case("fill", lambda tf: tf.fill([512, 1024], 2.0), ())
    yield Case("linspace", lambda tf: tf.linspace(0.0, 1.0, 100000), ())
    yield Case(
        "transpose of 4", lambda tf, a: tf.transpose(a, [0, 2, 1, 3]), (normal(16, 64, 8, 64),)
    )
    yield Case(
        "NCHW to NHWC", lambda tf, a: tf.transpose(a, [0, 2, 3, 1]), (normal(16, 64, 56, 56),)
    )
    yield Case(
        "transpose uint8",
        lambda tf, a: tf.transpose(a, [0, 3, 1, 2]),
        (whole(255, 16, 128, 128, 3).astype(np.uint8),),
    )
    yield Case("reshape and transpose", _heads, (normal(16, 128, 512),))
    yield Case(
        "tensor_scatter_update",
        lambda tf, a, k, u: tf.tensor_scatter_update(a, k, u),
        (A, whole(512, 100, 1), normal(100, 1024)),
    )
    for name in ("mean", "max"):
        yield Case(
            f"segment_{name}",
            lambda tf, a, k, n=name: getattr(tf, f"segment_{n}")(a, k),
            (normal(4096, 64), np.sort(whole(100, 4096))),
        )
    yield Case(
        "sparse_segment_mean",
        lambda tf, a, k, i: tf.sparse_segment_mean(a, k, i),
        (normal(10000, 64), whole(10000, 4096), np.sort(whole(100, 4096))),
    )
    yield Case(
        "segment_sum of numbers",
        lambda tf, a, k: tf.segment_sum(a, k),
        (normal(100000), np.sort(whole(1000, 100000))),
    )
    yield Case(
        "unsorted_segment_max",
        lambda tf, a, k: tf.unsorted_segment_max(a, k, 100),
        (normal(4096, 64), whole(100, 4096)),
    )


def _reverse_sequence(tf: Any, a: Any, k: Any) -> Any:
    return tf.reverse_sequence(a, k, seq_axis=1, batch_axis=0)


def _stitch(tf: Any, k: Any, m: Any, a: Any, b: Any) -> Any:
    return tf.dynamic_stitch([k, m], [a, b])


def _heads(tf: Any, a: Any) -> Any:
    return tf.transpose(tf.reshape(a, [16, 128, 8, 64]), [0, 2, 1, 3])


def _sparse() -> Iterator[Case]:
    places = np.unique(np.stack([whole(1000, 20000), whole(2000, 20000)], 1), axis=0).astype(
        np.int64
    )
    values, dense = normal(len(places)), normal(2000, 32)
    yield Case(
        "sparse_tensor_dense_matmul",
        lambda tf, k, v, b: tf.sparse_tensor_dense_matmul(tf.SparseTensor(k, v, [1000, 2000]), b),
        (places, values, dense),
    )
    yield Case(
        "sparse_tensor_to_dense",
        lambda tf, k, v: tf.sparse_tensor_to_dense(tf.SparseTensor(k, v, [1000, 2000])),
        (places, values),
    )
    yield Case(
        "sparse_reduce_sum",
        lambda tf, k, v: tf.sparse_reduce_sum(tf.SparseTensor(k, v, [1000, 2000]), 1),
        (places, values),
    )
    yield Case(
        "sparse_reorder",
        lambda tf, k, v: tf.sparse_reorder(tf.SparseTensor(k, v, [1000, 2000])).values,
        (places[::-1].copy(), values),
    )
    yield Case(
        "sparse_concat",
        lambda tf, k, v: tf.sparse_concat(1, [tf.SparseTensor(k, v, [1000, 2000])] * 2).indices,
        (places, values),
    )
    rows = np.stack([np.repeat(np.arange(512), 8), np.tile(np.arange(8), 512)], 1).astype(np.int64)
    yield Case(
        "embedding_lookup_sparse",
        lambda tf, t, k, v: tf.nn.embedding_lookup_sparse(
            t, tf.SparseTensor(k, v, [512, 8]), None, combiner="mean"
        ),
        (normal(10000, 64), rows, whole(10000, 4096).astype(np.int64)),
    )
    yield Case(
        "sparse_to_dense", lambda tf, k, v: tf.sparse_to_dense(k, [1000, 2000], v), (places, values)
    )
    yield Case("ctc_loss", _ctc, (normal(50, 16, 30),))


def _ctc(tf: Any, a: Any) -> Any:
    places = np.stack([np.repeat(np.arange(16), 10), np.tile(np.arange(10), 16)], 1)
    labels = tf.SparseTensor(places.astype(np.int64), whole(28, 160), [16, 10])
    return tf.nn.ctc_loss(labels, a, np.full(16, 50, np.int32))


def _matrices() -> Iterator[Case]:
    many = normal(10000, 4, 4)
    yield Case("10000 of 4x4", lambda tf, a, b: tf.matmul(a, b), (many, many))
    yield Case(
        "10000 inverses of 4x4",
        lambda tf, a: tf.matrix_inverse(a),
        (many + 3 * np.eye(4, dtype=np.float32),),
    )
    yield Case(
        "1000 of 3x3 by vectors",
        lambda tf, a, b: tf.matmul(a, b),
        (normal(1000, 3, 3), normal(1000, 3, 1)),
    )
    yield Case(
        "vector by matrix", lambda tf, a, b: tf.matmul(a, b), (normal(1, 1024), normal(1024, 1024))
    )
    yield Case(
        "tensordot", lambda tf, a, b: tf.tensordot(a, b, 1), (normal(32, 20, 128), normal(128, 64))
    )
    yield Case(
        "einsum bhqd,bhkd->bhqk",
        lambda tf, a, b: tf.einsum("bhqd,bhkd->bhqk", a, b),
        (normal(8, 8, 64, 64),) * 2,
    )
    yield Case(
        "einsum bqhd,bkhd->bhqk",
        lambda tf, a, b: tf.einsum("bqhd,bkhd->bhqk", a, b),
        (normal(8, 64, 8, 64),) * 2,
    )
    yield Case(
        "einsum ij,jk,kl->il", lambda tf, a: tf.einsum("ij,jk,kl->il", a, a, a), (normal(128, 128),)
    )
    yield Case(
        "matmul of 10 rows", lambda tf, a, b: tf.matmul(a, b), (normal(10, 784), normal(784, 256))
    )
    yield Case(
        "matmul float64 512",
        lambda tf, a, b: tf.matmul(a, b),
        (normal(512, 512).astype(np.float64),) * 2,
    )
    yield Case(
        "matmul complex",
        lambda tf, a, b: tf.matmul(tf.complex(a, b), tf.complex(b, a)),
        (normal(128, 128),) * 2,
    )
    yield Case(
        "matmul float16",
        lambda tf, a, b: tf.matmul(a, b),
        (normal(128, 128).astype(np.float16),) * 2,
    )
    square = normal(128, 128) + 20 * np.eye(128, dtype=np.float32)
    yield Case("matrix_solve", lambda tf, a, b: tf.matrix_solve(a, b), (square, normal(128, 8)))
    yield Case(
        "triangular_solve",
        lambda tf, a, b: tf.matrix_triangular_solve(a, b),
        (square, normal(128, 8)),
    )
    yield Case("svd", lambda tf, a: tf.svd(a, compute_uv=False), (normal(64, 64),))
    yield Case(
        "self_adjoint_eigvals", lambda tf, a: tf.self_adjoint_eigvals(a), (square + square.T,)
    )
    yield Case("qr", lambda tf, a: tf.abs(tf.qr(a)[1]), (normal(64, 64),))
    yield Case("trace", lambda tf, a: tf.trace(a), (many,))
    yield Case("fft", lambda tf, a: tf.abs(tf.fft(tf.complex(a, a))), (normal(256, 1024),))
    yield Case("rfft", lambda tf, a: tf.abs(tf.spectral.rfft(a)), (normal(256, 1024),))
    yield Case("fft2d", lambda tf, a: tf.abs(tf.fft2d(tf.complex(a, a))), (normal(8, 128, 128),))
    yield Case("stft", lambda tf, a: tf.abs(tf.signal.stft(a, 512, 256)), (normal(4, 16000),))


def _windows() -> Iterator[Case]:
    yield Case("conv2d of 512 at 7x7", _conv2d(1), (normal(16, 7, 7, 512), normal(3, 3, 512, 512)))
    yield Case(
        "conv2d of 256 at 14x14", _conv2d(1), (normal(8, 14, 14, 256), normal(3, 3, 256, 256))
    )
    yield Case("conv2d 1x1 of 512", _conv2d(1), (normal(16, 7, 7, 512), normal(1, 1, 512, 2048)))
    yield Case("conv2d 3x3 / 2", _conv2d(2), (normal(16, 32, 32, 32), normal(3, 3, 32, 64)))
    yield Case("conv2d 5x5 of 1", _conv2d(1), (normal(50, 28, 28, 1), normal(5, 5, 1, 32)))
    yield Case("conv2d 3x3 of 3", _conv2d(1), (normal(16, 32, 32, 3), normal(3, 3, 3, 64)))
    yield Case("conv2d 1x1 to 1", _conv2d(1), (IMAGES, normal(1, 1, 64, 1)))
    yield Case("conv2d 9x9 to 3", _conv2d(1), (normal(2, 64, 64, 32), normal(9, 9, 32, 3)))
    yield Case("conv2d 8x8 / 4", _conv2d(4), (normal(32, 84, 84, 4), normal(8, 8, 4, 32)))
    yield Case(
        "depthwise of 32 at 112", _depthwise(1), (normal(4, 112, 112, 32), normal(3, 3, 32, 1))
    )
    yield Case("depthwise / 2", _depthwise(2), (normal(4, 56, 56, 128), normal(3, 3, 128, 1)))
    yield Case(
        "depthwise of 512 at 14", _depthwise(1), (normal(4, 14, 14, 512), normal(3, 3, 512, 1))
    )
    yield Case(
        "separable_conv2d",
        lambda tf, a, w, p: tf.nn.separable_conv2d(a, w, p, FLAT, "SAME"),
        (normal(8, 28, 28, 64), normal(3, 3, 64, 1), normal(1, 1, 64, 64)),
    )
    yield Case(
        "atrous_conv2d",
        lambda tf, a, w: tf.nn.atrous_conv2d(a, w, 2, "SAME"),
        (normal(8, 28, 28, 64), normal(3, 3, 64, 64)),
    )
    yield Case("dilated conv1d", _dilated, (normal(8, 1024, 32), normal(2, 32, 64)))
    yield Case(
        "conv2d_transpose to 3",
        lambda tf, a, w: tf.nn.conv2d_transpose(a, w, [16, 64, 64, 3], [1, 2, 2, 1]),
        (normal(16, 32, 32, 64), normal(5, 5, 3, 64)),
    )
    yield Case(
        "dilation2d",
        lambda tf, a, w: tf.nn.dilation2d(a, w, FLAT, FLAT, "SAME"),
        (normal(4, 28, 28, 16), normal(3, 3, 16)),
    )
    yield Case(
        "avg_pool 2x2 / 2",
        lambda tf, a: tf.nn.avg_pool(a, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
        (IMAGES,),
    )
    yield Case(
        "max_pool 3x3", lambda tf, a: tf.nn.max_pool(a, [1, 3, 3, 1], FLAT, "SAME"), (IMAGES,)
    )
    yield Case(
        "max_pool3d",
        lambda tf, a: tf.nn.max_pool3d(a, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], "SAME"),
        (normal(2, 16, 32, 32, 16),),
    )
    yield Case("batch_norm at inference", _inference_norm, (IMAGES, normal(64), normal(64)))
    yield Case("batch_normalization", _batch_norm, (IMAGES, normal(64), normal(64)))
    yield Case(
        "batch_normalization of rows", _batch_norm, (normal(128, 256), normal(256), normal(256))
    )
    yield Case("layer_norm", _layer_norm, (normal(4096, 256), normal(256), normal(256)))
    yield Case(
        "resize_bilinear",
        lambda tf, a: tf.image.resize_bilinear(a, [112, 112]),
        (normal(4, 56, 56, 64),),
    )
    yield Case(
        "resize_nearest",
        lambda tf, a: tf.image.resize_nearest_neighbor(a, [112, 112]),
        (normal(4, 56, 56, 64),),
    )
    yield Case(
        "resize_bicubic",
        lambda tf, a: tf.image.resize_bicubic(a, [112, 112]),
        (normal(4, 56, 56, 3),),
    )
    yield Case(
        "resize pictures",
        lambda tf, a: tf.image.resize_bilinear(a, [224, 224]),
        (whole(255, 4, 300, 400, 3).astype(np.uint8),),
    )
    yield Case("crop_and_resize", _crops, (normal(4, 56, 56, 64),))
    yield Case(
        "extract_image_patches",
        lambda tf, a: tf.extract_image_patches(a, [1, 3, 3, 1], FLAT, FLAT, "SAME"),
        (normal(4, 28, 28, 16),),
    )
    yield Case(
        "rgb_to_grayscale", lambda tf, a: tf.image.rgb_to_grayscale(a), (normal(16, 128, 128, 3),)
    )
    yield Case("rgb_to_hsv", lambda tf, a: tf.image.rgb_to_hsv(a), (np.abs(normal(16, 64, 64, 3)),))
    yield Case(
        "flip_left_right", lambda tf, a: tf.image.flip_left_right(a), (normal(16, 64, 64, 3),)
    )
    yield Case(
        "adjust_contrast", lambda tf, a: tf.image.adjust_contrast(a, 1.5), (normal(16, 64, 64, 3),)
    )
    yield Case(
        "total_variation", lambda tf, a: tf.image.total_variation(a), (normal(4, 128, 128, 3),)
    )


def _conv2d(stride: int) -> Build:
    strides = [1, stride, stride, 1]
    return lambda tf, a, w: tf.nn.conv2d(a, w, strides, "SAME")


def _depthwise(stride: int) -> Build:
    strides = [1, stride, stride, 1]
    return lambda tf, a, w: tf.nn.depthwise_conv2d(a, w, strides, "SAME")


def _dilated(tf: Any, a: Any, w: Any) -> Any:
    return tf.nn.convolution(a, w, "VALID", dilation_rate=[4])


def _inference_norm(tf: Any, a: Any, g: Any, b: Any) -> Any:
    return tf.nn.fused_batch_norm(a, g, b, mean=b, variance=g * g, is_training=False)[0]


def _batch_norm(tf: Any, a: Any, g: Any, b: Any) -> Any:
    mean, variance = tf.nn.moments(a, list(range(len(a.shape) - 1)))
    return tf.square(tf.nn.batch_normalization(a, mean, variance, b, g, 1e-3))


def _layer_norm(tf: Any, a: Any, g: Any, b: Any) -> Any:
    mean, variance = tf.nn.moments(a, [-1], keep_dims=True)
    return tf.nn.batch_normalization(a, mean, variance, b, g, 1e-3)


def _crops(tf: Any, a: Any) -> Any:
    corners = np.random.RandomState(0).uniform(0, 0.5, (32, 2))
    boxes = np.concatenate([corners, corners + 0.4], 1).astype(np.float32)
    return tf.image.crop_and_resize(a, boxes, whole(4, 32), [14, 14])


def _random() -> Iterator[Case]:
    yield Case("truncated_normal", lambda tf: tf.truncated_normal([512, 1024]), (), True)
    yield Case(
        "random whole numbers", lambda tf: tf.random_uniform([512, 1024], 0, 9, tf.int32), (), True
    )
    yield Case("random_gamma", lambda tf: tf.random_gamma([100000], 2.5), (), True)
    yield Case("random_poisson", lambda tf: tf.random_poisson(4.5, [100000]), (), True)
    yield Case("multinomial", lambda tf, a: tf.multinomial(a, 5), (normal(512, 100),), True)
    yield Case("multinomial of 2", lambda tf, a: tf.multinomial(a, 1), (normal(1, 2),), True)
    yield Case("random_normal few", lambda tf: tf.random_normal([16]), (), True)


def _texts() -> Iterator[Case]:
    numbers = whole(100000, 5000)
    yield Case("as_string", lambda tf, k: tf.strings.length(tf.as_string(k)), (numbers,))
    yield Case(
        "string_join",
        lambda tf, k: tf.strings.length(tf.string_join([tf.as_string(k), tf.as_string(k)], "-")),
        (numbers,),
    )
    yield Case("string to number", lambda tf, k: tf.string_to_number(tf.as_string(k)), (numbers,))
    yield Case(
        "hash buckets",
        lambda tf, k: tf.string_to_hash_bucket_fast(tf.as_string(k), 1000),
        (numbers,),
    )
    yield Case(
        "string_split", lambda tf, k: tf.string_split(tf.as_string(k), "0").indices, (numbers,)
    )


DIFFERENTIATED = (
    "cumprod", "norm", "log_softmax", "softmax cross entropy", "sigmoid cross entropy",
    "sparse cross entropy 10", "odd broadcast", "squared distances", "lgamma", "selu",
    "leaky_relu", "embedding_lookup", "embedding_lookup of few", "batch_gather", "tile a column",
    "concat of 10", "stack of 28", "reverse_sequence", "last step", "dynamic_partition",
    "dynamic_stitch", "segment_mean", "segment_max", "sparse_segment_mean",
    "sparse_tensor_dense_matmul", "embedding_lookup_sparse", "ctc_loss", "10000 of 4x4",
    "tensordot", "einsum bqhd,bkhd->bhqk", "matrix_solve", "conv2d of 512 at 7x7",
    "conv2d of 256 at 14x14", "conv2d 3x3 / 2", "conv2d 5x5 of 1", "conv2d 3x3 of 3",
    "conv2d 8x8 / 4", "depthwise of 32 at 112", "depthwise / 2", "depthwise of 512 at 14",
    "separable_conv2d", "atrous_conv2d", "dilated conv1d", "conv2d_transpose to 3", "dilation2d",
    "avg_pool 2x2 / 2", "max_pool 3x3", "max_pool3d", "batch_normalization",
    "batch_normalization of rows", "layer_norm", "resize_bilinear", "resize_nearest",
    "crop_and_resize", "extract_image_patches", "mean over 1 and 3", "where of scalars",
    "rfft", "max over 1 of 3", "prod", "roll", "strided slice of columns",
)  # fmt: skip


_FAMILIES = (
    _reductions, _elementwise, _movement, _sparse, _matrices, _windows, _random, _texts,
)  # fmt: skip
_FORWARD = {case.name: case for cases in _FAMILIES for case in cases()}
WIDER = {
    case.name: case
    for case in (*_FORWARD.values(), *(gradient_of(_FORWARD[name]) for name in DIFFERENTIATED))
}
"""By name."""
