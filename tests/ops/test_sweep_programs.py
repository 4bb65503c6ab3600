"""Every op: its Program is sound, survives printing and parsing, and keeps its meaning in every
pass, by the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import large_constants, print_program
from jitgraph.ir.trace import FeedHint, NeedsRun, trace
from jitgraph.ir.verifier import verify
from jitgraph.passes.pipeline import run_passes
from tests.ops.sweep import NAMES, PARTIAL, build, cases, difference, expected


@pytest.mark.parametrize("name", NAMES)
def test_every_pass_keeps_the_meaning(name):
    problems = []
    for case in cases(name):
        with tf.Graph().as_default():
            built = build(case, PARTIAL)
        if not built.initializers:
            problems.extend(_problems(case, built))
    assert not problems, "\n".join(problems)


def _problems(case, built):
    arrays = [np.asarray(array) for array in built.feeds.values()]
    hints = [
        FeedHint(tensor, tensor.dtype, array.shape, array)
        for tensor, array in zip(built.feeds, arrays, strict=True)
    ]
    try:
        traced = trace(list(built.op.outputs), hints, lambda _: None)
    except NeedsRun:
        return []
    programs = [("trace", traced.program)]
    run_passes(traced.program, lambda record: programs.append((record.name, record.after)))
    wanted = expected(case, built.op)
    return [
        f"{case}, after {stage}: {text}"
        for stage, program in _changed(programs)
        for text in _faults(program, arrays, traced.symbols, wanted, built.op.outputs)
    ]


def _changed(programs):
    """The programs that differ from the one before them."""
    last = None
    for stage, program in programs:
        if program is not last:
            yield stage, program
        last = program


def _faults(program, arrays, symbols, wanted, outputs):
    try:
        verify(program)
        text = print_program(program)
        again = print_program(parse_program(text, large_constants(program)))
        results, _ = run_program(program, arrays, symbols=symbols)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    found = [] if again == text else [f"printed, parsed and printed:\n{text}\n{again}"]
    for result, reference, output in zip(results, wanted, outputs, strict=True):
        found.append(difference(result, reference, output.dtype.base_dtype))
    return [text for text in found if text is not None]
