"""Picking elements by index tensors: gather, gather_nd.

In: a tensor and integer indices. Out: the rows (or elements) the indices name.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    dims_text,
    literal_dim,
    merge_dims,
    nonnegative_axis,
    require_rank,
    scalar_item,
    unknown_dims,
)
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.shapes_of import shape as shape_of


def _gather_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, indices, axis_dims = q.shapes
    require_rank(axis_dims, 0)
    axis = scalar_item(q.value(2))
    if dims is None or indices is None:
        return [None]
    batch = q.attrs["batch_dims"]
    batch = batch + len(indices) if batch < 0 else batch
    if axis is None:
        return [unknown_dims(len(dims) + len(indices) - 1 - batch)]
    axis = nonnegative_axis(axis, len(dims))
    if batch > len(indices) or batch > axis:
        raise ValueError(
            f"batch_dims = {batch} must be less than or equal to axis = {axis} "
            f"and the rank of indices = {len(indices)}"
        )
    merge_dims(dims[:batch], indices[:batch])
    return [(*dims[:axis], *indices[batch:], *dims[axis + 1 :])]


def _gather(params: Any, indices: Any, axis: Any, batch_dims: int) -> np.ndarray:
    where = np.asarray(indices).astype(np.int64)
    batch = batch_dims + where.ndim if batch_dims < 0 else batch_dims
    along = as_int(axis)
    along = along + params.ndim if along < 0 else along
    require_inside(where, params.shape[along])
    if batch == 0:
        return np.take(params, where, along)
    places = np.ndindex(where.shape[:batch])
    parts = [np.take(params[place], where[place], along - batch) for place in places]
    shape = (*where.shape[:batch], *params.shape[batch:along], *where.shape[batch:])
    flat = np.stack(parts) if parts else np.zeros(0, params.dtype)
    return flat.reshape((*shape, *params.shape[along + 1 :]))


def require_inside(indices: np.ndarray, size: int) -> None:
    """Raises TensorFlow's IndexError unless all of `indices` are in [0, size)."""
    bad = (indices < 0) | (indices >= size)
    if not bad.any():
        return
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    text = "[" + ",".join(map(str, place)) + "]" if place else ""
    raise IndexError(f"indices{text} = {indices[place]} is not in [0, {size})")


def _gather_gradient(op: Any, grad: Any) -> list[Any]:
    from jitgraph.ops.gather_gradient import gather_gradient

    return gather_gradient(op, grad)


def _gather_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (4, 3))
    rows = np.array([3, 0, 0], np.int32)
    yield Sample((x.astype(np.float32), rows, np.int32(0)))
    yield Sample((x, np.array([[2, 1], [0, 2]], np.int64), np.int32(1)))
    yield Sample((x, rows, np.int64(-2)))
    yield Sample((x.astype(np.int32), np.int32(2), np.int32(0)))
    yield Sample((x > 0, np.zeros(0, np.int32), np.int32(0)))
    batched = np.array([[1], [0], [2], [2]], np.int32)
    yield Sample((x, batched, np.int32(1)), {"batch_dims": 1})
    yield Sample((x.astype(np.complex64), rows, np.int32(0)))


GATHER_V2 = OpDef(
    "GatherV2",
    "params: Tparams, indices: Tindices, axis: Taxis -> output: Tparams",
    _gather_shape,
    misfit=misfits.gather,
    types={"Tparams": ANY, "Tindices": INDEX, "Taxis": INDEX},
    attrs={"batch_dims": 0},
    reference=_gather,
    library="gather",
    host=(2,),
    gradient=_gather_gradient,
    samples=_gather_samples,
)


