"""The loops of a kernel, one form for each kind of region.

In: a schedule, a nest and the writer of values. Out: the source lines between a kernel's head and
its tail.
"""

from __future__ import annotations

from collections.abc import Iterable

from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.kernel_values import KernelValues, Memo
from jitgraph.lowering.nest import Nest
from jitgraph.lowering.short_rows import has_short_rows, short_rows_body
from jitgraph.lowering.tiled_loops import crossed_loop, tiled

PIECE = 4096
"""So many numbers of a row are added up by themselves."""


def map_body(values: KernelValues) -> list[str]:
    """All loops around all values."""
    nest = values.nest
    if has_short_rows(values):
        return short_rows_body(values, lambda: _point(values, {}))
    memo: Memo = {}
    before = _before_short(values, memo)
    body = _point(values, memo)
    if before:
        around, depth = nest.open(nest.loops[:-1], parallel=True)
        return around + _indented(before + _innermost(nest, body), depth)
    rows = crossed_loop(nest)
    if rows is not None:
        return tiled(nest, rows, body)
    lines, depth = nest.open(nest.loops, parallel=True)
    return lines + _indented(body, depth)


def _point(values: KernelValues, memo: Memo) -> list[str]:
    """All values of a map at one point of the loops, but for what is known before."""
    body: list[str] = []
    outputs = [value for value in values.schedule.outputs if not _lacks_short(values, value)]
    for value in outputs:
        values.value(value, body, memo, 0)
    body.extend(values.store(value, memo[value]) for value in outputs)
    return body


def _before_short(values: KernelValues, memo: Memo) -> list[str]:
    """What a short innermost loop would compute again in each iteration."""
    lines: list[str] = []
    made = (value for instr in values.schedule.region.instrs for value in instr.outputs)
    lacking = [value for value in made if _lacks_short(values, value)]
    for value in lacking:
        values.value(value, lines, memo, 0)
    stored = [value for value in lacking if value in values.schedule.outputs]
    return lines + [values.store(value, memo[value]) for value in stored]


def _lacks_short(values: KernelValues, value: Value) -> bool:
    """Whether a value is the same in all iterations of a short innermost loop."""
    short, region = values.nest.short, values.schedule.region
    return short is not None and short.axis not in region.places.get(value, (short.axis,))


def _innermost(nest: Nest, body: list[str]) -> list[str]:
    loop, depth = nest.open(nest.loops[-1:], parallel=False, depth=0)
    return loop + _indented(body, depth)


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
    if not stores and _is_long_sum(nest, reductions):
        return before + _sum_by_pieces(values, reductions, row, memo, stage)
    for instr in reductions:
        name = row[instr.outputs[0]]
        given = values.reduced(instr, body, memo, stage)
        body.append(f"{name} = {values.combined(instr, name, given)}")
    for value in stores:
        values.value(value, body, memo, stage)
    body.extend(values.store(value, memo[value]) for value in stores)
    loops, depth = nest.open(nest.inner, parallel=False, depth=0)
    return before + loops + _indented(body, depth)


def _is_long_sum(nest: Nest, reductions: list[Instr]) -> bool:
    """Whether numbers are added up along one axis, of which there may be many."""
    if len(nest.inner) != 1:
        return False
    size = nest.inner[0].size
    sums = all(
        each.definition.reduce == "sum" and each.outputs[0].type.dtype.is_floating
        for each in reductions
    )
    return sums and not (isinstance(size, int) and size <= PIECE)


def _sum_by_pieces(
    values: KernelValues, reductions: list[Instr], row: Memo, memo: Memo, stage: int
) -> list[str]:
    """Sums of pieces are added up: an error grows with a piece and with their number, not with the
    row."""
    (loop,) = values.nest.inner
    parts = {instr: values.fresh() for instr in reductions}
    start, stop = values.fresh(), values.fresh()
    body: list[str] = []
    for instr, part in parts.items():
        given = values.reduced(instr, body, memo, stage)
        body.append(f"{part} = {values.combined(instr, part, given)}")
    return [
        f"for {start} in range(0, {loop.size_name}, {PIECE}):",
        f"    {stop} = min({start} + {PIECE}, {loop.size_name})",
        *(f"    {part} = {values.start(instr)}" for instr, part in parts.items()),
        f"    for {loop.variable} in range({start}, {stop}):",
        *_indented(body, 2),
        *(
            f"    {row[instr.outputs[0]]} = {values.combined(instr, row[instr.outputs[0]], part)}"
            for instr, part in parts.items()
        ),
    ]


def column_body(values: KernelValues) -> list[str]:
    """Reduction over outer loops: results are accumulated in memory, row by row."""
    nest = values.nest
    by_columns = not nest.outer
    lines, depth = ([], 1) if by_columns else nest.open(nest.outer, parallel=True)
    starts, start_depth = nest.open(nest.columns, parallel=by_columns, depth=0)
    lines += _indented(starts + _indented(_starts(values), start_depth), depth)
    rows, row_depth = nest.open(nest.inner, parallel=False, depth=0)
    inner = _columns(values, parallel=by_columns)
    return lines + _indented(rows + _indented(inner, row_depth), depth)


def _columns(values: KernelValues, *, parallel: bool) -> list[str]:
    """The loops over columns around what adds an element to each result."""
    nest = values.nest
    memo: Memo = {}
    before = _before_short(values, memo)
    inner = _accumulation(values, memo)
    if before:
        columns, depth = nest.open(nest.columns[:-1], parallel=False, depth=0)
        return columns + _indented(before + _innermost(nest, inner), depth)
    columns, depth = nest.open(nest.columns, parallel=parallel, depth=0)
    return columns + _indented(inner, depth)


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
    inner = columns + _indented(_accumulation(values, {}), column_depth)
    before = columns + _indented(_starts(values), column_depth)
    return before + loops + _indented(inner, depth)


def _starts(values: KernelValues) -> list[str]:
    """Stores the neutral elements of reductions that are accumulated in memory."""
    reductions = values.schedule.reductions
    return [values.store(instr.outputs[0], values.start(instr)) for instr in reductions]


def _accumulation(values: KernelValues, memo: Memo) -> list[str]:
    """Adds one element to each result in memory, and stores what has an element for each point."""
    reductions = values.schedule.reductions
    body: list[str] = []
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
    made = [v for v in schedule.outputs if schedule.producer[v].definition.reduce is None]
    full = [value for value in made if not _lacks_short(values, value)]
    for value in full:
        values.value(value, body, memo, 0)
    return full


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    pad = "    " * depth
    return [pad + line for line in lines]
