"""Integer polynomials over numbered atoms: the arithmetic under symbolic sizes.

In and out: `Terms`, a dict from monomial to a coefficient that is never zero. A monomial is the
sorted tuple of its atoms' numbers, an atom repeated for a power; `()` is the constant's.
"""

from math import gcd

Monomial = tuple[int, ...]
Terms = dict[Monomial, int]


def constant(value: int) -> Terms:
    return {(): value} if value else {}


def add_scaled(left: Terms, right: Terms, factor: int) -> Terms:
    """left + factor * right"""
    total = dict(left)
    for monomial, coefficient in right.items():
        changed = total.get(monomial, 0) + factor * coefficient
        if changed:
            total[monomial] = changed
        else:
            del total[monomial]
    return total


def multiply(left: Terms, right: Terms) -> Terms:
    if len(left) == 1 and len(right) == 1:
        ((first, scale),) = left.items()
        ((second, other),) = right.items()
        return {tuple(sorted(first + second)): scale * other}
    total: Terms = {}
    for first, scale in left.items():
        shifted = {tuple(sorted(first + second)): other for second, other in right.items()}
        total = add_scaled(total, shifted, scale)
    return total


def content(terms: Terms) -> int:
    """The greatest common divisor of all coefficients."""
    return gcd(*terms.values())


def varying_content(terms: Terms) -> int:
    """The greatest common divisor of the coefficients, the constant's left out."""
    return gcd(*(coefficient for monomial, coefficient in terms.items() if monomial))


def without(monomial: Monomial, factor: Monomial) -> Monomial | None:
    """monomial / factor, or None where factor does not divide it."""
    left = list(monomial)
    for atom in factor:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def common_factor(*polynomials: Terms) -> tuple[Monomial, int]:
    """The greatest term (monomial, positive coefficient) that divides every term of all."""
    shared: list[int] | None = None
    for polynomial in polynomials:
        for monomial in polynomial:
            shared = list(monomial) if shared is None else _shared_atoms(shared, monomial)
    return tuple(shared or ()), gcd(*(content(polynomial) for polynomial in polynomials))


def _shared_atoms(shared: list[int], monomial: Monomial) -> list[int]:
    rest = list(monomial)
    kept = []
    for atom in shared:
        if atom in rest:
            rest.remove(atom)
            kept.append(atom)
    return kept


def divide_by_term(terms: Terms, monomial: Monomial, coefficient: int) -> tuple[Terms, Terms]:
    """(whole, rest) with terms = whole * coefficient * monomial + rest.

    In `rest` every multiple of the monomial has a coefficient in [0, coefficient).
    """
    whole: Terms = {}
    rest: Terms = {}
    for candidate, value in terms.items():
        quotient = without(candidate, monomial)
        count, left = (0, value) if quotient is None else divmod(value, coefficient)
        if quotient is not None and count:
            whole[quotient] = count
        if left:
            rest[candidate] = left
    return whole, rest


def divide_exactly(dividend: Terms, divisor: Terms) -> Terms | None:
    """dividend / divisor, or None where something would be left over."""
    lead = _leading(divisor)
    quotient: Terms = {}
    rest = dividend
    while rest:
        top = _leading(rest)
        monomial = without(top, lead)
        if monomial is None or rest[top] % divisor[lead]:
            return None
        step = {monomial: rest[top] // divisor[lead]}
        quotient = add_scaled(quotient, step, 1)
        rest = add_scaled(rest, multiply(step, divisor), -1)
    return quotient


def _leading(terms: Terms) -> Monomial:
    return max(terms, key=lambda monomial: (len(monomial), monomial))
