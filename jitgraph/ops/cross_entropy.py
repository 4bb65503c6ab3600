"""Cross entropy of softmax against labels: probabilities of all classes, or class numbers.

In: logits and labels. Out: for each row the loss, and the gradient of the loss for its logits,
both at once; the functions flatten other ranks to rows and back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import misfits
from jitgraph.ops.activations import NETWORK_FLOATS
from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, require_rank
from jitgraph.ops.cross_entropy_gradients import sparse_xent_gradient, xent_gradient
from jitgraph.ops.definition import (
    INDEX,
    LABEL_OUT_OF_RANGE,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.shape_rules import broadcast_dims, same_shape
from jitgraph.ops.softmax import computed_widely, emit_shifted_rows, shifted_rows


def _xent_shape(query: ShapeQuery) -> list[Dims | None]:
    logits, labels = query.shapes
    rows = _merged_rows(logits, labels) or broadcast_dims(logits, labels)
    if rows is None:
        raise ValueError("Shape must be broadcasted with rank 2, but is rank is unknown.")
    if len(rows) != 2:
        raise ValueError(f"Shape must be broadcasted with rank 2, but is rank {len(rows)}")
    return [(rows[0],), rows]


def _merged_rows(logits: Dims | None, labels: Dims | None) -> Dims | None:
    """The shape of both, when they are alike and of rank 2."""
    if any(dims is not None and len(dims) != 2 for dims in (logits, labels)):
        return None
    try:
        return merge_dims(merge_dims((None, None), logits), labels)
    except ValueError:
        return None


def _xent(features: Any, labels: Any) -> tuple[Any, Any]:
    features, labels = np.broadcast_arrays(features, labels)
    shifted, powers, total = shifted_rows(features)
    return np.sum(labels * (np.log(total) - shifted), axis=-1), powers / total - labels


@computed_widely
def _decompose_xent(b: Any, features: Any, labels: Any) -> list[Any]:
    dims = broadcast_dims(features.type.dims, labels.type.dims)
    if features.type.dims != dims:
        features = b.emit("BroadcastTo", features, b.sizes(dims))
    shifted, powers, total = emit_shifted_rows(b, features)
    costs = b.emit("Mul", labels, b.emit("Sub", b.emit("Log", total), shifted))
    loss = b.emit("Sum", costs, b.sizes([1]))
    return [loss, b.emit("Sub", b.emit("RealDiv", powers, total), labels)]


def _xent_samples(rng: np.random.Generator) -> Any:
    for dtype in NETWORK_FLOATS:
        yield Sample(_xent_case(rng, 3, 5, dtype.as_numpy_dtype))
    yield Sample(_xent_case(rng, 4, 1, np.float64))
    yield Sample(_xent_case(rng, 0, 3, np.float32))
    logits, labels = _xent_case(rng, 3, 4, np.float64)
    yield Sample((logits, labels[:1]))
    yield Sample((logits[:, :1], labels))


def _xent_case(rng: np.random.Generator, rows: int, classes: int, dtype: Any) -> Any:
    logits = rng.uniform(-3, 3, (rows, classes))
    labels = rng.dirichlet(np.ones(classes), rows).reshape(rows, classes)
    return logits.astype(dtype), labels.astype(dtype)


SOFTMAX_CROSS_ENTROPY_WITH_LOGITS = OpDef(
    "SoftmaxCrossEntropyWithLogits",
    "features: T, labels: T -> loss: T, backprop: T",
    _xent_shape,
    misfit=misfits.cross_entropy,
    types={"T": NETWORK_FLOATS},
    reference=widened(_xent),
    decompose=_decompose_xent,
    gradient=xent_gradient,
    samples=_xent_samples,
)


def _checked_label_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.array([0, 2, 1], np.int32), np.int32(3)))
    yield Sample((np.array([[4], [0]], np.int64), np.int64(5)))


CHECKED_LABEL = OpDef(
    "CheckedLabel",
    "label: Tlabels, classes: Tlabels -> checked: Tlabels",
    same_shape,
    types={"Tlabels": INDEX},
    reference=lambda label, classes: label,
    scalar="label",
    check=("label < 0 or label >= classes", LABEL_OUT_OF_RANGE),
    gradient=no_gradient,
    samples=_checked_label_samples,
    internal=True,
)
"""A label, checked to be the number of a class. Only decompositions make it."""


def _sparse_xent_shape(query: ShapeQuery) -> list[Dims | None]:
    logits, labels = query.shapes
    require_rank(logits, 2)
    require_rank(labels, 1)
    rows = merge_dim(None if logits is None else logits[0], None if labels is None else labels[0])
    return [(rows,), (rows, None if logits is None else logits[1])]


def _require_labels(labels: np.ndarray, classes: int) -> None:
    bad = labels[(labels < 0) | (labels >= classes)]
    if bad.size:
        values = " ".join(map(str, labels.tolist()))
        raise ValueError(
            f"Received a label value of {bad[0]} which is outside the valid range of "
            f"[0, {classes}).  Label values: {values}"
        )


def _sparse_xent(features: Any, labels: Any) -> tuple[Any, Any]:
    _require_labels(labels, features.shape[1])
    shifted, powers, total = shifted_rows(features)
    is_label = np.arange(features.shape[1]) == labels[:, None]
    costs = np.where(is_label, np.log(total) - shifted, 0)
    return np.sum(costs, axis=-1), powers / total - is_label


@computed_widely
def _decompose_sparse_xent(b: Any, features: Any, labels: Any) -> list[Any]:
    rows, classes = features.type.dims
    kind = labels.type.dtype
    checked = b.emit(CHECKED_LABEL, labels, b.scalar_size(classes, kind))
    column = b.emit("Reshape", checked, b.sizes([rows, 1]))
    number = b.emit("Iota", dims=(rows, classes), axis=1, T=kind)
    is_label = b.emit("Equal", number, column)
    shifted, powers, total = emit_shifted_rows(b, features)
    dtype = features.type.dtype
    zero, one = b.constant(0, dtype), b.constant(1, dtype)
    costs = b.emit("SelectV2", is_label, b.emit("Sub", b.emit("Log", total), shifted), zero)
    loss = b.emit("Sum", costs, b.sizes([1]))
    hit = b.emit("SelectV2", is_label, one, zero)
    return [loss, b.emit("Sub", b.emit("RealDiv", powers, total), hit)]


def _sparse_xent_samples(rng: np.random.Generator) -> Any:
    for dtype in NETWORK_FLOATS:
        for kind in (np.int32, np.int64):
            logits = rng.uniform(-3, 3, (4, 3)).astype(dtype.as_numpy_dtype)
            yield Sample((logits, rng.integers(0, 3, 4).astype(kind)))
    yield Sample((np.zeros((0, 3)), np.zeros(0, np.int64)))


SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS = OpDef(
    "SparseSoftmaxCrossEntropyWithLogits",
    "features: T, labels: Tlabels -> loss: T, backprop: T",
    _sparse_xent_shape,
    misfit=misfits.sparse_cross_entropy,
    types={"T": NETWORK_FLOATS, "Tlabels": (INDEX, dtypes.int64)},
    reference=widened(_sparse_xent),
    decompose=_decompose_sparse_xent,
    gradient=sparse_xent_gradient,
    samples=_sparse_xent_samples,
)
