"""Windows that frames of a signal are multiplied with: raised cosines.

In: lengths. Out: vectors.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_remainders import floormod
from jitgraph.ops.elementwise_trigonometric import cos
from jitgraph.ops.filling import ones
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of


def hann_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hann's window, (1 - cos) / 2.

    Args:
      window_length: how long.
      periodic: whether it goes on after its end where it began, else it is symmetric.
      dtype: a floating dtype.
      name: the ops' name scope.

    Raises:
      ValueError: another dtype.

    Example:
      >>> tf.signal.hann_window(8).shape
      TensorShape([Dimension(8)])
    """
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, (0.5, 0.5))


def hamming_window(
    window_length: Any, periodic: Any = True, dtype: Any = dtypes.float32, name: str | None = None
) -> Tensor:
    """Hamming's window, 0.54 - 0.46 cos.

    Args:
      window_length, periodic, dtype, name: as in `hann_window`.

    Raises:
      ValueError: another dtype.

    Example:
      >>> tf.signal.hamming_window(8).shape
      TensorShape([Dimension(8)])
    """
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, (0.54, 0.46))


def _raised_cosine(
    name: str | None, title: str, length: Any, periodic: Any, dtype: Any, weights: Any
) -> Tensor:
    from jitgraph.frontend.control_flow import cond

    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype!r}")
    with name_scope(name, title, [length, periodic]):
        length = convert_to_tensor(length, dtype=dtypes.int32, name="window_length")
        length.shape.assert_has_rank(0)
        known = constant_value(length)
        if known == 1:
            return ones([1], dtype=dtype)
        periodic = convert_to_tensor(periodic, dtype=dtypes.bool, name="periodic")
        periodic = cast(periodic, dtypes.int32)
        even = 1 - floormod(length, 2)
        n: Any = cast(length + periodic * even - 1, dtype=dtype)
        count = cast(range_of(length), dtype)
        angle = constant(2 * math.pi, dtype=dtype) * count / n
        level, swing = weights

        def window() -> Tensor:
            return cast(level - swing * cos(angle), dtype=dtype)

        if known is not None:
            return window()
        one_alone: Tensor = cond(equal(length, 1), lambda: ones([1], dtype=dtype), window)
        return one_alone
