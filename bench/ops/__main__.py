"""The command: `python -m bench.ops --peer PYTHON [--models] [--only TEXT] [--threads N]`.

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

from bench.ops.cases import CASES
from bench.ops.models import MODELS
from bench.sides import QUIET, ROOT
from jitgraph.units import seconds_text

SIDES = ("jitgraph", "tensorflow")


class Found(NamedTuple):
    """A case's least seconds here and there, and whether the results agree."""

    name: str
    own: float
    peer: float
    agrees: bool

    @property
    def ratio(self) -> float:
        """So many times TensorFlow's speed."""
        return self.peer / self.own


def main(argv: list[str] | None = None) -> int:
    """Measures, prints, and tells by its exit status whether all results agree."""
    options = _parsed(argv)
    known = MODELS if options.models else CASES
    names = [name for name in known if any(text in name for text in options.only or [""])]
    found = _measured(names, options)
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


def _parsed(argv: list[str] | None) -> Any:
    parser = argparse.ArgumentParser("bench.ops", description=__doc__)
    parser.add_argument("--peer", required=True, help="the Python of an environment of TensorFlow")
    parser.add_argument("--models", action="store_true", help="whole models, not operations")
    parser.add_argument("--only", action="append", help="cases whose name has this (repeatable)")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=0.2, help="of timing, each case and side")
    parser.add_argument("--json", help="write all figures")
    return parser.parse_args(argv)


def _measured(names: list[str], options: Any) -> list[Found]:
    pythons = dict(zip(SIDES, (sys.executable, options.peer), strict=True))
    with tempfile.TemporaryDirectory(prefix="jitgraph-bench-") as folder:
        workers = [_started(side, python, folder, options) for side, python in pythons.items()]
        try:
            return [_found(name, workers, Path(folder)) for name in names]
        finally:
            for worker in workers:
                worker.kill()
                worker.communicate()


def _started(side: str, python: str, folder: str, options: Any) -> subprocess.Popen[str]:
    threads = str(options.threads)
    return subprocess.Popen(
        [python, "-m", "bench.ops.worker", side, threads, folder, str(options.seconds)],
        cwd=ROOT,
        env={**os.environ, **QUIET, "JITGRAPH_NUM_THREADS": threads},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=open(Path(folder) / side, "w"),
        text=True,
    )


def _found(name: str, workers: list[subprocess.Popen[str]], folder: Path) -> Found:
    """One after the other, so that each has the machine for itself."""
    replies = []
    for side, worker in zip(SIDES, workers, strict=True):
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(name + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        if not line:
            raise RuntimeError(f"{name}, {side}: {(folder / side).read_text()[-1000:]}")
        replies.append(json.loads(line))
    own, peer = replies
    agrees = (CASES | MODELS)[name].is_random or _agree(own["path"], peer["path"])
    return Found(name, own["seconds"], peer["seconds"], agrees)


def _agree(own: str, peer: str) -> bool:
    with np.load(own) as ours, np.load(peer) as theirs:
        return len(ours.files) == len(theirs.files) and all(
            ours[name].shape == theirs[name].shape and _close(ours[name], theirs[name])
            for name in ours.files
        )


def _close(ours: np.ndarray, theirs: np.ndarray) -> bool:
    if ours.dtype.kind in "biu":
        return bool(np.array_equal(ours, theirs))
    scale = float(np.abs(theirs.astype(np.float64)).max(initial=1e-6))
    return bool(np.allclose(ours, theirs, rtol=2e-3, atol=2e-4 * scale, equal_nan=True))


if __name__ == "__main__":
    raise SystemExit(main())
