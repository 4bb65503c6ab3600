"""emit: region -> loop nest -> kernel source, with the arguments of this particular call.

In: a region made by fusion. Out: a `KernelStep`: canonical Python source (equal for regions of equal
structure, whatever their names, sizes and constants) and the words that this call passes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Value
from jitgraph.lowering import scalar
from jitgraph.lowering.access import Access, row_major, same
from jitgraph.lowering.fuse import Fused, key_dtype
from jitgraph.lowering.nest import Nest, Operand, nest_of
from jitgraph.lowering.region import BLOCKS, COLUMN, MAP, ROW, Place, Region, is_one
from jitgraph.lowering.steps import Immediate, KernelCode, KernelStep, Pointer
from jitgraph.ops.definition import DIVISION_BY_ZERO
from jitgraph.ops.internal import IOTA

CHEAP = 6
"""A value needed in a later loop over the same row is computed again up to this cost."""

GRAIN = 16384
"""Arithmetic operations that are worth a chunk of their own."""

REDUCERS = {
    "sum": ("reduce_add({0}, {1})", "0"),
    "prod": ("reduce_mul({0}, {1})", "1"),
    "max": ("maximum({0}, {1})", "lowest"),
    "min": ("minimum({0}, {1})", "highest"),
    "any": ("({0} | {1})", "False"),
    "all": ("({0} & {1})", "True"),
}


def emit(region: Region, fused: Fused, needed: set[Value]) -> KernelStep:
    """The kernel of a region.

    Args:
      region: the region.
      fused: for accesses and immediates.
      needed: the values that must lie in memory afterwards.
    """
    return _Emitter(region, fused, needed).step()


class _Emitter:
    def __init__(self, region: Region, fused: Fused, needed: set[Value]) -> None:
        self.region = region
        self.fused = fused
        self.producer = {v: instr for instr in region.instrs for v in instr.outputs}
        self.stages = _stages(region, self)
        self.outputs = [v for instr in region.instrs for v in instr.outputs if v in needed]
        self.stored = set(self.outputs)
        self.temporaries = self._crossing() if region.kind == ROW else []
        self.stored.update(self.temporaries)
        self.operands: dict[Any, Operand] = {}
        self.immediates: dict[Any, tuple[str, Any, DType]] = {}
        self.names: set[str] = set()
        self.constants: dict[str, str] = {}
        self.checks: set[int] = set()
        self.variables: dict[Value, str] = {}
        self.count = 0
        self._collect_operands()
        self.nest: Nest = nest_of(region, list(self.operands.values()), self._fixed_axes())

    # -- what crosses the kernel's border ------------------------------------------------------

    def _collect_operands(self) -> None:
        for instr in self.region.instrs:
            for given in instr.values:
                self._read_key(instr, given)
        for value in [*self.outputs, *self.temporaries]:
            self._output_operand(value)

    def is_inside(self, value: Value) -> bool:
        """Whether the value is computed in this region and stands at a place in it."""
        return self.region.source(value) in self.producer

    def _read_key(self, instr: Instr, given: Value) -> Any:
        if self.is_inside(given) or given in self.fused.immediates:
            return None
        access = self.fused.access(given)
        strides = self._axis_strides(instr, given, access)
        key = (
            id(access.base),
            _key(access.offset),
            tuple(sorted((a, _key(s)) for a, s in strides.items())),
        )
        if key not in self.operands:
            number = len(self.operands)
            self.operands[key] = Operand(
                f"x{number}", number, given.type.dtype, access.base, access.offset, strides, False
            )
        return key

    def _axis_strides(self, instr: Instr, given: Value, access: Access) -> dict[int, Any]:
        place = self.place(instr)
        dims = given.type.dims
        missing = len(place) - len(dims)
        found: dict[int, Any] = {}
        for position, (dim, stride) in enumerate(zip(dims, access.strides, strict=True)):
            axis = place[missing + position]
            if axis is not None and not is_one(dim) and not same(stride, 0):
                found[axis] = stride
        return found

    def place(self, instr: Instr) -> Place:
        """The place at which an instruction reads its inputs."""
        if instr.definition.reduce is not None:
            return self.region.whole_place()
        return self.region.places[instr.outputs[0]]

    def _output_operand(self, value: Value) -> Operand:
        key = ("out", id(value))
        if key not in self.operands:
            strides = {}
            place = self.region.places.get(value)
            if place is None:
                place = self._result_place(value)
            for axis, stride in zip(place, row_major(value.type.dims), strict=True):
                if axis is not None:
                    strides[axis] = stride
            number = len(self.operands)
            self.operands[key] = Operand(
                f"y{number}", number, value.type.dtype, value, 0, strides, True
            )
        return self.operands[key]

    def _result_place(self, value: Value) -> Place:
        """The place of the result of a reduction that ends its region."""
        kept = self.region.whole_place()
        if self.region.kind == BLOCKS:
            return (None,) * len(value.type.dims)
        if len(value.type.dims) == len(kept):
            return tuple(None if a in self.region.reduced else p for a, p in enumerate(kept))
        return tuple(p for a, p in enumerate(kept) if a not in self.region.reduced)

    def _fixed_axes(self) -> set[int]:
        fixed = set()
        for instr in self.region.instrs:
            if instr.definition is IOTA:
                axis = self.place(instr)[instr.attrs["axis"]]
                if axis is not None:
                    fixed.add(axis)
        return fixed

    def _crossing(self) -> list[Value]:
        """Values of one loop over a row that a later loop needs and that are dear to compute."""
        found: list[Value] = []
        for instr in self.region.instrs:
            stage = self.stages[instr]
            for given in instr.values:
                source = self.region.source(given)
                maker = self.producer.get(source)
                if maker is None or not self._is_full(source) or source in self.stored:
                    continue
                if self.stages[maker] < stage and self._is_full_use(instr):
                    if self._chain_cost(source) > CHEAP and source not in found:
                        found.append(source)
        return found

    def _is_full_use(self, instr: Instr) -> bool:
        return instr.definition.reduce is not None or self._is_full(instr.outputs[0])

    def _chain_cost(self, value: Value) -> int:
        maker = self.producer.get(self.region.source(value))
        if maker is None or not self._is_full(maker.outputs[0]):
            return 0
        own = scalar.cost(maker.definition, key_dtype(maker))
        return own + sum(self._chain_cost(given) for given in maker.values)

    def _is_full(self, value: Value) -> bool:
        """Whether a value has an element for every point of the inner loops."""
        region = self.region
        if region.kind != ROW:
            return True
        place = region.places.get(region.source(value), ())
        instr = self.producer.get(region.source(value))
        if instr is not None and instr.definition.reduce is not None:
            return False
        if place == region.whole_place():
            return True
        return any(axis in region.reduced for axis in place)

    # -- source --------------------------------------------------------------------------------

    def step(self) -> KernelStep:
        """Source and words."""
        body = {MAP: self._map, ROW: self._rows, COLUMN: self._columns, BLOCKS: self._blocks}
        lines = body[self.region.kind]()
        head, words = self._head()
        source = "def kernel(args, lo, hi):\n" + "\n".join([*head, *lines, *self._tail()]) + "\n"
        operands = list(self.operands.values())
        reads = tuple({o.base: None for o in operands if not o.is_output})
        writes = tuple(o.base for o in operands if o.is_output)
        code = KernelCode(self._title(), source, tuple(sorted(self.names)))
        return KernelStep(
            code, words, self.nest.count, self._grain(), reads, writes,
            tuple(self.region.instrs), self.region.ended, self._inplace(),
        )  # fmt: skip

    def _title(self) -> str:
        names: list[str] = []
        for instr in self.region.instrs:
            if instr.name.lower() not in names:
                names.append(instr.name.lower())
        return "_".join(names[:4]) + (f"_{len(self.region.instrs)}" if len(names) > 4 else "")

    def _inplace(self) -> tuple[tuple[Value, Value], ...]:
        """Outputs that may be written over an input: read at the same index, and only there."""
        if self.region.kind != MAP:
            return ()
        found = []
        for output in (o for o in self.operands.values() if o.is_output):
            for given in (o for o in self.operands.values() if not o.is_output):
                readers = [o for o in self.operands.values() if o.base is given.base]
                if len(readers) == 1 and self._matches(given, output):
                    found.append((output.base, given.base))
        return tuple(found)

    def _matches(self, given: Operand, output: Operand) -> bool:
        if given.dtype is not output.dtype or not same(given.offset, 0):
            return False
        dims = given.base.type.dims
        if len(dims) != len(output.base.type.dims) or given.strides.keys() != output.strides.keys():
            return False
        if not all(same(a, b) for a, b in zip(dims, output.base.type.dims, strict=True)):
            return False
        return all(same(given.strides[a], output.strides[a]) for a in given.strides)

    def _grain(self) -> Any:
        inner: Any = 1
        for loop in self.nest.serial:
            inner = inner * loop.size
        cost = max(1, self.region.cost + len(self.operands))
        if isinstance(inner, int):
            return max(1, GRAIN // max(1, cost * inner))
        return (GRAIN // cost) // (inner + 1) + 1

    def _head(self) -> tuple[list[str], tuple[Any, ...]]:
        lines: list[str] = []
        words: list[Any] = []
        for operand in self.operands.values():
            pointer = f"ptr_{operand.dtype.name}"
            self.names.add(pointer)
            lines.append(f"    {operand.name} = {pointer}(args, {len(words) + 2})")
            words.append(Pointer(operand.base, operand.offset))
        for name, number, dtype in self.immediates.values():
            reader = f"imm_{dtype.name}"
            self.names.add(reader)
            lines.append(f"    {name} = {reader}(args, {len(words) + 2})")
            words.append(Immediate(number, dtype))
            if dtype.name == "complex128":
                words.append(0)
        for name, size in self.nest.parameters():
            lines.append(f"    {name} = args[{len(words) + 2}]")
            words.append(size)
        lines.extend(f"    {name} = {text}" for name, text in sorted(self.constants.items()))
        lines.extend(f"    bad{reason} = False" for reason in sorted(self.checks))
        return lines, tuple(words)

    def _tail(self) -> list[str]:
        if self.checks:
            self.names.add("fail")
        lines = []
        for reason in sorted(self.checks):
            lines.extend([f"    if bad{reason}:", f"        fail(args, {reason})"])
        return lines

    def _map(self) -> list[str]:
        lines, depth = self.nest.open(self.nest.loops, parallel=True)
        memo: dict[Value, str] = {}
        body: list[str] = []
        for value in self.outputs:
            self._value(value, body, memo, 0)
        for value in self.outputs:
            body.append(self._store(value, memo[value]))
        return lines + _indented(body, depth)

    def _rows(self) -> list[str]:
        lines, depth = self.nest.open(self.nest.outer, parallel=True)
        if not self.nest.outer:
            lines, depth = ["    for i in range(lo, hi):"], 2
        row: dict[Value, str] = {}
        last = max((self._stage_end(instr) for instr in self.region.instrs), default=0)
        for stage in range(last + 1):
            lines.extend(_indented(self._row_values(stage, row), depth))
            lines.extend(_indented(self._row_loop(stage, row), depth))
        lines.extend(_indented(self._row_values(last + 1, row), depth))
        stores = [
            self._store(value, row[value]) for value in self.outputs if not self._is_full(value)
        ]
        return lines + _indented(stores, depth)

    def _stage_end(self, instr: Instr) -> int:
        return self.stages[instr]

    def _row_values(self, stage: int, row: dict[Value, str]) -> list[str]:
        """Values of the whole row that are ready before loop `stage`."""
        lines: list[str] = []
        for instr in self.region.instrs:
            ready = self.stages[instr] == stage and instr.definition.reduce is None
            if ready and not self._is_full(instr.outputs[0]):
                self._compute(instr, lines, row, stage)
        return lines

    def _row_loop(self, stage: int, row: dict[Value, str]) -> list[str]:
        reductions = [
            i for i in self.region.instrs
            if i.definition.reduce is not None and self.stages[i] == stage
        ]  # fmt: skip
        stores = [
            v for v in [*self.outputs, *self.temporaries]
            if self._is_full(v) and self.stages[self.producer[v]] == stage
        ]  # fmt: skip
        if not reductions and not stores:
            return []
        before: list[str] = []
        body: list[str] = []
        memo = dict(row)
        for instr in reductions:
            row[instr.outputs[0]] = name = self._fresh()
            before.append(f"{name} = {self._start(instr)}")
        for instr in reductions:
            name = row[instr.outputs[0]]
            given = self._reduced(instr, body, memo, stage)
            body.append(f"{name} = {self._combined(instr, name, given)}")
        for value in stores:
            self._value(value, body, memo, stage)
        body.extend(self._store(value, memo[value]) for value in stores)
        loops, depth = self.nest.open(self.nest.inner, parallel=False, depth=0)
        return before + loops + _indented(body, depth)

    def _columns(self) -> list[str]:
        """Reduction over outer loops: results are accumulated in memory, row by row."""
        nest, region = self.nest, self.region
        reductions = [i for i in region.instrs if i.definition.reduce is not None]
        by_columns = not nest.outer
        lines, depth = ([], 1) if by_columns else nest.open(nest.outer, parallel=True)
        starts, start_depth = nest.open(nest.columns, parallel=by_columns, depth=0)
        first = [self._store(i.outputs[0], self._start(i)) for i in reductions]
        lines += _indented(starts + _indented(first, start_depth), depth)
        rows, row_depth = nest.open(nest.inner, parallel=False, depth=0)
        columns, column_depth = nest.open(nest.columns, parallel=by_columns, depth=0)
        body: list[str] = []
        memo: dict[Value, str] = {}
        for instr in reductions:
            given = self._reduced(instr, body, memo, 0)
            operand = self._output_operand(instr.outputs[0])
            self.names.add("load")
            held = f"load({operand.name}, {operand.number}, {nest.index(operand)})"
            name = self._fresh()
            body.append(f"{name} = {self._combined(instr, held, given)}")
            memo[instr.outputs[0]] = name
        full = [v for v in self.outputs if self.producer[v].definition.reduce is None]
        for value in full:
            self._value(value, body, memo, 0)
        body.extend(self._store(v, memo[v]) for v in [*full, *(i.outputs[0] for i in reductions)])
        inner = columns + _indented(body, column_depth)
        return lines + _indented(rows + _indented(inner, row_depth), depth)

    def _blocks(self) -> list[str]:
        """Reduction of everything: block `i` of the outermost loop gives result `i`."""
        nest = self.nest
        first, *rest = nest.inner
        lines = [
            "    for i in range(lo, hi):",
            f"        start = i * {first.size_name} // blocks",
            f"        stop = (i + 1) * {first.size_name} // blocks",
        ]
        reductions = [i for i in self.region.instrs if i.definition.reduce is not None]
        names = {i: self._fresh() for i in reductions}
        lines += [f"        {names[i]} = {self._start(i)}" for i in reductions]
        loops = [f"for {first.variable} in range(start, stop):"]
        more, depth = nest.open(rest, parallel=False, depth=1)
        body: list[str] = []
        memo: dict[Value, str] = {}
        for instr in reductions:
            given = self._reduced(instr, body, memo, 0)
            body.append(f"{names[instr]} = {self._combined(instr, names[instr], given)}")
        full = [v for v in self.outputs if self.producer[v].definition.reduce is None]
        for value in full:
            self._value(value, body, memo, 0)
        body.extend(self._store(v, memo[v]) for v in full)
        lines += _indented(loops + more + _indented(body, depth), 2)
        self.names.add("store")
        for instr in reductions:
            operand = self._output_operand(instr.outputs[0])
            lines.append(f"        store({operand.name}, {operand.number}, i, {names[instr]})")
        return lines

    # -- values --------------------------------------------------------------------------------

    def _fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def _value(self, value: Value, lines: list[str], memo: dict[Value, str], stage: int) -> str:
        """The variable that holds an inside value, computing it first where need be."""
        source = self.region.source(value)
        if source in memo:
            return memo[source]
        maker = self.producer[source]
        if source in self.stored and self.stages[maker] < stage and self._is_full(source):
            operand = self._output_operand(source)
            self.names.add("load")
            name = self._fresh()
            lines.append(
                f"{name} = load({operand.name}, {operand.number}, {self.nest.index(operand)})"
            )
            memo[source] = name
            return name
        pending = [source]
        while pending:
            maker = self.producer[pending[-1]]
            missing = [
                s for s in (self.region.source(g) for g in maker.values)
                if s in self.producer and s not in memo
            ]  # fmt: skip
            if missing and pending[-1] not in memo:
                nested = [s for s in missing if not self._reloads(s, stage)]
                for s in missing:
                    if self._reloads(s, stage):
                        self._value(s, lines, memo, stage)
                if nested:
                    pending.extend(nested)
                    continue
            done = pending.pop()
            if done not in memo:
                self._compute(self.producer[done], lines, memo, stage)
        return memo[source]

    def _reduced(self, instr: Instr, lines: list[str], memo: dict[Value, str], stage: int) -> str:
        """The variable that holds what a reduction reduces."""
        given = instr.values[0]
        if self.is_inside(given):
            return self._value(given, lines, memo, stage)
        return self._operand(instr, given, lines, memo)

    def _reloads(self, source: Value, stage: int) -> bool:
        stored = source in self.stored and self._is_full(source)
        return stored and self.stages[self.producer[source]] < stage

    def _compute(self, instr: Instr, lines: list[str], memo: dict[Value, str], stage: int) -> None:
        if instr.definition is IOTA:
            self._iota(instr, lines, memo)
            return
        operands = [self._operand(instr, given, lines, memo) for given in instr.values]
        dtype = key_dtype(instr)
        attrs = self._attributes(instr, dtype)
        check = instr.definition.check_for(dtype)
        if check is not None and instr.definition.scalar_for(dtype):
            self._check(check[1], instr, operands, dtype, attrs, lines)
        kinds = tuple(value.type.dtype for value in instr.outputs)
        found = scalar.scalar(instr.definition, tuple(operands), dtype, kinds, attrs)
        self._use(found)
        for value, expression in zip(instr.outputs, found.expressions, strict=True):
            if expression in operands:
                memo[value] = expression
                continue
            memo[value] = name = self._fresh()
            lines.append(f"{name} = {expression}")

    def _use(self, found: scalar.Scalar) -> None:
        self.names.update(found.names)
        self.constants.update(found.constants)

    def _check(
        self, reason: int, instr: Instr, operands: list[str], dtype: DType, attrs: dict[str, str],
        lines: list[str],
    ) -> None:  # fmt: skip
        found = scalar.check_expression(instr.definition, tuple(operands), dtype, attrs)
        self._use(found)
        self.checks.add(reason)
        name = self._fresh()
        lines.append(f"{name} = {found.expressions[0]}")
        lines.append(f"bad{reason} = bad{reason} | {name}")
        if reason == DIVISION_BY_ZERO:
            compute = scalar.compute_name(dtype)
            self.names.update(("select", compute))
            safe = self._fresh()
            lines.append(f"{safe} = select({name}, {compute}(1), {operands[-1]})")
            operands[-1] = safe

    def _operand(self, instr: Instr, given: Value, lines: list[str], memo: dict[Value, str]) -> str:
        source = self.region.source(given)
        if source in memo:
            return memo[source]
        if given in self.fused.immediates:
            return self._immediate(
                ("value", id(given)), self.fused.immediates[given], given.type.dtype
            )
        operand = self.operands[self._read_key(instr, given)]
        key: Any = operand
        if key not in memo:
            self.names.add("load")
            memo[key] = name = self._fresh()
            lines.append(
                f"{name} = load({operand.name}, {operand.number}, {self.nest.index(operand)})"
            )
        return memo[key]

    def _immediate(self, key: Any, number: Any, dtype: DType) -> str:
        if key not in self.immediates:
            self.immediates[key] = (f"c{len(self.immediates)}", number, dtype)
        return self.immediates[key][0]

    def _attributes(self, instr: Instr, dtype: DType) -> dict[str, str]:
        found = {}
        for name in scalar.attribute_names(instr.definition, dtype):
            value = instr.attrs[name]
            if isinstance(value, bool):
                found[name] = repr(value)
            else:
                found[name] = self._immediate((id(instr), name), value, dtype)
        return found

    def _iota(self, instr: Instr, lines: list[str], memo: dict[Value, str]) -> None:
        value = instr.outputs[0]
        compute = scalar.compute_name(value.type.dtype)
        axis = self.place(instr)[instr.attrs["axis"]]
        self.names.add(compute)
        memo[value] = name = self._fresh()
        variable = "0" if axis is None else self.nest.variable(axis)
        lines.append(f"{name} = {compute}({variable})")

    def _store(self, value: Value, variable: str) -> str:
        operand = self._output_operand(value)
        self.names.add("store")
        index = self.nest.index(operand)
        return f"store({operand.name}, {operand.number}, {index}, {variable})"

    def _start(self, instr: Instr) -> str:
        value = instr.outputs[0]
        compute = scalar.compute_name(value.type.dtype)
        start = REDUCERS[str(instr.definition.reduce)][1]
        if start in ("True", "False"):
            return start
        if start in ("lowest", "highest"):
            name = f"{start}_{compute}"
            self.names.add(compute)
            self.constants[name] = f"{compute}({_limit(compute, start)})"
            return name
        self.names.add(compute)
        name = f"{compute}_{start}"
        self.constants[name] = f"{compute}({start})"
        return name

    def _combined(self, instr: Instr, held: str, value: str) -> str:
        kind = str(instr.definition.reduce)
        text = REDUCERS[kind][0].format(held, value)
        name = text.partition("(")[0]
        if name:
            self.names.add(name)
        compute = scalar.compute_name(instr.outputs[0].type.dtype)
        if compute.startswith(("int", "uint")):
            self.names.add(compute)
            return f"{compute}({text})"
        return text


def _limit(compute: str, which: str) -> str:
    import numpy as np

    if compute.startswith("float"):
        return "-np.inf" if which == "lowest" else "np.inf"
    info = np.iinfo(compute)
    return str(info.min if which == "lowest" else info.max)


def _key(size: Any) -> Any:
    key = getattr(size, "structural_key", None)
    return size if key is None else key()


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    pad = "    " * depth
    return [pad + line for line in lines]


def _stages(region: Region, emitter: _Emitter) -> dict[Instr, int]:
    """For each instruction the number of the loop over a row in which (before which, for values
    of the row as a whole) it is computed; a reduction belongs to the loop that it closes."""
    stages: dict[Instr, int] = {}
    for instr in region.instrs:
        stage = 0
        for given in instr.values:
            maker = emitter.producer.get(region.source(given))
            if maker is not None:
                after = maker.definition.reduce is not None
                stage = max(stage, stages[maker] + after)
        stages[instr] = stage
    return stages
