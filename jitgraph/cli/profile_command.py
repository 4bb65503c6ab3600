"""`jitgraph profile SCRIPT`: the kernels that a script's sessions run, by time.

In: a script and its arguments. Out: what the script prints, then the table; JSON with --json.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from jitgraph.cli.served_script import run_served

MOST = 30


def add_to(commands: Any) -> None:
    """Adds the command to a parser's."""
    text = "runs a script, then tells which kernels took how long"
    parser = commands.add_parser("profile", help=text, description=text)
    parser.add_argument("--json", metavar="FILE", help="writes the figures to FILE, too")
    parser.add_argument("--most", type=int, default=MOST, help=f"so many kernels (default {MOST})")
    parser.add_argument("--no-roof", action="store_true", help="does not measure the machine")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=profile)


def profile(asked: argparse.Namespace) -> int:
    """Runs the script under the profile; its exit status is the command's."""
    from jitgraph.inspection.profile import profiled
    from jitgraph.inspection.roof import measured_roof

    roof = None if asked.no_roof else measured_roof()
    with profiled() as found:
        status = run_served(asked.script, asked.arguments)
    sys.stdout.flush()
    print(f"\n{found.text(roof, asked.most)}")
    if asked.json:
        _write(asked.json, found, roof)
    return status


def _write(path: str, found: Any, roof: Any) -> None:
    kernels = [{**vars(kernel), "ops": list(kernel.ops)} for kernel in found.kernels]
    figures = {"runs": found.runs, "seconds": found.seconds, "kernels": kernels}
    if roof is not None:
        figures["roof"] = vars(roof)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
