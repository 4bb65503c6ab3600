"""Arithmetic in which rules of optimizers are written once: on arrays, and on program values.

In: NumPy arrays, or values of a program with the builder to append to. Out: operands with Python's
operators, and the functions in `Arithmetic`.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Arithmetic(Protocol):
    """The functions that rules use besides + - * /."""

    def sqrt(self, x: Any) -> Any:
        """The square root."""

    def rsqrt(self, x: Any) -> Any:
        """One by the square root."""

    def power(self, x: Any, y: Any) -> Any:
        """x to the power of y."""

    def exp(self, x: Any) -> Any:
        """e to the power of x."""

    def maximum(self, x: Any, y: Any) -> Any:
        """The greater one."""

    def absolute(self, x: Any) -> Any:
        """The magnitude."""

    def sign(self, x: Any) -> Any:
        """-1, 0 or 1."""

    def positive(self, x: Any) -> Any:
        """x where it is above zero, else 0."""

    def where_above(self, x: Any, limit: Any, value: Any) -> Any:
        """`value` where x is above `limit`, else 0."""

    def as_type_of(self, x: Any, other: Any) -> Any:
        """x in the dtype of `other`."""


class OnArrays:
    """Arithmetic of NumPy arrays."""

    sqrt, absolute, sign, power = np.sqrt, np.abs, np.sign, np.power
    exp, maximum = np.exp, np.maximum

    @staticmethod
    def rsqrt(x: Any) -> Any:
        """One by the square root."""
        return 1 / np.sqrt(x)

    @staticmethod
    def positive(x: Any) -> Any:
        """x where it is above zero, else 0."""
        return np.maximum(x, 0)

    @staticmethod
    def where_above(x: Any, limit: Any, value: Any) -> Any:
        """`value` where x is above `limit`, else 0."""
        return np.where(x > limit, value, np.zeros_like(value))

    @staticmethod
    def as_type_of(x: Any, other: Any) -> Any:
        """x in the dtype of `other`."""
        return np.asarray(x).astype(np.asarray(other).dtype)


class Term:
    """A value of a program under construction; operators append instructions."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder = builder
        self.value = value

    def apply(self, op: str, *operands: Any, **attrs: Any) -> Term:
        """The op of this term and others."""
        values = [self._operand(each) for each in operands]
        return Term(self.builder, self.builder.emit(op, self.value, *values, **attrs))

    def _operand(self, other: Any) -> Any:
        if isinstance(other, Term):
            return other.value
        return self.builder.constant(other, self.value.type.dtype)

    def _reversed(self, op: str, other: Any) -> Term:
        return Term(self.builder, self._operand(other)).apply(op, self)

    def __add__(self, other: Any) -> Term:
        return self.apply("AddV2", other)

    def __sub__(self, other: Any) -> Term:
        return self.apply("Sub", other)

    def __mul__(self, other: Any) -> Term:
        return self.apply("Mul", other)

    def __truediv__(self, other: Any) -> Term:
        return self.apply("RealDiv", other)

    def __neg__(self) -> Term:
        return self.apply("Neg")

    def __radd__(self, other: Any) -> Term:
        return self._reversed("AddV2", other)

    def __rsub__(self, other: Any) -> Term:
        return self._reversed("Sub", other)

    def __rmul__(self, other: Any) -> Term:
        return self._reversed("Mul", other)

    def __rtruediv__(self, other: Any) -> Term:
        return self._reversed("RealDiv", other)


class OnTerms:
    """Arithmetic of a program's values."""

    @staticmethod
    def sqrt(x: Term) -> Term:
        """The square root."""
        return x.apply("Sqrt")

    @staticmethod
    def rsqrt(x: Term) -> Term:
        """One by the square root."""
        return x.apply("Rsqrt")

    @staticmethod
    def power(x: Term, y: Any) -> Term:
        """x to the power of y."""
        return x.apply("Pow", y)

    @staticmethod
    def exp(x: Term) -> Term:
        """e to the power of x."""
        return x.apply("Exp")

    @staticmethod
    def maximum(x: Term, y: Any) -> Term:
        """The greater one."""
        return x.apply("Maximum", y)

    @staticmethod
    def absolute(x: Term) -> Term:
        """The magnitude."""
        return x.apply("Abs")

    @staticmethod
    def sign(x: Term) -> Term:
        """-1, 0 or 1."""
        return x.apply("Sign")

    @staticmethod
    def positive(x: Term) -> Term:
        """x where it is above zero, else 0."""
        return x.apply("Maximum", 0)

    @staticmethod
    def where_above(x: Term, limit: Term, value: Term) -> Term:
        """`value` where x is above `limit`, else 0."""
        return x.apply("Greater", limit).apply("SelectV2", value, value * 0)

    @staticmethod
    def as_type_of(x: Term, other: Term) -> Term:
        """x in the dtype of `other`."""
        dtype = other.value.type.dtype
        return x if x.value.type.dtype is dtype else x.apply("Cast", DstT=dtype)
