"""Writes to rows or elements of a variable: scatter_update, scatter_nd_add and the like.

In: a reference to a variable, indices, updates. Out: a reference that holds the new contents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, literal_dim, merge_dims
from jitgraph.ops.definition import (
    ANY,
    FLOATS,
    INDEX,
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.gathering import require_indices_inside, require_inside

Write = Callable[[np.ndarray, Any, Any], None]


def _row_shape(q: ShapeQuery) -> list[Dims | None]:
    ref, indices, updates = q.shapes
    if ref is not None and not ref:
        raise ValueError("Shape must be at least rank 1 but is rank 0")
    if ref is not None and indices is not None and updates:
        merge_dims(updates, (*indices, *ref[1:]))
    return [ref]


def _element_shape(q: ShapeQuery) -> list[Dims | None]:
    ref, indices, updates = q.shapes
    if ref is None or not indices or updates is None or indices[-1] is None:
        return [ref]
    batch, depth = len(indices) - 1, literal_dim(indices[-1], len(ref))
    if depth > len(ref):
        raise ValueError(
            f"The last dimension of indices, {depth}, is larger than the rank of ref, {len(ref)}"
        )
    try:
        merge_dims(indices[:-1], updates[:batch])
        merge_dims(ref[depth:], updates[batch:])
    except ValueError as error:
        raise ValueError(
            f"The inner {len(ref) - depth} dimensions of ref.shape={list(ref)} must match the "
            f"inner {len(updates) - batch} dimensions of updates.shape={list(updates)}: {error}"
        ) from None
    return [ref]


def _put(contents: np.ndarray, where: Any, updates: Any) -> None:
    contents[where] = updates


def _divide(contents: np.ndarray, where: Any, updates: Any) -> None:
    is_exact = contents.dtype.kind in "iu"
    divide = _truncated_quotient if is_exact else np.divide
    for place, update in _each(contents, where, updates):
        contents[place] = divide(contents[place], update)


def _truncated_quotient(x: Any, y: Any) -> Any:
    quotient = np.abs(x) // np.abs(y)
    return np.where(np.sign(x) == np.sign(y), quotient, -quotient)


def _each(contents: np.ndarray, where: Any, updates: Any) -> Iterator[tuple[Any, Any]]:
    places = np.stack([part.reshape(-1) for part in where], axis=-1)
    rows = np.broadcast_to(updates, (*where[0].shape, *contents.shape[len(where) :]))
    rows = rows.reshape(len(places), *contents.shape[len(where) :])
    return ((tuple(place), row) for place, row in zip(places, rows, strict=True))


def _by(combine: np.ufunc) -> Write:
    def write(contents: np.ndarray, where: Any, updates: Any) -> None:
        combine.at(contents, where, updates)

    return write


def _writes_rows(write: Write) -> Callable[..., np.ndarray]:
    def reference(ref: Any, indices: Any, updates: Any, **_: Any) -> np.ndarray:
        rows = np.asarray(indices).astype(np.int64)
        contents = np.array(ref)
        require_inside(rows, len(contents))
        write(contents, (rows,), updates)
        return contents

    return reference


def _writes_elements(write: Write) -> Callable[..., np.ndarray]:
    def reference(ref: Any, indices: Any, updates: Any, **_: Any) -> np.ndarray:
        where = np.asarray(indices).astype(np.int64)
        contents = np.array(ref)
        require_indices_inside(where, contents.shape, "shape")
        write(contents, tuple(np.moveaxis(where, -1, 0)), updates)
        return contents

    return reference


def _row_samples(rng: np.random.Generator) -> Any:
    for dtype in (np.float32, np.float64, np.int32):
        ref, updates = (rng.uniform(1, 4, (n, 2)).astype(dtype) for n in (4, 3))
        yield Sample((ref, np.array([2, 0, 2], np.int32), updates))
    yield Sample((rng.uniform(1, 4, 5), np.array([[1], [4]], np.int64), np.array([[2.0], [3.0]])))
    yield Sample((rng.uniform(1, 4, (3, 2)), np.array([1, 2], np.int32), np.float64(2.0)))
    yield Sample((rng.uniform(1, 4, (3, 2)), np.int32(1), np.array([2.0, 3.0])))
    yield Sample((rng.uniform(1, 4, (3, 2)), np.zeros(0, np.int32), np.zeros((0, 2))))


def _element_samples(rng: np.random.Generator) -> Any:
    where = np.array([[1, 0], [2, 1], [1, 0]], np.int32)
    for dtype in (np.float32, np.float64, np.int32):
        ref = rng.uniform(1, 4, (4, 2)).astype(dtype)
        yield Sample((ref, where, rng.uniform(1, 4, 3).astype(dtype)))
    yield Sample((rng.uniform(1, 4, (4, 2)), np.array([[3], [0]], np.int64), np.ones((2, 2))))
    yield Sample((rng.uniform(1, 4, 4), np.zeros((0, 1), np.int32), np.zeros(0)))


WRITES: dict[str, Write] = {
    "update": _put,
    "add": _by(np.add),
    "sub": _by(np.subtract),
    "mul": _by(np.multiply),
    "div": _divide,
    "min": _by(np.minimum),
    "max": _by(np.maximum),
}


def _definition(name: str, kind: str, types: Any, *, rows: bool, locks: bool) -> OpDef:
    return OpDef(
        name,
        "ref: Ref(T), indices: Tindices, updates: T -> output_ref: Ref(T)",
        _row_shape if rows else _element_shape,
        types={"T": types, "Tindices": INDEX},
        attrs={"use_locking": locks},
        misfit=misfits.scatter_rows if rows else None,
        reference=(_writes_rows if rows else _writes_elements)(WRITES[kind]),
        library=f"scatter_{kind}" if rows else f"scatter_nd_{kind}",
        gradient=no_gradient,
        state="write",
        samples=_row_samples if rows else _element_samples,
    )


ORDERED = (*FLOATS, *INDEX)

SCATTER_UPDATE = _definition("ScatterUpdate", "update", ANY, rows=True, locks=True)
SCATTER_ADD = _definition("ScatterAdd", "add", NUMBERS, rows=True, locks=False)
SCATTER_SUB = _definition("ScatterSub", "sub", NUMBERS, rows=True, locks=False)
SCATTER_MUL = _definition("ScatterMul", "mul", NUMBERS, rows=True, locks=False)
SCATTER_DIV = _definition("ScatterDiv", "div", NUMBERS, rows=True, locks=False)
SCATTER_MIN = _definition("ScatterMin", "min", ORDERED, rows=True, locks=False)
SCATTER_MAX = _definition("ScatterMax", "max", ORDERED, rows=True, locks=False)
SCATTER_ND_UPDATE = _definition("ScatterNdUpdate", "update", ANY, rows=False, locks=True)
SCATTER_ND_ADD = _definition("ScatterNdAdd", "add", NUMBERS, rows=False, locks=False)
SCATTER_ND_SUB = _definition("ScatterNdSub", "sub", NUMBERS, rows=False, locks=False)


def _scattered(
    definition: OpDef, ref: Any, indices: Any, updates: Any, use_locking: bool, name: str | None
) -> Tensor:
    return apply(definition, [ref, indices, updates], {"use_locking": use_locking}, name)


def scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Replaces rows of a variable: ref[indices[i]] = updates[i].

    Args:
      ref: a variable.
      indices: row numbers; where one stands twice, the last update holds.
      updates: the new rows, or one scalar.
      use_locking: accepted for compatibility.
      name: the op's name.

    Returns:
      A reference to the variable, which holds the new value.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.scatter_update(tf.Variable([1.0, 2.0]), [0], [5.0])
      <tf.Tensor 'ScatterUpdate:0' shape=(2,) dtype=float32_ref>
    """
    return _scattered(SCATTER_UPDATE, ref, indices, updates, use_locking, name)


