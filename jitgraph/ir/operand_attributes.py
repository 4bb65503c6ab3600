"""Attributes that an op's operands tell: type attributes, and how many tensors a list has.

In: a definition, flat operands, attributes as far as they are known. Out: the attributes that
need not be written down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ir.program import Operand
from jitgraph.ops.definition import Arg, OpDef


def told_by_operands(
    definition: OpDef, inputs: Sequence[Operand], attrs: Mapping[str, Any]
) -> dict[str, Any]:
    """The attributes that follow from the operands.

    Args:
      definition: the op.
      inputs: its operands, flat.
      attrs: the attributes known; counts are taken from here if there are several lists.
    """
    told: dict[str, Any] = {}
    position = 0
    for arg in definition.inputs:
        count = _count(arg, definition, inputs, attrs)
        given = [operand.type.dtype for operand in inputs[position : position + count]]
        position += count
        if _has_one_list(definition) and arg.number_attr:
            told.setdefault(arg.number_attr, count)
        if arg.is_type_list and _has_one_list(definition):
            told.setdefault(str(arg.type_attr), tuple(given))
        elif arg.type_attr and given and not arg.is_type_list:
            told.setdefault(arg.type_attr, _base(given[0]))
    return told


def _count(arg: Arg, definition: OpDef, inputs: Sequence[Operand], attrs: Mapping[str, Any]) -> int:
    if not _is_list(arg):
        return 1
    if _has_one_list(definition):
        return len(inputs) - len(definition.inputs) + 1
    if arg.number_attr:
        return int(attrs[arg.number_attr])
    return len(attrs[str(arg.type_attr)])


def _has_one_list(definition: OpDef) -> bool:
    return sum(map(_is_list, definition.inputs)) == 1


def _is_list(arg: Arg) -> bool:
    return bool(arg.number_attr) or arg.is_type_list


def _base(dtype: DType) -> DType:
    return dtype.base_dtype
