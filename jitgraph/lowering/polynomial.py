"""Stage lowering, leaf: a polynomial as vector math uses it.

In: a float type and coefficients, lowest degree first. Out: a callable over whatever has sums and
products with NumPy scalars: numbers, or values traced into LLVM code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Polynomial:
    """c[0] + c[1]*x + c[2]*x**2 + …, by Horner's rule."""

    kind: type[Any]
    coefficients: tuple[float, ...]

    def __call__(self, x: Any) -> Any:
        total = self.kind(self.coefficients[-1])
        for coefficient in self.coefficients[-2::-1]:
            total = total * x + self.kind(coefficient)
        return total
