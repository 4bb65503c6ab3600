"""Programs from text: the inverse of `printer`.

In: text, and the arrays that it only refers to. Out: a Program; what it prints is the text again.
The graph operations that instructions came from are not in the text and are lost.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ir.operand_attributes import told_by_operands
from jitgraph.ir.printer import HOST_DTYPE
from jitgraph.ir.program import Host, Instr, Operand, Program, Type, Value
from jitgraph.ir.sizes import SizeScope, parse_size
from jitgraph.ops.constants import CONST
from jitgraph.ops.registry import REGISTRY
from jitgraph.shapes import TensorShape

_SYMBOL = re.compile(r"symbol (\w+) = (-?\d+)(, any integer)?")
_GUARD = re.compile(r"guard (.+) (==|!=|<=|>=|<|>) (.+)")
_VALUE = re.compile(r"%(\S+): (\w+)\[(.*)\]")
_CALL = re.compile(r"(\w+)(?:\((.*)\))?(?: \{(.*)\})?")
_HOST = re.compile(r"(.*?)(?::(\w+)(\[[^\]]*\])?)?")
_REFERENCE = re.compile(r"<const \S* ?\w+ #(\d+)>")
_QUOTES = "'\""
_BEFORE_COMMENT = ("", "  ")
_NUMBERS = {"nan": float("nan"), "inf": float("inf")}


def parse_program(text: str, constants: Sequence[np.ndarray] | None = None) -> Program:
    """The program that a text says.

    Args:
      text: as `print_program` writes it; comments and blank lines may stand anywhere.
      constants: the arrays that the text refers to, as `large_constants` lists them.

    Raises:
      ValueError: a line is not understood; the message holds the line.

    Example:
      >>> parse_program(print_program(program), large_constants(program))
    """
    parser = _Parser(constants or ())
    for number, line in enumerate(text.splitlines(), 1):
        stripped = _without_comment(line).strip()
        if stripped:
            parser.read(stripped, number)
    return parser.program()


class _Parser:
    def __init__(self, constants: Sequence[np.ndarray], scope: SizeScope | None = None) -> None:
        self.constants = constants
        self.scope = SizeScope() if scope is None else scope
        self.values: dict[str, Value] = {}
        self.feeds: list[Value] = []
        self.states: list[Value] = []
        self.instrs: list[Instr] = []
        self.results: list[Value] = []
        self.updates: list[tuple[Value, Value]] = []
        self.inside: dict[str, list[tuple[int, str]]] | None = None
        self.depth = 0
        self.readers: dict[str, Callable[[str], None]] = {
            "symbol": self._symbol,
            "guard": self._guard,
            "feed": lambda line: self.feeds.append(self._declared(line[5:])),
            "state": lambda line: self.states.append(self._declared(line[6:])),
            "update": self._update,
            "return": self._return,
        }

    def read(self, line: str, number: int) -> None:
        if self.inside is not None:
            self._read_inside(line, number)
            return
        reader = self.readers.get(line.partition(" ")[0], self._instruction)
        try:
            reader(line)
        except (ValueError, KeyError, IndexError, TypeError, SyntaxError) as error:
            raise ValueError(f"line {number}: {error}: {line}") from error

    def program(self) -> Program:
        return Program(
            tuple(self.feeds),
            tuple(self.states),
            tuple(self.instrs),
            tuple(self.results),
            tuple(self.updates),
            self.scope,
        )

    # -- lines ---------------------------------------------------------------------------------

    def _symbol(self, line: str) -> None:
        name, hint, signed = _matched(_SYMBOL, line)
        self.scope.symbol(name, int(hint), minimum=None if signed else 0)

    def _guard(self, line: str) -> None:
        left, comparison, right = _matched(_GUARD, line)
        sides = parse_size(left, self.scope), parse_size(right, self.scope)
        if not self.scope.decide(sides[0], comparison, sides[1]):
            raise ValueError("the symbols' hints contradict it")

    def _update(self, line: str) -> None:
        state, _, value = line.removeprefix("update ").partition(" = ")
        self.updates.append((self._used(state), self._used(value)))

    def _return(self, line: str) -> None:
        self.results.extend(map(self._used, _split(line.removeprefix("return "))))

    def _instruction(self, line: str) -> None:
        left, call = _halves(line)
        name, operands, attributes = _matched(_CALL, call)
        if name not in REGISTRY:
            raise ValueError(f"there is no op {name}")
        definition = REGISTRY[name]
        types = [self._typed(part) for part in _split(left)]
        inputs = tuple(self._operand(part) for part in _split(operands or ""))
        if definition is CONST:
            dtype = types[0][1].dtype
            attrs = {"value": self._constant(attributes, types[0][1]), "dtype": dtype}
        else:
            attrs = self._attributes(attributes or "")
            attrs = {**told_by_operands(definition, inputs, attrs), **attrs}
        outputs = tuple(self._made(*each) for each in types)
        if definition.bodies:
            attrs["Tout"] = tuple(value.type.dtype for value in outputs)
            self.inside, self.depth = {}, 0
        self.instrs.append(Instr(definition, inputs, outputs, attrs))

    # -- programs inside an instruction --------------------------------------------------------

    def _read_inside(self, line: str, number: int) -> None:
        """Collects the lines of the programs inside the latest instruction, up to its `end`."""
        assert self.inside is not None
        if line == "end" and not self.depth:
            programs = {name: self._inner(lines) for name, lines in self.inside.items()}
            last = self.instrs[-1]
            self.instrs[-1] = replace(last, attrs={**last.attrs, **programs})
            self.inside = None
        elif line.endswith(":") and not self.depth:
            self.inside[line[:-1]] = []
        else:
            self.depth += _has_bodies(line) - (line == "end")
            self.inside[next(reversed(self.inside))].append((number, line))

    def _inner(self, lines: list[tuple[int, str]]) -> Program:
        parser = _Parser(self.constants, self.scope)
        for number, line in lines:
            parser.read(line, number)
        return parser.program()

    # -- values --------------------------------------------------------------------------------

    def _declared(self, text: str) -> Value:
        return self._made(*self._typed(text))

    def _made(self, name: str, type: Type) -> Value:
        if name in self.values:
            raise ValueError(f"%{name} is made twice")
        self.values[name] = value = Value(name, type)
        return value

    def _typed(self, text: str) -> tuple[str, Type]:
        name, dtype, dims = _matched(_VALUE, text)
        sizes = tuple(parse_size(dim, self.scope) for dim in _split(dims))
        return name, Type(dtypes.as_dtype(dtype), sizes)

    def _used(self, text: str) -> Value:
        name = text.strip().removeprefix("%")
        if name not in self.values:
            raise ValueError(f"%{name} is not defined before")
        return self.values[name]

    def _operand(self, text: str) -> Operand:
        if text.startswith("%"):
            return self._used(text)
        items, dtype, dims = _matched(_HOST, text)
        nested = self._expression(items)
        shape = _shape_of(nested) if dims is None else ast.literal_eval(dims)
        filled = _filled(nested, tuple(shape), np.dtype(object))
        return Host(HOST_DTYPE if dtype is None else dtypes.as_dtype(dtype), filled)

    # -- attributes ----------------------------------------------------------------------------

    def _attributes(self, text: str) -> dict[str, Any]:
        pairs = (part.partition("=") for part in _split(text))
        return {name: self._attribute(value) for name, _, value in pairs}

    def _attribute(self, text: str) -> Any:
        return self._referred(text) if text.startswith("<const") else self._expression(text)

    def _constant(self, text: str, type: Type) -> np.ndarray:
        if text.startswith("<const"):
            return self._referred(text)
        return _filled(self._expression(text), type.dims, _numpy_dtype(type.dtype))

    def _referred(self, text: str) -> np.ndarray:
        (number,) = _matched(_REFERENCE, text)
        if int(number) >= len(self.constants):
            raise ValueError(f"constant #{number} is not given")
        return self.constants[int(number)]

    def _expression(self, text: str) -> Any:
        return self._built(ast.parse(text.strip(), mode="eval").body)

    def _built(self, tree: ast.expr) -> Any:
        match tree:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name) if name in _NUMBERS:
                return _NUMBERS[name]
            case ast.Name(id=name) if name not in self.scope.symbols:
                return dtypes.as_dtype(name)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=value)):
                return -value  # type: ignore[operator]
            case ast.UnaryOp(op=ast.USub(), operand=ast.Name(id="inf")):
                return -_NUMBERS["inf"]
            case ast.Tuple(elts=items):
                return tuple(map(self._built, items))
            case ast.List(elts=items):
                return list(map(self._built, items))
            case ast.Call(func=ast.Name(id=name), args=given) if name in _CALLS:
                return _CALLS[name](*map(self._built, given))
        return parse_size(ast.unparse(tree), self.scope)


def _array(dtype: DType, shape: tuple[int, ...], nested: Any) -> np.ndarray:
    return _filled(nested, shape, _numpy_dtype(dtype))


_CALLS: dict[str, Callable[..., Any]] = {
    "array": _array,
    "complex": complex,
    "TensorShape": TensorShape,
}


def _numpy_dtype(dtype: DType) -> np.dtype[Any]:
    numpy_dtype: np.dtype[Any] = np.dtype(dtype.as_numpy_dtype)
    return numpy_dtype


def _filled(nested: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    result = np.empty(shape, dtype)
    items = list(_leaves(nested))
    if len(items) != result.size:
        raise ValueError(f"{len(items)} items don't fill {list(shape)}")
    flat = result.reshape(-1)
    for position, item in enumerate(items):
        flat[position] = item
    return result


def _leaves(nested: Any) -> Iterator[Any]:
    if not isinstance(nested, list):
        yield nested
        return
    for part in nested:
        yield from _leaves(part)


def _shape_of(nested: Any) -> tuple[int, ...]:
    if not isinstance(nested, list):
        return ()
    return (len(nested), *(_shape_of(nested[0]) if nested else ()))


# -- text ------------------------------------------------------------------------------------


def _matched(pattern: re.Pattern[str], text: str) -> tuple[Any, ...]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"not understood: {text!r}")
    return found.groups()


def _halves(line: str) -> tuple[str, str]:
    """An instruction's outputs and the rest; an instruction may have no outputs."""
    left, equals, right = line.partition(" = ")
    return (left, right) if equals and line.startswith("%") else ("", line)


