"""Values inside a kernel: the source lines that compute, load and store them.

In: instructions, one at a time, in the order in which a body asks for their values. Out: lines, and
the helper names, constants and checks that these lines use.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Value
from jitgraph.lowering import scalar
from jitgraph.lowering.border import Border
from jitgraph.lowering.fuse import key_dtype
from jitgraph.lowering.nest import Nest, Operand
from jitgraph.lowering.schedule import Schedule
from jitgraph.ops.definition import DIVISION_BY_ZERO
from jitgraph.ops.internal import IOTA

REDUCERS = {
    "sum": ("reduce_add({0}, {1})", "0"),
    "prod": ("reduce_mul({0}, {1})", "1"),
    "max": ("maximum({0}, {1})", "lowest"),
    "min": ("minimum({0}, {1})", "highest"),
    "any": ("({0} | {1})", "False"),
    "all": ("({0} & {1})", "True"),
}

Memo = dict[Any, str]
"""The variables that hold what is known at some point of the source."""


class KernelValues:
    """Writes the lines of one kernel's values.

    Attributes:
      names: the helper names used. constants: variable -> text. checks: reasons checked for.
      places: by number the operands that are read elsewhere for now: name, number and index.
    """

    def __init__(self, schedule: Schedule, border: Border, nest: Nest) -> None:
        self.schedule = schedule
        self.border = border
        self.nest = nest
        self.names: set[str] = set()
        self.constants: dict[str, str] = {}
        self.checks: set[int] = set()
        self.places: dict[int, tuple[str, int, str]] = {}
        self._count = 0

    def fresh(self) -> str:
        """A new variable."""
        self._count += 1
        return f"v{self._count}"

    def value(self, value: Value, lines: list[str], memo: Memo, stage: int) -> str:
        """The variable that holds a value made here, computing it first where need be."""
        source = self.schedule.region.source(value)
        pending = [source]
        while pending:
            wanted = pending[-1]
            if wanted in memo:
                pending.pop()
            elif self.schedule.is_reloaded(wanted, stage):
                memo[wanted] = self._loaded(self.border.written(wanted), lines)
            else:
                missing = self._missing(wanted, memo)
                pending.extend(missing)
                if not missing:
                    self.compute(self.schedule.producer[wanted], lines, memo)
        return memo[source]

    def _missing(self, wanted: Value, memo: Memo) -> list[Value]:
        """The values made here that `wanted` needs and that no variable holds yet."""
        sources = map(self.schedule.region.source, self.schedule.producer[wanted].values)
        return [s for s in sources if s in self.schedule.producer and s not in memo]

    def reduced(self, instr: Instr, lines: list[str], memo: Memo, stage: int) -> str:
        """The variable that holds what a reduction reduces."""
        given = instr.values[0]
        if self.schedule.is_inside(given):
            return self.value(given, lines, memo, stage)
        return self._operand(instr, given, lines, memo)

    def compute(self, instr: Instr, lines: list[str], memo: Memo) -> None:
        """The lines of one instruction whose inputs are known."""
        if instr.definition is IOTA:
            self._iota(instr, lines, memo)
            return
        operands = [self._operand(instr, given, lines, memo) for given in instr.values]
        dtype = key_dtype(instr)
        attrs = self._attributes(instr, dtype)
        check = instr.definition.check_for(dtype)
        if check is not None:
            self._check(check[1], instr, operands, dtype, attrs, lines)
        kinds = tuple(value.type.dtype for value in instr.outputs)
        found = scalar.scalar(instr.definition, tuple(operands), dtype, kinds, attrs)
        self._use(found)
        for value, expression in zip(instr.outputs, found.expressions, strict=True):
            if expression in operands:
                memo[value] = expression
                continue
            memo[value] = name = self.fresh()
            lines.append(f"{name} = {expression}")

    def store(self, value: Value, variable: str) -> str:
        """The line that stores a value."""
        operand = self.border.written(value)
        self.names.add("store")
        return f"store({self._place(operand)}, {variable})"

    def held(self, value: Value) -> str:
        """The expression that reads a value back from memory."""
        operand = self.border.written(value)
        self.names.add("load")
        return f"load({self._place(operand)})"

    def _place(self, operand: Operand) -> str:
        """An operand's name, number and element index."""
        usual = (operand.name, operand.number, self.nest.index(operand))
        name, number, index = self.places.get(operand.number, usual)
        return f"{name}, {number}, {index}"

    def start(self, instr: Instr) -> str:
        """The neutral element with which a reduction starts."""
        compute = scalar.compute_name(instr.outputs[0].type.dtype)
        start = REDUCERS[str(instr.definition.reduce)][1]
        if start in ("True", "False"):
            return start
        self.names.add(compute)
        if start in ("lowest", "highest"):
            name, number = f"{start}_{compute}", _limit(compute, start)
        else:
            name, number = f"{compute}_{start}", start
        self.constants[name] = f"{compute}({number})"
        return name

    def combined(self, instr: Instr, held: str, given: str) -> str:
        """The expression that adds one more element to what a reduction holds."""
        text = REDUCERS[str(instr.definition.reduce)][0].format(held, given)
        name = text.partition("(")[0]
        if name:
            self.names.add(name)
        compute = scalar.compute_name(instr.outputs[0].type.dtype)
        if compute.startswith(("int", "uint")):
            self.names.add(compute)
            return f"{compute}({text})"
        return text

    def _operand(self, instr: Instr, given: Value, lines: list[str], memo: Memo) -> str:
        source = self.schedule.region.source(given)
        if source in memo:
            return memo[source]
        if self.border.is_immediate(given):
            return self.border.immediate_value(given)
        operand = self.border.read(instr, given)
        if operand not in memo:
            memo[operand] = self._loaded(operand, lines)
        return memo[operand]

    def _loaded(self, operand: Operand, lines: list[str]) -> str:
        self.names.add("load")
        name = self.fresh()
        lines.append(f"{name} = load({self._place(operand)})")
        return name

    def _check(
        self, reason: int, instr: Instr, operands: list[str], dtype: DType, attrs: dict[str, str],
        lines: list[str],
    ) -> None:  # fmt: skip
        """Notes bad data; a divisor of zero is replaced, so that nothing traps."""
        found = scalar.check_expression(instr.definition, tuple(operands), dtype, attrs)
        self._use(found)
        self.checks.add(reason)
        name = self.fresh()
        lines.append(f"{name} = {found.expressions[0]}")
        lines.append(f"bad{reason} = bad{reason} | {name}")
        if reason == DIVISION_BY_ZERO:
            compute = scalar.compute_name(dtype)
            self.names.update(("select", compute))
            safe = self.fresh()
            lines.append(f"{safe} = select({name}, {compute}(1), {operands[-1]})")
            operands[-1] = safe

    def _use(self, found: scalar.Scalar) -> None:
        self.names.update(found.names)
        self.constants.update(found.constants)

    def _attributes(self, instr: Instr, dtype: DType) -> dict[str, str]:
        found = {}
        for name in scalar.attribute_names(instr.definition, dtype):
            value = instr.attrs[name]
            if isinstance(value, bool):
                found[name] = repr(value)
            else:
                found[name] = self.border.immediate((id(instr), name), value, dtype)
        return found

    def _iota(self, instr: Instr, lines: list[str], memo: Memo) -> None:
        value = instr.outputs[0]
        compute = scalar.compute_name(value.type.dtype)
        axis = self.schedule.place(instr)[instr.attrs["axis"]]
        self.names.add(compute)
        memo[value] = name = self.fresh()
        variable = "0" if axis is None else self.nest.variable(axis)
        lines.append(f"{name} = {compute}({variable})")


def _limit(compute: str, which: str) -> str:
    if compute.startswith("float"):
        return "-np.inf" if which == "lowest" else "np.inf"
    info = np.iinfo(compute)
    return str(info.min if which == "lowest" else info.max)
