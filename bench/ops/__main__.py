"""The command: `python -m bench.ops --peer PYTHON [--models | --wider | --pictures] [--only TEXT]`.

In: the Python of an environment with TensorFlow. Out: a table of least times and their ratio, the
slowest beside TensorFlow first, and the geometric mean of the ratios. Results are compared before
they are counted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import geometric_mean
from typing import Any, NamedTuple

import numpy as np

from bench.ops.case import Case
from bench.ops.worker import cases_of
from bench.sides import QUIET, ROOT
from jitgraph.units import seconds_text

SIDES = ("jitgraph", "tensorflow")
KINDS = {
    "models": "whole models, not operations",
    "wider": "less common operations and shapes",
    "pictures": "colours, edges and likeness of pictures",
}


class Found(NamedTuple):
    """A case's least seconds here and there, whether the results agree, and what building and the
    first run took here and there."""

    name: str
    own: float
    peer: float
    agrees: bool
    own_first: float = 0.0
    peer_first: float = 0.0

    @property
    def ratio(self) -> float:
        """So many times TensorFlow's speed."""
        return self.peer / self.own


def main(argv: list[str] | None = None) -> int:
    """Measures, prints, and tells by its exit status whether all results agree."""
    options = _parsed(argv)
    kind = options.kind
    names = [name for name in cases_of(kind) if any(text in name for text in options.only or [""])]
    found = _measured(names, kind, options)
    if options.first:
        _tell_first(found)
    for each in sorted(found, key=lambda each: each.ratio):
        note = "" if each.agrees else "   RESULTS DIFFER"
        times = f"{seconds_text(each.own):>10}{seconds_text(each.peer):>12}"
        print(f"{each.name:32}{times}{each.ratio:9.2f} x{note}")
    mean = geometric_mean([each.ratio for each in found])
    slower = sum(each.ratio < 1 for each in found)
    print(f"{len(found)} cases, {slower} slower than TensorFlow; geometric mean {mean:.2f} x")
    if options.json:
        rows = [each._asdict() | {"ratio": each.ratio} for each in found]
        Path(options.json).write_text(json.dumps({"threads": options.threads, "cases": rows}))
    return 0 if all(each.agrees for each in found) else 1


def _tell_first(found: list[Found]) -> None:
    """What building and the first run took: compiling, where JITGRAPH_CACHE_DIR is empty."""
    for each in sorted(found, key=lambda each: each.own_first):
        times = f"{seconds_text(each.own_first):>10}{seconds_text(each.peer_first):>12}"
        print(f"{each.name:32}{times}   first run")


def _parsed(argv: list[str] | None) -> Any:
    parser = argparse.ArgumentParser("bench.ops", description=__doc__)
    parser.add_argument("--peer", required=True, help="the Python of an environment of TensorFlow")
    for kind, text in KINDS.items():
        parser.add_argument(f"--{kind}", action="store_const", const=kind, dest="kind", help=text)
    parser.set_defaults(kind="cases")
    parser.add_argument("--first", action="store_true", help="print first runs, too")
    parser.add_argument("--only", action="append", help="cases whose name has this (repeatable)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=0.2, help="of timing, each case and side")
    parser.add_argument("--json", help="write all figures")
    return parser.parse_args(argv)


def _measured(names: list[str], kind: str, options: Any) -> list[Found]:
    pythons = dict(zip(SIDES, (sys.executable, options.peer), strict=True))
    with tempfile.TemporaryDirectory(prefix="jitgraph-bench-") as folder:
        workers = [
            _started(side, kind, python, folder, options) for side, python in pythons.items()
        ]
        try:
            cases = cases_of(kind)
            found = (_found(cases[name], workers, Path(folder)) for name in names)
            return [each for each in found if each is not None]
        finally:
            for worker in workers:
                worker.kill()
                worker.communicate()


def _started(side: str, kind: str, python: str, folder: str, options: Any) -> subprocess.Popen[str]:
    threads = str(options.threads)
    return subprocess.Popen(
        [python, "-m", "bench.ops.worker", side, kind, threads, folder, str(options.seconds)],
        cwd=ROOT,
        env={**os.environ, **QUIET, "JITGRAPH_NUM_THREADS": threads},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=open(Path(folder) / side, "w"),
        text=True,
    )


def _found(case: Case, workers: list[subprocess.Popen[str]], folder: Path) -> Found | None:
    """One after the other, so that each has the machine for itself."""
    replies = []
    for side, worker in zip(SIDES, workers, strict=True):
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(case.name + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        if not line:
            raise RuntimeError(f"{case.name}, {side}: {(folder / side).read_text()[-1000:]}")
        reply = json.loads(line)
        if "error" in reply:
            print(f"{case.name}, {side}: {reply['error']}", flush=True)
            return None
        replies.append(reply)
    own, peer = replies
    agrees = case.is_random or _agree(own["path"], peer["path"])
    seconds = (own["seconds"], peer["seconds"])
    return Found(case.name, *seconds, agrees, own["first"], peer["first"])


def _agree(own: str, peer: str) -> bool:
    with np.load(own) as ours, np.load(peer) as theirs:
        return len(ours.files) == len(theirs.files) and all(
            ours[name].shape == theirs[name].shape and _close(ours[name], theirs[name])
            for name in ours.files
        )


def _close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    if ours.dtype.kind in "biu":
        return bool(np.array_equal(ours, theirs))
    rtol = 5e-2 if theirs.dtype.itemsize == 2 else 2e-3
    atol = 0.1 * rtol * float(np.abs(theirs).max(initial=1e-6))
    return bool(np.allclose(ours, theirs, rtol=rtol, atol=atol, equal_nan=True))


if __name__ == "__main__":
    raise SystemExit(main())
