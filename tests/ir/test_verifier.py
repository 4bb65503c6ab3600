"""The verifier: each rule of programs, broken once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jitgraph import dtypes
from jitgraph.ir.parser import parse_program
from jitgraph.ir.program import Type, Value
from jitgraph.ir.verifier import VerificationError, verify

GOOD = """\
symbol s0 = 5
feed %x: float32[s0, 4]
state %w: float32[4, 3]
%m: float32[s0, 3] = MatMul(%x, %w) {transpose_a=False, transpose_b=False}
%s: float32[4] = Sum(%x, [0]) {keep_dims=False}
update %w = %w
return %m, %s
"""


def test_a_good_program_passes():
    verify(parse_program(GOOD))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("%m: float32[s0, 3]", "%m: float32[s0, 4]", "%m should be float32[s0, 3]: %m: float32"),
        ("%m: float32[s0, 3]", "%m: float64[s0, 3]", "%m should be float32[s0, 3]"),
        ("%m: float32[s0, 3]", "%m: float32[3]", "%m should be float32[s0, 3]"),
        ("Sum(%x, [0])", "Sum(%x, [7])", "Sum(%x, [7])"),
        ("Sum(%x, [0])", "Sum([0], %x)", "operand 0 must be a value"),
        ("transpose_b=False", "transpose_b=True", "3"),
        ("update %w = %w", "update %x = %w", "%x is not a state: update %x = %w"),
        ("update %w = %w", "update %w = %n", "int32 instead of float32"),
        (
            "%s: float32[4] = Sum(%x, [0]) {keep_dims=False}",
            "%s: float32[s0, 4] = AddV2(%x, %y)",
            "it only holds under a new guard",
        ),
    ],
)
def test_what_is_wrong_is_named(old, new, message):
    feeds = "feed %n: int32[]\nfeed %y: float32[s1, 4]\nstate %w"
    text = "symbol s1 = 5\n" + GOOD.replace("state %w", feeds).replace(old, new)
    with pytest.raises(VerificationError) as raised:
        verify(parse_program(text))
    assert message in str(raised.value)


def test_use_before_definition():
    program = parse_program(GOOD)
    with pytest.raises(VerificationError, match="%m is not made before it is used: the results"):
        verify(program.with_instrs(program.instrs[1:]))


def test_a_value_of_the_same_name_is_another_value():
    program = parse_program(GOOD)
    stranger = Value("m", Type(dtypes.float32, program.results[0].type.dims))
    with pytest.raises(VerificationError, match="another value of that name is"):
        verify(replace(program, results=(stranger,)))


def test_made_twice():
    program = parse_program(GOOD)
    with pytest.raises(VerificationError, match="%m is made twice"):
        verify(program.with_instrs([*program.instrs, program.instrs[0]]))


def test_names_are_unique():
    program = parse_program(GOOD)
    value = Value("x", program.instrs[0].outputs[0].type)
    other = replace(program.instrs[0], outputs=(value,))
    with pytest.raises(VerificationError, match="another value is named %x"):
        verify(program.with_instrs([*program.instrs, other]))
