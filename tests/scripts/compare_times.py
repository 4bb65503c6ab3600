"""The wall time of each script of tf1/ under TensorFlow 1.15 and under `jitgraph run`.

    python -m tests.scripts.compare_times --peer PYTHON     PYTHON has TensorFlow 1.15

Whole processes, import and compilation and all: the shortest of a few runs.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "examples" / "data"


def seconds(command: list[str], script: Path, times: int) -> float:
    """The shortest of some runs."""
    best = float("inf")
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(DATA, Path(folder) / "MNIST_data")
            start = time.perf_counter()
            line = [*command, str(script)]
            subprocess.run(line, cwd=folder, capture_output=True, check=True)
            best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="a Python with TensorFlow 1.15")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only", default="", help="scripts whose names end so")
    asked = parser.parse_args()
    print(f"{'script':<24}{'TensorFlow 1.15':>16}{'jitgraph':>10}{'ratio':>8}")
    for script in sorted((HERE / "tf1").glob(f"*{asked.only}.py")):
        theirs = seconds([asked.peer], script, asked.times)
        try:
            ours = seconds([sys.executable, "-m", "jitgraph", "run"], script, asked.times)
        except subprocess.CalledProcessError:
            print(f"{script.name:<24}{theirs:>14.2f} s{'fails':>10}")
            continue
        print(f"{script.name:<24}{theirs:>14.2f} s{ours:>8.2f} s{theirs / ours:>7.1f}×")


if __name__ == "__main__":
    main()
