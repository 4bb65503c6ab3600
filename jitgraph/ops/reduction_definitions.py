"""What the reductions are: sums, means, products, extrema, any and all along axes.

In: a tensor and axes, known before native code runs. Out: the tensor without those axes, or with
them kept at size 1. The functions that add them to a graph are in reductions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import misfits
from jitgraph.ops.array_dims import literal_axis
from jitgraph.ops.definition import (
    COMPLEX,
    INDEX,
    INTEGERS,
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.reduction_gradients import (
    extremum_gradient,
    mean_gradient,
    prod_gradient,
    sum_gradient,
)

Dims = tuple[Any, ...]


def reduction_shape(query: ShapeQuery) -> list[Dims | None]:
    """The input's shape without the axes of the second input, or with ones there."""
    dims, axes_dims = query.shapes
    if axes_dims is not None and len(axes_dims) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(axes_dims)}")
    keep = query.attrs["keep_dims"]
    axes = query.value(1)
    if dims is None:
        return [None]
    if axes is None or any(axis is None for axis in axes.reshape(-1)):
        return [(None,) * len(dims) if keep else None]
    reduced = {_wrapped(axis, len(dims)) for axis in axes.reshape(-1)}
    if keep:
        return [tuple(1 if axis in reduced else dim for axis, dim in enumerate(dims))]
    return [tuple(dim for axis, dim in enumerate(dims) if axis not in reduced)]


def _wrapped(axis: Any, rank: int) -> int:
    position = literal_axis(axis, rank)
    if position is None:
        raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
    return position


def reduced_axes(axes: Any, rank: int) -> tuple[int, ...]:
    """The axes a reduction goes over: counted from the front, each once, in order."""
    return tuple(sorted({_wrapped(axis, rank) for axis in np.asarray(axes).reshape(-1)}))


def _reference(reduce: Callable[..., Any]) -> Callable[..., np.ndarray]:
    def computed(input: Any, reduction_indices: Any, keep_dims: bool = False) -> np.ndarray:
        array = np.asarray(input)
        return reduce(array, reduced_axes(reduction_indices, array.ndim), keep_dims)

    return widened(computed)


