"""What passes do to branches and loops as a whole: drop what is unused, take constants in, inline.

In: a Branch or Loop instruction and what is known around it. Out: instructions that do the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from jitgraph.ir.enclosed import free_values
from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ops.constants import CONST
from jitgraph.ops.internal import BRANCH, LOOP

MOST_REPEATED = 1 << 8
"""Constants up to so many elements are made again inside."""


def with_constants(instr: Instr, known: Mapping[Value, np.ndarray]) -> Instr:
    """The instruction with the constants that it captures made inside its programs."""
    start = 1 if instr.definition is BRANCH else 0
    captures = list(enumerate(instr.values))[1 if start else len(instr.outputs) :]
    found = {n - start: known[v] for n, v in captures if v in known}
    small = {n: array for n, array in found.items() if array.size <= MOST_REPEATED}
    if not small:
        return instr
    return instr.with_bodies([_with_known_feeds(body, small) for body in instr.bodies])


def _with_known_feeds(body: Program, known: Mapping[int, np.ndarray]) -> Program:
    used = free_values(body.instrs, body.results)
    names = body.names()
    new: dict[Value, Value] = {}
    made: list[Instr] = []
    for number, array in known.items():
        feed = body.feeds[number]
        if feed in used:
            new[feed] = value = Value(_fresh(feed.name, names), feed.type)
            attrs = {"value": array, "dtype": feed.type.dtype}
            made.append(Instr(CONST, (), (value,), attrs))
    instrs = [instr.substituted(new) for instr in body.instrs]
    return body.substitute([*made, *instrs], new)


def settled(instr: Instr, known: Mapping[Value, np.ndarray], names: set[str]) -> list[Instr]:
    """The instruction, or what it does where its predicate is known."""
    if instr.definition is not BRANCH or instr.values[0] not in known:
        return [instr]
    then, otherwise = instr.bodies
    return _inlined(instr, then if known[instr.values[0]] else otherwise, names)


def _inlined(instr: Instr, body: Program, names: set[str]) -> list[Instr]:
    from jitgraph.ops.identities import IDENTITY

    new = dict(zip(body.feeds, instr.values[1:], strict=True))
    found: list[Instr] = []
    for each in body.instrs:
        outputs = tuple(Value(_fresh(value.name, names), value.type) for value in each.outputs)
        found.append(replace(each.substituted(new), outputs=outputs))
        new.update(zip(each.outputs, outputs, strict=True))
    for output, result in zip(instr.outputs, body.results, strict=True):
        attrs = {"T": output.type.dtype}
        found.append(Instr(IDENTITY, (new.get(result, result),), (output,), attrs, instr.origin))
    return found


def without_unused_results(instr: Instr, needed: Collection[Value]) -> Instr:
    """The instruction without the results of a branch that nobody needs."""
    kept = [number for number, value in enumerate(instr.outputs) if value in needed]
    if instr.definition is not BRANCH or len(kept) == len(instr.outputs):
        return instr
    return _with_results(instr, kept)


def without_unused_variables(instr: Instr, needed: Collection[Value]) -> Instr:
    """The instruction without the variables of a loop that only they themselves need: no result
    that is used, no other variable, and nothing that must run depends on them."""
    count = len(instr.outputs)
    if instr.definition is not LOOP:
        return instr
    live = _live_variables(instr, needed) or {0}
    if len(live) == count:
        return instr
    kept = sorted(live)
    fed = [*kept, *range(count, len(instr.inputs))]
    condition, body = (replace(body, feeds=_at(body.feeds, fed)) for body in instr.bodies)
    body = replace(body, results=_at(body.results, kept))
    inputs, outputs = _at(instr.inputs, fed), _at(instr.outputs, kept)
    kinds = {
        "Tin": tuple(value.type.dtype for value in inputs),
        "Tout": tuple(value.type.dtype for value in outputs),
    }
    made = replace(instr, inputs=inputs, outputs=outputs, attrs={**instr.attrs, **kinds})
    return made.with_bodies([condition, body])


def _live_variables(instr: Instr, needed: Collection[Value]) -> set[int]:
    condition, body = instr.bodies
    number = {feed: i for i, feed in enumerate(body.feeds[: len(instr.outputs)])}
    makers = body.producers()
    tested = free_values(condition.instrs, condition.results)
    live = {i for i, value in enumerate(instr.outputs) if value in needed}
    live |= {i for i in number.values() if condition.feeds[i] in tested}
    seen: set[Value] = set()
    pending = [value for each in body.instrs if each.must_run for value in each.values]
    pending += [value for _, value in body.updates]
    pending += [body.results[i] for i in live]
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if value in makers:
            pending.extend(makers[value].values)
        elif value in number and number[value] not in live:
            live.add(number[value])
            pending.append(body.results[number[value]])
    return live


def without_unused_captures(instr: Instr) -> Instr:
    """The instruction without the captures that its programs do not use."""
    start = 1 if instr.definition is BRANCH else 0
    fixed = 0 if start else len(instr.outputs)
    used = [free_values(body.instrs, body.results) for body in instr.bodies]
    feeds = list(zip(*(body.feeds for body in instr.bodies), strict=True))
    kept = [
        number
        for number, each in enumerate(feeds)
        if number < fixed or any(feed in u for feed, u in zip(each, used, strict=True))
    ]
    if len(kept) == len(feeds):
        return instr
    bodies = [replace(body, feeds=_at(body.feeds, kept)) for body in instr.bodies]
    inputs = (*instr.inputs[:start], *_at(instr.inputs[start:], kept))
    attrs = {**instr.attrs, "Tin": tuple(value.type.dtype for value in inputs[start:])}
    return replace(instr, inputs=inputs, attrs=attrs).with_bodies(bodies)


def _with_results(instr: Instr, kept: Sequence[int]) -> Instr:
    outputs = _at(instr.outputs, kept)
    attrs = {**instr.attrs, "Tout": tuple(value.type.dtype for value in outputs)}
    bodies = [replace(body, results=_at(body.results, kept)) for body in instr.bodies]
    return replace(instr, outputs=outputs, attrs=attrs).with_bodies(bodies)


def _at(items: Sequence, numbers: Sequence[int]) -> tuple:  # type: ignore[type-arg]
    return tuple(items[number] for number in numbers)


def _fresh(base: str, names: set[str]) -> str:
    name, number = base, 0
    while name in names:
        number += 1
        name = f"{base}.{number}"
    names.add(name)
    return name
