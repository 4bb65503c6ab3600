"""Ops whose result has a row for each number up to the last item of a vector: segment_sum.

In: an op whose definition says which input that vector is. Out: how many rows there are, a size: a
constant, or an item of what is fed. What is neither must be computed first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ir.needs import NeedsValue
from jitgraph.ir.sizes import smax


def is_counted(tracer: Any, definition: Any) -> bool:
    """Whether an op's rows can be counted here: in a branch that does not run, or from iteration
    to iteration, what counts them means nothing."""
    inside = tracer.branches is not None and tracer.branches.inside
    return definition.counted is not None and not tracer.depth and not inside


def rows_named(tracer: Any, numbers: Tensor) -> Any:
    """The last of `numbers`, a vector, plus one; zero if it is empty.

    Args:
      tracer: knows what is fed, and what is constant.
      numbers: the vector.

    Raises:
      NeedsValue: it is computed.
    """
    known = tracer._contents_of(numbers)
    if known is not None:
        return smax(known[-1] + 1, 0) if len(known) else 0
    constant = numbers._op._attrs.get("value") if numbers._op._type == "Const" else None
    if constant is not None:
        return max(int(constant[-1]) + 1, 0)
    if numbers not in tracer.fed:
        raise NeedsValue(numbers)
    feed = tracer.fed[numbers]
    items = np.asarray(tracer.feeds[feed].array)
    if not tracer.scope.decide(tracer.values[numbers].type.dims[0], ">", 0):
        return 0
    last = tracer._symbol(feed, -1, int(items[-1]), is_item=True)
    return smax(last + 1, 0)