def _has_bodies(line: str) -> bool:
    """Whether programs inside follow the line of an instruction."""
    found = _CALL.match(_halves(line)[1])
    return found is not None and found[1] in REGISTRY and bool(REGISTRY[found[1]].bodies)


def _without_comment(line: str) -> str:
    for position, _, is_quoted in _walk(line):
        starts = line[position] == "#" and line[:position][-2:] in _BEFORE_COMMENT
        if starts and not is_quoted:
            return line[:position]
    return line


def _split(text: str) -> list[str]:
    """The parts between commas that stand outside brackets and quotes."""
    parts, start = [], 0
    for position, depth, is_quoted in _walk(text):
        if text[position] == "," and depth == 0 and not is_quoted:
            parts.append(text[start:position].strip())
            start = position + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts


def _walk(text: str) -> Iterator[tuple[int, int, bool]]:
    """(position, depth of brackets, whether inside quotes) of every character."""
    depth, quote, escaped = 0, "", False
    for position, char in enumerate(text):
        if quote:
            yield position, depth, True
            ends = char == quote and not escaped
            escaped = char == "\\" and not escaped
            quote = "" if ends else quote
            continue
        quote = char if char in _QUOTES else ""
        depth += (char in "([{") - (char in ")]}")
        yield position, depth, False
