"""Stage lowering: elementary functions by name and dtype.

In: a dtype name. Out: `functions`, plain Python functions over NumPy scalars; `namespace`, the
same as intrinsics, named as kernel sources call them (`exp_float32`). float16 and bfloat16
are computed in float32, so they have no functions of their own.

The formulas are written once. A `_Binding` gives them the constants of one dtype and the
operations of one flavour by making each function anew over its own globals, on demand. For Numba
they are traced into LLVM code; only lgamma and digamma, which branch, are typed by Numba.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jitgraph.lowering import (
    plain,
    vector_math_float32,
    vector_math_float64,
    vector_math_formulas,
    vector_math_gamma,
    vector_math_narrow,
    vector_math_power,
    vector_math_remainders,
    vector_math_wide,
)

NAMES = tuple(
    "exp expm1 log log1p tanh sigmoid softplus log_sigmoid erf erfc sin cos tan sinh cosh asin"
    " acos atan atan2 asinh acosh atanh pow sqrt rsqrt floor ceil rint lgamma digamma"
    " fmod floor_fmod".split()
)
"""Every function of vector math; those in BINARY take two arguments."""

BINARY = ("atan2", "pow", "fmod", "floor_fmod")
_OPERATIONS = ("sqrt", "floor", "ceil", "rint")
_BRANCHING = ("lgamma", "digamma")

DTYPES = ("float32", "float64")
ULP_BOUNDS = {
    "float32": {
        "exp": 1.5, "expm1": 2, "log": 1, "log1p": 1, "tanh": 2.5, "sigmoid": 2.5, "softplus": 2,
        "log_sigmoid": 2, "erf": 7, "erfc": 4, "sin": 1.5, "cos": 1.5, "tan": 3.5, "sinh": 2,
        "cosh": 2, "asin": 2.5, "acos": 2, "atan": 2, "atan2": 2, "asinh": 2, "acosh": 3,
        "atanh": 2, "pow": 1, "sqrt": 0.5, "rsqrt": 1.5, "floor": 0, "ceil": 0, "rint": 0,
        "lgamma": 1, "digamma": 1, "fmod": 0, "floor_fmod": 0.5,
    },
    "float64": {
        "exp": 1.5, "expm1": 2, "log": 1, "log1p": 1, "tanh": 2.5, "sigmoid": 2.5, "softplus": 2,
        "log_sigmoid": 2, "erf": 1.5, "erfc": 4.5, "sin": 1.5, "cos": 1.5, "tan": 3.5, "sinh": 2,
        "cosh": 2, "asin": 2.5, "acos": 2, "atan": 2, "atan2": 2, "asinh": 2, "acosh": 3,
        "atanh": 2, "pow": 1.5, "sqrt": 0.5, "rsqrt": 1.5, "floor": 0, "ceil": 0, "rint": 0,
        "lgamma": 4, "digamma": 8, "fmod": 0, "floor_fmod": 0.5,
    },
}  # fmt: skip
"""The largest error in units in the last place, on finite arguments; see `tests/lowering`.

