"""Programs with branches and loops, lowered to steps with jumps, against the interpreter."""

from __future__ import annotations

import numpy as np
import pytest

from jitgraph.ir.interpreter import run_program
from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import print_program
from jitgraph.ir.verifier import VerificationError, verify
from jitgraph.passes.pipeline import run_passes
from tests.compiler.program_runs import run_lowered

BRANCH = """\
feed %p: bool[]
feed %x: float32[2, 3]
%c: float32[] = Const {3.0}
%a: float32[2, 3], %b: float32[3, 2], %d: float32[], %e: float32[2, 3] = Branch(%p, %x, %c)
    then:
        feed %x.1: float32[2, 3]
        feed %c.1: float32[]
        %n: float32[2, 3] = Neg(%x.1)
        %t: float32[3, 2] = Transpose(%n, [1, 0])
        return %n, %t, %c.1, %n
    else:
        feed %x.2: float32[2, 3]
        feed %c.2: float32[]
        %m: float32[2, 3] = Mul(%x.2, %c.2)
        %r: float32[3, 2] = Reshape(%x.2, [3, 2])
        %s: float32[] = Sum(%m, [0, 1]) {keep_dims=False}
        return %m, %r, %s, %m
    end
%f: float32[2, 3] = Add(%a, %e)
return %f, %b, %d, %a
"""

NESTED = """\
feed %p: bool[]
feed %q: bool[]
feed %x: float32[4]
%y: float32[4] = Branch(%p, %q, %x)
    then:
        feed %q.1: bool[]
        feed %x.1: float32[4]
        %z: float32[4] = Branch(%q.1, %x.1)
            then:
                feed %x.3: float32[4]
                %n: float32[4] = Neg(%x.3)
                return %n
            else:
                feed %x.4: float32[4]
                return %x.4
            end
        %w: float32[4] = Square(%z)
        return %w
    else:
        feed %q.2: bool[]
        feed %x.2: float32[4]
        return %x.2
    end
return %y
"""

LOOP = """\
symbol s0 = 3
feed %n: int32[]
feed %x: float32[s0]
feed %m: float32[s0, s0]
%zero: int32[] = Const {0}
%t: float32[s0, s0] = Transpose(%m, [1, 0])
%twice: float32[s0] = Add(%x, %x)
%i: int32[], %a: float32[s0], %b: float32[s0], %k: float32[s0] = Loop(%zero, %x, %twice, %x, %n, %t)
    condition:
        feed %i.1: int32[]
        feed %a.1: float32[s0]
        feed %b.1: float32[s0]
        feed %k.1: float32[s0]
        feed %n.1: int32[]
        feed %t.1: float32[s0, s0]
        %go: bool[] = Less(%i.1, %n.1)
        return %go
    body:
        feed %i.2: int32[]
        feed %a.2: float32[s0]
        feed %b.2: float32[s0]
        feed %k.2: float32[s0]
        feed %n.2: int32[]
        feed %t.2: float32[s0, s0]
        %one: int32[] = Const {1}
        %next: int32[] = AddV2(%i.2, %one)
        %row: float32[1, s0] = ExpandDims(%a.2, 0)
        %p: float32[1, s0] = MatMul(%row, %t.2) {transpose_a=False, transpose_b=False}
        %v: float32[s0] = Reshape(%p, [s0])
        %h: float32[s0] = Tanh(%v)
        return %next, %b.2, %h, %k.2
    end
return %i, %a, %b, %k
"""


NUMBERS = """\
feed %n: int32[]
feed %x: float32[]
feed %r: float32[5]
%zero: int32[] = Const {0}
%one: int64[] = Const {1}
%i: int32[], %a: float32[], %b: float32[], %k: int64[] = Loop(%zero, %x, %x, %one, %n, %r)
    condition:
        feed %i.1: int32[]
        feed %a.1: float32[]
        feed %b.1: float32[]
        feed %k.1: int64[]
        feed %n.1: int32[]
        feed %r.1: float32[5]
        %early: bool[] = Less(%i.1, %n.1)
        %three: float32[] = Const {3.0}
        %small: bool[] = Less(%b.1, %three)
        %go: bool[] = LogicalAnd(%early, %small)
        return %go
    body:
        feed %i.2: int32[]
        feed %a.2: float32[]
        feed %b.2: float32[]
        feed %k.2: int64[]
        feed %n.2: int32[]
        feed %r.2: float32[5]
        %up: int32[] = Const {1}
        %next: int32[] = AddV2(%i.2, %up)
        %part: float32[1] = Slice(%r.2, [2], [1])
        %factor: float32[] = Reshape(%part, [])
        %grown: float32[] = Mul(%a.2, %factor)
        %sum: float32[] = Add(%b.2, %grown)
        %two: int64[] = Const {2}
        %double: int64[] = Mul(%k.2, %two)
        return %next, %sum, %a.2, %double
    end
return %i, %a, %b, %k
"""


def close(found, wanted) -> None:
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def agrees(text: str, *feeds) -> None:
    program = parse_program(text)
    verify(program)
    assert print_program(program) == text
    wanted, _ = run_program(program, list(feeds))
    close(run_lowered(program, list(feeds))[0], wanted)
    optimised = run_passes(program)
    verify(optimised)
    close(run_lowered(optimised, list(feeds))[0], wanted)


X = np.arange(6, dtype=np.float32).reshape(2, 3) - 2.5


@pytest.mark.parametrize("pred", [True, False])
def test_a_branch(pred: bool) -> None:
    agrees(BRANCH, np.array(pred), X)


@pytest.mark.parametrize("p", [True, False])
@pytest.mark.parametrize("q", [True, False])
def test_branches_in_branches(p: bool, q: bool) -> None:
    agrees(NESTED, np.array(p), np.array(q), np.arange(4, dtype=np.float32))


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_loop_whose_variables_change_places(count: int) -> None:
    matrix = np.linspace(-1, 1, 9, dtype=np.float32).reshape(3, 3)
    agrees(LOOP, np.array(count, np.int32), np.array([0.5, -1.0, 2.0], np.float32), matrix)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 40])
def test_a_loop_of_numbers(count: int) -> None:
    factors = np.array([0.1, 0.2, 0.75, 0.3, 0.4], np.float32)
    agrees(NUMBERS, np.array(count, np.int32), np.array(0.125, np.float32), factors)


def test_a_loop_of_numbers_is_one_kernel() -> None:
    feeds = [np.array(3, np.int32), np.array(0.5, np.float32), np.ones(5, np.float32)]
    _, lowered = run_lowered(parse_program(NUMBERS), feeds)
    loops = [step for step in lowered.steps if step.ended == "the loop is one kernel"]
    assert len(loops) == 1
    assert [step.by for step in lowered.steps if getattr(step, "by", 0) < 0] == [-1]


def test_one_program_serves_both_sides() -> None:
    program = parse_program(NESTED)
    _, lowered = run_lowered(program, [np.array(True), np.array(False), np.zeros(4, np.float32)])
    assert [type(step).__name__ for step in lowered.steps].count("JumpStep") == 4


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("return %n\n", "return %n, %n\n", "the results of then"),
        ("feed %x.4: float32[4]", "feed %x.4: float32[5]", "the feeds of else"),
        ("Square(%z)", "Square(%x)", "not defined before"),
    ],
)
def test_wrong_programs_inside_are_refused(old: str, new: str, message: str) -> None:
    with pytest.raises((VerificationError, ValueError), match=message):
        verify(parse_program(NESTED.replace(old, new)))
