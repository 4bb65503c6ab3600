"""Makes instructions: the one place where an op applied to operands gets its output types.

In: a definition, operands, attributes. Out: instructions appended to `Builder.instrs`.
Used by trace, by decompositions and by passes that make new instructions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ir.program import Host, Instr, Operand, Type, Value
from jitgraph.ops.apply import output_dtypes
from jitgraph.ops.constants import CONST
from jitgraph.ops.definition import OpDef, ShapeQuery
from jitgraph.ops.internal import HOST_VALUE
from jitgraph.ops.partial_value import object_vector
from jitgraph.ops.registry import REGISTRY


class Builder:
    """Appends instructions, giving each output a type and a name not yet used.

    Args:
      used: the names that exist already; the builder adds its own.
    """

    def __init__(self, used: set[str]) -> None:
        self.instrs: list[Instr] = []
        self.used = used
        self.base = "v"
        self.origin: tuple[Any, ...] = ()

    def emit(self, op: str | OpDef, *inputs: Any, **attrs: Any) -> Any:
        """Appends one instruction.

        Args:
          op: an OpDef or the name of a registered one.
          inputs: values and host operands; a list for a list input.
          attrs: the op's attributes.

        Returns:
          The output value, or a tuple of them when the signature has not exactly one.
        """
        definition = REGISTRY[op] if isinstance(op, str) else op
        flat = self._infer(definition, inputs, attrs)
        instr = self.instruction(definition, flat, attrs, self.origin)
        self.instrs.append(instr)
        return instr.outputs[0] if len(instr.outputs) == 1 else instr.outputs

    def instruction(
        self,
        definition: OpDef,
        inputs: Sequence[Operand],
        attrs: dict[str, Any],
        origin: tuple[Any, ...],
        names: Sequence[str] | None = None,
    ) -> Instr:
        """The instruction with its outputs typed by the op's own rules; nothing is appended."""
        types = output_types(definition, inputs, attrs)
        given = names or [self.fresh(self.base) for _ in types]
        outputs = tuple(Value(name, type) for name, type in zip(given, types, strict=True))
        return Instr(definition, tuple(inputs), outputs, attrs, origin)

    def instruction_of(self, op: str, inputs: Sequence[Operand], **attrs: Any) -> Instr:
        """The instruction that `emit` would append, not appended."""
        self.emit(op, *inputs, **attrs)
        return self.instrs.pop()

    def fresh(self, base: str) -> str:
        """A name that no value has yet: `base`, or `base` with a number behind a dot."""
        name, number = base, 0
        while name in self.used:
            number += 1
            name = f"{base}.{number}"
        self.used.add(name)
        return name

    def constant(self, value: Any, dtype: DType) -> Value:
        """A Const instruction's output."""
        array = np.asarray(value, dtype=dtype.base_dtype.as_numpy_dtype)
        made: Value = self.emit(CONST, value=array, dtype=dtype.base_dtype)
        return made

    def sizes(self, items: Iterable[Any], dtype: DType = dtypes.int32) -> Host:
        """A host operand: a vector of ints and symbolic sizes."""
        return Host(dtype, object_vector(items))

    def scalar_host(self, item: Any, dtype: DType = dtypes.int32) -> Host:
        """A host operand of rank 0."""
        array = np.empty((), object)
        array[()] = item
        return Host(dtype, array)

    def scalar_size(self, size: Any, dtype: DType) -> Value:
        """A 0-d value that holds a size (symbolic or not), as `dtype`."""
        if isinstance(size, int):
            return self.constant(size, dtype)
        value: Value = self.emit(HOST_VALUE, self.scalar_host(size, dtype))
        return value

    @staticmethod
    def host(operand: Operand) -> np.ndarray:
        """The contents of a host operand."""
        if not isinstance(operand, Host):
            raise TypeError(f"{operand!r} is not known before the program runs")
        return operand.items

    def _infer(
        self, definition: OpDef, inputs: Sequence[Any], attrs: dict[str, Any]
    ) -> list[Operand]:
        flat: list[Operand] = []
        for arg, given in zip(definition.inputs, inputs, strict=True):
            items = list(given) if isinstance(given, (list, tuple)) else [given]
            if arg.number_attr:
                attrs.setdefault(arg.number_attr, len(items))
            if arg.is_type_list:
                attrs.setdefault(str(arg.type_attr), tuple(_dtype(item) for item in items))
            elif arg.type_attr and items:
                attrs.setdefault(arg.type_attr, _dtype(items[0]))
            flat.extend(items)
        for name, default in definition.attrs.items():
            attrs.setdefault(name, default)
        for name, attr in definition.type_attrs.items():
            if attr.default is not None:
                attrs.setdefault(name, attr.default)
        return flat


def _dtype(operand: Operand) -> DType:
    return operand.dtype if isinstance(operand, Host) else operand.type.dtype


BLOCKS = "blocks"
"""The attribute of a reduction of leading axes in blocks: the number of its partial results, the
first dimension of what it gives."""


class UnknownSize(Exception):
    """An output's shape depends on data: it can't be known before the op has run."""


def output_types(
    definition: OpDef, inputs: Sequence[Operand], attrs: Mapping[str, Any]
) -> list[Type]:
    """Types of an op's outputs, by its shape rule and signature.

    Raises:
      UnknownSize: an output's shape depends on data.
      ValueError: the shapes don't fit.
    """
    shapes, kinds = [], []
    for given in inputs:
        if isinstance(given, Value):
            shapes.append(given.type.dims)
            kinds.append(given.type.dtype)
        else:
            shapes.append(given.items.shape)
            kinds.append(given.dtype)
    query = ShapeQuery(shapes, kinds, attrs, lambda i: getattr(inputs[i], "items", None))
    found: list[Any] = list(definition.shape(query))
    if BLOCKS in attrs:
        found = [(attrs[BLOCKS], *found[0])]
    written = definition.also_writes
    found = [*found, *(shapes[index] for index in written)]
    dtypes_found = [*output_dtypes(definition, dict(attrs)), *(kinds[index] for index in written)]
    result = []
    for dtype, dims in zip(dtypes_found, found, strict=True):
        if dims is None or None in map(_identity_key, dims):
            raise UnknownSize(definition.name)
        result.append(Type(dtype.base_dtype, tuple(dims)))
    return result


def _identity_key(dim: Any) -> Any:
    return None if dim is None else True
