"""Where differentiation starts: the weights of the ys.

In: for each y the weights that the user gave, or None. Out: a tensor of weights for each y.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import fill
from jitgraph.ops.identities import identity
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.shapes_of import shape as shape_of


def seeds(given: Sequence[Any], ys: Sequence[Any], placed_at: Callable[[Any], Any]) -> list[Any]:
    """The weights of each y: those given, ones where None was.

    Args:
      given: a tensor, IndexedSlices or None for each y.
      ys: tensors or IndexedSlices.
      placed_at: gives the block in which ops are placed with an op.

    Raises:
      ValueError: not as many weights as ys.
      TypeError: a weight whose dtype doesn't fit its y.
    """
    if len(given) != len(ys):
        raise ValueError(f"Passed {len(given)} grad_ys for {len(ys)} ys")
    converted = [_converted(grad, index) for index, grad in enumerate(given)]
    result = []
    for index, (y, grad) in enumerate(zip(ys, converted, strict=True)):
        with placed_at(y.op):
            result.append(_ones(y, index) if grad is None else _named(y, grad, index))
    return result


def _converted(grad: Any, index: int) -> Any:
    if grad is None or isinstance(grad, IndexedSlices):
        return grad
    return convert_to_tensor(grad, name=f"grad_y_{index}")


def _ones(y: Any, index: int) -> Tensor:
    if y.dtype.is_complex:
        raise TypeError(f"Gradients of complex tensors must set grad_ys (y.dtype = {y.dtype!r})")
    sizes = shape_of(convert_to_tensor(y))
    return fill(sizes, constant(1, y.dtype.base_dtype, name=f"grad_ys_{index}"))


def _named(y: Any, grad: Any, index: int) -> Any:
    _check_dtype(y, grad)
    if isinstance(grad, Tensor):
        return identity(grad, name=f"grad_ys_{index}")
    parts = [("values", grad.values), ("indices", grad.indices), ("shape", grad.dense_shape)]
    order = [parts[1], parts[0], parts[2]]
    found = {kind: _named_part(part, f"grad_ys_{index}_{kind}") for kind, part in order}
    return IndexedSlices(found["values"], found["indices"], found["shape"])


def _named_part(part: Any, name: str) -> Any:
    return identity(part, name=name) if isinstance(part, Tensor) else part


def _check_dtype(y: Any, grad: Any) -> None:
    wanted, found = y.dtype, grad.dtype
    is_real = found.is_floating or found.is_integer
    if wanted.is_floating or wanted.is_integer:
        if not is_real:
            raise TypeError(
                f"Gradient type {found.name} generated for real or integer-valued tensor {y} "
                f"with type {wanted.name} must be real or integer"
            )
    elif wanted.is_complex:
        if not found.is_complex:
            raise TypeError(
                f"Gradient type {found.name} generated for complex-valued tensor {y} with type "
                f"{wanted.name} must be real"
            )
    else:
        raise TypeError(
            f"Tensor {y} with type {wanted.name} must be numeric to obtain a default gradient"
        )
