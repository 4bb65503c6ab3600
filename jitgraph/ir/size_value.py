"""`Size`: an integer that is known only when a plan is bound, as a canonical expression.

In: ints and Sizes of one scope. Out: their sums, products, quotients and comparisons.

A Size is a polynomial over atoms: symbols, and p//q, p%q, min(p, q), max(p, q) that do not
simplify. A constant is always a plain int. Its scope gives the atoms meaning and decides
comparisons that the canonical forms leave open.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from math import prod
from typing import Any, NamedTuple, Protocol, final

from jitgraph.ir import polynomials
from jitgraph.ir.polynomials import Monomial, Terms
from jitgraph.ir.size_bounds import Bounds

Key = tuple[tuple[Monomial, int], ...]


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "//": operator.floordiv,
    "%": operator.mod,
    "min": min,
    "max": max,
}


class Scope(Protocol):
    """What a Size asks of the scope it belongs to."""

    def atom(self, number: int) -> Atom: ...

    def opaque(self, kind: str, left: Dim, right: Dim, value: int) -> Size: ...

    def bounds(self, size: Size) -> Bounds: ...

    def known(self, left: Dim, comparison: str, right: Dim) -> bool | None: ...

    def decide(self, left: Dim, comparison: str, right: Dim) -> bool: ...

    def divide(self, kind: str, left: Dim, right: Dim) -> Dim: ...

    def resolve(self, dim: Any) -> Any: ...

    def text(self, size: Size) -> str: ...


@final
class Size:
    """An integer known when a plan is bound: `s0*784`. Immutable; make one by `SizeScope.symbol`.

    `==` and `<` give real bools and may record a guard, so a Size is not hashable:
    the key for a dict is `structural_key(size)`. `hint` is the value in this trace.
    """

    __slots__ = ("_key", "hint", "scope", "terms")
    __hash__ = None  # type: ignore[assignment]

    scope: Scope
    terms: Terms
    hint: int
    _key: Key | None

    def __init__(self, scope: Scope, terms: Terms, hint: int) -> None:
        self.scope = scope
        self.terms = terms
        self.hint = hint
        self._key = None

    def structural_key(self) -> Key:
        """Equal for equal canonical forms of one scope; hashable; asks and records nothing."""
        if self._key is None:
            self._key = tuple(sorted(self.terms.items()))
        return self._key

    def __copy__(self) -> Size:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Size:
        return self

    def __add__(self, other: Any) -> Any:
        value = _operand(self, other)
        if value is None:
            return NotImplemented
        return _sum(self, value, 1)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        value = _operand(self, other)
        if value is None:
            return NotImplemented
        return _sum(self, value, -1)

    def __rsub__(self, other: Any) -> Any:
        value = _operand(self, other)
        if value is None:
            return NotImplemented
        return _sum(_scaled(self, -1), value, 1)

    def __mul__(self, other: Any) -> Any:
        value = _operand(self, other)
        if value is None:
            return NotImplemented
        if type(value) is not Size:
            return _scaled(self, value)
        terms = polynomials.multiply(self.terms, value.terms)
        return Size(self.scope, terms, self.hint * value.hint)

    __rmul__ = __mul__

    def __neg__(self) -> Any:
        return _scaled(self, -1)

    def __pos__(self) -> Size:
        return self

    def __floordiv__(self, other: Any) -> Any:
        return _divided("//", self, self, _operand(self, other))

    def __rfloordiv__(self, other: Any) -> Any:
        return _divided("//", self, _operand(self, other), self)

    def __mod__(self, other: Any) -> Any:
        return _divided("%", self, self, _operand(self, other))

    def __rmod__(self, other: Any) -> Any:
        return _divided("%", self, _operand(self, other), self)

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __eq__(self, other: object) -> Any:
        return _compared(self, "==", other)

    def __ne__(self, other: object) -> Any:
        return _compared(self, "!=", other)

    def __lt__(self, other: Any) -> Any:
        return _compared(self, "<", other)

    def __le__(self, other: Any) -> Any:
        return _compared(self, "<=", other)

    def __gt__(self, other: Any) -> Any:
        return _compared(self, ">", other)

    def __ge__(self, other: Any) -> Any:
        return _compared(self, ">=", other)

    def __bool__(self) -> bool:
        return self.scope.decide(self, "!=", 0)

    def __str__(self) -> str:
        return self.scope.text(self)

    __repr__ = __str__


Dim = int | Size


class Atom(NamedTuple):
    """A symbol (kind "symbol", by name), or an operation that did not simplify."""

    kind: str
    name: str
    left: Dim
    right: Dim
    hint: int


def hint(dim: Dim) -> int:
    """The value of `dim` in this trace."""
    return dim.hint if type(dim) is Size else int(dim)


def structural_key(dim: Dim) -> int | Key:
    """A dict key for `dim`: an int, or the canonical form (comparable within one scope)."""
    return dim.structural_key() if type(dim) is Size else int(dim)


def known(left: Dim, comparison: str, right: Dim) -> bool | None:
    """Whether `left comparison right` holds for all sizes under the guards so far; None if open.

    Never records a guard.
    """
    if type(left) is Size:
        return left.scope.known(left, comparison, right)
    if type(right) is Size:
        return right.scope.known(left, comparison, right)
    return COMPARISONS[comparison](left, right)


def known_equal(left: Dim, right: Dim) -> bool:
    """Whether both are equal for all sizes under the guards so far. Never records a guard."""
    return known(left, "==", right) is True


def bounds(dim: Dim) -> Bounds:
    """(least, greatest) value of `dim` under the guards so far, None where unknown."""
    return dim.scope.bounds(dim) if type(dim) is Size else (dim, dim)


def reachable_atoms(dim: Dim) -> Iterator[int]:
    """Every atom in `dim`, those inside opaque atoms too, each once."""
    seen: set[int] = set()
    waiting = [dim]
    while waiting:
        current = waiting.pop()
        if type(current) is not Size:
            continue
        for atom in {atom for monomial in current.terms for atom in monomial} - seen:
            seen.add(atom)
            yield atom
            waiting += (current.scope.atom(atom).left, current.scope.atom(atom).right)


def _operand(size: Size, other: Any) -> Dim | None:
    """`other` as an int or a Size of the same scope; None for what is neither."""
    if type(other) is int:
        return other
    if type(other) is Size:
        if other.scope is not size.scope:
            raise ValueError(f"sizes of two traces met: {size} and {other}")
        return other
    try:
        return operator.index(other)
    except TypeError:
        return None


def _sum(left: Size, right: Dim, sign: int) -> Dim:
    if type(right) is Size:
        terms = polynomials.add_scaled(left.terms, right.terms, sign)
        return size_of_terms(left.scope, terms, left.hint + sign * right.hint)
    if not right:
        return left
    added = sign * int(right)
    return Size(left.scope, polynomials.add_scaled(left.terms, {(): added}, 1), left.hint + added)


def _scaled(size: Size, factor: int) -> Any:
    if factor == 1:
        return size
    if factor == 0:
        return 0
    terms = {monomial: factor * coefficient for monomial, coefficient in size.terms.items()}
    return Size(size.scope, terms, size.hint * factor)


def size_of_terms(scope: Scope, terms: Terms, value: int) -> Dim:
    if not terms:
        return 0
    if len(terms) == 1 and () in terms:
        return terms[()]
    return Size(scope, terms, value)


def _compared(size: Size, comparison: str, other: Any) -> Any:
    value = _operand(size, other)
    if value is None:
        return NotImplemented
    if type(value) is Size and value.terms == size.terms:
        return comparison in ("==", "<=", ">=")
    return size.scope.decide(size, comparison, value)


def replace_atoms(size: Size, values: dict[int, Any]) -> Any:
    """The polynomial of `size` with each atom replaced by its value."""
    total: Any = 0
    for monomial, coefficient in size.terms.items():
        total = total + coefficient * prod((values[atom] for atom in monomial), start=1)
    return total


def _divided(kind: str, size: Size, left: Dim | None, right: Dim | None) -> Any:
    if left is None or right is None:
        return NotImplemented
    return size.scope.divide(kind, left, right)


def symbols_of(dim: Dim) -> list[str]:
    """The names of the symbols in `dim`."""
    if type(dim) is not Size:
        return []
    atoms = (dim.scope.atom(number) for number in reachable_atoms(dim))
    return [atom.name for atom in atoms if atom.kind == "symbol"]


def evaluate(dim: Dim, values: Mapping[str, int]) -> int:
    """The value of `dim` where each symbol has the value given by name."""
    return _value(dim, values, {})


def _value(dim: Dim, values: Mapping[str, int], done: dict[int, int]) -> int:
    if type(dim) is not Size:
        return int(dim)
    for number in {atom for monomial in dim.terms for atom in monomial} - done.keys():
        atom = dim.scope.atom(number)
        if atom.kind == "symbol":
            done[number] = values[atom.name]
        else:
            left, right = _value(atom.left, values, done), _value(atom.right, values, done)
            done[number] = ARITHMETIC[atom.kind](left, right)
    value: int = replace_atoms(dim, done)
    return value
