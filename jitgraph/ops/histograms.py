"""Counts: how many numbers fall in each of several bins of equal width.

In: numbers, the range of the bins. Out: counts, or the bins' numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import INDEX, OpDef, Sample, ShapeQuery

_KINDS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _bins_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[1], 1)
    require_rank(q.shapes[2], 0)
    known = q.value(2)
    return [(None if known is None else np.asarray(known, object).item(),)]


def _counts(values: Any, value_range: Any, nbins: Any, dtype: Any) -> np.ndarray:
    low, high = (each.item() for each in np.asarray(value_range))
    count = int(nbins)
    if not low < high:
        raise ValueError(
            "value_range should satisfy value_range[0] < value_range[1], but got "
            f"'[{low:g}, {high:g}]'"
        )
    if count <= 0:
        raise ValueError(f"nbins should be a positive number, but got '{count}'")
    above = np.maximum(values, value_range[0]) - value_range[0]
    step = float(value_range[1] - value_range[0]) / count
    bins = np.minimum(above.astype(np.float64) / step, count - 1).astype(np.int64)
    return np.bincount(bins.ravel(), minlength=count).astype(dtype.as_numpy_dtype)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32, np.int64):
        for out in (dtypes.int32, dtypes.int64):
            values = rng.uniform(-2, 8, (3, 7)).astype(kind)
            limits = np.array([0, 5], kind)
            yield Sample((values, limits, np.int32(5)), {"dtype": out})
    nothing = np.zeros(0, np.float32)
    yield Sample((nothing, np.array([0, 1], np.float32), np.int32(3)), {"dtype": dtypes.int32})


HISTOGRAM_FIXED_WIDTH = OpDef(
    "HistogramFixedWidth",
    "values: T, value_range: T, nbins: int32 -> out: dtype",
    _bins_shape,
    types={"T": _KINDS, "dtype": (INDEX, dtypes.int32)},
    attrs={"dtype": dtypes.int32},
    reference=_counts,
    host=(2,),
    samples=_samples,
)


def histogram_fixed_width(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """How many values fall in each of `nbins` bins of equal width.

    Args:
      values: a tensor of numbers.
      value_range: a vector of the lower end of the first bin and the upper end of the last one,
        which hold what lies beyond, too.
      nbins: how many bins.
      dtype: of the counts, int32 or int64.
      name: the op's name.

    Raises:
      InvalidArgumentError: when run, if the range or the number of bins isn't positive.

    Example:
      >>> tf.histogram_fixed_width([-1.0, 0.0, 1.5, 2.0, 5.0, 15], [0.0, 5.0], nbins=5).shape
      TensorShape([Dimension(5)])
    """
    with name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as scope:
        inputs = [values, value_range, nbins]
        attrs = {"dtype": dtypes.as_dtype(dtype)}
        return apply(HISTOGRAM_FIXED_WIDTH, inputs, attrs, scope)


def histogram_fixed_width_bins(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """The numbers of the bins in which values fall.

    Args:
      values, value_range, nbins, dtype, name: as in `histogram_fixed_width`.

    Example:
      >>> tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5], [0.0, 5.0], nbins=5).shape
      TensorShape([Dimension(3)])
    """
    from jitgraph.ops.casting import cast
    from jitgraph.ops.elementwise_division import truediv
    from jitgraph.ops.elementwise_extrema import clip_by_value
    from jitgraph.ops.elementwise_rounding import floor
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape as shape_of

    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        sizes = shape_of(values)
        flat: Any = reshape(values, [-1])
        limits: Any = convert_to_tensor(value_range, name="value_range")
        count: Any = convert_to_tensor(nbins, dtype=dtypes.int32, name="nbins")
        wide: Any = cast(count, dtype=flat.dtype)
        above, width = flat - limits[0], limits[1] - limits[0]
        found = floor(wide * truediv(above, width, name="scaled_values"), name="indices")
        return reshape(cast(clip_by_value(found, 0, wide - 1), dtypes.int32), sizes)
