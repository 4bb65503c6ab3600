"""The command `jitgraph`: takes its arguments apart and calls what they name.

In: arguments. Out: what the command prints; 0, or 1 where it failed and 2 where it was misused.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from jitgraph.cli import (
    cache_commands,
    check_command,
    explain_command,
    profile_command,
    run_command,
)

COMMANDS = (run_command, check_command, explain_command, profile_command, cache_commands)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives the exit status.

    Args:
      arguments: those of the process when None.
    """
    asked = _parser().parse_args(arguments)
    try:
        status: int = asked.run(asked)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (KeyError, ValueError, OSError) as error:
        text = error.args[0] if isinstance(error, KeyError) and error.args else error
        print(f"jitgraph: {text}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("jitgraph", description="Looks at what jitgraph compiled.")
    parser.add_argument("--version", action="version", version=f"jitgraph {version('jitgraph')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add_to(commands)
    return parser
