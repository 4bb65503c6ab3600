"""The seeds of a random op, by TensorFlow's rules.

In: the graph's seed and the op's own. Out: the pair of seeds that the op is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jitgraph.graph import get_default_graph

DEFAULT_GRAPH_SEED = 87654321
_LARGEST = 2**31 - 1
_OPERATIONS_MORE: ContextVar[int] = ContextVar("operations_more", default=0)


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds of a random op of the default graph.

    Args:
      op_seed: the seed given to the op, or None.

    Returns:
      (None, None) where neither graph nor op has a seed: the op then draws one when it runs. Where
      only the graph has one, the op's seed is the number of operations made so far.

    Example:
      >>> tf.get_seed(7)
      (87654321, 7)
    """
    graph = get_default_graph()
    if graph.seed is None and op_seed is None:
        return None, None
    first = DEFAULT_GRAPH_SEED if graph.seed is None else graph.seed
    second = graph._last_id + _OPERATIONS_MORE.get() if op_seed is None else op_seed
    seeds = first % _LARGEST, second % _LARGEST
    return (0, _LARGEST) if seeds == (0, 0) else seeds


@contextmanager
def seeded_after(count: int) -> Iterator[None]:
    """Random ops made within have seeds as if the graph had more operations.

    Args:
      count: how many more TensorFlow would have made before.
    """
    token = _OPERATIONS_MORE.set(count)
    try:
        yield
    finally:
        _OPERATIONS_MORE.reset(token)
