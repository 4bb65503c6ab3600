"""Stage frontend: what input functions give: features, labels, and what must be initialised.

In: a dataset, tensors, or a pair of them. Out: features, labels, hooks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.structures import flatten
from jitgraph.graph import GraphKeys, Tensor, get_default_graph


class IteratorInitializerHook(SessionRunHook):
    """Initialises an iterator when a session is made.

    Args:
      iterator: the iterator.
    """

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def begin(self) -> None:
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._initializer)


def argument_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's arguments; without `self`."""
    return tuple(inspect.signature(function).parameters)


def features_and_labels(result: Any) -> tuple[Any, Any, list[SessionRunHook]]:
    """The features, labels and hooks of what an input function gave.

    Raises:
      ValueError: a list or tuple that is no pair.
    """
    from jitgraph.frontend.data.datasets import Dataset
    from jitgraph.frontend.data.iterators import make_initializable_iterator

    hooks: list[SessionRunHook] = []
    if isinstance(result, Dataset):
        iterator = make_initializable_iterator(result)
        hooks.append(IteratorInitializerHook(iterator))
        result = iterator.get_next()
    if not isinstance(result, (list, tuple)):
        return result, None, hooks
    if len(result) != 2:
        raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
    return result[0], result[1], hooks


def has_end(features: Any) -> bool:
    """Whether features come of a dataset or a queue."""
    tensors = [item for item in flatten(features) if isinstance(item, Tensor)]
    if any(tensor.op.type == "IteratorGetNext" for tensor in tensors):
        return True
    return bool(get_default_graph().get_collection(GraphKeys.QUEUE_RUNNERS))
