"""Stage ir: the error of an op whose shape rule refuses the sizes of a run.

In: the op, its operands with this call's sizes as hints of the symbols, and the rule's refusal.
Out: TensorFlow's InvalidArgumentError, in real sizes, with the op's name and the user's line.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.graph import Operation
from jitgraph.ir.program import Host, Operand
from jitgraph.ir.sizes import hint
from jitgraph.ops.array_dims import dims_text
from jitgraph.ops.definition import ShapeQuery


def misfit(
    op: Operation, operands: Sequence[Operand], refusal: Exception
) -> errors.InvalidArgumentError:
    """What the user is told: the words of the op's kernel where its definition has them (`misfit`),
    else those of its shape rule."""
    definition: Any = op.definition
    query = _in_numbers(op, operands)
    told = definition.misfit and definition.misfit(query, op.name)
    text = told or _told_by_rule(definition, query, refusal)
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))


def no_kernel(op: Operation) -> errors.InvalidArgumentError:
    """The error of an op that TensorFlow computes for other dtypes only."""
    kind = op.inputs[0].dtype.base_dtype.name.upper()
    text = (
        f"No OpKernel was registered to support Op '{op.type}' used by node {op.name} with these "
        f"attrs: [T=DT_{kind}]"
    )
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))


def _told_by_rule(definition: Any, query: ShapeQuery, refusal: Exception) -> str:
    said = str(refusal)
    try:
        definition.shape(query)
    except ValueError as in_numbers:
        said = str(in_numbers)
    shapes = [dims_text(dims) for dims in query.shapes if dims is not None]
    if said.startswith("Dimensions must be equal"):
        return f"Incompatible shapes: {' vs. '.join(shapes)} ({said})"
    return f"{said.removesuffix('.')}, for input shapes: {', '.join(shapes)}"


def _in_numbers(op: Operation, operands: Sequence[Operand]) -> ShapeQuery:
    """What the op's rules may ask, with plain ints in place of symbolic sizes."""
    contents = [_contents(given) for given in operands]
    shapes = [
        given.items.shape if isinstance(given, Host) else tuple(map(hint, given.type.dims))
        for given in operands
    ]
    kinds = [tensor.dtype.base_dtype for tensor in op.inputs]
    return ShapeQuery(shapes, kinds, op._attrs, contents.__getitem__)


def _contents(given: Operand) -> np.ndarray | None:
    if not isinstance(given, Host):
        return None
    items = np.empty(given.items.shape, object)
    for place, item in np.ndenumerate(given.items):
        items[place] = getattr(item, "hint", item)
    return items
