"""Bodies: branches and loops -> the steps of the programs inside, with jumps between them.

In: a Branch or Loop instruction. Out: steps in one row with those around. A branch's results are
written by whichever side runs, into the buffers of the branch's outputs. A loop's variables lie in
the buffers of its outputs: they are filled once, and renewed at the end of each iteration, which
also finds out whether there is another one.

    jump to 3 unless %p    1: then ...    jump to 4    3: else ...    4:
    fill    condition ...    jump to 5 unless it holds
    3: body and condition ...    renew    jump to 3 if it holds    5:
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from jitgraph.ir.program import Instr, Program, Value
from jitgraph.lowering.access import row_major, whole
from jitgraph.lowering.array_loop import array_kernels
from jitgraph.lowering.assembly import copy_step, fill_step
from jitgraph.lowering.fuse import COPY, UNSUPPORTED, Fused, fuse_body
from jitgraph.lowering.scalar_loop import one_kernel
from jitgraph.lowering.steps import (
    ALWAYS,
    IF_FALSE,
    IF_TRUE,
    SERVICES,
    HostStep,
    JumpStep,
    KernelStep,
    Pointer,
    Service,
    Step,
)
from jitgraph.ops.array_rows import UNREAD
from jitgraph.ops.constants import CONST
from jitgraph.ops.internal import BRANCH, HOST_VALUE, UNDEFINED

Lowering = Callable[[Fused], "list[Step]"]


def body_steps(instr: Instr, fused: Fused, lower: Lowering) -> list[Step]:
    """The steps of a branch or loop; `lower` gives those of a fused program."""
    return (_branch if instr.definition is BRANCH else _loop)(instr, fused, lower)


def _branch(instr: Instr, fused: Fused, lower: Lowering) -> list[Step]:
    pred, *captures = instr.values
    then, otherwise = (
        _inner(into(body, instr.outputs), captures, fused, lower)[0] for body in instr.bodies
    )
    if otherwise:
        then.append(JumpStep(instr, ALWAYS, len(otherwise) + 1))
    return [_jump_unless(instr, pred, len(then) + 1, fused), *then, *otherwise]


def _loop(instr: Instr, fused: Fused, lower: Lowering) -> list[Step]:
    count = len(instr.outputs)
    carried, captures = instr.outputs, instr.values[count:]
    condition, body = instr.bodies
    makers = fused.program.producers()
    fills = [
        _unfilled(instr, target)
        if _is_unread(makers.get(given))
        else _copied(instr, given, target, fused)
        for given, target in zip(instr.values, carried, strict=False)
    ]
    nexts = [Value(f"{value.name}.next", value.type) for value in carried]
    goes_on, again = (
        Value(f"{carried[0].name}.{name}", condition.results[0].type)
        for name in ("goes_on", "goes_on_again")
    )
    fed = [*carried, *captures]
    test, _ = _inner(into(condition, [goes_on]), fed, fused, lower)
    rotated = with_condition(body, condition)
    made = nexts if rotated is body else [*nexts, again]
    work, _ = _inner(into(rotated, made), fed, fused, lower)
    for value, target in zip(nexts, carried, strict=True):
        renewed = renewed_in_place(work, value, target)
        work = renewed or [*work, _copied(instr, value, target, fused)]
    if rotated is not body:
        whole = one_kernel(work, carried, again)
        work = [whole] if whole else array_kernels(work, carried, again) or work
    work.append(_jump_back(instr, None if rotated is body else again, len(test), len(work)))
    return [*fills, *test, _jump_unless(instr, goes_on, len(work) + 1, fused), *work]


def _is_unread(maker: Instr | None) -> bool:
    if maker is None or UNREAD not in maker.attrs:
        return False
    return maker.outputs[0].type.dtype.name not in UNSUPPORTED


def _unfilled(instr: Instr, target: Value) -> Step:
    """Says where the life of a loop's variable begins, and writes nothing."""
    dims = target.type.dims
    return fill_step(instr, 0, whole(target), (0,) * len(dims))


def with_condition(body: Program, condition: Program) -> Program:
    """The body with one more result, whether the loop goes on: what an iteration ends with is
    tested where it is made. The body itself where the condition has programs inside."""
    if any(instr.definition.bodies for instr in condition.instrs):
        return body
    count = len(body.results)
    given = (*body.results, *body.feeds[count:])
    new = dict(zip(condition.feeds, given, strict=True))
    instrs = list(body.instrs)
    for instr in condition.instrs:
        outputs = tuple(Value(f"{value.name}.again", value.type) for value in instr.outputs)
        instrs.append(replace(instr.substituted(new), outputs=outputs))
        new.update(zip(instr.outputs, outputs, strict=True))
    last = condition.results[0]
    return replace(body, instrs=tuple(instrs), results=(*body.results, new.get(last, last)))


