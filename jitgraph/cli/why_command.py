"""`jitgraph cache why SCRIPT`: what a script compiles, and what makes each compilation necessary.

In: a script and its arguments. Out: what the script prints, then the compilations; JSON with
--json FILE.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from jitgraph.cli.served_script import run_served
from jitgraph.inspection import cache
from jitgraph.inspection.listing import counted, seconds_text


def add_why(commands: Any) -> None:
    """Adds the command to a parser's."""
    text = "runs a script, then tells what was compiled, and why"
    parser = commands.add_parser("why", help=text, description=text)
    parser.add_argument("--json", metavar="FILE", help="writes the compilations to FILE, too")
    parser.add_argument("script")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=why)


def why(asked: argparse.Namespace) -> int:
    """Runs the script and tells its compilations; its exit status is the command's."""
    before = len(cache.why())
    status = run_served(asked.script, asked.arguments)
    found = cache.why()[before:]
    sys.stdout.flush()
    print(f"\n{counted(len(found), 'compilation')}")
    for each in found:
        print(each)
    seconds = sum(sum(each.seconds.values()) for each in found)
    print(f"together {seconds_text(seconds)}")
    if asked.json:
        text = json.dumps([dataclasses.asdict(each) for each in found], indent=1)
        Path(asked.json).write_text(text)
    return status