def gather(
    params: Any,
    indices: Any,
    validate_indices: bool | None = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """The slices of a tensor that indices name, along one axis.

    Args:
      params: a tensor.
      indices: int32 or int64 indices of any shape.
      validate_indices: accepted for compatibility; indices are always checked.
      name: the op's name.
      axis: the axis; `batch_dims` when None.
      batch_dims: how many leading dimensions `params` and `indices` share.

    Raises:
      ValueError: shapes don't fit.

    Example:
      >>> tf.gather(tf.zeros([4, 3]), [0, 2])
      <tf.Tensor 'GatherV2:0' shape=(2, 3) dtype=float32>
    """
    axis = batch_dims if axis is None else axis
    is_first = isinstance(axis, int) and axis == 0
    if is_first and hasattr(params, "sparse_read"):
        return params.sparse_read(indices, name=name)
    attrs = {"batch_dims": 0 if is_first else batch_dims}
    return apply(GATHER_V2, [params, indices, axis], attrs, name)


def _gather_nd_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, indices = q.shapes
    if dims is None or indices is None:
        return [None]
    if not indices:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    depth = literal_dim(indices[-1], len(dims))
    if depth is None:
        return [None]
    if depth > len(dims):
        raise ValueError(
            "indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{dims_text(indices)} and params shape: {dims_text(dims)}"
        )
    return [(*indices[:-1], *dims[depth:])]


def _gather_nd(params: Any, indices: Any) -> np.ndarray:
    where = np.asarray(indices).astype(np.int64)
    require_indices_inside(where, params.shape)
    return params[tuple(np.moveaxis(where, -1, 0))]


def require_indices_inside(
    where: np.ndarray, dims: tuple[int, ...], what: str = "param shape"
) -> None:
    """Raises IndexError unless the last axis of `where` indexes the leading dims of `dims`."""
    limits = np.array(dims[: where.shape[-1]], np.int64)
    bad = ((where < 0) | (where >= limits)).any(-1)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        raise IndexError(
            f"indices[{','.join(map(str, place))}] = {where[place].tolist()} does not index into "
            f"{what} {dims_text(dims)}"
        )


def _gather_nd_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.reshaping import squeeze
    from jitgraph.ops.scattering import scatter_nd

    params, indices = op.inputs
    params_shape = shape_of(params, out_type=indices.dtype.base_dtype)
    dims = indices._dims
    if dims is not None and len(dims) == 2 and dims[-1] == 1:
        return [IndexedSlices(grad, squeeze(indices, axis=-1), params_shape), None]
    return [scatter_nd(indices, grad, params_shape), None]


def _gather_nd_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (3, 4))
    yield Sample((x.astype(np.float32), np.array([[0, 1], [2, 3]], np.int32)))
    yield Sample((x, np.array([[1], [1]], np.int64)))
    yield Sample((x, np.array([[[0, 0]], [[2, 1]]], np.int32)))
    yield Sample((x.astype(np.int32), np.array([2, 2], np.int32)))
    yield Sample((x > 0, np.zeros((0, 2), np.int32)))


GATHER_ND = OpDef(
    "GatherNd",
    "params: Tparams, indices: Tindices -> output: Tparams",
    _gather_nd_shape,
    misfit=misfits.gather_nd,
    types={"Tparams": ANY, "Tindices": INDEX},
    reference=_gather_nd,
    library="gather_nd",
    gradient=_gather_nd_gradient,
    samples=_gather_nd_samples,
)


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """The elements or slices of a tensor that index vectors name.

    Args:
      params: a tensor.
      indices: the last axis holds one index for each leading dimension of `params`.
      name: the op's name.
      batch_dims: how many leading dimensions `params` and `indices` share; only 0 so far.

    Raises:
      ValueError: shapes don't fit.
      NotImplementedError: `batch_dims` isn't 0.

    Example:
      >>> tf.gather_nd(tf.zeros([3, 4]), [[0, 1], [2, 3]])
      <tf.Tensor 'GatherNd:0' shape=(2,) dtype=float32>
    """
    if batch_dims:
        raise NotImplementedError("gather_nd with batch_dims; use gather with batch_dims")
    if hasattr(params, "gather_nd"):
        return params.gather_nd(indices, name=name)
    return apply(GATHER_ND, [params, indices], name=name)
