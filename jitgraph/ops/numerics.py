"""Tests for infinity and NaN that fail a run: check_numerics and what is made of it.

In: tensors of floats. Out: the same tensors; a run in which one isn't finite fails and names it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import (
    Operation,
    Tensor,
    colocate_with,
    control_dependencies,
    get_default_graph,
    name_scope,
)
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import FLOATS, NOT_FINITE, REQUIRED, OpDef, Sample
from jitgraph.ops.identities import group, with_dependencies
from jitgraph.ops.shape_rules import same_shape

_CHECKED = (dtypes.float16, dtypes.float32, dtypes.float64)


def _checked(tensor: Any, message: str) -> np.ndarray:
    array = np.asarray(tensor)
    numbers = array.astype(np.float64)
    found = {"Inf": bool(np.isinf(numbers).any()), "NaN": bool(np.isnan(numbers).any())}
    if any(found.values()):
        kinds = " and ".join(kind for kind, is_there in found.items() if is_there)
        raise ValueError(f"{message} : Tensor had {kinds} values")
    return array


def _gradient(op: Operation, grad: Tensor) -> list[Tensor]:
    text = "Not a number (NaN) or infinity (Inf) values detected in gradient."
    return [check_numerics(grad, f"{text} {op.get_attr('message')}")]


def _samples(rng: np.random.Generator) -> Any:
    for dtype in FLOATS:
        for dims in ((2, 3), (), (0, 2)):
            drawn = np.asarray(rng.uniform(-3, 3, dims)).astype(dtype.as_numpy_dtype)
            yield Sample((drawn,), {"message": "not finite"})


CHECK_NUMERICS = OpDef(
    "CheckNumerics",
    "tensor: T -> output: T",
    same_shape,
    types={"T": FLOATS},
    attrs={"message": REQUIRED},
    reference=_checked,
    scalar="tensor",
    check=("not is_finite(tensor)", NOT_FINITE),
    gradient=_gradient,
    must_run=True,
    samples=_samples,
)


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """The tensor itself; a run in which it holds infinity or NaN fails.

    Args:
      tensor: a tensor of floats.
      message: what the error says first.
      name: the op's name.

    Raises:
      InvalidArgumentError: when run, if an element isn't finite.

    Example:
      >>> tf.check_numerics([1.0, 2.0], "the loss")
      <tf.Tensor 'CheckNumerics:0' shape=(2,) dtype=float32>
    """
    return apply(CHECK_NUMERICS, [tensor], {"message": message}, name)


def verify_tensor_all_finite(
    t: Any = None,
    msg: str | None = None,
    name: str | None = None,
    x: Any = None,
    message: Any = None,
) -> Any:
    """`t`, which is only available once it has been found to be finite.

    Args:
      t: a tensor of floats.
      msg: what the error says first.
      name: the ops' name scope.
      x, message: other names of `t` and `msg`.

    Raises:
      InvalidArgumentError: when run, if an element isn't finite.

    Example:
      >>> tf.verify_tensor_all_finite([1.0, 2.0], "the loss")
      <tf.Tensor 'VerifyFinite/control_dependency:0' shape=(2,) dtype=float32>
    """
    tensor = chosen_argument("x", x, "t", t)
    text = chosen_argument("message", message, "msg", msg)
    with name_scope(name, "VerifyFinite", [tensor]):
        tensor = convert_to_tensor(tensor, name="x")
        with colocate_with(tensor):
            checked = check_numerics(tensor, text)
            return with_dependencies([checked], tensor)


def add_check_numerics_ops() -> Operation:
    """Adds a `check_numerics` of every float tensor of the default graph, in order.

    Returns:
      The operation that runs them all.

    Raises:
      ValueError: the graph holds control flow.

    Example:
      >>> _ = tf.exp(tf.constant(1.0)); tf.add_check_numerics_ops().type
      'NoOp'
    """
    checks: list[Tensor] = []
    for op in get_default_graph().get_operations():
        for output in op.outputs:
            if output.dtype in _CHECKED:
                _refuse_control_flow(op)
                with control_dependencies(checks):
                    checks = [check_numerics(output, f"{op.name}:{output.value_index}")]
    return group(*checks)


def _refuse_control_flow(op: Operation) -> None:
    context = getattr(op, "_get_control_flow_context", lambda: None)()
    if context is not None:
        raise ValueError(
            "`tf.add_check_numerics_ops() is not compatible with TensorFlow control flow "
            "operations such as `tf.cond()` or `tf.while_loop()`."
        )
