"""What `explain` takes for granted about values that it is not given.

In: the feeds given, the placeholders needed. Out: hints, by which the compiler fixes nothing but
what guards say; sizes that nobody told are made up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.ordering import ordered_ancestors
from jitgraph.ir.trace import FeedHint

ASSUMED_SIZES = (64, 2)
"""Sizes tried, in this order, for dimensions that nobody told; all of them get the same."""


def given_hints(tensors: Sequence[Tensor], arrays: Sequence[np.ndarray]) -> list[FeedHint]:
    """Hints for what the user feeds."""
    return [
        FeedHint(tensor, tensor.dtype.base_dtype, array.shape, array)
        for tensor, array in zip(tensors, arrays, strict=True)
    ]


def missing_placeholders(
    fetches: Sequence[Tensor | Operation], given: Sequence[FeedHint]
) -> list[Tensor]:
    """The placeholders that `fetches` need and that are not fed."""
    fed = {hint.tensor: hint for hint in given}
    needed = (op for op in ordered_ancestors(fetches, fed) if op.type == "Placeholder")
    return [op.outputs[0] for op in needed]


def assumed_hint(placeholder: Tensor, size: int) -> FeedHint:
    """A hint for a placeholder that is not fed: its static shape, `size` where that is open.

    Raises:
      errors.InvalidArgumentError: its rank is not known.
    """
    dims = placeholder.shape.dims
    if dims is None:
        op = placeholder.op
        text = f"explain can't make up a shape for {placeholder.name}: feed it in feed_dict"
        raise errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))
    shape = tuple(size if dim.value is None else dim.value for dim in dims)
    dtype = placeholder.dtype.base_dtype
    item = b"" if dtype == dtypes.string else 1
    array = np.broadcast_to(np.asarray(item, dtype.as_numpy_dtype), shape)
    return FeedHint(placeholder, dtype, shape, array)
