"""Strings of a tensor joined along axes: ReduceJoin. It runs on the host.

In: a string tensor, axes in the order in which they are joined. Out: a string tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import Dims, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.string_arrays import bytes_of, refused, strings_of


def _shape(q: ShapeQuery) -> list[Dims | None]:
    dims, axes = q.shapes[0], q.value(1)
    if dims is None:
        return [None]
    chosen = None if axes is None else list(axes.ravel().tolist())
    if chosen is None or None in chosen:
        return [(None,) * len(dims) if q.attrs["keep_dims"] else None]
    rank = len(dims)
    for axis in chosen:
        if not -rank <= axis < rank:
            raise ValueError(
                f"Invalid reduction dimension {axis} for input with {rank} dimensions."
            )
    joined = {axis % rank for axis in chosen}
    if q.attrs["keep_dims"]:
        return [tuple(1 if n in joined else size for n, size in enumerate(dims))]
    return [tuple(size for n, size in enumerate(dims) if n not in joined)]


def _joined(inputs: Any, reduction_indices: Any, keep_dims: bool, separator: Any) -> np.ndarray:
    texts, mark = np.asarray(inputs, object), bytes_of(separator)
    chosen = np.asarray(reduction_indices).ravel().tolist()
    for axis in chosen:
        if not -texts.ndim <= axis < texts.ndim:
            raise refused(
                f"Invalid reduction dimension {axis} for input with {texts.ndim} dimension(s)"
            )
    axes = [axis % texts.ndim for axis in chosen]
    if len(set(axes)) < len(axes):
        twice = next(axis for n, axis in enumerate(axes) if axis in axes[:n])
        raise refused(f"Duplicate reduction dimension {twice}")
    if not axes:
        return texts
    kept = [axis for axis in range(texts.ndim) if axis not in axes]
    rows = texts.transpose(*kept, *reversed(axes))
    shape = rows.shape[: len(kept)]
    count = int(np.prod([texts.shape[axis] for axis in axes], dtype=np.int64))
    flat = rows.reshape(int(np.prod(shape, dtype=np.int64)), count).tolist()
    if keep_dims:
        shape = tuple(1 if n in axes else size for n, size in enumerate(texts.shape))
    return strings_of([mark.join(row) for row in flat], shape)


def _samples(rng: np.random.Generator) -> Any:
    texts = strings_of([b"%d" % number for number in range(12)], [2, 3, 2])
    for axes in ([0], [1], [2, 0], [0, 1, 2], [-1], []):
        yield Sample((texts, np.array(axes, np.int32)))
        yield Sample((texts, np.array(axes, np.int32)), {"keep_dims": True, "separator": ", "})
    yield Sample((texts[0, 0], np.array(0, np.int32)))


REDUCE_JOIN = OpDef(
    "ReduceJoin",
    "inputs: string, reduction_indices: int32 -> output: string",
    _shape,
    attrs={"keep_dims": False, "separator": ""},
    host=(1,),
    reference=_joined,
    gradient=no_gradient,
    samples=_samples,
)


def reduce_join(
    inputs: Any,
    axis: Any = None,
    keep_dims: Any = None,
    separator: str = "",
    name: str | None = None,
    reduction_indices: Any = None,
    keepdims: Any = None,
) -> Tensor:
    """Joins the strings of a tensor along axes.

    Args:
      inputs: strings.
      axis: the axes, joined in this order; all of them, the last one first, when None.
      keep_dims: former name of `keepdims`.
      separator: what is put between.
      name: the op's name.
      reduction_indices: former name of `axis`.
      keepdims: whether the axes stay with size 1.

    Returns:
      A string tensor.

    Raises:
      ValueError: an axis that `inputs` does not have.

    Example:
      >>> tf.Session().run(tf.reduce_join([["a", "b"], ["c", "d"]], 1)).tolist()
      [b'ab', b'cd']
    """
    keeps = chosen_argument("keepdims", keepdims, "keep_dims", keep_dims)
    axes = chosen_argument("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(None, "ReduceJoin", [inputs, axes]):
        texts = convert_to_tensor(inputs)
        attrs = {"keep_dims": bool(keeps), "separator": separator}
        chosen = _all_axes(texts) if axes is None else axes
        found: Tensor = apply(REDUCE_JOIN, [texts, chosen], attrs, name)
    return found


def _all_axes(texts: Tensor) -> Tensor:
    from jitgraph.ops.constants import constant
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.shapes_of import rank

    known = texts.shape.ndims
    if known is None:
        return range_of(rank(texts) - 1, -1, -1)
    return constant(np.arange(known - 1, -1, -1), dtype=dtypes.int32)
