"""Colour on a terminal, and nowhere else.

In: text. Out: the same with escape sequences around it where standard output is a terminal that
wants them: not into files and pipes, and not when NO_COLOR is set. Sources are coloured by rich
where it is installed.
"""

from __future__ import annotations

import importlib.util
import os
import sys

_BOLD, _FAINT, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def is_colourful() -> bool:
    """Whether standard output is a terminal that shows colours, and the user likes them."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def title(text: str) -> str:
    """A heading."""
    return f"{_BOLD}{text}{_RESET}" if is_colourful() else text


def faint(text: str) -> str:
    """What matters less."""
    return f"{_FAINT}{text}{_RESET}" if is_colourful() else text


def code(text: str, language: str) -> str:
    """Source in a language that rich knows: python, llvm, nasm."""
    if not is_colourful() or importlib.util.find_spec("rich") is None:
        return text
    from rich.console import Console
    from rich.syntax import Syntax

    lines = text.splitlines()
    console = Console(width=max(map(len, lines), default=0) + 1)
    with console.capture() as captured:
        console.print(Syntax(text, language, theme="ansi_dark", background_color="default"))
    return captured.get().rstrip()
