"""Several structures at once: a function of the leaves that stand at the same place.

In: structures of tensors, tensor arrays, sizes. Out: a structure like the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.structures import flatten, pack_like


def map_together(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """A structure like `first` of the function's results; what it gives is kept as it is.

    Args:
      function: takes one leaf of each structure.
      first, others: structures nested alike.
    """
    rows = zip(flatten(first), *map(flatten, others), strict=True)
    made = [function(*row) for row in rows]
    return pack_like(pack_like(first, [None] * len(made)), made)
