"""Variables of Keras layers: every use reads them anew, under the names of resource variables.

In: an initial value. Out: a tf.Variable whose operations have the names that TensorFlow 1.15 gives
those of `tf.keras`, in the same number: seeds of operations that follow are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor
from jitgraph.ops import state
from jitgraph.ops.convert import register_tensor_conversion_function
from jitgraph.ops.identities import identity
from jitgraph.ops.operators import override_operators


class KerasVariable(Variable):
    """A variable as `tf.keras` makes them. See `tf.Variable` for the arguments."""

    def _create_ops(self, scope: str, shape: Any, validate_shape: bool, is_late: bool) -> None:
        initial = self._initial_value
        name = scope.removesuffix("/")
        self._variable = state.variable_op_v2(initial.get_shape(), initial.dtype.base_dtype, scope)
        state.is_variable_initialized(
            self._variable, name=f"{name}/IsInitialized/VarIsInitializedOp/"
        )
        assigned = state.assign(self._variable, initial, name=f"{name}/Assign/")
        self._initializer_op = assigned.op
        self._snapshot = identity(self._variable, name=f"{name}/Read/ReadVariableOp/")

    def value(self) -> Tensor:
        """A new op that reads it."""
        return identity(self._variable, name="ReadVariableOp")

    def read_value(self) -> Tensor:
        """A new op that reads it, under the control dependencies in force."""
        return identity(self._variable, name="Read/ReadVariableOp")

    def __repr__(self) -> str:
        kind = self.dtype.base_dtype.name
        return f"<tf.Variable '{self.name}' shape={self.get_shape()} dtype={kind}>"


def _to_tensor(
    value: KerasVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type "
            f"'{value.dtype.base_dtype.name}'"
        )
    return value._ref() if as_ref else value.value()


register_tensor_conversion_function(KerasVariable, _to_tensor, priority=90)


def _overload(name: str, function: Callable[..., Any]) -> None:
    def operator(self: KerasVariable, *args: Any) -> Any:
        return function(self.value(), *args)

    operator.__name__ = name
    setattr(KerasVariable, name, operator)


override_operators(_overload)
