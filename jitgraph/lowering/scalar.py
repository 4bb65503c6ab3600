"""Scalar meaning of elementwise ops -> expressions of kernel source, typed.

In: an op's scalar expression ("1 / (1 + exp(-x))"), the names its inputs have in the kernel and
their dtypes. Out: a Python expression in which literals, integer results and function names are
those of one dtype ("float32(1) / (float32(1) + exp_float32(-v0))").
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ops.definition import OpDef, dtype_class

VECTOR_MATH = frozenset(
    "exp expm1 log log1p tanh sigmoid erf erfc sin cos tan sinh cosh asin acos atan atan2 "
    "asinh acosh atanh pow sqrt rsqrt softplus floor ceil rint lgamma digamma fmod "
    "floor_fmod".split()
)
"""Functions that exist once per compute dtype, named like `exp_float32`."""

EXPENSIVE = 10
"""The cost of a call of vector math, in arithmetic operations."""


def compute_name(dtype: DType) -> str:
    """The dtype a kernel computes in: half precision is widened to float32."""
    return "float32" if dtype.name in ("float16", "bfloat16") else dtype.name


@dataclass(frozen=True)
class Scalar:
    """An op's scalar expressions, one per output, ready to be put into kernel source."""

    expressions: tuple[str, ...]
    names: frozenset[str]
    constants: Mapping[str, str] = field(default_factory=dict)


def has_scalar(definition: OpDef, dtype: DType) -> bool:
    """Whether the op has an elementwise lowering for inputs of `dtype`."""
    return definition.scalar_for(dtype) is not None


@lru_cache(maxsize=4096)
def cost(definition: OpDef, dtype: DType) -> int:
    """How many arithmetic operations the op's scalar expression is worth."""
    text = definition.scalar_for(dtype)
    if text is None:
        return 1
    nodes = list(ast.walk(_parsed(text)))
    calls = sum(isinstance(n, ast.Call) and _function(n) in VECTOR_MATH for n in nodes)
    plain = sum(isinstance(n, (ast.BinOp, ast.Compare, ast.IfExp, ast.UnaryOp)) for n in nodes)
    return max(1, plain + EXPENSIVE * calls)


def scalar(
    definition: OpDef,
    operands: tuple[str, ...],
    in_dtype: DType,
    out_dtypes: tuple[DType, ...],
    attrs: Mapping[str, str],
) -> Scalar:
    """The op's expressions over the kernel's variables.

    Args:
      definition: the op.
      operands: the variables that hold its inputs.
      in_dtype: dtype of the first input (of the first output for an op without inputs).
      out_dtypes: dtypes of the outputs.
      attrs: for each attribute used, the variable or literal that holds it.
    """
    text = definition.scalar_for(in_dtype)
    if text is None:
        raise KeyError(f"{definition.name} has no scalar lowering for {in_dtype.name}")
    return _scalar(definition, text, operands, in_dtype, out_dtypes, tuple(sorted(attrs.items())))


@lru_cache(maxsize=4096)
def attribute_names(definition: OpDef, dtype: DType) -> tuple[str, ...]:
    """The attributes that the scalar expression for `dtype` uses."""
    text = definition.scalar_for(dtype) or ""
    check = definition.check_for(dtype)
    if check:
        text = f"({text}, {check[0]})"
    found = {node.id for node in ast.walk(_parsed(text)) if isinstance(node, ast.Name)}
    return tuple(name for name in definition.attrs if name in found)


def check_expression(
    definition: OpDef, operands: tuple[str, ...], in_dtype: DType, attrs: Mapping[str, str]
) -> Scalar:
    """The expression that is true for bad data."""
    check = definition.check_for(in_dtype)
    if check is None:
        raise KeyError(definition.name)
    from jitgraph import dtypes

    items = tuple(sorted(attrs.items()))
    return _scalar(definition, check[0], operands, in_dtype, (dtypes.bool,), items)


