"""Operations that a run does on the host, between its programs: made ready once, called often.

In: an operation, and what the session keeps. Out: a callable that takes the values of tensors and
gives what the operation makes. Errors name the operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.parts import holder_of, stands_for_held
from jitgraph.ops.constants import CONST
from jitgraph.ops.partial_value import input_groups
from jitgraph.runtime.failures import bad_data
from jitgraph.runtime.host_functions import host_function

Values = Mapping[Tensor, np.ndarray]

_GIVES_TENSORS = "EagerPyFunc"
"""The op of a Python function that may give tensors of a graph."""


class HostCall:
    """An operation whose sizes depend on data, or that uses what the session keeps.

    Args:
      op: the operation.
      held: gives what the session keeps for an operation: a queue, a reader.
      function: gives what calls a function that is a graph.
    """

    def __init__(
        self,
        op: Operation,
        held: Callable[[Operation], Any],
        function: Callable[[Any], Any] | None = None,
    ) -> None:
        definition: Any = op.definition
        self._op = op
        self._held = held
        self._inputs = [(t, holder_of(t) if stands_for_held(t) else None) for t in op._inputs]
        self._constants = {t: _unwritable(t) for t in op._inputs if is_constant(t)}
        self._function = host_function(definition)
        self._attrs = {k: op._attrs[k] for k in definition.attrs if k in op._attrs}
        if function is not None:
            self._attrs |= {name: function(op._attrs[name]) for name in definition.functions}
        self._groups = input_groups(definition, op._attrs)
        self.may_give_tensors = definition.name == _GIVES_TENSORS
        self._outputs = [(t, t.dtype.base_dtype.as_numpy_dtype) for t in op._outputs]

    def __call__(self, values: Values) -> dict[Tensor, Any]:
        """What the operation makes: arrays; a Python function may give tensors of a graph.

        Raises:
          errors.OpError: what the reference refuses.
        """
        op, held = self._op, self._held
        if self._constants:
            values = {**values, **self._constants}
        given = [
            values[tensor] if holder is None else held(holder) for tensor, holder in self._inputs
        ]
        try:
            if self._groups is not None:
                given = [given[group] for group in self._groups]
            found = self._function(*given, **self._attrs)
        except (ValueError, IndexError) as error:
            raise bad_data(op, str(error)) from None
        except errors.OpError as error:
            text = errors.message_with_origin(error.message, op)
            raise type(error)(None, op, text) from error.__cause__
        if not self._outputs:
            return {}
        results = found if isinstance(found, tuple) else (found,)
        return {
            tensor: self._own(each, dtype)
            for (tensor, dtype), each in zip(self._outputs, results, strict=True)
        }

    def _own(self, result: Any, dtype: Any) -> Any:
        """A result as an array; a copy where it is a constant's memory."""
        if self.may_give_tensors and isinstance(result, Tensor):
            return result
        array = np.asarray(result, dtype, order="C")
        if self._constants and any(
            np.may_share_memory(array, each) for each in self._constants.values()
        ):
            return array.copy()
        return array


def _unwritable(constant: Tensor) -> Any:
    """A constant's array; what is called may keep it, since nobody can write it."""
    array: np.ndarray = constant._op._attrs["value"]
    array.setflags(write=False)
    return array


def is_constant(tensor: Tensor) -> bool:
    """Whether a tensor's contents are in its operation: no program needs to give them."""
    return tensor._op.definition is CONST
