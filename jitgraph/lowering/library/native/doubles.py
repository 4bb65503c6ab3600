"""Library: arithmetic on float64 as primitives of the word language.

In: the function being emitted, operands as LLVM values of type i64 that hold the bits of float64.
Out: the result as such a value, or 0 or 1. Nothing is contracted.
"""

from __future__ import annotations

from typing import Any


def _number(to: Any, word: str) -> str:
    return str(to.value(f"bitcast i64 {word} to double"))


def _bits(to: Any, number: str) -> str:
    return str(to.value(f"bitcast double {number} to i64"))


def _binary(to: Any, operation: str, left: str, right: str) -> str:
    operands = f"{_number(to, left)}, {_number(to, right)}"
    return _bits(to, to.value(f"{operation} double {operands}"))


def added(to: Any, left: str, right: str) -> str:
    """left + right."""
    return _binary(to, "fadd", left, right)


def less(to: Any, left: str, right: str) -> str:
    """left - right."""
    return _binary(to, "fsub", left, right)


def times(to: Any, left: str, right: str) -> str:
    """left * right."""
    return _binary(to, "fmul", left, right)


def over(to: Any, left: str, right: str) -> str:
    """left / right."""
    return _binary(to, "fdiv", left, right)


def is_below(to: Any, left: str, right: str) -> str:
    """left < right."""
    operands = f"{_number(to, left)}, {_number(to, right)}"
    return str(to.value(f"zext i1 {to.value(f'fcmp olt double {operands}')} to i64"))


def is_at_most(to: Any, left: str, right: str) -> str:
    """left <= right."""
    operands = f"{_number(to, left)}, {_number(to, right)}"
    return str(to.value(f"zext i1 {to.value(f'fcmp ole double {operands}')} to i64"))


def _intrinsic(to: Any, name: str, word: str) -> str:
    to.declare(f"declare double @llvm.{name}.f64(double)")
    return _bits(to, to.value(f"call double @llvm.{name}.f64(double {_number(to, word)})"))


def root(to: Any, word: str) -> str:
    """The square root."""
    return _intrinsic(to, "sqrt", word)


def floored(to: Any, word: str) -> str:
    """The greatest whole number that is not above it."""
    return _intrinsic(to, "floor", word)


def whole(to: Any, word: str) -> str:
    """The integer that is left without the fraction; of numbers below 2**63."""
    return str(to.value(f"fptosi double {_number(to, word)} to i64"))


def magnitude(to: Any, word: str) -> str:
    """The absolute value."""
    return _intrinsic(to, "fabs", word)


def result_of(to: Any, address: str, word: str) -> str:
    """What the C function at an address gives for a number."""
    function = to.value(f"inttoptr i64 {address} to ptr")
    return _bits(to, to.value(f"call double {function}(double {_number(to, word)})"))


def result_of_two(to: Any, address: str, left: str, right: str) -> str:
    """What the C function at an address gives for two numbers."""
    function = to.value(f"inttoptr i64 {address} to ptr")
    operands = f"double {_number(to, left)}, double {_number(to, right)}"
    return _bits(to, to.value(f"call double {function}({operands})"))
