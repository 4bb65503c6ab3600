"""Array ops that repeat elements: broadcast_to, tile.

In: a tensor and a shape or multiples. Out: the larger tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_ints,
    dims_from_vector,
    multiply_dims,
    require_rank,
    unknown_dims,
)
from jitgraph.ops.definition import ANY, INDEX, AffineMap, OpDef, Sample, ShapeQuery
from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of


def _broadcast_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, out = q.shapes[0], dims_from_vector(q.value(1), q.shapes[1])
    if out is None or dims is None:
        return [out]
    if len(dims) > len(out):
        raise ValueError(f"Shape must be at most rank {len(out)} but is rank {len(dims)}")
    for dim, wanted in zip(dims[::-1], out[::-1], strict=False):
        if not _is_one(dim):
            _require_broadcast(dim, wanted)
    return [out]


def _is_one(dim: Any) -> bool:
    return isinstance(dim, int) and dim == 1


def _require_broadcast(dim: Any, wanted: Any) -> None:
    if dim is None or wanted is None or dim == wanted or dim == 1:
        return
    raise ValueError(f"Dimensions must be equal, but are {dim} and {wanted}")


def _broadcast_map(q: ShapeQuery) -> AffineMap:
    dims, out = q.known_dims(0), q.known_value(1)
    lead = len(out) - len(dims)
    sources: list[tuple[int, Any] | None] = [None] * lead
    for axis, dim in enumerate(dims):
        stays = _is_one(dim) or (dim != out[lead + axis] and dim == 1)
        sources.append(None if stays else (axis, 1))
    return AffineMap((0,) * len(dims), tuple(sources))


def _broadcast_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.reshaping import reshape

    input_shape = shape_of(op.inputs[0])
    axes = broadcast_gradient_args(op.inputs[1], input_shape)[1]
    total = apply(REGISTRY["Sum"], [grad, axes], {"keep_dims": True})
    return [reshape(total, input_shape), None]


def _broadcast_samples(rng: np.random.Generator) -> Any:
    def case(shape: tuple[int, ...], out: tuple[int, ...], dtype: Any) -> Sample:
        return Sample((rng.uniform(-3, 3, shape).astype(dtype), np.array(out, np.int32)))

    yield case((3,), (2, 3), np.float32)
    yield case((2, 1, 3), (2, 4, 3), np.float64)
    yield case((), (2, 2), np.float64)
    yield case((1,), (0,), np.int32)
    yield case((2, 1), (2, 3), np.bool_)
    yield case((1, 3), (2, 3), np.complex64)


BROADCAST_TO = OpDef(
    "BroadcastTo",
    "input: T, shape: Tidx -> output: T",
    _broadcast_shape,
    misfit=misfits.broadcast_to,
    types={"T": ANY, "Tidx": (INDEX, dtypes.int32)},
    reference=lambda input, shape: np.broadcast_to(input, as_ints(shape)),
    view=_broadcast_map,
    host=(1,),
    gradient=_broadcast_gradient,
    samples=_broadcast_samples,
)


def broadcast_to(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor repeated along its dimensions of size 1, up to a shape.

    Args:
      input: a tensor.
      shape: the shape wanted.
      name: the op's name.

    Raises:
      ValueError: the shape can't be reached.

    Example:
      >>> tf.broadcast_to(tf.zeros([3]), [2, 3])
      <tf.Tensor 'BroadcastTo:0' shape=(2, 3) dtype=float32>
    """
    return apply(BROADCAST_TO, [input, shape], name=name)


def _tile_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, count = q.shapes
    require_rank(count, 1)
    rank = count[0] if count is not None else None
    if dims is not None:
        if rank is not None and rank != len(dims):
            raise ValueError(f"Shape must be rank {len(dims)} but is rank {rank}")
        rank = len(dims)
    multiples = q.value(1)
    if rank is None or dims is None or multiples is None:
        return [None if rank is None else unknown_dims(rank)]
    return [tuple(_tiled(*each) for each in zip(dims, multiples, strict=True))]


def _tiled(dim: Any, multiple: Any) -> Any:
    if multiple is not None and multiple < 0:
        return None
    return multiply_dims(dim, multiple)


def _tile(input: np.ndarray, multiples: Any) -> np.ndarray:
    counts = as_ints(multiples)
    for axis, count in enumerate(counts):
        if count < 0:
            raise ValueError(f"Expected multiples[{axis}] >= 0, but got {count}")
    return np.tile(input, counts)


def _decompose_tile(b: Any, instr: Any) -> list[Any]:
    value, multiples = instr.inputs[0], list(b.host(instr.inputs[1]))
    dims = value.type.dims
    split = [part for dim in dims for part in (1, dim)]
    wide = [part for pair in zip(multiples, dims, strict=True) for part in pair]
    apart = b.emit("Reshape", value, b.sizes(split))
    repeated = b.emit("BroadcastTo", apart, b.sizes(wide))
    return [b.emit("Reshape", repeated, b.sizes(instr.outputs[0].type.dims))]


def _tile_gradient(op: Any, grad: Any) -> list[Any]:
    from jitgraph.ops.convert import convert_to_tensor
    from jitgraph.ops.packing import stack
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.transposing import transpose

    x, multiples = op.inputs
    input_shape = shape_of(x, out_type=multiples.dtype.base_dtype)
    split = reshape(transpose(stack([multiples, input_shape])), [-1])
    axes = range_of(0, size_of(split), 2)
    grad = convert_to_tensor(grad)
    total = apply(REGISTRY["Sum"], [reshape(grad, split), axes], {"keep_dims": False})
    total.set_shape(x.get_shape())
    return [total, None]


def _tile_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 3))
    for dtype in (np.float32, np.float64, np.int32, np.bool_):
        yield Sample((x.astype(dtype), np.array([2, 3], np.int32)))
    yield Sample((x, np.array([1, 0], np.int64)))
    yield Sample((x[0], np.array([4], np.int32)))
    yield Sample((np.float64(2.0), np.zeros(0, np.int32)))


TILE = OpDef(
    "Tile",
    "input: T, multiples: Tmultiples -> output: T",
    _tile_shape,
    misfit=misfits.tile,
    types={"T": ANY, "Tmultiples": (INDEX, dtypes.int32)},
    reference=_tile,
    decompose=_decompose_tile,
    host=(1,),
    gradient=_tile_gradient,
    samples=_tile_samples,
)


def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """A tensor repeated along each of its dimensions.

    Args:
      input: a tensor.
      multiples: how often, one number a dimension.
      name: the op's name.

    Raises:
      ValueError: the number of multiples isn't the rank.

    Example:
      >>> tf.tile(tf.zeros([2, 3]), [2, 1])
      <tf.Tensor 'Tile:0' shape=(4, 3) dtype=float32>
    """
    return apply(TILE, [input, multiples], name=name)
