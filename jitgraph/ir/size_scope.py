"""`SizeScope`: the symbols of one trace, what is known about them, and the guards relied upon.

In: symbols with the concrete value (hint) each has in this trace, and questions about sizes.
Out: answers. What the canonical forms and the facts so far leave open is decided by the hints
and recorded as a guard; what follows from a guard is known from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from math import prod
from operator import index
from typing import Any

from jitgraph.ir import polynomials
from jitgraph.ir.polynomials import Monomial
from jitgraph.ir.size_bounds import BOUNDS_OF, Bounds, all_known, both
from jitgraph.ir.size_code import compile_conditions
from jitgraph.ir.size_operations import OPERATIONS
from jitgraph.ir.size_text import format_size
from jitgraph.ir.size_value import (
    COMPARISONS,
    Atom,
    Dim,
    Key,
    Size,
    bounds,
    hint,
    reachable_atoms,
    replace_atoms,
    structural_key,
)

_RESERVED = ("min", "max")
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, eq=False)
class Guard:
    """A comparison that held for the hints and was relied upon."""

    left: Dim
    comparison: str
    right: Dim

    def holds(self, left: int, right: int) -> bool:
        """Whether it holds for these values of its sides."""
        return COMPARISONS[self.comparison](left, right)

    def __str__(self) -> str:
        return f"{self.left} {self.comparison} {self.right}"

    __repr__ = __str__


class SizeScope:
    """The symbols, opaque atoms, facts and guards of one trace."""

    def __init__(self) -> None:
        self._atoms: list[Atom] = []
        self._bounds: list[Bounds] = []
        self._numbers: dict[tuple[str, int | Key, int | Key], int] = {}
        self._quotients: dict[tuple[str, int | Key, int | Key], Dim] = {}
        self._symbols: dict[str, Size] = {}
        self._signed: set[str] = set()
        self._guards: list[Guard] = []
        self._zero: dict[Key, bool] = {}
        self._nonnegative: dict[Key, bool] = {}
        self._solved: dict[int, Dim] = {}
        self._resolved: dict[int, Dim] = {}
        self._anything_learned = False

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What the decisions so far rely on, oldest first."""
        return tuple(self._guards)

    @property
    def symbols(self) -> dict[str, Size]:
        """Every symbol by name, oldest first."""
        return dict(self._symbols)

    def symbol(self, name: str, hint: int, minimum: int | None = 0) -> Size:
        """A new symbol, at least `minimum` (None: any integer).

        A size is never negative, so only a minimum other than 0 is checked, as a guard.
        """
        if not name.isidentifier() or iskeyword(name) or name in _RESERVED or name[0] == "_":
            raise ValueError(f"size symbol {name!r}: expected an identifier, without leading _")
        if name in self._symbols:
            raise ValueError(f"size symbol {name!r} exists already in this trace")
        if minimum is not None and hint < minimum:
            raise ValueError(f"size symbol {name!r}: hint {hint} is below its minimum {minimum}")
        size = self._add_atom(Atom("symbol", name, 0, 0, index(hint)), (minimum, None))
        self._symbols[name] = size
        if minimum is None:
            self._signed.add(name)
        if minimum:
            self._guards.append(Guard(size, ">=", minimum))
        return size

    def may_be_negative(self, name: str) -> bool:
        """Whether the symbol was made for any integer, not for a size."""
        return name in self._signed

    def atom(self, number: int) -> Atom:
        return self._atoms[number]

    def opaque(self, kind: str, left: Dim, right: Dim, hint: int) -> Size:
        """The atom `left kind right`; the same one for the same canonical operands."""
        key = (kind, structural_key(left), structural_key(right))
        number = self._numbers.get(key)
        if number is not None and not self._anything_learned:
            return Size(self, {(number,): 1}, hint)
        limits = BOUNDS_OF[kind](bounds(left), bounds(right))
        if number is not None:
            self._bounds[number] = both(self._bounds[number], limits)
            return Size(self, {(number,): 1}, hint)
        self._numbers[key] = len(self._atoms)
        return self._add_atom(Atom(kind, "", left, right, hint), limits)

    def _add_atom(self, atom: Atom, limits: Bounds) -> Size:
        self._atoms.append(atom)
        self._bounds.append(limits)
        return Size(self, {(len(self._atoms) - 1,): 1}, atom.hint)

    def known(self, left: Dim, comparison: str, right: Dim) -> bool | None:
        """Whether it holds for all sizes under the guards so far; None if open."""
        return self._answer(_Question.of(left, comparison, right))

    def decide(self, left: Dim, comparison: str, right: Dim) -> bool:
        """Whether it holds; where only the hints tell, a guard is recorded."""
        question = _Question.of(left, comparison, right)
        answer = self._answer(question)
        if answer is not None:
            return answer
        truth = COMPARISONS[comparison](hint(left), hint(right))
        relied = comparison if truth else NEGATED[comparison]
        self._guards.append(Guard(left, relied, right))
        self._learn(question, truth != question.negated)
        return truth

    def resolve(self, dim: Any) -> Any:
        """`dim` over the representatives of what the guards made equal."""
        if type(dim) is not Size or not self._anything_learned:
            return dim
        atoms = {atom for monomial in dim.terms for atom in monomial}
        images = {atom: self._resolve_atom(atom) for atom in atoms}
        if all(type(i) is Size and i.terms == {(atom,): 1} for atom, i in images.items()):
            return dim
        return replace_atoms(dim, images)

    def text(self, size: Size) -> str:
        return format_size(size)

    def compile_guards(self, symbols: Sequence[str]) -> Callable[[Sequence[int]], bool]:
        """A function of the symbols' values, in this order: whether every guard holds for them."""
        conditions = [(guard.left, guard.comparison, guard.right) for guard in self._guards]
        return compile_conditions(conditions, symbols)

    def divide(self, kind: str, left: Dim, right: Dim) -> Dim:
        """left // right or left % right; that right is not zero is decided first."""
        if hint(right) == 0:
            raise ZeroDivisionError(f"size {left} divided by {right}, which is zero")
        key = (kind, structural_key(left), structural_key(right))
        quotient = self._quotients.get(key)
        if quotient is None:
            self.decide(right, "!=", 0)
            quotient = self._quotients[key] = OPERATIONS[kind](left, right)
        return quotient

    def bounds(self, size: Size) -> Bounds:
        """(least, greatest) value of `size`, None where unknown."""
        low: int | None = 0
        high: int | None = 0
        for monomial, coefficient in size.terms.items():
            least, most = self._monomial_bounds(monomial)
            if coefficient < 0:
                least, most = most, least
            low = None if low is None or least is None else low + coefficient * least
            high = None if high is None or most is None else high + coefficient * most
        return low, high

    def _monomial_bounds(self, monomial: Monomial) -> Bounds:
        if len(monomial) == 1:
            return self._bounds[monomial[0]]
        lows = [self._bounds[atom][0] for atom in monomial]
        highs = [self._bounds[atom][1] for atom in monomial]
        if not all_known(lows) or min(lows, default=0) < 0:
            return None, None
        return prod(lows), prod(highs) if all_known(highs) else None

    def _answer(self, question: _Question) -> bool | None:
        answer = self._look_up(question.about_zero, question.difference)
        if answer is None and self._anything_learned:
            resolved = self.resolve(question.difference)
            if resolved is not question.difference:
                answer = self._look_up(question.about_zero, resolved)
        return None if answer is None else answer != question.negated

    def _look_up(self, about_zero: bool, difference: Dim) -> bool | None:
        if type(difference) is not Size:
            return difference == 0 if about_zero else difference >= 0
        low, high = self.bounds(difference)
        zero = self._zero_fact(difference, low, high)
        if about_zero or zero:
            return zero
        if low is not None and low >= 0:
            return True
        if high is not None and high < 0:
            return False
        return self._nonnegative.get(difference.structural_key())

    def _zero_fact(self, difference: Size, low: int | None, high: int | None) -> bool | None:
        if (low is not None and low > 0) or (high is not None and high < 0):
            return False
        if difference.terms.get((), 0) % polynomials.varying_content(difference.terms):
            return False
        return self._zero.get(_primitive(difference).structural_key())

    def _learn(self, question: _Question, fact: bool) -> None:
        resolved = self.resolve(question.difference)
        self._remember(question.about_zero, question.difference, fact)
        self._remember(question.about_zero, resolved, fact)
        self._tighten(question.about_zero, resolved, fact)
        if question.about_zero and fact:
            self._solve(_primitive(resolved))

    def _remember(self, about_zero: bool, difference: Any, fact: bool) -> None:
        if about_zero:
            self._zero[_primitive(difference).structural_key()] = fact
            return
        self._nonnegative[difference.structural_key()] = fact
        self._nonnegative[(-difference - 1).structural_key()] = not fact

    def _tighten(self, about_zero: bool, difference: Size, fact: bool) -> None:
        """Read a fact about one atom against a constant as a bound of that atom."""
        varying = [monomial for monomial in difference.terms if monomial]
        if len(varying) != 1 or len(varying[0]) != 1:
            return
        if about_zero:
            if not fact:
                self._exclude(varying[0][0], _primitive(difference))
            return
        at_least_zero: Any = difference if fact else -difference - 1
        scale = at_least_zero.terms[varying[0]]
        offset = at_least_zero.terms.get((), 0)
        if scale > 0:
            self._narrow(varying[0][0], -(offset // scale), None)
        else:
            self._narrow(varying[0][0], None, offset // -scale)

    def _exclude(self, atom: int, difference: Size) -> None:
        value = -difference.terms.get((), 0) * difference.terms[(atom,)]
        low, high = self._bounds[atom]
        self._narrow(atom, value + 1 if low == value else None, None)
        self._narrow(atom, None, value - 1 if high == value else None)

    def _narrow(self, atom: int, low: int | None, high: int | None) -> None:
        narrowed = both(self._bounds[atom], (low, high))
        if narrowed != self._bounds[atom]:
            self._bounds[atom] = narrowed
            self._forget_resolved()

    def _solve(self, zero: Size) -> None:
        """Substitute one atom of `zero == 0`: one whose bounds the solution keeps, the youngest."""
        best: tuple[bool, int] | None = None
        solutions: dict[int, Dim] = {}
        for monomial, coefficient in zero.terms.items():
            if len(monomial) != 1 or abs(coefficient) != 1:
                continue
            atom = monomial[0]
            solution = (zero - Size(self, {monomial: coefficient}, 0)) * -coefficient
            if self._may_stand_for(solution, atom):
                rank = (self._keeps_bound(solution, atom), atom)
                best = rank if best is None else max(best, rank)
                solutions[atom] = solution
        if best is not None:
            self._substitute(best[1], solutions[best[1]])

    def _may_stand_for(self, solution: Dim, atom: int) -> bool:
        if type(solution) is not Size:
            return True
        return self._atoms[atom].kind == "symbol" and atom not in set(reachable_atoms(solution))

    def _keeps_bound(self, solution: Dim, atom: int) -> bool:
        if type(solution) is not Size:
            return True
        (monomial, coefficient), *more = solution.terms.items()
        if not more and coefficient == 1 and len(monomial) == 1:
            return True
        low, wanted = self.bounds(solution)[0], self._bounds[atom][0]
        return wanted is None or (low is not None and low >= wanted)

    def _substitute(self, atom: int, solution: Dim) -> None:
        atom_hint = self._atoms[atom].hint
        if type(solution) is Size:
            solution = Size(self, solution.terms, atom_hint)
            (monomial, coefficient), *more = solution.terms.items()
            if not more and coefficient == 1 and len(monomial) == 1:
                self._narrow(monomial[0], *self._bounds[atom])
        self._solved[atom] = solution
        self._forget_resolved()

    def _forget_resolved(self) -> None:
        self._resolved.clear()
        self._quotients.clear()
        self._anything_learned = True

    def _resolve_atom(self, number: int) -> Dim:
        done = self._resolved.get(number)
        if done is None:
            done = self._resolved[number] = self._resolve_atom_anew(number)
        return done

    def _resolve_atom_anew(self, number: int) -> Dim:
        if number in self._solved:
            solved: Dim = self.resolve(self._solved[number])
            return solved
        atom = self._atoms[number]
        if atom.kind == "symbol":
            return Size(self, {(number,): 1}, atom.hint)
        rebuilt: Dim = OPERATIONS[atom.kind](self.resolve(atom.left), self.resolve(atom.right))
        return rebuilt


@dataclass(frozen=True, eq=False)
class _Question:
    """Whether `difference` is zero (`about_zero`) or else nonnegative, perhaps negated."""

    about_zero: bool
    difference: Dim
    negated: bool

    @staticmethod
    def of(left: Dim, comparison: str, right: Dim) -> _Question:
        if comparison in ("==", "!="):
            return _Question(True, left - right, comparison == "!=")
        if comparison in (">=", "<"):
            return _Question(False, left - right, comparison == "<")
        return _Question(False, right - left, comparison == ">")


def _primitive(size: Size) -> Size:
    """`size` divided by its content, its first coefficient positive: zero for the same values."""
    first = size.structural_key()[-1][1]
    factor = polynomials.content(size.terms) * (1 if first > 0 else -1)
    if factor == 1:
        return size
    terms = {monomial: coefficient // factor for monomial, coefficient in size.terms.items()}
    return Size(size.scope, terms, size.hint // factor)
