"""Every op: static shapes that hold, and values as its reference has them, however it is run."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.compiler import compile_fetches
from jitgraph.ir.trace import FeedHint, NeedsRun
from jitgraph.runtime.bind import Buffers, bind
from tests.ops.plain_kernels import PlainKernels
from tests.ops.sweep import (
    FULL,
    NAMES,
    PARTIAL,
    UNKNOWN,
    build,
    cases,
    difference,
    expected,
    observed,
)


@pytest.mark.parametrize("name", NAMES)
def test_static_shapes_hold(name):
    problems = []
    for case in cases(name):
        for known in (FULL, PARTIAL, UNKNOWN):
            with tf.Graph().as_default():
                op = build(case, known).op
            for output, wanted in zip(observed(op), expected(case, op), strict=True):
                if not output.shape.is_compatible_with(wanted.shape):
                    problems.append(f"{case}, {known}: {output.shape}, not {wanted.shape}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", NAMES)
def test_compiled_equals_reference(name):
    problems = []
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        built = [(c, build(c, known)) for c in cases(name) for known in (FULL, PARTIAL)]
        feeds = {tensor: array for _, b in built for tensor, array in b.feeds.items()}
        initializers = [op for _, b in built for op in b.initializers]
        for case, found in _together(session, built, initializers, feeds):
            problems.extend(_problems(case, found))
    assert not problems, "\n".join(problems)


def _together(session, built, initializers, feeds):
    """The results of all cases from one run; from a run each where that one fails."""
    try:
        session.run(initializers)
        results = session.run([observed(b.op) for _, b in built], feeds)
        return [((case, b), result) for (case, b), result in zip(built, results, strict=True)]
    except Exception:
        return [((case, b), _alone(session, b)) for case, b in built]


def _alone(session, built):
    try:
        session.run(built.initializers)
        return session.run(observed(built.op), built.feeds)
    except Exception as error:
        return error


def _problems(case_and_built, found):
    case, built = case_and_built
    if isinstance(found, Exception):
        return [f"{case}: {type(found).__name__}: {found}"]
    wanted = expected(case, built.op)
    texts = [
        difference(array, reference, output.dtype.base_dtype)
        for array, reference, output in zip(found, wanted, observed(built.op), strict=True)
    ]
    return [f"{case}: {text}" for text in texts if text is not None]


@pytest.mark.parametrize("name", NAMES)
def test_generated_source_as_python_equals_reference(name):
    problems = []
    for case in cases(name):
        with tf.Graph().as_default():
            built = build(case, PARTIAL)
        found = None if built.initializers else _plain(built)
        if found is not None:
            problems.extend(_problems((case, built), found))
    assert not problems, "\n".join(problems)


def _plain(built):
    """The results of one case by the whole flow, its kernels run as plain Python; None for an op
    whose sizes depend on data: it runs ahead, alone, by its reference."""
    kernels = PlainKernels()
    arrays = [np.ascontiguousarray(a).reshape(np.shape(a)) for a in built.feeds.values()]
    hints = [
        FeedHint(tensor, tensor.dtype, array.shape, array)
        for tensor, array in zip(built.feeds, arrays, strict=True)
    ]
    try:
        compiled = compile_fetches(list(built.op.outputs), hints, lambda _: None, kernels)
        symbols = [
            int(arrays[s.feed].reshape(-1)[s.position])
            if s.is_item
            else arrays[s.feed].shape[s.position]
            for s in compiled.traced.symbols
        ]
        buffers = Buffers([], [], [array.shape for array in arrays])
        epoch = np.zeros(1, np.int64)
        bound = bind(compiled.linked, symbols, buffers, epoch, scalar_result=False)
        results = bound.run(*arrays)
    except NeedsRun:
        return None
    except Exception as error:
        return error
    if kernels.failures:
        return kernels.failures[0]
    order = list(dict.fromkeys(compiled.lowered.results))
    return [results[order.index(value)] for value in compiled.lowered.results]
