"""The loops of a kernel, one form for each kind of region.

In: a schedule, a nest and the writer of values. Out: the source lines between a kernel's head and
its tail.
"""

from __future__ import annotations

from collections.abc import Iterable

from jitgraph.ir.program import Value
from jitgraph.lowering.kernel_values import KernelValues, Memo
from jitgraph.lowering.tiled_loops import crossed_loop, tiled


def map_body(values: KernelValues) -> list[str]:
    """All loops around all values."""
    nest, outputs = values.nest, values.schedule.outputs
    memo: Memo = {}
    body: list[str] = []
    for value in outputs:
        values.value(value, body, memo, 0)
    body.extend(values.store(value, memo[value]) for value in outputs)
    rows = crossed_loop(nest)
    if rows is not None:
        return tiled(nest, rows, body)
    lines, depth = nest.open(nest.loops, parallel=True)
    return lines + _indented(body, depth)


def row_body(values: KernelValues) -> list[str]:
    """For each row: loop after loop over its elements, values of the whole row in between."""
    nest, schedule = values.nest, values.schedule
    lines, depth = nest.open(nest.outer, parallel=True)
    row: Memo = {}
    last = schedule.last_stage
    for stage in range(last + 1):
        lines.extend(_indented(_row_values(values, stage, row), depth))
        lines.extend(_indented(_row_loop(values, stage, row), depth))
    lines.extend(_indented(_row_values(values, last + 1, row), depth))
    whole = [value for value in schedule.outputs if not schedule.is_full(value)]
    return lines + _indented([values.store(value, row[value]) for value in whole], depth)


def _row_values(values: KernelValues, stage: int, row: Memo) -> list[str]:
    """Values of the whole row that are ready before loop `stage`."""
    schedule = values.schedule
    lines: list[str] = []
    for instr in schedule.region.instrs:
        ready = schedule.stages[instr] == stage and instr.definition.reduce is None
        if ready and not schedule.is_full(instr.outputs[0]):
            values.compute(instr, lines, row)
    return lines


def _row_loop(values: KernelValues, stage: int, row: Memo) -> list[str]:
    schedule, nest = values.schedule, values.nest
    reductions = [i for i in schedule.reductions if schedule.stages[i] == stage]
    stores = [
        value
        for value in [*schedule.outputs, *schedule.temporaries]
        if schedule.is_full(value) and schedule.stages[schedule.producer[value]] == stage
    ]
    if not reductions and not stores:
        return []
    before: list[str] = []
    body: list[str] = []
    memo = dict(row)
    for instr in reductions:
        row[instr.outputs[0]] = name = values.fresh()
        before.append(f"{name} = {values.start(instr)}")
    for instr in reductions:
        name = row[instr.outputs[0]]
        given = values.reduced(instr, body, memo, stage)
        body.append(f"{name} = {values.combined(instr, name, given)}")
    for value in stores:
        values.value(value, body, memo, stage)
    body.extend(values.store(value, memo[value]) for value in stores)
    loops, depth = nest.open(nest.inner, parallel=False, depth=0)
    return before + loops + _indented(body, depth)


def column_body(values: KernelValues) -> list[str]:
    """Reduction over outer loops: results are accumulated in memory, row by row."""
    nest = values.nest
    by_columns = not nest.outer
    lines, depth = ([], 1) if by_columns else nest.open(nest.outer, parallel=True)
    starts, start_depth = nest.open(nest.columns, parallel=by_columns, depth=0)
    lines += _indented(starts + _indented(_starts(values), start_depth), depth)
    rows, row_depth = nest.open(nest.inner, parallel=False, depth=0)
    columns, column_depth = nest.open(nest.columns, parallel=by_columns, depth=0)
    inner = columns + _indented(_accumulation(values), column_depth)
    return lines + _indented(rows + _indented(inner, row_depth), depth)


def block_body(values: KernelValues) -> list[str]:
    """Reduction of leading axes: block `i` of the outermost loop gives result `i`."""
    nest = values.nest
    first, *rest = nest.inner
    lines = [
        "    for i in range(lo, hi):",
        f"        start = i * {first.size_name} // blocks",
        f"        stop = (i + 1) * {first.size_name} // blocks",
    ]
    more, depth = nest.open(rest, parallel=False, depth=1)
    loops = [f"for {first.variable} in range(start, stop):", *more]
    if nest.columns:
        return lines + _indented(_block_of_columns(values, loops, depth), 2)
    return lines + _indented(_block_of_all(values, loops, depth), 2)


def _block_of_all(values: KernelValues, loops: list[str], depth: int) -> list[str]:
    """One number a block, held in a variable."""
    reductions = values.schedule.reductions
    names = {instr: values.fresh() for instr in reductions}
    before = [f"{names[instr]} = {values.start(instr)}" for instr in reductions]
    body: list[str] = []
    memo: Memo = {}
    for instr in reductions:
        given = values.reduced(instr, body, memo, 0)
        body.append(f"{names[instr]} = {values.combined(instr, names[instr], given)}")
    stored = _elementwise_outputs(values, body, memo)
    body.extend(values.store(value, memo[value]) for value in stored)
    after = [values.store(instr.outputs[0], names[instr]) for instr in reductions]
    return before + loops + _indented(body, depth) + after


def _block_of_columns(values: KernelValues, loops: list[str], depth: int) -> list[str]:
    """One row a block, accumulated in memory."""
    columns, column_depth = values.nest.open(values.nest.columns, parallel=False, depth=0)
    inner = columns + _indented(_accumulation(values), column_depth)
    before = columns + _indented(_starts(values), column_depth)
    return before + loops + _indented(inner, depth)


def _starts(values: KernelValues) -> list[str]:
    """Stores the neutral elements of reductions that are accumulated in memory."""
    reductions = values.schedule.reductions
    return [values.store(instr.outputs[0], values.start(instr)) for instr in reductions]


def _accumulation(values: KernelValues) -> list[str]:
    """Adds one element to each result in memory, and stores what has an element for each point."""
    reductions = values.schedule.reductions
    body: list[str] = []
    memo: Memo = {}
    for instr in reductions:
        given = values.reduced(instr, body, memo, 0)
        held = values.held(instr.outputs[0])
        memo[instr.outputs[0]] = name = values.fresh()
        body.append(f"{name} = {values.combined(instr, held, given)}")
    stored = _elementwise_outputs(values, body, memo)
    stored += [instr.outputs[0] for instr in reductions]
    body.extend(values.store(value, memo[value]) for value in stored)
    return body


def _elementwise_outputs(values: KernelValues, body: list[str], memo: Memo) -> list[Value]:
    """Computes the outputs that have an element for every point."""
    schedule = values.schedule
    full = [v for v in schedule.outputs if schedule.producer[v].definition.reduce is None]
    for value in full:
        values.value(value, body, memo, 0)
    return full


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    pad = "    " * depth
    return [pad + line for line in lines]
