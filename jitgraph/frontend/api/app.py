"""tf.app: `run`, which starts a script's main, and `flags`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from jitgraph.frontend.api import flags

HELP = ("help", "helpshort", "helpfull")


def run(main: Callable[[list[str]], Any] | None = None, argv: Sequence[str] | None = None) -> Any:
    """Reads the command line, calls `main` with what is no flag, ends the process.

    Args:
      main: called with the program's name and the arguments that are no flags of it; the `main` of
        the script when None.
      argv: the command line; that of the process when None.

    Raises:
      SystemExit: at the end, with what `main` returned.
      tf.flags.IllegalFlagValueError: a flag can't have the value that is given.

    Example:
      >>> tf.app.run(main=lambda argv: print(tf.app.flags.FLAGS.steps))
    """
    script = sys.modules["__main__"]
    start = main or script.main
    given = list(sys.argv if argv is None else argv)
    asked = [name for name in HELP if {f"--{name}", f"-{name}"} & set(given[1:])]
    if asked and not any(name in flags.FLAGS for name in asked):
        _show_help(given[0], script.__doc__)
    sys.exit(start(flags.FLAGS(given, known_only=True)))


def _show_help(program: str, about: str | None) -> NoReturn:
    usage = (about or f"\nUSAGE: {program} [flags]\n").replace("%s", program)
    print(f"{usage}flags:\n{flags.FLAGS.get_help()}\n\nTry --helpfull to get a list of all flags.")
    sys.exit(1)
