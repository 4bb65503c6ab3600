"""Variables as ops: VariableV2, the assignments, and the update of gradient descent.

In: references to variables and values. Out: reference tensors that stand for the new contents.
To the compiler a write is a pure function: (old contents, other inputs) -> new contents.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims, require_rank
from jitgraph.ops.definition import (
    ANY,
    NUMBERS,
    REQUIRED,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.shapes import as_shape


def _declared_shape(q: ShapeQuery) -> list[Dims | None]:
    shape = as_shape(q.attrs["shape"])
    return [None if shape.ndims is None else tuple(shape.as_list())]


VARIABLE_V2 = OpDef(
    "VariableV2",
    "-> ref: Ref(dtype)",
    _declared_shape,
    types={"dtype": ANY},
    attrs={"shape": REQUIRED, "container": "", "shared_name": ""},
    gradient=no_gradient,
    state="variable",
    stateful=True,
)


def variable_op_v2(
    shape: Any, dtype: Any, name: str = "Variable", container: str = "", shared_name: str = ""
) -> Tensor:
    """The op that holds a variable; `tf.Variable` is the friendlier way.

    Args:
      shape: the shape, which may be unknown.
      dtype: the dtype.
      name: the op's name.
      container, shared_name: accepted for compatibility.

    Returns:
      A reference tensor.
    """
    attrs = {
        "shape": as_shape(shape),
        "dtype": dtypes.as_dtype(dtype).base_dtype,
        "container": container,
        "shared_name": shared_name,
    }
    return apply(VARIABLE_V2, [], attrs, name)


def _scalar_bool(q: ShapeQuery) -> list[Dims | None]:
    return [()]


IS_VARIABLE_INITIALIZED = OpDef(
    "IsVariableInitialized",
    "ref: Ref(dtype) -> is_initialized: bool",
    _scalar_bool,
    types={"dtype": ANY},
    gradient=no_gradient,
    state="initialized",
)


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Whether a variable has a value.

    Args:
      ref: a variable.
      name: the op's name.

    Example:
      >>> tf.is_variable_initialized(tf.Variable(1.0))
      <tf.Tensor 'IsVariableInitialized:0' shape=() dtype=bool>
    """
    return apply(IS_VARIABLE_INITIALIZED, [ref], name=name)


def _assigned_shape(q: ShapeQuery) -> list[Dims | None]:
    old, value = q.shapes
    if not q.attrs["validate_shape"]:
        return [value]
    return [merge_dims(old, value)]


def _pair_samples(rng: np.random.Generator) -> Any:
    for dtype in (np.float32, np.float64, np.int32, np.uint8, np.complex64, np.float16):
        old, value = (rng.uniform(0, 4, (2, 3)).astype(dtype) for _ in range(2))
        yield Sample((old, value))
    yield Sample((np.float32(1.5), np.float32(0.5)))
    yield Sample((np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)))


def _assign_samples(rng: np.random.Generator) -> Any:
    yield from _pair_samples(rng)
    yield Sample((np.array([True, False]), np.array([False, False])))
    reshaped = (np.zeros(2, np.float32), np.ones((3, 2), np.float32))
    yield Sample(reshaped, {"validate_shape": False})


ASSIGN = OpDef(
    "Assign",
    "ref: Ref(T), value: T -> output_ref: Ref(T)",
    _assigned_shape,
    types={"T": ANY},
    attrs={"validate_shape": True, "use_locking": True},
    misfit=misfits.assign,
    reference=lambda old, value, **_: value,
    decompose=lambda b, instr: [b.emit("Identity", instr.inputs[1])],
    gradient=no_gradient,
    state="write",
    samples=_assign_samples,
)


def _equal_shapes(q: ShapeQuery) -> list[Dims | None]:
    return [merge_dims(*q.shapes)]


ASSIGN_ADD = OpDef(
    "AssignAdd",
    "ref: Ref(T), value: T -> output_ref: Ref(T)",
    _equal_shapes,
    misfit=misfits.assign_update,
    types={"T": NUMBERS},
    attrs={"use_locking": False},
    reference=lambda old, value, **_: old + value,
    decompose=lambda b, instr: [b.emit("AddV2", *instr.inputs)],
    gradient=no_gradient,
    state="write",
    samples=_pair_samples,
)

