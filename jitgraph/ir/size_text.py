"""Sizes as text: `s0*784`, `(s0 + 1)//2`, `max(s0, s1)`.

In and out: text and sizes; `parse_size(str(size), scope) == size`.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jitgraph.ir.polynomials import Monomial
from jitgraph.ir.size_operations import smax, smin
from jitgraph.ir.size_value import Dim, Scope, Size

if TYPE_CHECKING:
    from collections.abc import Mapping

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_CALLS: dict[str, Callable[..., Any]] = {"min": smin, "max": smax}
_SIMPLE = re.compile(r"\w+|(min|max)\([^()]*\)")


def format_size(size: Size) -> str:
    """Canonical text: highest powers first, then by name."""
    terms = sorted(
        (-len(monomial), _factors(size.scope, monomial), coefficient, monomial)
        for monomial, coefficient in size.terms.items()
    )
    _, _, coefficient, monomial = terms[0]
    if len(monomial) == 1 and coefficient == 1:
        words = [" + ", _atom_text(size.scope, monomial[0])]
        terms = terms[1:]
    else:
        words = []
    for _, factors, coefficient, _ in terms:
        words += [" - " if coefficient < 0 else " + ", _term_text(factors, abs(coefficient))]
    return ("-" if words[0] == " - " else "") + "".join(words[1:])


def parse_size(text: str, symbols: Mapping[str, Dim]) -> Dim:
    """The size that `text` says, over these symbols."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        size: Dim = _built(tree, symbols)
    except (SyntaxError, KeyError, TypeError) as error:
        known = ", ".join(symbols) or "none"
        raise ValueError(f"not a size: {text!r} ({error}); known symbols: {known}") from None
    return size


def _built(tree: ast.expr, symbols: Mapping[str, Dim]) -> Any:
    match tree:
        case ast.Constant(value=int(value)) if type(value) is int:
            return value
        case ast.Name(id=name):
            return symbols[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_built(operand, symbols)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_built(left, symbols), _built(right, symbols))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _CALLS[name](*(_built(argument, symbols) for argument in arguments))
    raise TypeError(f"unexpected {ast.unparse(tree)}")


def _term_text(factors: str, coefficient: int) -> str:
    if not factors:
        return str(coefficient)
    return factors if coefficient == 1 else f"{factors}*{coefficient}"


def _factors(scope: Scope, monomial: Monomial) -> str:
    return "*".join(sorted(_bracketed(_atom_text(scope, atom)) for atom in monomial))


def _atom_text(scope: Scope, number: int) -> str:
    atom = scope.atom(number)
    if atom.kind == "symbol":
        return atom.name
    if atom.kind in _CALLS:
        return f"{atom.kind}({atom.left}, {atom.right})"
    sign = "//" if atom.kind == "//" else f" {atom.kind} "
    return f"{_bracketed(str(atom.left))}{sign}{_bracketed(str(atom.right))}"


def _bracketed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"
