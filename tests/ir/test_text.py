"""Programs as text: what is printed, and that parsing it gives the same program again."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph import dtypes
from jitgraph.ir.parser import parse_program
from jitgraph.ir.printer import (
    attribute_text,
    large_constants,
    operand_text,
    print_instr,
    print_program,
)
from jitgraph.ir.program import Host, Instr, Program, Type, Value
from jitgraph.ir.trace import FeedHint, trace
from jitgraph.ops.constants import CONST

EVERYTHING = """\
symbol s0 = 5
symbol s1 = 5
symbol s2 = -3, any integer
guard s0 == s1
guard s2 < 0
feed %x: float32[s0, 4]
feed %mask: bool[s0]
feed %n: int32[]
state %layer/w: float32[4, 3]
state %step: int64[]
%c: float32[3] = Const {[1.0, -0.0, 0.1]}
%d: complex64[2] = Const {[complex(1.0, -0.0), complex(nan, inf)]}
%e: string[2] = Const {[b'a, b', b'"#\\'']}
%f: float64[0, 2] = Const {[]}
%g: uint64[] = Const {18446744073709551615}
%h: bfloat16[2] = Const {[0.333984, -inf]}
%m: float32[s0, 3] = MatMul(%x, %layer/w) {transpose_a=False, transpose_b=False}
%a: float32[s0, 3] = AddV2(%m, %c)
%p: float32[s0, 1, 3] = Reshape(%a, [s0, 1, 3])
%split: float32[s0, 2], %split:1: float32[s0, 2] = Split(1, %x) {num_split=2}
%both: float32[s0*2, 2] = ConcatV2(%split, %split:1, 0)
%sum: float32[3] = Sum(%a, [0]) {keep_dims=False}
%size: int64[2] = HostValue([s0*3, max(s0, 4)]:int64)
%i: int32[s0, 3] = Iota {T=int32, axis=0, dims=(s0, 3)}
%one: int64[] = Cast(%n) {DstT=int64, Truncate=False}
update %step = %one
return %p, %sum, %size
"""


def _traced():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        w = tf.Variable(np.ones((4, 3), np.float32), name="w")
        y = tf.nn.softmax(tf.matmul(x, w) + tf.constant([1.0, 2.0, 3.0]), name="y")
        table = tf.constant(np.arange(80, dtype=np.float64).reshape(8, 10), name="table")
        feed = FeedHint(x, tf.float32, (5, 4), np.ones((5, 4), np.float32))
        fetches = [y, tf.assign(w, w * 2.0), table + 1.0]
        return trace(fetches, [feed], lambda _: (4, 3)).program


def test_a_program_with_everything_prints_as_it_was_written():
    assert print_program(parse_program(EVERYTHING)) == EVERYTHING


def test_a_traced_program_prints_as_it_parses():
    program = _traced()
    text = print_program(program)
    again = parse_program(text, large_constants(program))
    assert print_program(again) == text
    assert large_constants(again) == large_constants(program)


def test_a_traced_program():
    assert print_program(_traced()) == (
        "symbol s0 = 5\n"
        "feed %x: float32[s0, 4]\n"
        "state %w: float32[4, 3]\n"
        "%MatMul: float32[s0, 3] = MatMul(%x, %w) {transpose_a=False, transpose_b=False}\n"
        "%Const: float32[3] = Const {[1.0, 2.0, 3.0]}\n"
        "%add: float32[s0, 3] = AddV2(%MatMul, %Const)\n"
        "%y: float32[s0, 3] = Softmax(%add)\n"
        "%table: float64[8, 10] = Const {<const 8x10 float64 #0>}\n"
        "%mul/y: float32[] = Const {2.0}\n"
        "%mul: float32[4, 3] = Mul(%w, %mul/y)\n"
        "%Assign: float32[4, 3] = Assign(%w, %mul) {use_locking=True, validate_shape=True}\n"
        "%add_1/y: float64[] = Const {1.0}\n"
        "%add_1: float64[8, 10] = AddV2(%table, %add_1/y)\n"
        "update %w = %Assign\n"
        "return %y, %Assign, %add_1\n"
    )


def test_sites_are_comments():
    text = print_program(_traced(), sites=True)
    first = next(line for line in text.splitlines() if " = MatMul" in line)
    assert first.partition("   # ")[2].startswith("test_text.py:")
    program = _traced()
    assert print_program(parse_program(text, large_constants(program))) == print_program(program)


def test_comments_and_blank_lines_are_skipped():
    text = "# a title\n\nfeed %x: float32[2]   # what comes in\nreturn %x\n"
    assert print_program(parse_program(text)) == "feed %x: float32[2]\nreturn %x\n"


def test_one_instruction_without_a_program():
    value = Value("table", Type(dtypes.float32, (8, 10)))
    attrs = {"value": np.zeros((8, 10), np.float32), "dtype": dtypes.float32}
    text = print_instr(Instr(CONST, (), (value,), attrs))
    assert text == "%table: float32[8, 10] = Const {<const 8x10 float32>}"


@pytest.mark.parametrize(
    ("items", "dtype", "text"),
    [
        ([1, -2], tf.int32, "[1, -2]"),
        (3, tf.int32, "3"),
        ([[1, 2], [3, 4]], tf.int64, "[[1, 2], [3, 4]]:int64"),
        (np.zeros((0, 2)), tf.int32, "[]:int32[0, 2]"),
        ([0.5], tf.float32, "[0.5]:float32"),
    ],
)
def test_host_operands(items, dtype, text):
    host = Host(dtype, np.array(items, object))
    assert operand_text(host) == text
    line = f"%v: {dtype.name}[{', '.join(map(str, host.items.shape))}] = HostValue({text})\n"
    (instr,) = parse_program(line).instrs
    assert instr.inputs[0].items.tolist() == host.items.tolist()
    assert instr.inputs[0].items.shape == host.items.shape
    assert instr.inputs[0].dtype is dtype


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "True"),
        (-7, "-7"),
        (0.1, "0.1"),
        (float("-inf"), "-inf"),
        ("NHWC, {#}", "'NHWC, {#}'"),
        (b"x", "b'x'"),
        (None, "None"),
        (tf.float16, "float16"),
        ((1, (2.5, None)), "(1, (2.5, None))"),
        ((3,), "(3,)"),
        ([tf.int32, tf.bool], "[int32, bool]"),
        (tf.TensorShape([None, 3]), "TensorShape([None, 3])"),
        (tf.TensorShape(None), "TensorShape(None)"),
        (np.array([[1.5, np.nan]], np.float32), "array(float32, (1, 2), [[1.5, nan]])"),
        (np.zeros((0, 3), np.int8), "array(int8, (0, 3), [])"),
    ],
)
def test_attributes(value, text):
    assert attribute_text(value) == text
    (instr,) = parse_program(f"%v: int32[2] = Iota {{T=int32, axis=0, dims=(2,), x={text}}}").instrs
    found = instr.attrs["x"]
    assert attribute_text(found) == text
    assert type(found) is type(value)


def test_the_same_large_constant_is_listed_once():
    table = np.arange(100.0)
    values = [Value(name, Type(tf.float64, (100,))) for name in "ab"]
    instrs = [Instr(CONST, (), (v,), {"value": table, "dtype": tf.float64}) for v in values]
    program = Program((), (), tuple(instrs), tuple(values))
    assert len(large_constants(program)) == 1
    assert print_program(program).count("#0>") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%y: float32[2] = Exp(%x)", "line 1: %x is not defined before"),
        ("feed %x: float32[2]\nfeed %x: float32[2]", "line 2: %x is made twice"),
        ("feed %x: float32[s0]", "known symbols: none"),
        ("%y: float32[2] = Expo(%x)", "line 1: there is no op Expo"),
        ("feed %x: floaty[2]", "floaty"),
        ("%c: float32[3] = Const {[1.0, 2.0]}", "2 items don't fill [3]"),
        ("%c: float32[50] = Const {<const 50 float32 #0>}", "constant #0 is not given"),
        ("symbol s0 = 2\nguard s0 == 3", "line 2: the symbols' hints contradict it"),
        ("hello", "there is no op hello"),
        ("%y = Exp()", "not understood"),
    ],
)
def test_errors_name_the_line(text, message):
    with pytest.raises(ValueError, match="line ") as raised:
        parse_program(text)
    assert message in str(raised.value)
