"""`jitgraph explain SCRIPT`: what became of each graph that a script's sessions ran.

In: a script and its arguments. Out: what the script prints, then an explanation of every
compilation; with --html FILE as a page.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from jitgraph.cli.served_script import run_served


def add_to(commands: Any) -> None:
    """Adds the command to a parser's."""
    text = "runs a script, then tells what the compiler made of its graphs"
    parser = commands.add_parser("explain", help=text, description=text)
    parser.add_argument("--html", metavar="FILE", help="writes a page with every stage to FILE")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=explain)


def explain(asked: argparse.Namespace) -> int:
    """Runs the script and explains its compilations; its exit status is the command's."""
    from jitgraph.inspection.observed import explanations
    from jitgraph.inspection.report.page import pages

    with explanations() as found:
        status = run_served(asked.script, asked.arguments)
    sys.stdout.flush()
    if not found:
        print("\nno session compiled anything")
        return status
    for name, explained in found:
        print(f"\n== {name}\n\n{explained}")
    if asked.html:
        Path(asked.html).write_text(pages(found, Path(asked.script).name), encoding="utf-8")
        print(f"\nevery stage of them: {asked.html}")
    return status
