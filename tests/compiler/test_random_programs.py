"""Random graphs: the interpreter on what was traced, after every pass, and what is compiled agree.

Most graphs run with their kernels as plain Python, which costs no compiling; some run compiled.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings

import jitgraph as tf
from jitgraph import errors, execution
from jitgraph.compiler import compile_fetches
from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import large_constants, print_program
from jitgraph.ir.trace import FeedHint, NeedsRun, trace
from jitgraph.ir.verifier import verify
from jitgraph.lowering import fuse
from jitgraph.passes.pipeline import run_passes
from tests.compiler.random_graphs import random_graphs
from tests.ops.plain_kernels import PlainKernels

RANDOM = settings(
    suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink), max_examples=60
)


@given(random_graphs(12))
@RANDOM
def test_generated_sources(graph):
    with pytest.MonkeyPatch.context() as patch:
        kernels = PlainKernels()
        _use(patch, kernels)
        _check(graph, kernels)


@given(random_graphs(20))
@RANDOM
def test_generated_sources_of_small_regions(graph):
    with pytest.MonkeyPatch.context() as patch:
        kernels = PlainKernels()
        _use(patch, kernels)
        patch.setattr(fuse, "MOST_INSTRUCTIONS", 5)
        patch.setattr(fuse, "MOST_OPERANDS", 4)
        _check(graph, kernels)


@given(random_graphs(12))
@RANDOM
def test_generated_sources_of_split_reductions(graph):
    with pytest.MonkeyPatch.context() as patch:
        kernels = PlainKernels()
        _use(patch, kernels)
        patch.setattr("jitgraph.passes.split_reductions.LARGE", 4)
        patch.setattr("jitgraph.passes.split_reductions.BLOCK", 3)
        _check(graph, kernels)


@given(random_graphs(12))
@RANDOM
def test_generated_sources_in_many_chunks(graph):
    with pytest.MonkeyPatch.context() as patch:
        kernels = PlainKernels()
        _use(patch, kernels)
        patch.setattr("jitgraph.lowering.emit.GRAIN", 1)
        patch.setattr("jitgraph.lowering.assembly.COPY_GRAIN", 1)
        _check(graph, kernels)


@given(random_graphs(8))
@settings(RANDOM, max_examples=15)
def test_compiled_kernels(graph):
    _check(graph, None)


def _use(patch, kernels):
    patch.setattr(execution, "compile_fetches", lambda *args: compile_fetches(*args, kernels))


def _check(graph, kernels):
    """Runs a graph twice in one session, with other sizes the second time."""
    with graph.graph.as_default(), tf.Session(graph=graph.graph) as session:
        contents = {variable.op: array for variable, array in graph.initial}
        session.run([variable.initializer for variable, _ in graph.initial])
        for number, feeds in enumerate(graph.feeds):
            try:
                wanted, updates = _interpreted(graph, feeds, contents)
            except (errors.InvalidArgumentError, NeedsRun, IndexError):
                assert number, "the graph was made for the first sizes"
                return
            found = session.run([*graph.fetches, *graph.updates], feeds)
            assert kernels is None or not kernels.failures, kernels.failures
            _assert_equal(found, wanted)
            contents.update(updates)
            for variable, _ in graph.initial:
                _assert_equal([session.run(variable)], [contents[variable.op]])


def _interpreted(graph, feeds, contents):
    """Results and updates by the interpreter, the same after every pass."""
    hints = [FeedHint(t, t.dtype.base_dtype, a.shape, a) for t, a in feeds.items()]
    fetches = [*graph.fetches, *graph.updates]
    traced = trace(fetches, hints, lambda variable: contents[variable].shape)
    states = {
        state.name: contents[variable]
        for state, variable in zip(traced.program.states, traced.variables, strict=True)
    }
    arrays = list(feeds.values())
    note(print_program(traced.program))
    verify(traced.program)
    wanted, updates = run_program(traced.program, arrays, states, traced.symbols)

    def observe(record):
        note(f"after {record.name}:\n{print_program(record.after)}")
        _assert_sound(record.after)
        found, changed = run_program(record.after, arrays, states, traced.symbols)
        _assert_equal(found, wanted)
        assert changed.keys() == updates.keys()
        _assert_equal(changed.values(), updates.values())

    run_passes(traced.program, observe)
    variables = dict(zip((s.name for s in traced.program.states), traced.variables, strict=True))
    return wanted, {variables[name]: array for name, array in updates.items()}


def _assert_sound(program):
    verify(program)
    text = print_program(program)
    assert print_program(parse_program(text, large_constants(program))) == text


def _assert_equal(found, wanted):
    for array, reference in zip(found, wanted, strict=True):
        assert np.shape(array) == np.shape(reference)
        assert np.asarray(array).dtype == np.asarray(reference).dtype
        np.testing.assert_allclose(array, reference, rtol=1e-9, atol=1e-9)
