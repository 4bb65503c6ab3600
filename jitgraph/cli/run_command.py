"""`jitgraph run SCRIPT`: runs a TensorFlow 1 script as it is, on jitgraph.

In: a script and its arguments. Out: what the script prints, and its exit status; with --report,
what was compiled and where kernels came from, on the standard error.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from jitgraph.cli.served_script import run_served


def add_to(commands: Any) -> None:
    """Adds the command to a parser's."""
    text = "runs a TensorFlow 1 script unchanged: its `import tensorflow` is served by jitgraph"
    parser = commands.add_parser("run", help=text, description=text)
    parser.add_argument(
        "--report", action="store_true", help="tells at the end what was compiled and cached"
    )
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Runs the script; its exit status is the command's."""
    _print_numbers_as_before()
    status = run_served(asked.script, asked.arguments)
    if asked.report:
        sys.stdout.flush()
        print(f"\n{_report()}", file=sys.stderr)
    return status


def _print_numbers_as_before() -> None:
    """NumPy prints 1.5 in a list, not np.float32(1.5): as it did when such scripts were written."""
    import numpy as np

    np.set_printoptions(legacy="1.25")  # type: ignore[arg-type]


def _report() -> str:
    from jitgraph.inspection import cache

    return f"{cache.why()}\n\n{cache.stats()}"
