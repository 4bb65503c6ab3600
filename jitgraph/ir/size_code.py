"""Sizes and conditions over them as one straight-line Python function: the binding path.

In: sizes, and the symbols whose values are the arguments. Out: source text and the function, in
which each common sub-expression is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import index
from typing import Any

from jitgraph.ir.polynomials import Monomial
from jitgraph.ir.size_value import Atom, Dim, Size, symbols_of

DEEPEST_INLINE = 12


class StraightLineCode:
    """Collects values and checks in order; a value used once is written where it is used."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, tuple[str, ...]], str] = {}
        self._steps: list[tuple[str | None, str, tuple[str, ...]]] = []
        self._uses: dict[str, int] = {}

    def let(self, template: str, *operands: str) -> str:
        """The name of the value of `template`, whose {} stand for the operands."""
        key = (template, operands)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"_{len(self._names)}"
            self._steps.append((name, template, operands))
            self._count(operands * max(1, template.count("{0}")))
        return name

    def check(self, template: str, *operands: str) -> None:
        """Return False from the function where this condition does not hold."""
        self._steps.append((None, template, operands))
        self._count(operands)

    def render(self, header: str, result: str, operands: Sequence[str] = ()) -> str:
        """The function's source: its `def` line, every step, `return result`."""
        self._count(operands)
        inlined: dict[str, tuple[str, int]] = {}
        lines = [header]
        for name, template, arguments in self._steps:
            depth = 1 + max((inlined[a][1] for a in arguments if a in inlined), default=0)
            text = template.format(*(self._text(a, inlined) for a in arguments))
            if name is None:
                lines.append(f"    if not ({text}):\n        return False")
            elif self._uses.get(name) == 1 and depth <= DEEPEST_INLINE:
                inlined[name] = (text, depth)
            else:
                lines.append(f"    {name} = {text}")
        values = (inlined[a][0] if a in inlined else a for a in operands)
        lines.append(f"    return {result.format(', '.join(values))}")
        return "\n".join(lines) + "\n"

    def _count(self, operands: Sequence[str]) -> None:
        for operand in operands:
            self._uses[operand] = self._uses.get(operand, 0) + 1

    @staticmethod
    def _text(operand: str, inlined: dict[str, tuple[str, int]]) -> str:
        return f"({inlined[operand][0]})" if operand in inlined else operand


def compile_expressions(
    expressions: Sequence[Any], symbols: Sequence[str]
) -> tuple[str, Callable[..., list[int]]]:
    """(source, function): `sizes(s0, s1, ...)` gives the expressions' values as one flat list.

    Expressions are ints, Sizes and nested tuples or lists of them. Sizes that the guards made
    equal are computed once, so the guards must hold for the values given.
    """
    code = StraightLineCode()
    emitter = _Emitter(code, frozenset(symbols))
    names = [emitter.value(expression) for expression in flattened(expressions)]
    source = code.render(f"def sizes({', '.join(symbols)}):", "[{}]", names)
    return source, _defined(source, "sizes")


def compile_conditions(
    conditions: Sequence[tuple[Dim, str, Dim]], symbols: Sequence[str]
) -> Callable[[Sequence[int]], bool]:
    """A function of the symbols' values: whether every (left, comparison, right) holds."""
    code = StraightLineCode()
    emitter = _Emitter(code, frozenset(symbols))
    for left, comparison, right in conditions:
        operands = emitter.unresolved(left), emitter.unresolved(right)
        code.check(f"{{}} {comparison} {{}}", *operands)
    unpack = f"\n    {', '.join(symbols)}, = _values" if symbols else ""
    source = code.render(f"def guards_hold(_values):{unpack}", "True")
    return _defined(source, "guards_hold")


def flattened(expressions: Any) -> Iterator[Any]:
    """The leaves of nested tuples and lists, in order."""
    for expression in expressions:
        if isinstance(expression, (tuple, list)):
            yield from flattened(expression)
        else:
            yield expression


class _Emitter:
    """Writes sizes over the named symbols as values of straight-line code."""

    def __init__(self, code: StraightLineCode, symbols: frozenset[str]) -> None:
        self._code = code
        self._symbols = symbols
        self._atoms: dict[int, str] = {}

    def value(self, dim: Any) -> str:
        """The name or literal of `dim`, over representatives where these symbols have them."""
        if type(dim) is not Size:
            return str(index(dim))
        resolved = dim.scope.resolve(dim)
        return self.unresolved(resolved if self._covers(resolved) else dim)

    def unresolved(self, dim: Dim) -> str:
        if type(dim) is not Size:
            return str(dim)
        return self._sum(dim)

    def _covers(self, dim: Dim) -> bool:
        return all(symbol in self._symbols for symbol in symbols_of(dim))

    def _sum(self, size: Size) -> str:
        template: list[str] = []
        operands: list[str] = []
        constant = size.terms.get((), 0)
        for monomial, coefficient in sorted(size.terms.items()):
            if monomial:
                template.append(" - " if coefficient < 0 else " + ")
                template.append("{}")
                operands.append(self._term(size, monomial, abs(coefficient)))
        if constant:
            template.append(f" {'-' if constant < 0 else '+'} {abs(constant)}")
        if template == [" + ", "{}"]:
            return operands[0]
        template[0] = "-" if template[0] == " - " else ""
        return self._code.let("".join(template), *operands)

    def _term(self, size: Size, monomial: Monomial, coefficient: int) -> str:
        product = self._atom(size, monomial[0])
        for atom in monomial[1:]:
            product = self._code.let("{}*{}", product, self._atom(size, atom))
        return product if coefficient == 1 else self._code.let(f"{{}}*{coefficient}", product)

    def _atom(self, size: Size, number: int) -> str:
        name = self._atoms.get(number)
        if name is None:
            name = self._atoms[number] = self._new_atom(size.scope.atom(number))
        return name

    def _new_atom(self, atom: Atom) -> str:
        if atom.kind == "symbol":
            if atom.name not in self._symbols:
                raise ValueError(f"size symbol {atom.name!r} has no value among {self._symbols}")
            return atom.name
        left, right = self.unresolved(atom.left), self.unresolved(atom.right)
        return self._code.let(_TEMPLATES[atom.kind], left, right)


_TEMPLATES = {
    "//": "{0}//{1}",
    "%": "{0} % {1}",
    "min": "{0} if {0} < {1} else {1}",
    "max": "{0} if {0} > {1} else {1}",
}


def _defined(source: str, name: str) -> Callable[..., Any]:
    namespace: dict[str, Any] = {}
    exec(compile(source, f"<{name}>", "exec"), namespace)
    function: Callable[..., Any] = namespace[name]
    return function
