"""Hangs Python's operators on Tensor: `x + y`, `-x`, `x < y`, `x @ y`.

In: importing this module. Out: operators that create the ops TensorFlow creates, under the same
names. A value on the other side takes the tensor's dtype. `==` and `!=` compare identity.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import arithmetic, comparison, logical
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div, floordiv, truediv
from jitgraph.ops.elementwise_powers import pow
from jitgraph.ops.elementwise_remainders import floormod
from jitgraph.ops.elementwise_rounding import abs
from jitgraph.ops.sparse_operators import multiply_dense
from jitgraph.ops.sparse_tensor import SparseTensor

Operator = Callable[..., Any]


def _add(x: Tensor, y: Tensor, name: str | None = None) -> Tensor:
    is_text = x.dtype == dtypes.string
    return apply(arithmetic.ADD if is_text else arithmetic.ADD_V2, [x, y], name=name)


def _matmul(x: Tensor, y: Tensor, name: str | None = None) -> Tensor:
    from jitgraph.ops.matmul import matmul

    return matmul(x, y, name=name)


_BINARY: dict[str, Operator] = {
    "add": _add,
    "sub": arithmetic.subtract,
    "mul": arithmetic.multiply,
    "div": div,
    "truediv": truediv,
    "floordiv": floordiv,
    "mod": floormod,
    "pow": pow,
    "matmul": _matmul,
    "and": logical.logical_and,
    "or": logical.logical_or,
    "xor": logical.logical_xor,
}
"""The name an operator gives its op, and what it calls."""

_DIRECT: dict[str, Operator] = {
    "__neg__": arithmetic.negative,
    "__abs__": abs,
    "__invert__": logical.logical_not,
    "__lt__": comparison.less,
    "__le__": comparison.less_equal,
    "__gt__": comparison.greater,
    "__ge__": comparison.greater_equal,
}
"""Operators that are the public function itself."""


_OF_SEVERAL_OPS = ("xor",)
"""Operators whose ops stand in a scope of the operator's name, the last one named like it."""


def _forward(name: str, function: Operator) -> Operator:
    is_one_op = name not in _OF_SEVERAL_OPS

    def operator(x: Tensor, y: Any) -> Any:
        if is_one_op and type(y) is Tensor and type(x) is Tensor:
            return function(x, y, name=name)
        with name_scope(None, name, [x, y]) as scope:
            if type(y) is not Tensor:
                if name == "mul" and isinstance(y, SparseTensor):
                    return multiply_dense(x, y, scope)
                try:
                    y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
                except TypeError:
                    if hasattr(type(y), f"__r{name}__"):
                        return NotImplemented
                    raise
            return function(x, y, name=scope)

    operator.__name__ = f"__{name}__"
    operator.__doc__ = function.__doc__
    return operator


def _reversed(name: str, function: Operator) -> Operator:
    def operator(y: Tensor, x: Any) -> Any:
        with name_scope(None, name, [x, y]) as scope:
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
            return function(x, y, name=scope)

    operator.__name__ = f"__r{name}__"
    operator.__doc__ = function.__doc__
    return operator


def override_operators(add: Callable[[str, Operator], None]) -> None:
    """Gives `add` every operator by its method name; Tensor's are hung on by importing this."""
    for name, function in _BINARY.items():
        add(f"__{name}__", _forward(name, function))
        add(f"__r{name}__", _reversed(name, function))
    for method, function in _DIRECT.items():
        add(method, function)


override_operators(Tensor._override_operator)
