"""`jitgraph check SCRIPT|FOLDER`: which of TensorFlow's symbols jitgraph lacks; runs nothing.

In: scripts. Out: a line for each use of a symbol that is missing, then a summary; status 1 if any.
"""

from __future__ import annotations

import argparse
import tokenize
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any


def add_to(commands: Any) -> None:
    """Adds the command to a parser's."""
    text = "tells which of the symbols that scripts use jitgraph lacks, without running them"
    parser = commands.add_parser("check", help=text, description=text)
    parser.add_argument("paths", nargs="+", metavar="SCRIPT|FOLDER")
    parser.set_defaults(run=check)


def check(asked: argparse.Namespace) -> int:
    """Prints what is missing; 0 where nothing is."""
    from jitgraph.served.symbols import Symbols

    symbols = Symbols(import_module("jitgraph"))
    missing: Counter[str] = Counter()
    used: set[str] = set()
    files = unread = 0
    for path in _scripts(asked.paths):
        files += 1
        try:
            uses = _uses(path, symbols)
        except (SyntaxError, UnicodeDecodeError) as error:
            unread += 1
            print(f"{path}:{getattr(error, 'lineno', None) or 1}: {_reason(error)}")
            continue
        used.update(use.symbol for use in uses)
        for use in uses:
            if not symbols.has(use.symbol):
                missing[use.symbol] += 1
                print(f"{path}:{use.line}: {use.symbol}")
    print(_summary(files, unread, len(used), missing))
    return int(bool(missing or unread))


def _uses(path: Path, symbols: Any) -> Any:
    from jitgraph.served.symbols import used_symbols

    with tokenize.open(path) as file:
        return used_symbols(file.read(), symbols)


def _scripts(paths: list[str]) -> Iterator[Path]:
    for name in paths:
        path = Path(name)
        if not path.exists():
            raise FileNotFoundError(f"there is no script or folder {name}")
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _reason(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"no Python 3: {error.msg}"
    return f"can't be read: {error}"


def _summary(files: int, unread: int, used: int, missing: Counter[str]) -> str:
    lines = [f"{symbol}: {count} times" for symbol, count in missing.most_common() if count > 1]
    counts = f"{files} files, {used} symbols used, {len(missing)} of them missing"
    return "\n".join([*lines, f"{counts}, {unread} files can't be read" if unread else counts])
