"""The command: `python -m bench [--only NAME] [--peer SIDE=PYTHON] [--json FILE]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.measure import measure
from bench.report import as_json, machine, table
from bench.rows import ROW_NAMES, find_row

PEERS = ("tensorflow", "jax", "torch")
OWN_SIDES = ("jitgraph", "copy", "few")
"""Sides of this environment: a copy of the same bytes; jitgraph with little to look after."""


def main() -> int:
    """Measures the rows asked for; returns 1 if a side failed or differed."""
    options = _options()
    own = dict.fromkeys(OWN_SIDES, sys.executable)
    pythons = {**own, **dict(options.peer)}
    for side in options.without:
        pythons.pop(side, None)
    print(", ".join(f"{key}: {value}" for key, value in machine().items()) + "\n")
    measured = []
    for name in options.only or ROW_NAMES:
        measured.append(measure(find_row(name), pythons, options.rounds, options.seconds))
        print(table(measured[-1]), flush=True)
    if options.json:
        options.json.write_text(as_json(measured) + "\n")
    return int(any(row.errors for row in measured))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=ROW_NAMES, help="this row (repeatable)")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        type=_peer,
        metavar="SIDE=PYTHON",
        help="measure tensorflow, jax or torch too, with the Python of its environment",
    )
    parser.add_argument("--without", action="append", default=[], metavar="SIDE", help="leave out")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument("--rounds", type=int, default=5, help="turns that each side takes")
    parser.add_argument("--seconds", type=float, default=3.0, help="of timing, each side, each row")
    return parser.parse_args()


def _peer(text: str) -> tuple[str, str]:
    side, equals, python = text.partition("=")
    if not equals or side not in PEERS:
        known = " or ".join(f"{name}=PYTHON" for name in PEERS)
        raise argparse.ArgumentTypeError(f"{known}, got {text!r}")
    return side, str(Path(python).absolute())


if __name__ == "__main__":
    sys.exit(main())