ASSIGN_SUB = OpDef(
    "AssignSub",
    "ref: Ref(T), value: T -> output_ref: Ref(T)",
    _equal_shapes,
    misfit=misfits.assign_update,
    types={"T": NUMBERS},
    attrs={"use_locking": False},
    reference=lambda old, value, **_: old - value,
    decompose=lambda b, instr: [b.emit("Sub", *instr.inputs)],
    gradient=no_gradient,
    state="write",
    samples=_pair_samples,
)


def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """Gives a variable a new value.

    Args:
      ref: a variable.
      value: its new contents.
      validate_shape: when False, the value may have another shape than the variable.
      use_locking: accepted for compatibility; a write is never seen half done.
      name: the op's name.

    Returns:
      A reference to the variable, which holds the new value.

    Raises:
      TypeError: the value has another dtype.
      ValueError: the value has another shape.

    Example:
      >>> tf.assign(tf.Variable(1.0), 2.0)
      <tf.Tensor 'Assign:0' shape=() dtype=float32_ref>
    """
    if not ref.dtype._is_ref_dtype:
        return ref.assign(value, name=name)
    validated = True if validate_shape is None else bool(validate_shape)
    locking = True if use_locking is None else bool(use_locking)
    attrs = {"validate_shape": validated, "use_locking": locking}
    return apply(ASSIGN, [ref, value], attrs, name)


def assign_add(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """Adds to a variable.

    Args:
      ref: a variable.
      value: what to add; of the variable's shape.
      use_locking: accepted for compatibility.
      name: the op's name.

    Returns:
      A reference to the variable, which holds the new value.

    Raises:
      TypeError, ValueError: the value has another dtype or shape.

    Example:
      >>> tf.assign_add(tf.Variable(1.0), 2.0)
      <tf.Tensor 'AssignAdd:0' shape=() dtype=float32_ref>
    """
    if not ref.dtype._is_ref_dtype:
        return ref.assign_add(value)
    return apply(ASSIGN_ADD, [ref, value], {"use_locking": bool(use_locking)}, name)


def assign_sub(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """Subtracts from a variable.

    Args:
      ref: a variable.
      value: what to subtract; of the variable's shape.
      use_locking: accepted for compatibility.
      name: the op's name.

    Returns:
      A reference to the variable, which holds the new value.

    Raises:
      TypeError, ValueError: the value has another dtype or shape.

    Example:
      >>> tf.assign_sub(tf.Variable(1.0), 2.0)
      <tf.Tensor 'AssignSub:0' shape=() dtype=float32_ref>
    """
    if not ref.dtype._is_ref_dtype:
        return ref.assign_sub(value)
    return apply(ASSIGN_SUB, [ref, value], {"use_locking": bool(use_locking)}, name)


def _descended_shape(q: ShapeQuery) -> list[Dims | None]:
    var, alpha, delta = q.shapes
    require_rank(alpha, 0)
    return [merge_dims(var, delta)]


def _descend(b: Any, instr: Any) -> list[Any]:
    var, alpha, delta = instr.inputs
    return [b.emit("Sub", var, b.emit("Mul", alpha, delta))]


def _descent_samples(rng: np.random.Generator) -> Any:
    for dtype in (np.float32, np.float64, np.float16, np.int32, np.complex64):
        var, delta = (rng.uniform(-3, 3, (2, 3)).astype(dtype) for _ in range(2))
        yield Sample((var, dtype(2), delta))
    yield Sample((np.float32(1.5), np.float32(0.1), np.float32(2.0)))
    yield Sample((np.zeros((0, 2)), np.float64(0.1), np.zeros((0, 2))))


APPLY_GRADIENT_DESCENT = OpDef(
    "ApplyGradientDescent",
    "var: Ref(T), alpha: T, delta: T -> out: Ref(T)",
    _descended_shape,
    types={"T": NUMBERS},
    attrs={"use_locking": False},
    reference=lambda var, alpha, delta, **_: var - alpha * delta,
    decompose=_descend,
    gradient=no_gradient,
    state="write",
    samples=_descent_samples,
)


def apply_gradient_descent(
    var: Any, alpha: Any, delta: Any, use_locking: bool = False, name: str | None = None
) -> Tensor:
    """var - alpha * delta becomes the new value of `var`.

    Args:
      var: a variable.
      alpha: the learning rate, a scalar.
      delta: the gradient.
      use_locking: accepted for compatibility.
      name: the op's name.
    """
    attrs = {"use_locking": use_locking}
    return apply(APPLY_GRADIENT_DESCENT, [var, alpha, delta], attrs, name)
