"""Quotients, remainders, minima and maxima of sizes, simplified to canonical form.

In: ints and Sizes; a divisor is known not to be zero. Out: an int or a Size, never a guard.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import gcd, prod
from typing import Any

from jitgraph.ir import polynomials
from jitgraph.ir.polynomials import Terms
from jitgraph.ir.size_value import (
    Atom,
    Dim,
    Scope,
    Size,
    hint,
    known,
    size_of_terms,
    structural_key,
)


def floor_divide(dividend: Any, divisor: Any) -> Any:
    """dividend // divisor in canonical form; the divisor is known not to be zero."""
    if type(dividend) is int and type(divisor) is int:
        return dividend // divisor
    if _is_negative_term(divisor):
        return floor_divide(-dividend, -divisor)
    if type(divisor) is int and _only_negative(dividend):
        return -floor_divide(-dividend + (divisor - 1), divisor)
    whole, rest = _split(dividend, divisor)
    if type(rest) is int and (rest == 0 or type(divisor) is int):
        return whole
    return whole + _divide_rest(rest, divisor)


def _divide_rest(dividend: Any, divisor: Any) -> Any:
    """p//q: (g*p)//(g*q) = p//q; (g*p + c)//(g*n) = (p + c//g)//n; 0 <= p < q gives 0."""
    smaller = _cancelled(dividend, divisor)
    if smaller is not None:
        return floor_divide(*smaller[1:])
    if type(divisor) is int and type(dividend) is Size:
        scale = gcd(polynomials.varying_content(dividend.terms), divisor)
        if scale > 1:
            return floor_divide(_divided_terms(dividend, scale), divisor // scale)
        inner = _inner_division(dividend)
        if inner is not None:
            (atom, offset) = inner
            return floor_divide(atom.left + atom.right * offset, atom.right * divisor)
    if _within(dividend, divisor):
        return 0
    return _scope_of(dividend, divisor).opaque(
        "//", dividend, divisor, hint(dividend) // hint(divisor)
    )


def remainder(dividend: Any, divisor: Any) -> Any:
    """dividend % divisor in canonical form; the divisor is known not to be zero."""
    if type(dividend) is int and type(divisor) is int:
        return dividend % divisor
    if _is_negative_term(divisor):
        return -remainder(-dividend, -divisor)
    rest = _split(dividend, divisor)[1]
    if type(rest) is int and (rest == 0 or type(divisor) is int):
        return rest
    smaller = _cancelled(rest, divisor)
    if smaller is not None:
        return smaller[0] * remainder(*smaller[1:])
    if type(divisor) is int:
        scale = gcd(polynomials.varying_content(rest.terms), divisor)
        if scale > 1:
            offset = rest.terms.get((), 0) % scale
            return scale * remainder(_divided_terms(rest, scale), divisor // scale) + offset
    if _within(rest, divisor):
        return rest
    return _scope_of(rest, divisor).opaque("%", rest, divisor, hint(rest) % hint(divisor))


def smin(first: Any, *others: Any) -> Any:
    """The least of ints and Sizes, as an expression; records no guard."""
    least = first
    for other in others:
        least = _extreme("min", least, other)
    return least


def smax(first: Any, *others: Any) -> Any:
    """The greatest of ints and Sizes, as an expression; records no guard."""
    greatest = first
    for other in others:
        greatest = _extreme("max", greatest, other)
    return greatest


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "//": floor_divide,
    "%": remainder,
    "min": smin,
    "max": smax,
}


def _extreme(kind: str, left: Any, right: Any) -> Any:
    """The least or greatest leaf of both, each told once: max(a, max(a, b)) = max(a, b)."""
    better = "<=" if kind == "min" else ">="
    kept: list[Dim] = []
    for leaf in (*_leaves(kind, left), *_leaves(kind, right)):
        if any(known(other, better, leaf) for other in kept):
            continue
        kept = [other for other in kept if not known(leaf, better, other)]
        kept.append(leaf)
    ordered = sorted(kept, key=lambda dim: (type(dim) is int, structural_key(dim)))
    found = ordered.pop()
    while ordered:
        found = _opaque_extreme(kind, ordered.pop(), found)
    return found


def _opaque_extreme(kind: str, left: Dim, right: Dim) -> Any:
    value = min(hint(left), hint(right)) if kind == "min" else max(hint(left), hint(right))
    return _scope_of(left, right).opaque(kind, left, right, value)


def _leaves(kind: str, dim: Any) -> list[Dim]:
    """What `dim` is the minimum or maximum of; itself, where it is none."""
    if type(dim) is not Size:
        return [operator.index(dim)]
    atom = _single_atom(dim)
    if atom is None or atom.kind != kind:
        return [dim]
    return [*_leaves(kind, atom.left), *_leaves(kind, atom.right)]


def _single_atom(size: Size) -> Atom | None:
    """The atom that `size` is, where it is one and nothing more."""
    if len(size.terms) != 1:
        return None
    ((monomial, coefficient),) = size.terms.items()
    return size.scope.atom(monomial[0]) if coefficient == 1 and len(monomial) == 1 else None


def _is_negative_term(divisor: Dim) -> bool:
    terms = _terms(divisor)
    return len(terms) == 1 and next(iter(terms.values())) < 0


def _only_negative(dividend: Dim) -> bool:
    return all(value < 0 for monomial, value in _terms(dividend).items() if monomial)


def _split(dividend: Dim, divisor: Dim) -> tuple[Any, Any]:
    """(whole, rest) with dividend = whole * divisor + rest."""
    scope = _scope_of(dividend, divisor)
    terms, by = _terms(dividend), _terms(divisor)
    if len(by) == 1:
        ((monomial, coefficient),) = by.items()
        parts = polynomials.divide_by_term(terms, monomial, coefficient)
        whole = _size(scope, parts[0])
        return whole, _size(scope, parts[1])
    exact = polynomials.divide_exactly(terms, by)
    return (0, dividend) if exact is None else (_size(scope, exact), 0)


def _cancelled(dividend: Dim, divisor: Dim) -> tuple[Any, Any, Any] | None:
    """(g, p, q) with dividend = g*p and divisor = g*q, or None where they share no factor."""
    monomial, coefficient = polynomials.common_factor(_terms(dividend), _terms(divisor))
    if not monomial and coefficient == 1:
        return None
    scope = _scope_of(dividend, divisor)
    p = polynomials.divide_by_term(_terms(dividend), monomial, coefficient)[0]
    q = polynomials.divide_by_term(_terms(divisor), monomial, coefficient)[0]
    parts = ({monomial: coefficient}, p, q)
    factor, small, by = (_size(scope, part) for part in parts)
    return factor, small, by


def _divided_terms(size: Size, scale: int) -> Dim:
    quotient = polynomials.divide_by_term(size.terms, (), scale)[0]
    return _size(size.scope, quotient)


def _inner_division(size: Size) -> tuple[Atom, int] | None:
    """(p//a, c) where size = p//a + c for a positive int a."""
    offset = size.terms.get((), 0)
    varying = [item for item in size.terms.items() if item[0]]
    if len(varying) != 1 or varying[0][1] != 1 or len(varying[0][0]) != 1:
        return None
    atom = size.scope.atom(varying[0][0][0])
    if atom.kind != "//" or type(atom.right) is not int:
        return None
    return atom, offset


def _within(dividend: Dim, divisor: Dim) -> bool:
    """0 <= dividend < divisor for all sizes."""
    return known(dividend, ">=", 0) is True and known(dividend, "<", divisor) is True


def _scope_of(left: Any, right: Any) -> Scope:
    scope: Scope = left.scope if type(left) is Size else right.scope
    return scope


def _terms(dim: Dim) -> Terms:
    return dim.terms if type(dim) is Size else polynomials.constant(dim)


def _size(scope: Scope, terms: Terms) -> Dim:
    value = sum(
        coefficient * prod(scope.atom(atom).hint for atom in monomial)
        for monomial, coefficient in terms.items()
    )
    return size_of_terms(scope, terms, value)
