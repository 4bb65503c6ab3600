"""The greatest elements of rows: top_k, in_top_k, nth_element.

In: a tensor whose last axis holds the rows, and how many. Out: values and places, or whether a
class is among them. Among equals the one with the lower index comes first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    merge_dim,
    require_rank,
    require_rank_at_least,
    scalar_item,
)
from jitgraph.ops.definition import INDEX, REALS, OpDef, Sample, ShapeQuery, no_gradient


def _top_k_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, k_dims = q.shapes
    require_rank(k_dims, 0)
    require_rank_at_least(dims, 1)
    k = scalar_item(q.value(1))
    if k is not None and k < 0:
        raise ValueError(f"Need k >= 0, got {k}")
    if dims is None:
        return [None, None]
    last = dims[-1]
    if last is not None and k is not None and last < k:
        raise ValueError(f"input must have last dimension >= k = {k} but is {last}")
    found = (*dims[:-1], k)
    return [found, found]


def _top_k(input: Any, k: Any, sorted: bool) -> tuple[np.ndarray, np.ndarray]:
    array, count = np.asarray(input), as_int(k)
    rows = array.astype(np.float32) if array.dtype.itemsize == 2 else array
    order = np.argsort(np.flip(rows, -1), axis=-1, kind="stable")
    places = (array.shape[-1] - 1 - np.flip(order, -1))[..., :count]
    return np.take_along_axis(array, places, -1), places.astype(np.int32)


def _top_k_gradient(op: Any, grad: Tensor, _: Any) -> list[Any]:
    from jitgraph.ops.casting import cast
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.packing import stack
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.reductions import reduce_prod
    from jitgraph.ops.reshaping import expand_dims, reshape
    from jitgraph.ops.scattering import scatter_nd
    from jitgraph.ops.shapes_of import shape, size

    in_shape, found_shape = shape(op.inputs[0]), shape(op.outputs[1])
    count = gather(cast(found_shape, dtypes.int64), size(found_shape) - 1)
    places = reshape(op.outputs[1], stack([-1, count]))
    length = gather(cast(in_shape, dtypes.int64), size(in_shape) - 1)
    rows = shape(places)[0]
    starts = range_of(0, cast(rows, dtypes.int64) * length, length)
    flat = reshape(places + cast(expand_dims(starts, -1), dtypes.int32), [-1])
    spread = scatter_nd(expand_dims(flat, -1), reshape(grad, [-1]), [reduce_prod(in_shape)])
    return [reshape(spread, in_shape), zeros([], dtype=dtypes.int32)]


def _top_k_samples(rng: np.random.Generator) -> Any:
    ties = np.array([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, -1.0, 2.0]], np.float32)
    yield Sample((ties.astype(np.int32), np.int32(0)), {"sorted": True})
    for k in (1, 2, 4):
        yield Sample((ties, np.int32(k)), {"sorted": True})
    yield Sample((rng.permutation(24).reshape(2, 3, 4) / 2.0, np.int32(3)), {"sorted": True})
    yield Sample((rng.permutation(200) / 2.0, np.int32(50)), {"sorted": True})
    yield Sample((np.zeros((0, 3), np.float32), np.int32(2)), {"sorted": True})
    for dtype in REALS:
        given = rng.permutation(10).reshape(2, 5).astype(dtype.as_numpy_dtype)
        yield Sample((given, np.int32(3)), {"sorted": True})


TOP_K_V2 = OpDef(
    "TopKV2",
    "input: T, k: int32 -> values: T, indices: int32",
    _top_k_shape,
    misfit=misfits.top_k,
    types={"T": REALS},
    attrs={"sorted": True},
    reference=_top_k,
    library="top_k",
    host=(1,),
    gradient=_top_k_gradient,
    samples=_top_k_samples,
)


def top_k(input: Any, k: Any = 1, sorted: bool = True, name: str | None = None) -> Any:
    """The k greatest elements along the last axis, and where they stand.

    Args:
      input: a tensor of real numbers.
      k: how many, a number or a scalar tensor.
      sorted: whether they must come in descending order; here they always do.
      name: the op's name.

    Returns:
      A named tuple (values, indices), the last axis of which has size k; indices are int32.

    Raises:
      ValueError: a row has fewer than k elements.

    Example:
      >>> tf.nn.top_k([1.0, 5.0, 3.0], k=2).values
      <tf.Tensor 'TopKV2:0' shape=(2,) dtype=float32>
    """
    return apply(TOP_K_V2, [input, k], {"sorted": bool(sorted)}, name)


def _in_top_k_shape(q: ShapeQuery) -> list[Dims | None]:
    predictions, targets = q.shapes[:2]
    require_rank(predictions, 2)
    require_rank(targets, 1)
    if len(q.shapes) > 2:
        require_rank(q.shapes[2], 0)
    rows = None if predictions is None else predictions[0]
    return [(merge_dim(rows, None if targets is None else targets[0]),)]


def _in_top_k(predictions: Any, targets: Any, k: Any) -> np.ndarray:
    is_target = np.arange(predictions.shape[1]) == np.asarray(targets)[:, None]
    chosen = np.where(is_target, predictions, 0).sum(1, keepdims=True)
    better = (predictions > chosen).sum(1)
    return is_target.any(1) & np.isfinite(predictions).all(1) & (better < int(k))


def _decompose_in_top_k(b: Any, instr: Any) -> list[Any]:
    predictions, targets = instr.inputs[:2]
    k = instr.inputs[2] if len(instr.inputs) > 2 else b.constant(instr.attrs["k"], dtypes.int32)
    kind, dims = targets.type.dtype, predictions.type.dims
    column = b.emit("ExpandDims", targets, b.scalar_host(1))
    number = b.emit("Iota", dims=dims, axis=1, T=kind)
    is_target = b.emit("Equal", number, column)
    zero = b.constant(0, dtypes.float32)
    along = b.sizes([1])
    picked = b.emit("SelectV2", is_target, predictions, zero)
    chosen = b.emit("Sum", picked, along, keep_dims=True)
    is_better = b.emit("Greater", predictions, chosen)
    better = b.emit("Sum", b.emit("Cast", is_better, DstT=dtypes.int32), along)
    is_among = b.emit("Less", b.emit("Cast", better, DstT=k.type.dtype), k)
    are_finite = b.emit("All", b.emit("IsFinite", predictions), along)
    is_class = b.emit("Any", is_target, along)
    return [b.emit("LogicalAnd", b.emit("LogicalAnd", is_class, are_finite), is_among)]


def _in_top_k_samples(rng: np.random.Generator) -> Any:
    scores = rng.permutation(20).reshape(4, 5).astype(np.float32)
    scores[3, 1] = np.inf
    ties = np.array([[1, 2, 2, 2]], np.float32)
    for kind in (np.int32, np.int64):
        for k in (0, 1, 3):
            yield (scores, np.array([0, 4, 7, 2], kind), kind(k))
        yield (ties, np.array([3], kind), kind(1))
        yield (np.zeros((0, 3), np.float32), np.zeros(0, kind), kind(1))


IN_TOP_K_V2 = OpDef(
    "InTopKV2",
    "predictions: float32, targets: T, k: T -> precision: bool",
    _in_top_k_shape,
    types={"T": (INDEX, dtypes.int32)},
    reference=_in_top_k,
    decompose=_decompose_in_top_k,
    gradient=no_gradient,
    samples=lambda rng: (Sample(given) for given in _in_top_k_samples(rng)),
)

IN_TOP_K = OpDef(
    "InTopK",
    "predictions: float32, targets: T -> precision: bool",
    _in_top_k_shape,
    types={"T": (INDEX, dtypes.int32)},
    attrs={"k": 1},
    reference=_in_top_k,
    decompose=_decompose_in_top_k,
    gradient=no_gradient,
    samples=lambda rng: (
        Sample((scores, targets), {"k": int(k)}) for scores, targets, k in _in_top_k_samples(rng)
    ),
)


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether each target class is among the k classes with the greatest predictions.

    Args:
      predictions: float32 of shape [batch, classes].
      targets: int32 or int64 class numbers of shape [batch].
      k: how many classes count; those equal to the last of them count too.
      name: the ops' name scope.

    Returns:
      A bool tensor of shape [batch]: False where a prediction isn't finite or the class unknown.

    Example:
      >>> tf.nn.in_top_k([[0.1, 0.9]], [1], 1)
      <tf.Tensor 'in_top_k/InTopKV2:0' shape=(1,) dtype=bool>
    """
    with name_scope(name, "in_top_k"):
        return apply(IN_TOP_K_V2, [predictions, targets, k])


