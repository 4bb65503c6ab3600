"""Short forms of `OpDef` for elementwise ops.

In: a type name, the allowed dtypes, the meaning. Out: definitions whose inputs broadcast, and whose
reference computes half precision in float32 and rounds once, as kernels do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import control_dependencies
from jitgraph.ops.definition import COMPLEX, FLOATS, OpDef, Sample
from jitgraph.ops.shape_rules import broadcast_shape, merged_shape, same_shape

INT32_64 = (dtypes.int32, dtypes.int64)
INT8_16 = (dtypes.int8, dtypes.int16)
UINT8_16 = (dtypes.uint8, dtypes.uint16)
FLOATS_AND_COMPLEX = FLOATS + COMPLEX
NUMERIC = FLOATS + INT32_64 + COMPLEX
"""The dtypes of most arithmetic in TensorFlow."""

_SMALL = (dtypes.uint8, dtypes.int8, dtypes.uint16, dtypes.int16)
ARITHMETIC = FLOATS + _SMALL + INT32_64 + COMPLEX
NO_BFLOAT16 = (dtypes.float16, dtypes.float32, dtypes.float64, *COMPLEX)

Reference = Callable[..., Any]
Gradient = Callable[..., Any]


def unary(name: str, allowed: tuple[Any, ...], reference: Reference, **rest: Any) -> OpDef:
    """The definition of an op from `x` to a `y` of the same dtype and shape."""
    signature = rest.pop("signature", "x: T -> y: T")
    kinds = {"T": allowed, **rest.pop("types", {})}
    return OpDef(name, signature, same_shape, types=kinds, reference=widened(reference), **rest)


def binary(name: str, allowed: tuple[Any, ...], reference: Reference, **rest: Any) -> OpDef:
    """The definition of an op from `x` and `y`, broadcast, to a `z` of the same dtype."""
    signature = rest.pop("signature", "x: T, y: T -> z: T")
    kinds = {"T": allowed, **rest.pop("types", {})}
    return OpDef(
        name, signature, broadcast_shape, types=kinds, reference=widened(reference), **rest
    )


def gradient_op(
    name: str, reference: Reference, scalar: str, gradient: Gradient, **rest: Any
) -> OpDef:
    """The definition of an op that gives a function's gradient from its output `y` and the
    incoming gradient `dy`, both of one shape."""
    return OpDef(
        name,
        "y: T, dy: T -> z: T",
        merged_shape,
        types={"T": FLOATS_AND_COMPLEX},
        reference=widened(reference),
        scalar={"float": scalar},
        gradient=after_gradient(gradient),
        samples=alike(FLOATS_AND_COMPLEX, (0.2, 3.0), (-2.0, 2.0)),
        **rest,
    )


def alike(kinds: tuple[Any, ...], *domains: tuple[float, float]) -> Any:
    """Samples of one shape for all inputs, each drawn from its domain."""

    def samples(rng: np.random.Generator) -> Any:
        for dtype in kinds:
            for dims in ((2, 3), (), (0, 2)):
                drawn = (np.asarray(rng.uniform(*domain, dims)) for domain in domains)
                yield Sample(tuple(array.astype(dtype.as_numpy_dtype) for array in drawn))

    return samples


def widened(reference: Reference) -> Reference:
    """`reference`, given float32 for inputs of half precision."""

    @wraps(reference)
    def computed(*inputs: Any, **attrs: Any) -> Any:
        return reference(*(_widen(value) for value in inputs), **attrs)

    return computed


def _widen(value: Any) -> Any:
    dtype = getattr(value, "dtype", None)
    if dtype is not None and dtype.itemsize == 2 and dtype.kind in "fV":
        return np.asarray(value).astype(np.float32)
    return value


def after_gradient(rule: Gradient) -> Gradient:
    """`rule`, whose ops run only once the incoming gradient is there."""

    @wraps(rule)
    def gradient(op: Any, grad: Any) -> Any:
        with control_dependencies([grad]):
            return rule(op, grad)

    return gradient