def _sum(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    if x.dtype.kind != "f":
        return np.sum(x, axis=axes, keepdims=keep, dtype=x.dtype)
    return np.sum(x, axis=axes, keepdims=keep, dtype=np.float64).astype(x.dtype)


def _prod(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return np.prod(x, axis=axes, keepdims=keep, dtype=x.dtype)


def _max(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return _extremum(np.max, x, axes, keep, -1)


def _min(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return _extremum(np.min, x, axes, keep, 1)


def _extremum(reduce: Any, x: np.ndarray, axes: tuple[int, ...], keep: bool, sign: int) -> Any:
    if x.dtype == object:
        return reduce(x, axis=axes, keepdims=keep)
    return reduce(x, axis=axes, keepdims=keep, initial=_farthest(x.dtype, sign))


def _farthest(dtype: Any, sign: int) -> Any:
    """What every other value beats: the extremum of no elements."""
    if dtype.kind in "fc":
        return sign * np.inf
    limits = np.iinfo(dtype)
    return limits.max if sign > 0 else limits.min


def _mean(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    total = _sum(x, axes, keep)
    count = np.prod([x.shape[axis] for axis in axes], dtype=np.int64).astype(x.dtype)
    if x.dtype.kind in "fc":
        return total / count
    count = max(count, 1)
    return (total - np.fmod(total, count)) // count


def _euclidean_norm(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return np.sqrt(_sum(x * np.conj(x), axes, keep))


def _any(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return np.any(x, axis=axes, keepdims=keep)


def _all(x: np.ndarray, axes: tuple[int, ...], keep: bool) -> Any:
    return np.all(x, axis=axes, keepdims=keep)


def _decompose_mean(b: Any, instr: Any) -> list[Any]:
    x, axes = instr.inputs
    dtype = x.type.dtype
    total = b.emit("Sum", x, axes, keep_dims=instr.attrs["keep_dims"])
    count: Any = 1
    for axis in reduced_axes(b.host(axes), len(x.type.dims)):
        count = x.type.dims[axis] * count
    divisor = b.scalar_size(count, dtype)
    if dtype.is_integer:
        divisor = b.emit("Maximum", divisor, b.constant(1, dtype))
    return [b.emit("RealDiv", total, divisor)]


def _decompose_norm(b: Any, instr: Any) -> list[Any]:
    x, axes = instr.inputs
    dtype = x.type.dtype
    squares = b.emit("Mul", x, b.emit("Conj", x) if dtype.is_complex else x)
    total = b.emit("Sum", squares, axes, keep_dims=instr.attrs["keep_dims"])
    if not dtype.is_integer:
        return [b.emit("Sqrt", total)]
    root = b.emit("Sqrt", b.emit("Cast", total, DstT=dtypes.float64))
    return [b.emit("Cast", root, DstT=dtype)]


_SAMPLED = (
    ((2, 3), 1, False),
    ((2, 3), -2, True),
    ((3, 2, 4), (0, 2), False),
    ((3, 2, 4), (2, -3), True),
    ((4,), (), False),
    ((), (), False),
)


def _array(rng: np.random.Generator, shape: Any, dtype: Any) -> np.ndarray:
    kind = dtype.as_numpy_dtype
    if dtype.is_bool:
        return rng.random(shape) < 0.6
    if dtype.is_complex:
        return np.asarray(rng.uniform(-2, 2, shape) + 1j * rng.uniform(-2, 2, shape)).astype(kind)
    if dtype.is_integer:
        return rng.integers(0 if dtype.is_unsigned else -4, 5, shape).astype(kind)
    return np.asarray(rng.uniform(0.5, 2.0, shape) * rng.choice([-1, 1], shape)).astype(kind)


def _samples(allowed: tuple[Any, ...]) -> Callable[[np.random.Generator], Any]:
    first = dtypes.float64 if dtypes.float64 in allowed else dtypes.bool

    def samples(rng: np.random.Generator) -> Any:
        for shape, axes, keep in _SAMPLED:
            given = _array(rng, shape, first), np.asarray(axes, np.int32)
            yield Sample(given, {"keep_dims": keep})
        for dtype in allowed:
            yield Sample((_array(rng, (3, 4), dtype), np.array([0], np.int64)))
        empty = np.zeros((2, 0), first.as_numpy_dtype)
        yield Sample((empty, np.int32(1)), {"keep_dims": True})
        yield Sample((empty, np.int32(0)))

    return samples


def _reduction(
    name: str, meaning: Callable[..., Any], allowed: Any = NUMBERS, **rest: Any
) -> OpDef:
    kind = "bool" if allowed == (dtypes.bool,) else "T"
    types: dict[str, Any] = {"Tidx": (INDEX, dtypes.int32)}
    if kind == "T":
        types["T"] = allowed
    return OpDef(
        name,
        f"input: {kind}, reduction_indices: Tidx -> output: {kind}",
        reduction_shape,
        types=types,
        attrs={"keep_dims": False},
        misfit=misfits.reduction,
        reference=_reference(meaning),
        host=(1,),
        samples=rest.pop("samples", None) or _samples(allowed),
        **rest,
    )


_REAL = tuple(dtype for dtype in NUMBERS if dtype not in COMPLEX)


def _whole_roots(rng: np.random.Generator) -> Any:
    yield from _samples(tuple(dtype for dtype in NUMBERS if dtype not in INTEGERS))(rng)
    yield Sample((np.array([[3, 4], [6, 8]], np.int32), np.int32(1)))


SUM = _reduction("Sum", _sum, reduce="sum", gradient=sum_gradient)
MEAN = _reduction("Mean", _mean, decompose=_decompose_mean, gradient=mean_gradient)
PROD = _reduction("Prod", _prod, reduce="prod", gradient=prod_gradient)
MAX = _reduction("Max", _max, reduce="max", gradient=extremum_gradient, samples=_samples(_REAL))
MIN = _reduction("Min", _min, reduce="min", gradient=extremum_gradient, samples=_samples(_REAL))
EUCLIDEAN_NORM = _reduction(
    "EuclideanNorm",
    _euclidean_norm,
    decompose=_decompose_norm,
    gradient=no_gradient,
    samples=_whole_roots,
)
ANY = _reduction("Any", _any, (dtypes.bool,), reduce="any", gradient=no_gradient)
ALL = _reduction("All", _all, (dtypes.bool,), reduce="all", gradient=no_gradient)
