"""Symbolic sizes: integer arithmetic in canonical form, guards, text and generated code."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from jitgraph.ir.sizes import (
    Size,
    SizeScope,
    bounds,
    compile_expressions,
    evaluate,
    known,
    known_equal,
    parse_size,
    smax,
    smin,
    structural_key,
)

NAMES = ("s0", "s1", "s2")
HINTS = (6, 4, 9)


def new_scope(minimum: int | None = 0) -> tuple[SizeScope, list[Size]]:
    scope = SizeScope()
    return scope, [
        scope.symbol(name, hint, minimum) for name, hint in zip(NAMES, HINTS, strict=True)
    ]


leaves = st.sampled_from([0, 1, 2]).map(lambda index: ("symbol", index)) | st.integers(-7, 9).map(
    lambda value: ("constant", value)
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.tuples(st.sampled_from("+-*"), inner, inner)
        | st.tuples(st.sampled_from(["min", "max"]), inner, inner)
        | st.tuples(
            st.sampled_from(["//", "%"]), inner, st.sampled_from([-5, -2, 1, 2, 3, 4, 6, 784])
        )
        | st.tuples(st.sampled_from(["//", "%"]), inner, inner)
    ),
    max_leaves=8,
)
polynomial_trees = st.recursive(
    leaves, lambda inner: st.tuples(st.sampled_from("+-*"), inner, inner), max_leaves=8
)
environments = st.tuples(*[st.integers(1, 40)] * 3)


def build(tree: Any, symbols: Any) -> Any:
    """The tree over these symbols: Sizes, or plain ints for the meaning."""
    if isinstance(tree, int):
        return tree
    kind, *operands = tree
    if kind == "symbol":
        return symbols[operands[0]]
    if kind == "constant":
        return operands[0]
    left, right = (build(operand, symbols) for operand in operands)
    if kind in ("min", "max"):
        return {"min": smin, "max": smax}[kind](left, right)
    return {
        "+": lambda: left + right,
        "-": lambda: left - right,
        "*": lambda: left * right,
        "//": lambda: left // right,
        "%": lambda: left % right,
    }[kind]()


def environment(values: tuple[int, ...]) -> dict[str, int]:
    return dict(zip(NAMES, values, strict=True))


def built(tree: Any, minimum: int | None = 0) -> tuple[SizeScope, Any]:
    scope, symbols = new_scope(minimum)
    try:
        return scope, build(tree, symbols)
    except ZeroDivisionError:
        return scope, 0


@given(trees, environments, st.sampled_from([0, 1, None]))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_value_is_that_of_integer_arithmetic_wherever_the_guards_hold(
    tree: Any, values: tuple[int, ...], minimum: int | None
) -> None:
    try:
        build(tree, HINTS)
        expected = build(tree, values)
    except ZeroDivisionError:
        return
    scope, size = built(tree, minimum)
    assert (size.hint if isinstance(size, Size) else size) == build(tree, HINTS)
    assert evaluate(size, environment(HINTS)) == build(tree, HINTS)
    holds = scope.compile_guards(NAMES)
    assert holds(HINTS)
    if holds(values):
        assert evaluate(size, environment(values)) == expected
        assert evaluate(scope.resolve(size), environment(values)) == expected
        assert compile_expressions([size], NAMES)[1](*values) == [expected]
        low, high = bounds(size)
        assert low is None or low <= expected
        assert high is None or expected <= high


@given(trees)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_text_round_trip(tree: Any) -> None:
    scope, size = built(tree)
    guards = scope.guards
    again = parse_size(str(size), scope)
    assert known_equal(again, size)
    assert structural_key(scope.resolve(again)) == structural_key(scope.resolve(size))
    assert len(scope.guards) == len(guards)


@given(polynomial_trees, polynomial_trees, polynomial_trees)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_equal_polynomials_have_equal_canonical_forms(a: Any, b: Any, c: Any) -> None:
    scope, symbols = new_scope()
    x, y, z = (build(tree, symbols) for tree in (a, b, c))
    pairs = [
        ((x + y) * z, z * y + x * z),
        ((x - y) * (x + y), x * x - y * y),
        (x - (y + z), x - y - z),
        (x * (y * z), (z * x) * y),
    ]
    for left, right in pairs:
        assert structural_key(left) == structural_key(right)
        assert str(left) == str(right)
        assert left == right
    assert scope.guards == ()


@given(trees, trees, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), environments)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_a_comparison_is_right_wherever_the_guards_hold(
    left_tree: Any, right_tree: Any, comparison: str, values: tuple[int, ...]
) -> None:
    scope, symbols = new_scope()
    try:
        left, right = build(left_tree, symbols), build(right_tree, symbols)
        expected = build(left_tree, values), build(right_tree, values)
    except ZeroDivisionError:
        return
    compare = {
        "==": lambda a, b: a == b,
        "!=": lambda a, b: a != b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }[comparison]
    answer = compare(left, right)
    assert type(answer) is bool
    hints = environment(HINTS)
    assert answer == compare(evaluate(left, hints), evaluate(right, hints))
    guards = scope.guards
    assert compare(left, right) is answer
    assert scope.guards == guards
    assert known(left, comparison, right) is answer
    if scope.compile_guards(NAMES)(values):
        assert compare(*expected) is answer


@given(
    st.lists(st.tuples(trees, st.sampled_from(["==", "<", ">="]), trees), min_size=2, max_size=6),
    trees,
    environments,
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_many_guards_together_stay_sound(
    questions: list[Any], tree: Any, values: tuple[int, ...]
) -> None:
    scope, symbols = new_scope()
    answers = []
    try:
        for left_tree, comparison, right_tree in questions:
            left, right = build(left_tree, symbols), build(right_tree, symbols)
            answers.append(scope.decide(left, comparison, right))
        size = build(tree, symbols)
        meant = [(build(a, values), kind, build(b, values)) for a, kind, b in questions]
        expected = build(tree, values)
    except ZeroDivisionError:
        return
    holds = scope.compile_guards(NAMES)
    assert holds(HINTS)
    if holds(values):
        assert evaluate(scope.resolve(size), environment(values)) == expected
        assert [known(a, kind, b) for a, kind, b in meant] == answers


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda a, b: a * 784, "s0*784"),
        (lambda a, b: (a + 1) // 2, "(s0 + 1)//2"),
        (lambda a, b: smax(a, b), "max(s0, s1)"),
        (lambda a, b: smax(smax(smax(a, 7), b), a, 7, 3), "max(s0, max(s1, 7))"),
        (lambda a, b: smax(5, b), "max(s1, 5)"),
        (lambda a, b: 1 - a, "-s0 + 1"),
        (lambda a, b: a * b * 3 + a * a - 2, "s0*s0 + s0*s1*3 - 2"),
        (lambda a, b: (a // 2) * 3 * b, "(s0//2)*s1*3"),
        (lambda a, b: a % 2 - b // 3, "s0 % 2 - (s1//3)"),
        (lambda a, b: a // 2 + 1, "s0//2 + 1"),
        (lambda a, b: -(-a // 2), "(s0 + 1)//2"),
        (lambda a, b: ((a + 1) // 2 + 1) // 2, "(s0 + 3)//4"),
        (lambda a, b: (a * 784) // 784, "s0"),
        (lambda a, b: (a * b) // b, "s0"),
        (lambda a, b: (a * b * 6) // (b * 4), "s0//2 + s0"),
        (lambda a, b: ((a + 1) * (b + 2)) // (a + 1), "s1 + 2"),
        (lambda a, b: ((a + 1) * (b + 2)) % (a + 1), "0"),
        (lambda a, b: (a * 4 + 2) // 4, "s0"),
        (lambda a, b: (a * 4 + 6) % 4, "2"),
        (lambda a, b: (a * 2) % 4, "(s0 % 2)*2"),
        (lambda a, b: (a % 4) // 4, "0"),
        (lambda a, b: smax(a, 0), "s0"),
        (lambda a, b: smin(a, a + 1), "s0"),
        (lambda a, b: a - a, "0"),
    ],
)
def test_canonical_text(made: Any, text: str) -> None:
    scope = SizeScope()
    size = made(scope.symbol("s0", 6), scope.symbol("s1", 4))
    assert str(size) == text
    assert known_equal(parse_size(text, scope), size)


def test_a_constant_is_a_plain_int() -> None:
    _, (a, _, _) = new_scope()
    for constant in (a - a + 3, a * 0, (a * 5) // a, (a * 5) % a, smin(a - a, 4)):
        assert type(constant) is int


def test_a_size_never_becomes_an_int_by_accident() -> None:
    _, (a, _, _) = new_scope()
    for use in (int, range, hash, lambda size: [0] * size, lambda size: [0][size], float):
        with pytest.raises(TypeError):
            use(a)
    with pytest.raises(TypeError):
        a + 1.5
    assert a != "s0"
    assert (a == None) is False  # noqa: E711


def test_what_the_canonical_forms_tell_records_no_guard() -> None:
    scope, (a, b, _) = new_scope()
    assert a == a * 1
    assert a != a + 1
    assert a + 1 > a
    assert a >= 0
    assert a + b + 1 != 0
    assert a * 2 != b * 2 + 1
    assert a % 4 < 4
    assert not smin(a, 3) > 3
    assert scope.guards == ()


def test_a_guard_is_recorded_once_in_the_form_that_held() -> None:
    scope, (a, b, _) = new_scope()
    equals_one = a == 1
    assert not equals_one
    assert a != 1
    assert not a < b
    assert b <= a
    assert [str(guard) for guard in scope.guards] == ["s0 != 1", "s0 >= s1"]
    holds = scope.compile_guards(NAMES)
    assert holds(HINTS)
    assert not holds((1, 1, 1))
    assert not holds((3, 4, 1))


def test_a_decided_bound_decides_what_follows() -> None:
    scope, (a, _, _) = new_scope()
    assert a > 2
    assert a != 0
    assert a >= 3
    assert smax(a, 3) is a
    assert (a + 1) // 2 != 0
    assert [str(guard) for guard in scope.guards] == ["s0 > 2"]


def test_equal_symbols_are_unified_to_the_older() -> None:
    scope = SizeScope()
    a, b, c = (scope.symbol(name, 8) for name in NAMES)
    half = (c + 1) // 2
    assert b == a
    assert c * 784 == b * 784
    assert str(scope.resolve(c * b)) == "s0*s0"
    assert str(scope.resolve(half)) == "(s0 + 1)//2"
    assert (a + 1) // 2 == half
    assert known_equal(a * c, b * b)
    assert len(scope.guards) == 2
    source, sizes = compile_expressions([(c * 3, [b * 3]), half], NAMES)
    assert source.count("*3") == 1
    assert sizes(8, 8, 8) == [24, 24, 4]


def test_a_symbol_equal_to_an_expression_or_constant_is_replaced() -> None:
    scope = SizeScope()
    a, b, c = scope.symbol("s0", 8), scope.symbol("s1", 9), scope.symbol("s2", 3)
    assert b == a + 1
    assert c == 3
    assert known_equal(scope.resolve(b * c), a * 3 + 3)
    assert scope.resolve(c) == 3
    assert type(scope.resolve(c)) is int
    assert a % 4 == 0
    assert scope.resolve(a % 4) == 0


def test_division_by_a_size_is_guarded_against_zero() -> None:
    scope, (a, b, _) = new_scope()
    zero = scope.symbol("zero", 0)
    for divide in (lambda: a // zero, lambda: 5 % zero, lambda: a // 0, lambda: a % (b - b)):
        with pytest.raises(ZeroDivisionError):
            divide()
    assert (a * b) // b is not None
    assert [str(guard) for guard in scope.guards] == ["s1 != 0"]
    assert not scope.compile_guards((*NAMES, "zero"))((6, 0, 9, 0))


def test_a_minimum_is_known_and_guarded() -> None:
    scope = SizeScope()
    a = scope.symbol("a", 3, minimum=1)
    free = scope.symbol("free", -2, minimum=None)
    assert a != 0
    assert not free >= 0
    assert [str(guard) for guard in scope.guards] == ["a >= 1", "free < 0"]
    holds = scope.compile_guards(("a", "free"))
    assert holds((1, -1))
    assert not holds((0, -1))
    assert not holds((1, 0))


@pytest.mark.parametrize("name", ["min", "1a", "a b", "if", "_a", "", "s0"])
def test_a_bad_symbol_name_is_refused(name: str) -> None:
    scope = SizeScope()
    scope.symbol("s0", 1)
    with pytest.raises(ValueError, match="size symbol"):
        scope.symbol(name, 1)


@pytest.mark.parametrize("text", ["s9", "s0 +", "s0/2", "f(s0)", "1.5", "s0**2", "True"])
def test_text_that_is_no_size_is_refused(text: str) -> None:
    scope, _ = new_scope()
    with pytest.raises(ValueError, match="not a size"):
        parse_size(text, scope)


def test_sizes_of_two_traces_do_not_mix() -> None:
    (_, (a, _, _)), (_, (b, _, _)) = new_scope(), new_scope()
    with pytest.raises(ValueError, match="two traces"):
        a + b
    with pytest.raises(ValueError, match="two traces"):
        a == b  # noqa: B015


def test_numpy_object_arrays_of_sizes() -> None:
    scope, (a, b, _) = new_scope(minimum=1)
    recorded = len(scope.guards)
    dims = np.array([a, 784, b], dtype=object)
    assert str(np.prod(dims)) == "s0*s1*784"
    assert str(np.sum(dims)) == "s0 + s1 + 784"
    joined = np.concatenate([dims, np.array([2], dtype=object)])
    assert [str(dim) for dim in joined[::-1]] == ["2", "s1", "784", "s0"]
    assert (dims == dims).all()
    assert str((dims * np.int64(3))[0]) == "s0*3"
    assert str((np.array([2, 3, 4]) * dims)[2]) == "s1*4"
    assert str(np.int64(3) * a + np.int32(1)) == "s0*3 + 1"
    assert str(np.cumprod(dims)[-1]) == "s0*s1*784"
    assert np.maximum(dims, 1)[0] is a
    assert len(scope.guards) == recorded
    assert (dims == np.array([6, 784, 4])).all()
    assert [str(guard) for guard in scope.guards[recorded:]] == ["s0 == 6", "s1 == 4"]


def test_generated_code_computes_each_common_part_once() -> None:
    _, (a, b, _) = new_scope()
    half = (a * b + 1) // 2
    source, sizes = compile_expressions([half, (half * 3, (7, np.int64(2))), half + a], NAMES[:2])
    assert source == (
        "def sizes(s0, s1):\n    _2 = ((s0*s1) + 1)//2\n    return [_2, _2*3, 7, 2, s0 + _2]\n"
    )
    assert sizes(6, 4) == [12, 36, 7, 2, 18]


def test_generated_code_covers_only_its_symbols() -> None:
    _, (a, b, _) = new_scope()
    with pytest.raises(ValueError, match="s1"):
        compile_expressions([a * b], ["s0"])


def test_a_division_is_not_evaluated_before_its_guard() -> None:
    scope, (a, b, _) = new_scope()
    assert a // b == 1
    assert (a // b) * 2 + b // (a // b) == 6
    assert not scope.compile_guards(NAMES)((5, 0, 0))


def test_binding_five_hundred_expressions_is_quick() -> None:
    _, (a, b, _) = new_scope()
    expressions = [
        (a * k, (a + 1) // (k % 7 + 1) * b, a * b * k + k, smax(a, k), b * 4) for k in range(100)
    ]
    source, sizes = compile_expressions(expressions, NAMES[:2])
    assert len(sizes(6, 4)) == 500
    assert source.count("//7") == 1


def test_deep_nesting_compiles() -> None:
    _, (a, b, _) = new_scope()
    size = a
    for k in range(150):
        size = smax(size * 2 - k, b)
    value = evaluate(size, environment(HINTS))
    assert compile_expressions([size], NAMES)[1](*HINTS) == [value]
