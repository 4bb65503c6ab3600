"""sparse_to_dense: values put at given places among a default value.

In: places, a shape, values. Out: a tensor of that shape.
"""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_ints,
    dims_from_vector,
    dims_text,
    require_rank,
)
from jitgraph.ops.definition import (
    ANY,
    INDEX,
    INDEX_OUT_OF_RANGE,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.shape_rules import same_shape

_UNORDERED = """out of order. Many sparse ops require sorted indices.
    Use `tf.sparse.reorder` to create a correctly ordered copy."""


def _dense_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[3], 0)
    return [dims_from_vector(q.value(1), q.shapes[1])]


def _as_places(indices: np.ndarray) -> np.ndarray:
    return indices.reshape(-1, 1) if indices.ndim < 2 else indices


def _to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any,
    validate_indices: bool,
) -> np.ndarray:
    dims = as_ints(output_shape)
    places = _as_places(np.asarray(sparse_indices)).astype(np.int64)
    _check(places, dims, validate_indices)
    dense = np.full(dims, default_value, np.asarray(sparse_values).dtype)
    dense[tuple(places.T)] = sparse_values
    return dense


def _check(places: np.ndarray, dims: list[int], is_strict: bool) -> None:
    earlier: list[int] | None = None
    for number, place in enumerate(places.tolist()):
        text = f"indices[{number}] = [{','.join(map(str, place))}]"
        if any(not 0 <= item < dim for item, dim in zip(place, dims, strict=True)):
            raise ValueError(f"{text} is out of bounds: need 0 <= index < {dims_text(tuple(dims))}")
        if is_strict and earlier is not None and place <= earlier:
            raise ValueError(f"{text} is {'repeated' if place == earlier else _UNORDERED}")
        earlier = place


def _decompose(b: Any, instr: Any) -> Any:
    indices, _, values, default = instr.inputs
    dims = instr.outputs[0].type.dims
    given = indices.type.dims
    count = given[0] if given else 1
    places = b.emit("Reshape", indices, b.sizes([count, len(dims)]))
    if instr.attrs["validate_indices"]:
        _emit_order_check(b, places, dims, count)
    base = b.emit("BroadcastTo", default, b.sizes(dims))
    updates = b.emit("BroadcastTo", values, b.sizes([count]))
    return [b.emit("ScatterNdUpdate", base, places, updates)]


def _emit_order_check(b: Any, places: Any, dims: Dims, count: Any) -> None:
    """Instructions that fail the run unless the places' numbers in the dense tensor rise; whether
    they are inside is checked by what puts the values there."""
    wide = b.emit("Cast", places, DstT=dtypes.int64)
    steps = [reduce(mul, dims[axis + 1 :], 1) for axis in range(len(dims))]
    factors = b.emit("HostValue", b.sizes(steps, dtypes.int64))
    numbers = b.emit("Sum", b.emit("Mul", wide, factors), b.sizes([1]), keep_dims=False)
    first = b.constant([-1], dtypes.int64)
    shifted = b.emit("ConcatV2", [first, numbers], b.scalar_host(0))
    b.emit("RequireRising", numbers, b.emit("Slice", shifted, b.sizes([0]), b.sizes([count])))


def _require_rising(x: Any, before: Any) -> np.ndarray:
    if (np.asarray(x) <= before).any():
        raise ValueError(_UNORDERED)
    return np.asarray(x)


def _rising_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.array([2, 5]), np.array([1, 2])))


REQUIRE_RISING = OpDef(
    "RequireRising",
    "x: int64, before: int64 -> y: int64",
    same_shape,
    reference=_require_rising,
    scalar="x",
    check=("x <= before", INDEX_OUT_OF_RANGE),
    must_run=True,
    gradient=no_gradient,
    samples=_rising_samples,
    internal=True,
)
"""What fails the run where an element is not above the one before."""


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.filling import zeros_like
    from jitgraph.ops.gathering import gather_nd
    from jitgraph.ops.reductions import reduce_sum

    places, shape = op.inputs[:2]
    values = gather_nd(grad, places)
    rest = reduce_sum(grad) - reduce_sum(values)
    return [zeros_like(places), zeros_like(shape), values, rest]


def _samples(rng: np.random.Generator) -> Any:
    places = np.array([[0, 1], [2, 0], [2, 3]], np.int32)
    shape = np.array([3, 4], np.int32)
    for kind in (np.float32, np.float64, np.int32):
        values = rng.uniform(1, 9, 3).astype(kind)
        for strict in (True, False):
            attrs = {"validate_indices": strict}
            yield Sample((places, shape, values, kind(0)), attrs)
    line = (np.array([1, 3]), np.array([5]), np.array([2, 3]), np.int64(-1))
    yield Sample(line, {"validate_indices": False})
    yield Sample((np.int64(3), np.array([5]), np.int32(2), np.int32(-1)))


SPARSE_TO_DENSE = OpDef(
    "SparseToDense",
    "sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T -> "
    "dense: T",
    _dense_shape,
    types={"T": ANY, "Tindices": INDEX},
    attrs={"validate_indices": True},
    reference=_to_dense,
    decompose=_decompose,
    host=(1,),
    gradient=_gradient,
    samples=_samples,
)


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """A tensor that holds values at given places, and a default value elsewhere.

    Args:
      sparse_indices: a matrix with a place a row; for a vector or a scalar result, a vector or a
        scalar of places.
      output_shape: the shape of the result.
      sparse_values: a value for each place, or one for all.
      default_value: what the rest holds.
      validate_indices: whether places must be in order, and none twice.
      name: the op's name.

    Raises:
      InvalidArgumentError: when run, if places are out of range or, if checked, out of order.

    Example:
      >>> tf.sparse_to_dense([1, 3], [5], 1.0, 0.0)
      <tf.Tensor 'SparseToDense:0' shape=(5,) dtype=float32>
    """
    inputs = [sparse_indices, output_shape, sparse_values, default_value]
    return apply(SPARSE_TO_DENSE, inputs, {"validate_indices": validate_indices}, name)
