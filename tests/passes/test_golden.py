"""Each pass on its golden texts: what it makes of them, and that the meaning stays."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import print_program
from jitgraph.ir.verifier import verify
from jitgraph.passes.pipeline import PIPELINE
from tests.passes.golden_cases import FOLDER, golden_cases, random_inputs

CASES = golden_cases()
ROUNDS_ANEW = ("decompose_ops", "split_reductions", "reduce_strength")
"""Passes whose results may differ in the last place; all others keep every bit."""


def _pass(name):
    return getattr(importlib.import_module(f"jitgraph.passes.{name}"), name)


def test_every_pass_has_golden_texts():
    assert {path.stem for path in FOLDER.glob("*.txt")} == {each.__name__ for each in PIPELINE}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_the_pass_makes_of_it(case):
    program = parse_program(case.before)
    assert print_program(program) == case.before, "write the text as the printer does"
    verify(program)
    after = _pass(case.name)(program)
    verify(after)
    assert print_program(after) == case.after
    assert print_program(program) == case.before, "the pass changed its input"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_second_time_changes_nothing(case):
    run = _pass(case.name)
    once = run(parse_program(case.before))
    assert print_program(run(once)) == case.after


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_meaning_stays(case):
    before, after = parse_program(case.before), parse_program(case.after)
    for seed in range(3):
        feeds, states = random_inputs(before, seed)
        wanted = _flat(run_program(before, feeds, states))
        found = _flat(run_program(after, feeds, states))
        for array, reference in zip(found, wanted, strict=True):
            _assert_same(array, reference, exactly=case.name not in ROUNDS_ANEW)


def _flat(results_and_updates):
    results, updates = results_and_updates
    return [*results, *updates.values()]


def _assert_same(array, reference, *, exactly):
    assert array.dtype == reference.dtype
    if not exactly and array.dtype.kind == "f":
        np.testing.assert_allclose(array, reference, rtol=1e-5, atol=1e-6)
        return
    np.testing.assert_array_equal(array, reference)
    if array.dtype.kind == "f":
        numbers = ~np.isnan(array)
        np.testing.assert_array_equal(np.signbit(array[numbers]), np.signbit(reference[numbers]))
