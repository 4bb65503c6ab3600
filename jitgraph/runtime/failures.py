"""Stage runtime: what a failed run tells the user.

In: the status that a kernel left, the feeds and variables of that run. Out: TensorFlow's error with
the op, its line, and what its reference says of the data: the part of the program that leads to
the failing kernel is computed once more on NumPy arrays, which takes time only when a run failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.graph import Operation
from jitgraph.ir.interpreter import bind_symbols, contents_of, run_instr
from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ir.trace import Traced
from jitgraph.lowering.steps import HostStep
from jitgraph.ops.definition import (
    ASSERTION_FAILED,
    EMPTY_RANGE,
    LIMIT_REACHED,
    NOT_INVERTIBLE,
    NOT_POSITIVE,
)
from jitgraph.runtime.link import Linked

REASONS = {
    1: "Integer division by zero",
    2: "an index is out of range",
    3: "Received a label value which is outside the valid range of [0, number of classes)",
    4: "the axis to reduce is empty",
    5: "a side of a matrix is over 2147483647",
    6: "Tensor had Inf or NaN values",
    LIMIT_REACHED: "Reached the limit",
    ASSERTION_FAILED: "assertion failed",
    EMPTY_RANGE: "Need minval < maxval",
    NOT_INVERTIBLE: "Input matrix is not invertible.",
    NOT_POSITIVE: "Cholesky decomposition was not successful. The input might not be valid.",
}


def kernel_error(
    linked: Linked,
    traced: Traced,
    status: int,
    feeds: Sequence[Any],
    states: Sequence[np.ndarray | None],
) -> errors.OpError:
    """The error for the status of a failed run.

    Args:
      linked: the program that ran; traced: the program it was made from.
      status: what the kernel left.
      feeds: what was fed; states: the contents of `traced.variables`, None for none.
    """
    rows = [step for step in linked.steps if not isinstance(step, HostStep)]
    step, reason = rows[(status >> 8) - 1], status & 255
    instrs = [instr for instr in step.instrs if _can_find_bad_data(instr)] or list(step.instrs)
    ops = list(dict.fromkeys(op for instr in instrs for op in instr.origin))
    try:
        found = _said_by_references(traced, ops, feeds, states)
    except Exception:
        found = None
    op, error = found or (next(iter(ops), None), REASONS.get(reason, f"reason {reason}"))
    if reason == LIMIT_REACHED:
        error = errors.OutOfRangeError(None, None, str(error))
    return _of_op(op, error)


def refused(traced: Traced, feeds: Sequence[Any]) -> errors.OpError | None:
    """The error of a program that can't be compiled because an op can't take its data, such as an
    axis out of range; None when no op's reference refuses it."""
    states = [
        np.zeros(state.type.dims, state.type.dtype.as_numpy_dtype)
        for state in traced.program.states
    ]
    ops = [op for instr in traced.program.instrs for op in instr.origin]
    try:
        found = _said_by_references(traced, ops, feeds, states)
    except Exception:
        return None
    return found and _of_op(*found)


def _of_op(op: Operation | None, error: Any) -> errors.OpError:
    """What a reference raised, or a text, as the error of an op."""
    if isinstance(error, errors.OpError):
        return type(error)(None, op, errors.message_with_origin(error.message, op))
    return bad_data(op, str(error))


def bad_data(op: Operation | None, text: str) -> errors.InvalidArgumentError:
    """The error of an op that was given data it can't take."""
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))


def uninitialised(variable: Operation) -> errors.FailedPreconditionError:
    """The error of a variable that is read before it was given a value."""
    text = f"Attempting to use uninitialized value {variable.name}"
    message = errors.message_with_origin(text, variable)
    return errors.FailedPreconditionError(None, variable, message)


def exhausted(op: Operation | None, error: MemoryError) -> errors.ResourceExhaustedError:
    """The error of a run that found no memory."""
    text = f"OOM when allocating memory for a run: {error}"
    return errors.ResourceExhaustedError(None, op, errors.message_with_origin(text, op))


def _can_find_bad_data(instr: Instr) -> bool:
    return instr.definition.check is not None or instr.definition.library is not None


def _said_by_references(
    traced: Traced,
    ops: Sequence[Operation],
    feeds: Sequence[Any],
    states: Sequence[np.ndarray | None],
) -> tuple[Operation, Exception] | None:
    """The first op on the way to `ops` whose reference refuses its inputs, and what it raises."""
    program = traced.program
    arrays = [
        np.asarray(given, value.type.dtype.as_numpy_dtype)
        for given, value in zip(feeds, program.feeds, strict=True)
    ]
    sizes = bind_symbols(program, arrays, traced.symbols)
    env: dict[Value, Any] = dict(zip(program.feeds, arrays, strict=True))
    env.update(zip(program.states, states, strict=True))
    for instr in _leading_to(program, ops):
        try:
            outputs = run_instr(instr, [contents_of(x, env, sizes) for x in instr.inputs], sizes)
        except (ValueError, IndexError, errors.OpError) as error:
            origin = getattr(error, "origin", instr.origin)
            return next(iter(origin), instr.origin[0]), error
        env.update(zip(instr.outputs, outputs, strict=True))
    return None


def _leading_to(program: Program, ops: Sequence[Operation]) -> list[Instr]:
    """The instructions that those of `ops` need, and these themselves, in the program's order."""
    producers = program.producers()
    waiting = [instr for instr in program.instrs if any(op in ops for op in instr.origin)]
    needed: set[int] = set()
    while waiting:
        instr = waiting.pop()
        if id(instr) not in needed:
            needed.add(id(instr))
            waiting += [producers[given] for given in instr.values if given in producers]
    return [instr for instr in program.instrs if id(instr) in needed]