lgamma and digamma of float64 hold theirs on arguments above 2.
"""

_FORMULAS = {
    "float64": (
        vector_math_formulas,
        vector_math_remainders,
        vector_math_wide,
        vector_math_power,
        vector_math_gamma,
    ),
    "float32": (vector_math_formulas, vector_math_remainders, vector_math_narrow),
}
_NUMBERS = {"float64": vector_math_float64, "float32": vector_math_float32}
Function = Callable[..., Any]


def _formula_functions(dtype_name: str) -> dict[str, types.FunctionType]:
    return {
        name: value
        for module in _FORMULAS[dtype_name]
        for name, value in vars(module).items()
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__
    }


class _Binding:
    """The formulas over the constants of one dtype and the operations of one flavour."""

    def __init__(
        self,
        dtype_name: str,
        operations: Mapping[str, Any],
        wide: _Binding | None,
        finish: Callable[[Function], Function] = lambda function: function,
    ) -> None:
        self._dtype_name = dtype_name
        self._formulas = _formula_functions(dtype_name)
        self._wide = wide
        self._finish = finish
        self._bound = {**operations, "of_bits": operations[f"{dtype_name}_of_bits"]}

    def function(self, name: str) -> Any:
        """The bound formula or operation `name`, made on first use."""
        if name not in self._bound:
            self._bound[name] = self._made(self._formulas[name])
        return self._bound[name]

    def _made(self, formula: types.FunctionType) -> Function:
        scope = {name: self._meaning(name, formula) for name in _global_names(formula)}
        scope["__name__"] = __name__
        name = f"{formula.__name__}_{self._dtype_name}"
        return self._finish(types.FunctionType(formula.__code__, scope, name))

    def _meaning(self, name: str, formula: types.FunctionType) -> Any:
        if name in self._bound or name in self._formulas:
            return self.function(name)
        if self._wide and name.startswith("wide_"):
            return self._wide.function(name.removeprefix("wide_"))
        return vars(_NUMBERS[self._dtype_name]).get(name, formula.__globals__.get(name))


def _global_names(formula: types.FunctionType) -> list[str]:
    return [name for name in formula.__code__.co_names if name in formula.__globals__]


@functools.cache
def _plain_binding(dtype_name: str) -> _Binding:
    wide = _plain_binding("float64") if dtype_name == "float32" else None
    return _Binding(dtype_name, plain.namespace(), wide)


@functools.cache
def _traced_binding(dtype_name: str) -> _Binding:
    """Formulas that emit LLVM code when they are run."""
    from jitgraph.lowering import vector_math_emit

    return _Binding(dtype_name, vector_math_emit.operations(), None)


@functools.cache
def _jitted_binding(dtype_name: str) -> _Binding:
    """Formulas with branches, typed by Numba; those without are intrinsics to them."""
    from jitgraph.lowering import intrinsics

    wide = _jitted_binding("float64") if dtype_name == "float32" else None
    names = (name for name in (*NAMES, "digamma_tail") if name in _straight_names(dtype_name))
    straight = {name: jitted(f"{name}_{dtype_name}") for name in names}
    return _Binding(dtype_name, {**intrinsics.namespace(), **straight}, wide, _njit)


def _straight_names(dtype_name: str) -> set[str]:
    return set(_formula_functions(dtype_name)) - set(_BRANCHING)


def _njit(function: Function) -> Function:
    import numba

    options = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    jit = numba.njit(fastmath={"contract"}, error_model="numpy", **options)
    result: Function = jit(function)
    return result


def _quiet(function: Function, kind: type[Any]) -> Function:
    @functools.wraps(function)
    def quiet(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return kind(function(*(kind(argument) for argument in arguments)))

    return quiet


@functools.cache
def functions(dtype_name: str) -> dict[str, Function]:
    """Every function of vector math as plain Python over NumPy scalars of `dtype_name`."""
    binding = _plain_binding(dtype_name)
    kind = np.dtype(dtype_name).type
    return {name: _quiet(binding.function(name), kind) for name in NAMES}


def namespace(dtype_name: str) -> dict[str, Any]:
    """Every function of vector math for Numba, named like `exp_float32`; imports Numba.

    Each is compiled when a kernel that uses it is.
    """
    return {f"{name}_{dtype_name}": jitted(f"{name}_{dtype_name}") for name in NAMES}


def is_known(full_name: str) -> bool:
    """Whether `full_name` is like `exp_float32`."""
    name, _, dtype_name = full_name.rpartition("_")
    return name in NAMES and dtype_name in DTYPES


@functools.cache
def jitted(full_name: str) -> Any:
    """One function of vector math for Numba, by a name like `exp_float32`."""
    name, _, dtype_name = full_name.rpartition("_")
    if name in _OPERATIONS:
        from jitgraph.lowering import intrinsics

        return intrinsics.namespace()[name]
    if name in _BRANCHING:
        return _jitted_binding(dtype_name).function(name)
    from jitgraph.lowering import vector_math_emit

    formula = _traced_binding(dtype_name).function(name)
    return vector_math_emit.emitted(formula, dtype_name, 2 if name in BINARY else 1)
