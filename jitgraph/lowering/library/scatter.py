"""Scattering: rows of a tensor written, or combined with updates, where indices say.

In: an instruction: old contents (or none: zeros), indices, updates. Out: one step. Updates apply in
the order of the indices, so the outer iterations are the columns of a row: threads share out these.
The contents may be written in place: the kernel copies the old ones only from another address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.access import is_whole
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, fixed, grain_of, is_one, product
from jitgraph.lowering.library.items import copied_item
from jitgraph.lowering.library.rows import add_limits, are_known, must_check, row_lines
from jitgraph.lowering.scalar import check_expression, scalar
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.registry import REGISTRY

_LEAST_COLUMNS = 16
_COMBINING = {
    "add": "AddV2",
    "sub": "Sub",
    "mul": "Mul",
    "div": "Div",
    "min": "Minimum",
    "max": "Maximum",
    "or": "LogicalOr",
}
"""The op whose scalar meaning combines what is there with an update."""

_START: dict[str, Callable[[DType], str]] = {
    "add": lambda dtype: "0",
    "mul": lambda dtype: "1",
    "max": lambda dtype: _literal(dtype.min),
    "min": lambda dtype: _literal(dtype.max),
}
"""What a segment without rows holds."""


def _literal(number: Any) -> str:
    """A number as source; the least of int64 isn't one token."""
    if isinstance(number, (int, np.integer)):
        return f"({int(number) + 1} - 1)" if number < 0 else str(int(number))
    return repr(float(number))


@dataclass(frozen=True)
class _Scatter:
    """What is written where: `old` None begins with `start` everywhere."""

    old: Value | None
    indices: Value
    updates: Value
    limits: tuple[Any, ...]
    number: Any
    drops_negative: bool = False
    start: str = "0"
    is_checked: bool = True


def scatter_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Rows of a variable: indices number its first dimension."""
    old, indices, updates = instr.values
    number = product(indices.type.dims)
    wanted = _Scatter(old, indices, updates, old.type.dims[:1], number)
    return [_step(instr, fused, wanted, kind)]


def put_rows_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Rows of a variable replaced; all of them are known to exist."""
    old, indices, updates = instr.values
    number = product(indices.type.dims)
    limits = old.type.dims[:1]
    wanted = _Scatter(old, indices, updates, limits, number, is_checked=False)
    return [_step(instr, fused, wanted, "update")]


def scatter_nd_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Slices of a variable named by index vectors."""
    old, indices, updates = instr.values
    limits, number = _vectors(indices, old.type.dims)
    return [_step(instr, fused, _Scatter(old, indices, updates, limits, number), kind)]


def scatter_into_zeros_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Updates summed into zeros, by index vectors (ScatterNd)."""
    indices, updates = instr.values
    limits, number = _vectors(indices, instr.outputs[0].type.dims)
    return [_step(instr, fused, _Scatter(None, indices, updates, limits, number), "add")]


