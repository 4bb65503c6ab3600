"""Which of TensorFlow's symbols a script uses, and which of those jitgraph has.

In: source text, read as a tree and never run. Out: (line, symbol) pairs; whether a symbol is there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from jitgraph.served.finder import ROOT, TensorFlowFinder

_ROOTS = (ROOT, "jitgraph")
_ABSENT = object()
_NOT_INSTALLED = object()


@dataclass(frozen=True, order=True)
class Use:
    """A use of a symbol: `symbol` is dotted, from "tf" on."""

    line: int
    symbol: str


class Symbols:
    """TensorFlow's symbols as jitgraph has them.

    Args:
      package: jitgraph.
    """

    def __init__(self, package: ModuleType) -> None:
        self._finder = TensorFlowFinder(package, "")
        self._package = package
        self._known: dict[str, bool] = {}

    def has(self, symbol: str) -> bool:
        """Whether jitgraph has "tf.nn.relu", or what is imported as "tf.python.ops.nn.relu"."""
        if symbol not in self._known:
            self._known[symbol] = self._look_up(symbol.split(".")[1:]) is not _ABSENT
        return self._known[symbol]

    def is_module(self, symbol: str) -> bool:
        """Whether the symbol is a module, whose names are symbols."""
        return isinstance(self._look_up(symbol.split(".")[1:]), ModuleType)

    def _look_up(self, names: list[str]) -> Any:
        if names[:2] == ["compat", "v1"]:
            return self._look_up(names[2:])
        found = _walk(self._package, names)
        for end in range(len(names), 0, -1):
            if found is not _ABSENT:
                return found
            for source in self._finder.sources(".".join(names[:end])):
                found = _walk(source, names[end:])
                if found is not _ABSENT:
                    return found
        return found


def _walk(found: Any, names: list[str]) -> Any:
    for name in names:
        if not isinstance(found, ModuleType | type):
            return found
        try:
            found = getattr(found, name, _ABSENT)
        except ImportError:  # an extra that is not installed: the name is there
            return _NOT_INSTALLED
        if found is _ABSENT:
            return _ABSENT
    return found


def used_symbols(source: str, symbols: Symbols) -> list[Use]:
    """The symbols of TensorFlow that a script uses, each line once.

    Args:
      source: Python text.
      symbols: tells which of them are modules, so that `layers = tf.layers` is followed.

    Raises:
      SyntaxError: it is none.
    """
    tree = ast.parse(source)
    names = dict(_imported(tree))
    names.update(_renamed(tree, names, symbols))
    uses = {Use(line, symbol) for line, symbol in _mentioned(tree, names)}
    uses.update(Use(line, symbol) for line, symbol in _imports(tree))
    return sorted(uses)


def _public(module: str) -> str | None:
    root, _, rest = module.partition(".")
    if root not in _ROOTS:
        return None
    return f"tf.{rest}" if rest else "tf"


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(name in the script, symbol that it stands for)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                symbol = _public(alias.name)
                if symbol is not None and alias.asname:
                    yield alias.asname, symbol
                elif symbol is not None:
                    yield alias.name.partition(".")[0], "tf"
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            symbol = _public(node.module)
            if symbol is not None:
                yield from ((a.asname or a.name, f"{symbol}.{a.name}") for a in node.names)


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, symbol) of what import statements name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                symbol = _public(alias.name)
                if symbol not in (None, "tf"):
                    yield node.lineno, str(symbol)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            symbol = _public(node.module)
            if symbol is not None and node.module != "__future__":
                for alias in node.names:
                    yield node.lineno, symbol if alias.name == "*" else f"{symbol}.{alias.name}"


def _renamed(tree: ast.AST, names: dict[str, str], symbols: Symbols) -> Iterator[tuple[str, str]]:
    """Of `slim = tf.contrib.slim`: ("slim", "tf.contrib.slim")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            symbol = _symbol(node.value, names)
            if symbol is not None and symbols.is_module(symbol):
                yield node.targets[0].id, symbol


def _mentioned(tree: ast.AST, names: dict[str, str]) -> Iterator[tuple[int, str]]:
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inner:
            symbol = _symbol(node, names)
            if symbol is not None:
                yield node.lineno, symbol


def _symbol(node: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        outer = _symbol(node.value, names)
        return None if outer is None else f"{outer}.{node.attr}"
    return None
