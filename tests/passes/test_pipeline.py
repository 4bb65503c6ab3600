"""The order of the passes: a test for each reason given in `pipeline`; verifying; linear time."""

from __future__ import annotations

import gc
import time
from functools import cache

import pytest

from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import print_program
from jitgraph.ir.verifier import verify
from jitgraph.passes.cut_products import cut_products
from jitgraph.passes.decompose_ops import decompose_ops
from jitgraph.passes.fold_constants import fold_constants
from jitgraph.passes.fold_scales import fold_scales
from jitgraph.passes.fold_transposes import fold_transposes
from jitgraph.passes.merge_equal import merge_equal
from jitgraph.passes.pipeline import PIPELINE, run_passes
from jitgraph.passes.prune_dead import prune_dead
from jitgraph.passes.reduce_strength import reduce_strength
from jitgraph.passes.simplify_algebra import simplify_algebra
from jitgraph.passes.simplify_movement import simplify_movement
from jitgraph.passes.split_reductions import split_reductions


def _ops(program, passes=PIPELINE):
    for each in passes:
        program = each(program)
    return [instr.name for instr in program.instrs]


def _without(wanted):
    return tuple(each for each in PIPELINE if each is not wanted)


def _moved_to_the_front(wanted):
    return (wanted, *_without(wanted))


def test_the_dead_go_before_others_look_at_them():
    text = "feed %x: float32[2, 3]\n%y: float32[2, 3] = Softmax(%x)\nreturn %x\n"
    records = []
    run_passes(parse_program(text), records.append)
    assert records[0].name == "prune_dead"
    assert records[1].before.instrs == ()


def test_parts_of_compositions_are_what_rules_match():
    text = (
        "feed %x: float32[2, 3]\nfeed %y: float32[2, 3]\n"
        "%a: float32[2, 3] = Add(%x, %y)\n%b: float32[2, 3] = Mul(%a, %a)\n"
        "%z: float32[2, 3] = Softmax(%b)\n%w: float32[2, 3] = Softmax(%b)\nreturn %z, %w\n"
    )
    program = parse_program(text)
    assert _ops(program).count("Exp") == 1
    late = (*_without(decompose_ops)[1:], decompose_ops)
    adds = (
        "feed %x: float32[2]\n%y: float32[2] = AddV2(%x, %x)\n"
        "%z: float32[2] = AddN(%x, %x)\nreturn %y, %z\n"
    )
    assert _ops(parse_program(adds)) == ["AddV2"]
    assert _ops(parse_program(adds), late) == ["AddV2", "AddV2"]


FOLDED_TO_ONE = """\
feed %x: float32[2]
%a: float32[] = Const {0.5}
%b: float32[] = AddV2(%a, %a)
%y: float32[2] = Mul(%x, %b)
return %y
"""


def test_folding_makes_the_constants_that_the_algebra_looks_for():
    program = parse_program(FOLDED_TO_ONE)
    assert _ops(program) == []
    assert "Mul" in _ops(program, _moved_to_the_front(simplify_algebra))


def test_movement_drops_what_stands_between_a_transpose_and_its_product():
    text = (
        "feed %x: float32[2, 3]\nfeed %w: float32[4, 3]\n"
        "%t: float32[3, 4] = Transpose(%w, [1, 0])\n%i: float32[3, 4] = Identity(%t)\n"
        "%y: float32[2, 4] = MatMul(%x, %i) {transpose_a=False, transpose_b=False}\nreturn %y\n"
    )
    program = parse_program(text)
    assert _ops(program) == ["MatMul"]
    assert "Transpose" in _ops(program, _moved_to_the_front(fold_transposes))


def test_transposes_say_whose_rows_a_part_of_a_product_takes():
    text = (
        "feed %x: float32[2, 3]\nfeed %w: float32[4, 3]\n"
        "%t: float32[3, 4] = Transpose(%w, [1, 0])\n"
        "%p: float32[2, 4] = MatMul(%x, %t) {transpose_a=False, transpose_b=False}\n"
        "%y: float32[2, 1] = Slice(%p, [0, 3], [2, 1])\nreturn %y\n"
    )
    program = parse_program(text)
    assert _ops(program) == ["Slice", "MatMul"]
    assert _ops(program, _moved_to_the_front(cut_products)) == ["MatMul", "Slice"]