@lru_cache(maxsize=512)
def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _function(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _scalar(
    definition: OpDef,
    text: str,
    operands: tuple[str, ...],
    in_dtype: DType,
    out_dtypes: tuple[DType, ...],
    attrs: tuple[tuple[str, str], ...],
) -> Scalar:
    template = _template(definition, text, in_dtype, out_dtypes)
    values = dict(zip((arg.name for arg in definition.inputs), operands, strict=False))
    values.update(attrs)
    expressions = tuple(
        "".join(values.get(part[1], part[1]) if part[0] else part[1] for part in pieces)
        for pieces in template.pieces
    )
    return Scalar(expressions, template.names, template.constants)


@dataclass(frozen=True)
class _Template:
    """A typed expression cut into (is a variable, text) pieces, made once per op and dtype."""

    pieces: tuple[tuple[tuple[bool, str], ...], ...]
    names: frozenset[str]
    constants: Mapping[str, str]


@lru_cache(maxsize=4096)
def _template(
    definition: OpDef, text: str, in_dtype: DType, out_dtypes: tuple[DType, ...]
) -> _Template:
    tree = _parsed(text)
    parts = list(tree.elts) if isinstance(tree, ast.Tuple) else [tree]
    names: set[str] = set()
    constants: dict[str, str] = {}
    rendered = []
    for part, out in zip(parts, out_dtypes, strict=False):
        writer = _Writer(compute_name(in_dtype), compute_name(out), names, constants)
        result = writer.expression(part)
        if dtype_class(out) == "int" and not writer.is_wrapped(part):
            names.add(out.name)
            result = [(False, f"{out.name}("), *result, (False, ")")]
        rendered.append(_merged(result))
    return _Template(tuple(rendered), frozenset(names), constants)


def _merged(pieces: list[tuple[bool, str]]) -> tuple[tuple[bool, str], ...]:
    result: list[tuple[bool, str]] = []
    for is_variable, text in pieces:
        if result and not is_variable and not result[-1][0]:
            result[-1] = (False, result[-1][1] + text)
        else:
            result.append((is_variable, text))
    return tuple(result)


Pieces = list[tuple[bool, str]]

_BINARY = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.BitAnd: "&", ast.BitOr: "|",
    ast.BitXor: "^", ast.Pow: "**",
}  # fmt: skip
_COMPARE = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_WRAPPED_INTEGERS = ("int8", "int16", "int32", "uint8", "uint16", "uint32")


class _Writer:
    """Renders one expression tree for one dtype."""

    def __init__(self, compute: str, out: str, names: set[str], constants: dict[str, str]) -> None:
        self.compute = compute
        self.out = out
        self.names = names
        self.constants = constants
        self.wraps = compute in _WRAPPED_INTEGERS

    def is_wrapped(self, node: ast.expr) -> bool:
        """Whether the rendered expression already has the output's integer dtype."""
        return isinstance(node, ast.Call) and _function(node) == "cast"

    def expression(self, node: ast.expr) -> Pieces:
        kind = type(node)
        if kind is ast.Name:
            return [(True, node.id)]  # type: ignore[attr-defined]
        if kind is ast.Constant:
            return self._literal(node.value)  # type: ignore[attr-defined]
        handler = getattr(self, f"_{kind.__name__.lower()}", None)
        if handler is None:
            raise TypeError(f"not allowed in a scalar expression: {ast.dump(node)}")
        result: Pieces = handler(node)
        return result

    def _literal(self, value: Any) -> Pieces:
        if isinstance(value, bool):
            return [(False, repr(value))]
        name = f"{self.compute}_{_identifier(value)}"
        self.names.add(self.compute)
        number = repr(float(value)) if self.compute.startswith("float") else repr(value)
        self.constants[name] = f"{self.compute}({number})"
        return [(False, name)]

    def _binop(self, node: ast.BinOp) -> Pieces:
        inside = self._joined(node.left, f" {_BINARY[type(node.op)]} ", node.right)
        return self._wrapped(inside)

    def _unaryop(self, node: ast.UnaryOp) -> Pieces:
        operand = self.expression(node.operand)
        if isinstance(node.op, ast.Not):
            return [(False, "(not "), *operand, (False, ")")]
        sign = "-" if isinstance(node.op, ast.USub) else "~"
        return self._wrapped([(False, f"({sign}"), *operand, (False, ")")])

    def _wrapped(self, inside: Pieces) -> Pieces:
        if not self.wraps:
            return inside
        self.names.add(self.compute)
        return [(False, self.compute), *inside]

    def _joined(self, left: ast.expr, sign: str, right: ast.expr) -> Pieces:
        parts = [*self.expression(left), (False, sign), *self.expression(right)]
        return [(False, "("), *parts, (False, ")")]

    def _compare(self, node: ast.Compare) -> Pieces:
        return self._joined(node.left, f" {_COMPARE[type(node.ops[0])]} ", node.comparators[0])

    def _boolop(self, node: ast.BoolOp) -> Pieces:
        sign = " & " if isinstance(node.op, ast.And) else " | "
        result = self.expression(node.values[0])
        for value in node.values[1:]:
            result = [(False, "("), *result, (False, sign), *self.expression(value), (False, ")")]
        return result

    def _ifexp(self, node: ast.IfExp) -> Pieces:
        self.names.add("select")
        arguments = [self.expression(part) for part in (node.test, node.body, node.orelse)]
        return self._called("select", arguments)

    def _call(self, node: ast.Call) -> Pieces:
        function = _function(node)
        arguments = [self.expression(argument) for argument in node.args]
        if function == "cast":
            name = f"cast_{self.out}"
        elif function in VECTOR_MATH:
            name = f"{function}_{self.compute}"
        else:
            name = function
        self.names.add(name)
        return self._called(name, arguments)

    @staticmethod
    def _called(name: str, arguments: list[Pieces]) -> Pieces:
        result: Pieces = [(False, f"{name}(")]
        for position, argument in enumerate(arguments):
            result.extend([(False, ", ")] if position else [])
            result.extend(argument)
        result.append((False, ")"))
        return result


def _identifier(value: Any) -> str:
    text = repr(value).replace("-", "m").replace("+", "p").replace(".", "_")
    return "".join(c if c.isalnum() or c == "_" else "_" for c in text)
