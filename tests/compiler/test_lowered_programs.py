"""Programs that fusion or code generation once got wrong, against the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from tests.compiler.program_runs import run_lowered
from tests.passes.golden_cases import random_inputs

PROGRAMS = {
    "a row whose reduced axes all have size one": """\
feed %x: float64[2]
%sum: float64[1] = Sum(%x, [0]) {keep_dims=True}
%a: float64[1] = Tanh(%sum)
%one: float64[1] = Sum(%a, [0]) {keep_dims=True}
%b: float64[1] = Tanh(%one)
%c: float64[1, 1] = ExpandDims(%b, 0)
%d: float64[1, 1] = Tanh(%c)
return %d
""",
    "two reductions over one element, read at another rank": """\
symbol s0 = 2
feed %x: float64[s0, 1, 1]
%sum: float64[1, 1, 1] = Sum(%x, [0, 1, 2]) {keep_dims=True}
%a: float64[1, 1] = Sum(%sum, [0]) {keep_dims=False}
%b: float64[1, 1] = Tanh(%a)
%c: float64[1, 1] = Sum(%b, 0) {keep_dims=True}
%d: float64[1, 1] = Sub(%b, %c)
%e: float64[1, 1] = Square(%d)
%f: float64[1, 1] = Sum(%e, 0) {keep_dims=True}
%g: float64[1, 1] = Exp(%f)
%h: float64[1, 1] = RealDiv(%d, %g)
%i: float64[1, 1, 1] = Add(%h, %sum)
return %i
""",
    "blocks of leading axes, two results and an elementwise one in the same loops": """\
symbol s0 = 6
feed %x: float64[s0, 3, 5]
feed %y: float64[5]
%z: float64[s0, 3, 5] = Mul(%x, %y)
%s: float64[4, 5] = Sum(%z, [0, 1]) {blocks=4, keep_dims=False}
%m: float64[4, 5] = Max(%z, [0, 1]) {blocks=4, keep_dims=False}
%sum: float64[5] = Sum(%s, [0]) {keep_dims=False}
%max: float64[5] = Max(%m, [0]) {keep_dims=False}
return %z, %sum, %max
""",
    "blocks of the rows of a transposed matrix, more of them than rows": """\
feed %x: float64[4, 3]
%t: float64[3, 4] = Transpose(%x, [1, 0])
%s: float64[5, 4] = Sum(%t, [0]) {blocks=5, keep_dims=False}
%sum: float64[4] = Sum(%s, [0]) {keep_dims=False}
return %sum
""",
}


UNIFORM = """\
symbol s0 = 3
feed %x: float64[s0, 4]
%half: float64[] = Const {0.5}
%all: float64[4, s0] = BroadcastTo(%half, [4, s0])
%same: float64[s0, 4] = Reshape(%all, [s0, 4])
%y: float64[s0, 4] = Mul(%x, %same)
return %y, %same
"""


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_results_are_those_of_the_interpreter(text):
    _run(text)


def test_views_of_one_number_are_no_operands():
    lowered = _run(UNIFORM)
    assert [value.name for step in lowered.steps for value in step.reads] == ["x"]


def _run(text):
    program = parse_program(text)
    feeds, _ = random_inputs(program, 1)
    feeds = [np.nan_to_num(array, posinf=2.0, neginf=-2.0) for array in feeds]
    wanted, _ = run_program(program, feeds)
    found, lowered = run_lowered(program, feeds)
    for array, reference in zip(found, wanted, strict=True):
        np.testing.assert_allclose(array, reference, rtol=1e-12)
    return lowered
