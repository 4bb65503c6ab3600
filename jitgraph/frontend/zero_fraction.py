"""tf.nn.zero_fraction: how many elements of a tensor are zero, as a share.

In: a tensor. Out: a float32.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import not_equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.identities import identity
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.shapes_of import size as size_of

_MOST = 2**31 - 1


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The share of a tensor's elements that are zero; NaN if it has none.

    Args:
      value: a tensor of numbers.
      name: the ops' name scope.

    Example:
      >>> tf.nn.zero_fraction([0.0, 1.0])
      <tf.Tensor 'zero_fraction/fraction:0' shape=() dtype=float32>
    """
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        size = size_of(value, out_type=dtypes.int64)
        others = cond(
            size <= _MOST,
            true_fn=lambda: cast(_count_others(value, dtypes.int32), dtypes.int64),
            false_fn=lambda: _count_others(value, dtypes.int64),
        )
        with name_scope("counts_to_fraction"):
            zeros_found = cast(size - others, dtypes.float32)
            fraction = zeros_found / cast(size, dtypes.float32)
        return identity(fraction, "fraction")


def _count_others(value: Tensor, dtype: DType) -> Tensor:
    """How many elements are not zero."""
    with name_scope("count_nonzero", values=[value]):
        zero = zeros([], dtype=value.dtype)
        return reduce_sum(cast(not_equal(value, zero), dtype=dtype), name="nonzero_count")