def _jump_back(instr: Instr, goes_on: Value | None, test: int, work: int) -> JumpStep:
    """The end of an iteration: to the next one if it is to be, or else to the test."""
    services = (0, 0, 0, 0, *map(Service, SERVICES))
    if goes_on is None:
        return JumpStep(instr, ALWAYS, -(test + 1 + work), (0, *services))
    return JumpStep(instr, IF_TRUE, -work, (Pointer(goes_on), *services), (goes_on,))


def renewed_in_place(steps: list[Step], made: Value, target: Value) -> list[Step] | None:
    """The steps with `made` written into the buffer of `target` at once, None where a step still
    reads the old contents then."""
    steps = readers_first(steps, made, target)
    writers = [number for number, step in enumerate(steps) if made in step.writes]
    users = [number for number, step in enumerate(steps) if target in (*step.reads, *step.writes)]
    if len(writers) != 1 or any(isinstance(step, HostStep) for step in steps):
        return None
    step = steps[writers[0]]
    last = max(users, default=-1)
    is_over = isinstance(step, KernelStep) and (made, target) in step.inplace
    if last > writers[0] or (last == writers[0] and not is_over):
        return None
    return [_renamed_step(each, made, target) for each in steps]


def readers_first(steps: list[Step], made: Value, target: Value) -> list[Step]:
    """The steps, those that read `target` before the one that writes `made`, where they depend on
    nothing that is made from there on."""
    writers = [number for number, step in enumerate(steps) if made in step.writes]
    if len(writers) != 1 or not all(isinstance(step, KernelStep) for step in steps):
        return steps
    early, late = steps[: writers[0]], [steps[writers[0]]]
    for step in steps[writers[0] + 1 :]:
        moves = target in step.reads and not any(_depends(step, each) for each in late)
        (early if moves else late).append(step)
    return early + late


def _depends(step: Step, earlier: Step) -> bool:
    """Whether it matters that a step comes behind an earlier one."""
    touched = {*step.reads, *step.writes}
    return not touched.isdisjoint(earlier.writes) or not set(step.writes).isdisjoint(earlier.reads)


def _renamed_step(step: Step, old: Value, new: Value) -> Step:
    if isinstance(step, HostStep) or old not in (*step.reads, *step.writes):
        return step
    words = tuple(
        replace(word, value=new) if isinstance(word, Pointer) and word.value is old else word
        for word in step.words
    )
    reads = tuple(dict.fromkeys(new if value is old else value for value in step.reads))
    writes = tuple(new if value is old else value for value in step.writes)
    if isinstance(step, JumpStep):
        return replace(step, words=words, reads=reads)
    pairs = tuple((w, r) for w, r in step.inplace if old not in (w, r))
    return replace(step, words=words, reads=reads, writes=writes, inplace=pairs)


def _inner(
    body: Program, given: Sequence[Value], around: Fused, lower: Lowering
) -> tuple[list[Step], tuple[Value, ...]]:
    inner = fuse_body(body, given, around)
    steps = lower(inner)
    around.adopt(inner)
    return steps, body.results


def into(body: Program, outputs: Sequence[Value]) -> Program:
    """The program with its results made under other names, each in a buffer of its own."""
    makers = body.producers()
    new: dict[Value, Value] = {}
    copies: list[Instr] = []
    results: list[Value] = []
    for result, output in zip(body.results, outputs, strict=True):
        maker = makers.get(result)
        if maker is not None and maker.definition is UNDEFINED:
            results.append(result)
            continue
        results.append(output)
        if maker is not None and result not in new and _has_buffer(maker):
            new[result] = output
        else:
            source = new.get(result, result)
            copies.append(Instr(COPY, (source,), (output,), {"T": output.type.dtype}))
    instrs = [_renamed(instr, new) for instr in body.instrs]
    return replace(body, instrs=(*instrs, *copies), results=tuple(results))


def _has_buffer(maker: Instr) -> bool:
    definition = maker.definition
    return definition.view is None and definition not in (CONST, HOST_VALUE)


def _renamed(instr: Instr, new: dict[Value, Value]) -> Instr:
    instr = instr.substituted(new)
    if not any(value in new for value in instr.outputs):
        return instr
    return replace(instr, outputs=tuple(new.get(value, value) for value in instr.outputs))


def _jump_unless(instr: Instr, pred: Value, by: int, fused: Fused) -> JumpStep:
    access = fused.access(pred)
    return JumpStep(instr, IF_FALSE, by, (Pointer(access.base, access.offset),), (access.base,))


def _copied(instr: Instr, source: Value, target: Value, fused: Fused) -> Step:
    if target.type.dtype.name in UNSUPPORTED:
        copy = Instr(COPY, (source,), (target,), {"T": target.type.dtype}, instr.origin)
        return HostStep(copy, (fused.access(source).base,), (target,), "is what a loop carries")
    access = fused.access(source)
    if source.type.rank and len(access.strides) != len(row_major(target.type.dims)):
        raise AssertionError("a loop variable keeps its rank")
    return copy_step(instr, access, whole(target), target.type.dims)