def _nth_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, n_dims = q.shapes
    require_rank(n_dims, 0)
    require_rank_at_least(dims, 1)
    n = scalar_item(q.value(1))
    if n is not None and n < 0:
        raise ValueError(f"Input n must be non-negative but is {n}")
    if dims is None:
        return [None]
    if dims[-1] is not None and n is not None and dims[-1] <= n:
        raise ValueError(f"Input must have last dimension > n = {n} but is {dims[-1]}")
    return [dims[:-1]]


def _nth_element(input: Any, n: Any, reverse: bool) -> np.ndarray:
    place = as_int(n)
    return np.sort(np.asarray(input), -1)[..., -1 - place if reverse else place]


def _nth_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.elementwise_division import div
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.reshaping import expand_dims

    chosen = cast(equal(expand_dims(op.outputs[0], -1), op.inputs[0]), grad.dtype)
    grad = expand_dims(grad, -1)
    count = expand_dims(reduce_sum(chosen, -1), -1)
    return [div(chosen, count) * grad, None]


def _nth_samples(rng: np.random.Generator) -> Any:
    for dtype in REALS:
        given = rng.permutation(10).reshape(2, 5).astype(dtype.as_numpy_dtype)
        yield Sample((given, np.int32(3)), {"reverse": dtype.is_integer})
    yield Sample((rng.permutation(6) / 2.0, np.int32(0)), {"reverse": False})


NTH_ELEMENT = OpDef(
    "NthElement",
    "input: T, n: int32 -> values: T",
    _nth_shape,
    types={"T": REALS},
    attrs={"reverse": False},
    reference=_nth_element,
    host=(1,),
    gradient=_nth_gradient,
    samples=_nth_samples,
)


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """The n-th smallest element (counted from 0) along the last axis.

    Args:
      input: a tensor of real numbers.
      n: which.
      reverse: the n-th greatest instead.
      name: the op's name.

    Example:
      >>> tf.contrib.nn.nth_element([3.0, 1.0, 2.0], 1)  # doctest: +SKIP
      <tf.Tensor 'NthElement:0' shape=() dtype=float32>
    """
    return apply(NTH_ELEMENT, [input, n], {"reverse": bool(reverse)}, name)