def segment_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Rows combined by segment; negative segments are left out."""
    data, ids = instr.values
    dims, dtype = instr.outputs[0].type.dims, data.type.dtype
    start = _START[kind](dtype)
    number = product(ids.type.dims)
    wanted = _Scatter(None, ids, data, dims[:1], number, drops_negative=True, start=start)
    return [_step(instr, fused, wanted, kind)]


def _vectors(indices: Value, dims: tuple[Any, ...]) -> tuple[tuple[Any, ...], Any]:
    """The dimensions that index vectors name, and how many vectors there are."""
    *many, depth = indices.type.dims
    return dims[: fixed(depth)], product(many)


def _step(instr: Instr, fused: Fused, wanted: _Scatter, kind: str) -> KernelStep:
    result = instr.outputs[0]
    dtype = result.type.dtype
    kind = "or" if dtype.is_bool and kind == "add" else kind
    item, parts = copied_item(dtype) if kind == "update" else (dtype.name, 1)
    is_repeated = not wanted.updates.type.dims
    if is_repeated and parts > 1:
        item, parts = dtype.name, 1
    depth = len(wanted.limits)
    inner = product(result.type.dims[depth:]) * parts
    rows = product(wanted.limits)
    arguments = Arguments(instr, fused)
    arguments.write("y", result, item)
    arguments.read("where", wanted.indices)
    arguments.read("updates", wanted.updates, item)
    if wanted.old is not None:
        arguments.read("old", wanted.old, item)
    for name, size in (("number", wanted.number), ("inner", inner), ("rows", rows)):
        arguments.word(name, size)
    add_limits(arguments, wanted.limits)
    is_checked = wanted.is_checked and _must_check(fused, wanted)
    drops = wanted.drops_negative
    lines = row_lines(depth, "i", drops_negative=drops, is_checked=is_checked)
    checks = ["    for i in range(number):", *lines] if is_checked else []
    body = [
        *(f"    {name} = {text}" for name, text in _meaning(kind, dtype).constants),
        *checks,  # nothing is written before all indices are known to be good
        *_begin_lines(item, inner, None if wanted.old is not None else wanted.start),
        "    for i in range(number):",
        *lines,
        *_combine_lines(kind, dtype, inner, is_repeated),
    ]
    work = wanted.number if wanted.old is not None else wanted.number + rows
    grain = grain_of(work, _LEAST_COLUMNS)
    title = f"scatter_{kind}"
    return arguments.step(title, body, inner, grain, inplace=_inplace(wanted, result, fused))


def _must_check(fused: Fused, wanted: _Scatter) -> bool:
    named = (wanted.indices, wanted.limits, wanted.number)
    if wanted.drops_negative:  # what is dropped stays unknown
        return not are_known(fused, *named)
    return must_check(fused, *named)


def _begin_lines(item: str, inner: Any, start: str | None) -> list[str]:
    """What `y` holds before the updates: a number, or the old contents, unless they are there."""
    value = "load(old, 3, {place})" if start is None else f"cast_{item}({start})"
    pad = "    " * (2 if start is None else 1)
    lines = ["    if args[2] != args[5]:"] if start is None else []
    lines.append(f"{pad}for row in range(rows):")
    if is_one(inner):
        return [*lines, f"{pad}    store(y, 0, row, {value.format(place='row')})"]
    place = "row * inner + j"
    return [
        *lines,
        f"{pad}    for j in range(lo, hi):",
        f"{pad}        store(y, 0, {place}, {value.format(place=place)})",
    ]


def _combine_lines(kind: str, dtype: DType, inner: Any, is_repeated: bool) -> list[str]:
    """Row `row` of `y` combined with update `i`."""
    lines, pad = [], "        "
    place, update = "row", "i"
    if not is_one(inner):
        lines.append(f"{pad}for j in range(lo, hi):")
        pad += "    "
        place, update = "row * inner + j", "i * inner + j"
    lines.append(f"{pad}new = load(updates, 2, {'0' if is_repeated else update})")
    if kind == "update":
        return [*lines, f"{pad}store(y, 0, {place}, new)"]
    meaning = _meaning(kind, dtype)
    lines.append(f"{pad}now = load(y, 0, {place})")
    if meaning.is_bad:
        lines += [
            f"{pad}if {meaning.is_bad}:",
            f"{pad}    fail(args, {meaning.reason})",
            f"{pad}    return",
        ]
    return [*lines, f"{pad}store(y, 0, {place}, {meaning.combined})"]


@dataclass(frozen=True)
class _Meaning:
    """Expressions over `now` and `new`, and the constants in them."""

    combined: str
    is_bad: str = ""
    reason: int = 0
    constants: tuple[tuple[str, str], ...] = ()


def _meaning(kind: str, dtype: DType) -> _Meaning:
    if kind == "update":
        return _Meaning("new")
    definition, operands = REGISTRY[_COMBINING[kind]], ("now", "new")
    found = scalar(definition, operands, dtype, (dtype,), {})
    check = definition.check_for(dtype)
    if check is None:
        return _Meaning(found.expressions[0], constants=tuple(found.constants.items()))
    is_bad = check_expression(definition, operands, dtype, {})
    constants = {**found.constants, **is_bad.constants}
    return _Meaning(found.expressions[0], is_bad.expressions[0], check[1], tuple(constants.items()))


def combined(kind: str, dtype: DType) -> tuple[tuple[tuple[str, str], ...], str]:
    """What is there combined with what comes: constants, and an expression over `now`, `new`."""
    meaning = _meaning(kind, dtype)
    return meaning.constants, meaning.combined


def _inplace(wanted: _Scatter, result: Value, fused: Fused) -> tuple[tuple[Value, Value], ...]:
    """The old contents may be written over unless indices or updates lie there, too."""
    if wanted.old is None:
        return ()
    access = fused.access(wanted.old)
    others = (fused.access(wanted.indices).base, fused.access(wanted.updates).base)
    if access.base in others or not is_whole(access, wanted.old.type.dims):
        return ()
    return ((result, access.base),)
