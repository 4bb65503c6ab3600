"""Functions given to map, filter and the like, as graphs of their own.

In: a function of an element's components. Out: its body, and the structure of what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.frontend.data.structures import (
    DatasetSpec,
    element_of,
    flatten,
    pack_like,
    spec_of,
    tensors_of,
)
from jitgraph.graph import Tensor
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.function_graph import Body, function_body


@dataclass(frozen=True, eq=False)
class Traced:
    """A function's body, and the specs of what it gives."""

    body: Body
    output: Any

    @property
    def captured(self) -> list[Tensor]:
        """The tensors around it that it uses."""
        return self.body.outside

    @property
    def element(self) -> Any:
        """The specs of the elements of the dataset that it gives.

        Raises:
          TypeError: it gives something else.
        """
        if not isinstance(self.output, DatasetSpec):
            raise TypeError(f"`map_func` must return a `Dataset` object. Got {type(self.output)}")
        return self.output.element


def traced(function: Callable[..., Any], title: str, spec: Any) -> Traced:
    """Traces a function.

    Args:
      function: called with an element; with the components of one that is a tuple.
      title: what it was given to, for messages.
      spec: the specs of an element.

    Raises:
      TypeError: it gives something that is no tensor and can't be made one.
    """
    outputs: list[Any] = []

    def make(arguments: Sequence[Tensor]) -> Sequence[Tensor]:
        given = element_of(spec, arguments)
        result = function(*given) if type(given) is tuple else function(given)
        result = tuple(result) if isinstance(result, list) else result
        element = _as_tensors(result, title)
        outputs.append(spec_of(element))
        return tensors_of(element)

    kinds = [(one.dtype, one.shape) for one in flatten(spec)]
    name = getattr(function, "__name__", type(function).__name__).strip("<>")
    body = function_body(f"{title[:-2].replace('.', '_')}_{name}", kinds, make)
    return Traced(body, outputs[0])


def _as_tensors(result: Any, title: str) -> Any:
    from jitgraph.frontend.data.datasets import Dataset

    def leaf(value: Any) -> Any:
        if isinstance(value, Dataset):
            return value
        return convert_to_tensor(value)

    try:
        return pack_like(result, [leaf(value) for value in flatten(result)])
    except (TypeError, ValueError):
        raise TypeError(
            f"Unsupported return value from function passed to {title}: {result}."
        ) from None
