"""Ops that pass tensors on, and ops that only order others: identity, no_op, group, tuple.

In: tensors and operations. Out: the same values, or one operation that waits for all.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from jitgraph.graph import (
    Operation,
    Tensor,
    colocate_with,
    control_dependencies,
    device,
    name_scope,
)
from jitgraph.ops.apply import apply, create
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, OpDef, Sample, no_gradient
from jitgraph.ops.indexed_slices import IndexedSlices


def _samples(rng: Any) -> Any:
    import numpy as np

    for dtype in (np.float32, np.float64, np.int32, np.bool_):
        yield Sample((rng.uniform(-3, 3, (2, 3)).astype(dtype),))
    yield Sample((np.zeros((0, 2)),))


def _identity_n_samples(rng: Any) -> Any:
    import numpy as np

    yield Sample(([np.arange(3.0), np.int32(4)],))


def _raise_prevented(op: Any, grad: Any) -> Any:
    raise LookupError(f"Gradient explicitly disabled. Reason: {op.get_attr('message')}")


IDENTITY = OpDef(
    "Identity",
    "input: T -> output: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    reference=lambda input: input,
    view="identity",
    gradient=lambda op, grad: [grad],
    samples=_samples,
)

IDENTITY_N = OpDef(
    "IdentityN",
    "input: [T] -> output: [T]",
    lambda q: list(q.shapes),
    types={"T": ANY},
    reference=lambda input: builtins.tuple(input),
    decompose=lambda b, instr: list(instr.inputs),
    gradient=lambda op, *grads: list(grads),
    samples=_identity_n_samples,
)

STOP_GRADIENT = OpDef(
    "StopGradient",
    "input: T -> output: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    reference=lambda input: input,
    view="identity",
    gradient=no_gradient,
    samples=_samples,
)

PREVENT_GRADIENT = OpDef(
    "PreventGradient",
    "input: T -> output: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    attrs={"message": ""},
    reference=lambda input, message: input,
    view="identity",
    gradient=_raise_prevented,
    samples=_samples,
)

NO_OP = OpDef("NoOp", "->", lambda q: [], gradient=no_gradient, samples=lambda rng: ())
CONTROL_TRIGGER = OpDef(
    "ControlTrigger", "->", lambda q: [], gradient=no_gradient, samples=lambda rng: ()
)
"""As NoOp, but it waits also for what a branch did not do."""


def identity(input: Any, name: str | None = None) -> Tensor:
    """The same values.

    Args:
      input: a tensor.
      name: the op's name.

    Example:
      >>> tf.identity([1.0, 2.0])
      <tf.Tensor 'Identity:0' shape=(2,) dtype=float32>
    """
    return apply(IDENTITY, [input], name=name)


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """The same values, of several tensors at once.

    Args:
      input: a list of tensors.
      name: the op's name.

    Example:
      >>> tf.identity_n([[1.0], [2]])
      [<tf.Tensor 'IdentityN:0' shape=(1,) dtype=float32>, <tf.Tensor 'IdentityN:1' ...>]
    """
    return apply(IDENTITY_N, [input], name=name)


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """The same values, taken as constant by gradients.

    Args:
      input: a tensor.
      name: the op's name.

    Example:
      >>> tf.stop_gradient([1.0, 2.0])
      <tf.Tensor 'StopGradient:0' shape=(2,) dtype=float32>
    """
    return apply(STOP_GRADIENT, [input], name=name)


def prevent_gradient(input: Any, message: str = "", name: str | None = None) -> Tensor:
    """The same values; asking for a gradient through them is an error.

    Args:
      input: a tensor.
      message: the reason, for the error.
      name: the op's name.

    Example:
      >>> tf.raw_ops.PreventGradient(input=[1.0])
      <tf.Tensor 'PreventGradient:0' shape=(1,) dtype=float32>
    """
    return apply(PREVENT_GRADIENT, [input], {"message": message}, name)


def no_op(name: str | None = None) -> Operation:
    """An operation that does nothing, to hang control inputs on.

    Args:
      name: the op's name.

    Example:
      >>> tf.no_op()
      <tf.Operation 'NoOp' type=NoOp>
    """
    return create(NO_OP, [], name=name)


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that has run when all of `inputs` have.

    Args:
      *inputs: operations, tensors, or nested lists of them.
      **kwargs: `name`.

    Raises:
      TypeError: something else than operations and tensors.
      ValueError: another keyword.

    Example:
      >>> tf.group(tf.zeros([]), tf.ones([]))
      <tf.Operation 'group_deps' type=NoOp>
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs))
    with name_scope(name, "group_deps", inputs) as scope:
        if not inputs:
            return no_op(name=scope)
        by_device = _by_device(_leaves(inputs))
        if len(by_device) == 1:
            ((place, members),) = by_device.items()
            return _grouped(place, members, scope)
        groups = [_grouped(place, by_device[place], None) for place in sorted(by_device)]
        with control_dependencies(groups):
            return no_op(name=scope)


def _leaves(items: Any) -> Iterable[Any]:
    for item in items:
        if isinstance(item, (list, builtins.tuple)):
            yield from _leaves(item)
        elif isinstance(item, dict):
            yield from _leaves([item[key] for key in sorted(item)])
        else:
            yield item


def _by_device(items: Iterable[Any]) -> dict[str, list[Any]]:
    places: dict[str, list[Any]] = {}
    for item in items:
        if not hasattr(item, "device"):
            raise TypeError(
                f"Expected tf.group() expected Tensor arguments not '{item}' "
                f"with type '{type(item)}'"
            )
        places.setdefault(item.device or "", []).append(item)
    return places


def _grouped(place: str, members: list[Any], name: str | None) -> Operation:
    members = [_gate(member) for member in members]
    with control_dependencies(members), device(place):
        return no_op(name=name)


def _gate(item: Any) -> Any:
    return item if isinstance(item, (Operation, Tensor)) else item.op


def with_dependencies(dependencies: Any, output: Any, name: str | None = None) -> Any:
    """`output`, available only after `dependencies` have run.

    Args:
      dependencies: operations or tensors.
      output: a Tensor or IndexedSlices.
      name: the op's name.
    """
    with (
        name_scope(name, "control_dependency", [*dependencies, output]) as scope,
        colocate_with(output),
        control_dependencies(dependencies),
    ):
        if not isinstance(output, IndexedSlices):
            return identity(convert_to_tensor(output), name=scope)
        values = identity(output.values, name=scope)
        return IndexedSlices(values, output.indices, output.dense_shape)


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """The same tensors, none of them available before all are.

    Args:
      tensors: a list of tensors, IndexedSlices, operations or None.
      name: the ops' name scope.
      control_inputs: operations and tensors to wait for as well.

    Raises:
      ValueError: there is no tensor.
      TypeError: a control input that is neither operation nor tensor.

    Example:
      >>> tf.tuple([tf.zeros([]), tf.ones([])])[0]
      <tf.Tensor 'tuple/control_dependency:0' shape=() dtype=float32>
    """
    with name_scope(name, "tuple", tensors):
        items = [item if _is_gated(item) else convert_to_tensor(item) for item in tensors]
        gating = [_operation(item) for item in items if item is not None]
        gating += [_control_operation(item) for item in control_inputs or ()]
        if not gating:
            raise ValueError(f"Must have at least one Tensor: {items}")
        gate = group(*sorted(set(gating), key=lambda op: op._id))
        return [_gated(item, gate) for item in items]


def _is_gated(item: Any) -> bool:
    return item is None or isinstance(item, (Operation, Tensor, IndexedSlices))


def _operation(item: Any) -> Operation:
    return item if isinstance(item, Operation) else item.op


def _control_operation(item: Any) -> Operation:
    if not isinstance(item, (Operation, Tensor)):
        raise TypeError(f"Control input must be Operation or Tensor: {item}")
    return _operation(item)


def _gated(item: Any, gate: Operation) -> Any:
    if item is None:
        return None
    if not isinstance(item, Operation):
        return with_dependencies([gate], item)
    with control_dependencies([gate]):
        return group(item)
