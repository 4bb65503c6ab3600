"""Stage kernels: the word language, for native code that only moves words about.

In: Python source in which every value is an int64: functions of positional parameters over
assignments, if, while, for … in range(n), return, integer operators (// of what is not
negative), comparisons, min, and calls of the source's own functions or of `word_primitives`.
Imported integers are constants.
Out: LLVM text in which `kernel` is a C function. No Numba: a thread pool's worker is compiled in
milliseconds, where typing it as Python would take a second.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LANGUAGE = "words"

_BINARY = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.FloorDiv: "sdiv",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.LShift: "shl",
    ast.RShift: "ashr",
}
_COMPARISONS = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "slt",
    ast.LtE: "sle",
    ast.Gt: "sgt",
    ast.GtE: "sge",
}


class WordSyntaxError(SyntaxError):
    """Native source that is not in the word language."""


@dataclass(frozen=True)
class EmittedWords:
    """LLVM text of one module; it links with nothing."""

    text: str
    helpers: tuple[bytes, ...] = ()


def emit_words(source: str, symbol: str, attributes: str = "") -> EmittedWords:
    """LLVM text of `source`; its function `kernel` is named `symbol`."""
    body = ast.parse(source).body
    names: dict[str, Any] = {}
    for node in body:
        _read_names(node, names)
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    symbols = {node.name: f"local_{node.name}" for node in functions} | {"kernel": symbol}
    declarations: dict[str, None] = {}
    texts = []
    for node in functions:
        emitted = _FunctionEmitter(node, names, symbols, declarations)
        texts.append(emitted.text("" if node.name == "kernel" else "internal ", attributes))
    return EmittedWords("\n".join([*declarations, *texts]))


def _read_names(node: ast.stmt, names: dict[str, Any]) -> None:
    """Imports and constants of the source."""
    if isinstance(node, ast.ImportFrom) and node.module:
        module = importlib.import_module(node.module)
        names.update(
            (alias.asname or alias.name, getattr(module, alias.name)) for alias in node.names
        )
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        names[node.targets[0].id] = ast.literal_eval(node.value)
    elif not isinstance(node, (ast.FunctionDef, ast.Expr)):
        raise _not_a_word(node)


def _not_a_word(node: ast.AST) -> WordSyntaxError:
    line = getattr(node, "lineno", 0)
    return WordSyntaxError(f"line {line}: not in the word language: {ast.unparse(node)}")


@dataclass
class _FunctionEmitter:
    """One function as LLVM text. Variables live on the stack until LLVM lifts them."""

    node: ast.FunctionDef
    names: Mapping[str, Any]
    symbols: Mapping[str, str]
    declarations: dict[str, None]
    lines: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def text(self, linkage: str, attributes: str) -> str:
        parameters = [argument.arg for argument in self.node.args.args]
        for name in parameters:
            self._assign(name, f"%arg.{name}")
        self._block(self.node.body)
        self.effect("ret i64 0")
        typed = ", ".join(f"i64 %arg.{name}" for name in parameters)
        symbol = self.symbols[self.node.name]
        places = [f"  {place} = alloca i64" for place in self.variables.values()]
        body = "\n".join([*places, "  br label %start", "start:", *self.lines])
        return (
            f"define {linkage}i64 @{symbol}({typed}) nounwind optsize {attributes} {{\n{body}\n}}"
        )

    def value(self, instruction: str) -> str:
        self.count += 1
        self.lines.append(f"  %v{self.count} = {instruction}")
        return f"%v{self.count}"

    def effect(self, instruction: str) -> None:
        self.lines.append(f"  {instruction}")

    def declare(self, declaration: str) -> None:
        self.declarations[declaration] = None

    def _labels(self, *kinds: str) -> list[str]:
        self.count += 1
        return [f"{kind}.{self.count}" for kind in kinds]

    def _label(self, label: str) -> None:
        """Fall through into `label`; dead behind a return, where a block may begin anyhow."""
        self.lines += [f"  br label %{label}", f"{label}:"]

    def _terminate(self, instruction: str) -> None:
        """End the block; what follows, if anything, is unreachable."""
        (label,) = self._labels("behind")
        self.lines += [f"  {instruction}", f"{label}:"]

    def _assign(self, name: str, value: str) -> None:
        place = self.variables.setdefault(name, f"%var.{name}")
        self.effect(f"store i64 {value}, ptr {place}")

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                self._assign(name, self._word(value))
            case ast.AugAssign(target=ast.Name(name) as target, op=op, value=value):
                current = ast.copy_location(ast.Name(target.id, ast.Load()), target)
                self._assign(name, self._word(ast.BinOp(current, op, value)))
            case ast.Return(value=value):
                self._terminate(f"ret i64 {self._word(value) if value else 0}")
            case ast.If():
                self._if(node)
            case ast.While(orelse=[]):
                self._while(node.test, node.body)
            case ast.For(
                target=ast.Name(name),
                iter=ast.Call(func=ast.Name("range"), args=[stop]),
                orelse=[],
            ):
                self._for(name, stop, node.body)
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Expr(value=ast.Call() as call):
                self._word(call)
            case _:
                raise _not_a_word(node)

    def _if(self, node: ast.If) -> None:
        then, other, done = self._labels("then", "else", "done")
        self._branch(node.test, then, other)
        self.lines.append(f"{then}:")
        self._block(node.body)
        self.lines += [f"  br label %{done}", f"{other}:"]
        self._block(node.orelse)
        self._label(done)

    def _while(self, test: ast.expr, body: Sequence[ast.stmt]) -> None:
        head, inside, done = self._labels("head", "body", "done")
        self._label(head)
        self._branch(test, inside, done)
        self.lines.append(f"{inside}:")
        self._block(body)
        self.lines += [f"  br label %{head}", f"{done}:"]

    def _for(self, name: str, stop: ast.expr, body: Sequence[ast.stmt]) -> None:
        (counter, limit) = self._labels("counter", "limit")
        self._assign(limit, self._word(stop))
        self._assign(counter, "0")
        head, inside, done = self._labels("head", "body", "done")
        self._label(head)
        before = self.value(f"load i64, ptr %var.{counter}")
        end = self.value(f"load i64, ptr %var.{limit}")
        more = self.value(f"icmp slt i64 {before}, {end}")
        self.effect(f"br i1 {more}, label %{inside}, label %{done}")
        self.lines.append(f"{inside}:")
        self._assign(name, before)
        self._assign(counter, self.value(f"add i64 {before}, 1"))
        self._block(body)
        self.lines += [f"  br label %{head}", f"{done}:"]

    def _branch(self, test: ast.expr, then: str, other: str) -> None:
        self.effect(f"br i1 {self._truth(test)}, label %{then}, label %{other}")

    def _truth(self, node: ast.expr) -> str:
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                operands = f"{self._word(left)}, {self._word(right)}"
                return self.value(f"icmp {_COMPARISONS[type(op)]} i64 {operands}")
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.value(f"xor i1 {self._truth(operand)}, true")
            case ast.Constant(value=bool(value)):
                return str(value).lower()
            case ast.Compare():
                raise _not_a_word(node)
            case _:
                return self.value(f"icmp ne i64 {self._word(node)}, 0")

    def _word(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=int(value)):
                return str(int(value))
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                operands = f"{self._word(left)}, {self._word(right)}"
                return self.value(f"{_BINARY[type(op)]} i64 {operands}")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.value(f"sub i64 0, {self._word(operand)}")
            case ast.BoolOp():
                return self._short_circuit(node)
            case ast.IfExp():
                return self._choice(node)
            case ast.Compare() | ast.UnaryOp(op=ast.Not()):
                return self.value(f"zext i1 {self._truth(node)} to i64")
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(node, name, [self._word(argument) for argument in arguments])
            case _:
                raise _not_a_word(node)

    def _name(self, node: ast.expr, name: str) -> str:
        if name in self.variables:
            return self.value(f"load i64, ptr {self.variables[name]}")
        if isinstance(self.names.get(name), int):
            return str(self.names[name])
        raise _not_a_word(node)

    def _call(self, node: ast.expr, name: str, words: list[str]) -> str:
        if name == "min" and len(words) == 2:
            less = self.value(f"icmp slt i64 {words[0]}, {words[1]}")
            return self.value(f"select i1 {less}, i64 {words[0]}, i64 {words[1]}")
        if name in self.symbols:
            operands = ", ".join(f"i64 {word}" for word in words)
            return self.value(f"call i64 @{self.symbols[name]}({operands})")
        if callable(self.names.get(name)):
            result: str = self.names[name](self, *words)
            return result
        raise _not_a_word(node)

    def _short_circuit(self, node: ast.BoolOp) -> str:
        """`and` and `or` give 0 or 1, not an operand."""
        (result,) = self._labels("truth")
        more, done = self._labels("more", "done")
        *first, last = node.values
        for operand in first:
            truth = self._truth(operand)
            self._assign(result, self.value(f"zext i1 {truth} to i64"))
            then, other = (more, done) if isinstance(node.op, ast.And) else (done, more)
            self.effect(f"br i1 {truth}, label %{then}, label %{other}")
            self.lines.append(f"{more}:")
            (more,) = self._labels("more")
        self._assign(result, self.value(f"zext i1 {self._truth(last)} to i64"))
        self._label(done)
        return self.value(f"load i64, ptr {self.variables[result]}")

    def _choice(self, node: ast.IfExp) -> str:
        (result,) = self._labels("choice")
        then, other, done = self._labels("then", "else", "done")
        self._branch(node.test, then, other)
        self.lines.append(f"{then}:")
        self._assign(result, self._word(node.body))
        self.lines += [f"  br label %{done}", f"{other}:"]
        self._assign(result, self._word(node.orelse))
        self._label(done)
        return self.value(f"load i64, ptr {self.variables[result]}")