def scatter_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds to rows of a variable: ref[indices[i]] += updates[i]. See `scatter_update`."""
    return _scattered(SCATTER_ADD, ref, indices, updates, use_locking, name)


def scatter_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts from rows of a variable: ref[indices[i]] -= updates[i]. See `scatter_update`."""
    return _scattered(SCATTER_SUB, ref, indices, updates, use_locking, name)


def scatter_mul(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Multiplies rows of a variable: ref[indices[i]] *= updates[i]. See `scatter_update`."""
    return _scattered(SCATTER_MUL, ref, indices, updates, use_locking, name)


def scatter_div(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Divides rows of a variable: ref[indices[i]] /= updates[i]. See `scatter_update`."""
    return _scattered(SCATTER_DIV, ref, indices, updates, use_locking, name)


def scatter_min(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Lowers rows of a variable to at most the updates. See `scatter_update`."""
    return _scattered(SCATTER_MIN, ref, indices, updates, use_locking, name)


def scatter_max(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Raises rows of a variable to at least the updates. See `scatter_update`."""
    return _scattered(SCATTER_MAX, ref, indices, updates, use_locking, name)


def scatter_nd_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Tensor:
    """Replaces elements or slices of a variable.

    Args:
      ref: a variable.
      indices: the last axis holds one index for each leading dimension of the variable.
      updates: the new elements or slices.
      use_locking: accepted for compatibility.
      name: the op's name.

    Returns:
      A reference to the variable, which holds the new value.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.scatter_nd_update(tf.Variable([1.0, 2.0]), [[0]], [5.0])
      <tf.Tensor 'ScatterNdUpdate:0' shape=(2,) dtype=float32_ref>
    """
    return _scattered(SCATTER_ND_UPDATE, ref, indices, updates, use_locking, name)


def scatter_nd_add(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Adds to elements or slices of a variable. See `scatter_nd_update`."""
    return _scattered(SCATTER_ND_ADD, ref, indices, updates, use_locking, name)


def scatter_nd_sub(
    ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """Subtracts from elements or slices of a variable. See `scatter_nd_update`."""
    return _scattered(SCATTER_ND_SUB, ref, indices, updates, use_locking, name)