def test_the_algebra_has_dropped_scales_of_1_and_shifts_of_0():
    text = (
        "state %generator: int64[3]\n"
        "%one: float32[] = Const {1.0}\n%zero: float32[] = Const {0.0}\n"
        "%u: float32[4] = PhiloxUniform(%generator, [4]) {dtype=float32}\n"
        "%m: float32[4] = Mul(%u, %one)\n%y: float32[4] = AddV2(%m, %zero)\nreturn %y\n"
    )
    program = parse_program(text)
    early = _ops(program, _moved_to_the_front(fold_scales))
    assert "PhiloxUniformScaled" in early
    assert "PhiloxUniformScaled" not in _ops(program)


def test_merging_compares_what_rewriting_has_left():
    text = (
        "feed %x: float32[2]\n%one: float32[] = Const {1.0}\n"
        "%a: float32[2] = Mul(%x, %one)\n%b: float32[2] = Exp(%a)\n%c: float32[2] = Exp(%x)\n"
        "return %b, %c\n"
    )
    program = parse_program(text)
    assert _ops(program) == ["Exp"]
    assert _ops(program, _moved_to_the_front(merge_equal)) == ["Exp", "Exp"]


def test_the_rules_leave_their_inputs_behind():
    program = parse_program(FOLDED_TO_ONE)
    assert _ops(program, PIPELINE[: PIPELINE.index(merge_equal) + 1]) == ["Const"] * 2
    assert _ops(program) == []


def test_splitting_hides_what_sums_are():
    text = (
        "feed %x: float32[300, 200]\n%one: float32[] = Const {1.0}\n"
        "%y: float32[300, 200] = Mul(%x, %one)\n"
        "%a: float32[] = Sum(%x, [0, 1]) {keep_dims=False}\n"
        "%b: float32[] = Sum(%y, [0, 1]) {keep_dims=False}\n"
        "%none: float32[300, 200] = Sum(%x, []) {keep_dims=False}\nreturn %a, %b, %none\n"
    )
    program = parse_program(text)
    assert PIPELINE[-1] is split_reductions
    assert _ops(program) == ["Sum", "Sum"]


CHAIN = """\
feed %x: float32[8]
%half: float32[] = Const {0.5}
%v0: float32[8] = Exp(%x)
"""
LINK = """\
%a{n}: float32[8] = Tanh(%v{m})
%b{n}: float32[8] = AddV2(%a{n}, %x)
%c{n}: float32[8] = Mul(%b{n}, %half)
%v{n}: float32[8] = Identity(%c{n})
"""


@cache
def _chain(links):
    text = CHAIN + "".join(LINK.format(n=n, m=n - 1) for n in range(1, links + 1))
    return parse_program(f"{text}return %v{links}\n")


def _least_seconds(run, program):
    found = []
    gc.disable()
    for _ in range(7):
        start = time.perf_counter()
        run(program)
        found.append(time.perf_counter() - start)
    gc.enable()
    return min(found)


@pytest.mark.parametrize("each", dict.fromkeys(PIPELINE), ids=lambda each: each.__name__)
def test_time_is_linear_in_the_size_of_the_program(each):
    small, large = _chain(100), _chain(2500)
    slowdown = _least_seconds(each, large) / _least_seconds(each, small)
    assert slowdown < 25 * 8, f"{slowdown:.0f} times the time for 25 times the instructions"


def test_every_pass_keeps_a_long_chain_sound():
    names = []
    program = run_passes(
        _chain(50), lambda record: (names.append(record.name), verify(record.after))
    )
    assert names == [each.__name__ for each in PIPELINE]
    assert len(program.instrs) == 2 + 3 * 50


def test_a_program_that_nothing_applies_to_is_returned_as_it_is():
    text = "feed %x: float32[2]\n%y: float32[2] = Exp(%x)\nreturn %y\n"
    assert print_program(run_passes(parse_program(text))) == text
    program = parse_program(text)
    for each in (prune_dead, decompose_ops, simplify_movement, merge_equal, fold_transposes):
        assert each(program) is program


def test_folding_and_strength_reduction_change_no_names():
    text = (
        "feed %x: float32[2]\n%c: float32[] = Const {4.0}\n"
        "%y: float32[2] = RealDiv(%x, %c)\n%y.reciprocal: float32[2] = Neg(%y)\n"
        "return %y.reciprocal\n"
    )
    program = reduce_strength(fold_constants(parse_program(text)))
    verify(program)
    assert [value.name for value in program.results] == ["y.reciprocal"]
