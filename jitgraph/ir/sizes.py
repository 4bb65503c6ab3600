"""Symbolic integers for shapes: a dimension in the compiler is an int or a `Size`.

In: a `SizeScope` for each trace and its symbols, with the value (hint) each has there.
Out: canonical expressions; guards, under which what was decided by hints holds for other values;
and, when binding, one Python function that computes many expressions at once.

A polynomial over symbols and over p//q, p%q, min, max that do not simplify is a Size; a constant
is a plain int. `==` and `<` give real bools: by canonical form and known facts where these tell,
otherwise by the hints, recording a guard. A guard `a == b` makes the younger stand for the older.
"""

from jitgraph.ir.size_code import compile_expressions
from jitgraph.ir.size_operations import smax, smin
from jitgraph.ir.size_scope import Guard, SizeScope
from jitgraph.ir.size_text import parse_size as _parse_size
from jitgraph.ir.size_value import (
    Dim,
    Size,
    bounds,
    evaluate,
    hint,
    known,
    known_equal,
    structural_key,
    symbols_of,
)

__all__ = [
    "Dim",
    "Guard",
    "Size",
    "SizeScope",
    "bounds",
    "compile_expressions",
    "evaluate",
    "hint",
    "known",
    "known_equal",
    "parse_size",
    "smax",
    "smin",
    "structural_key",
    "symbols_of",
]


def parse_size(text: str, scope: SizeScope) -> Dim:
    """The size that `text` says over the symbols of `scope`: parse_size(str(x), scope) == x."""
    return _parse_size(text, scope.symbols)
