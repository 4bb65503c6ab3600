"""The parent's view of a side: a worker process that measures when asked.

In: a row's name, a side, the Python that has it. Out: results as arrays, samples in seconds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1", "JAX_PLATFORMS": "cpu"}


class SideError(RuntimeError):
    """A side could not do its work; the text is the end of what it printed."""


class Side:
    """One worker process. Use as a context manager: leaving it ends the process."""

    def __init__(self, row: str, side: str, python: str, cache: Path) -> None:
        self.name = side
        self._folder = tempfile.TemporaryDirectory(prefix="jitgraph-bench-")
        self._log = open(Path(self._folder.name) / "log", "w+b")  # noqa: SIM115 - closed below
        self._process = subprocess.Popen(
            [python, "-m", "bench.worker", row, side],
            cwd=ROOT,
            env={**os.environ, **QUIET, **_environment(cache)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._log.close()
        self._folder.cleanup()

    def result(self) -> list[np.ndarray]:
        """The arrays that the side's work computes."""
        return self._arrays({"do": "result"})[1]

    def figures(self) -> tuple[dict[str, float], list[np.ndarray]]:
        """What a fresh process measured, and its arrays."""
        reply, arrays = self._arrays({"do": "figures"})
        return reply["figures"], arrays

    def sample(self, seconds: float) -> list[float]:
        """Times the work for about `seconds`; seconds per call, one sample a batch."""
        return list(self._ask({"do": "time", "seconds": seconds})["samples"])

    def _arrays(self, command: dict[str, Any]) -> tuple[dict[str, Any], list[np.ndarray]]:
        path = Path(self._folder.name) / "result.npz"
        reply = self._ask({**command, "path": str(path)})
        with np.load(path) as saved:
            return reply, [saved[name] for name in saved.files]

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SideError(self._last_words()) from None
        line = self._process.stdout.readline()
        if not line:
            raise SideError(self._last_words())
        return dict(json.loads(line))

    def _last_words(self) -> str:
        self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"


def _environment(cache: Path) -> dict[str, str]:
    return {"JITGRAPH_CACHE_DIR": str(cache), "BENCH_SPAWNED": repr(time.time())}


@contextmanager
def spinning(processes: int, cpus: int | None) -> Iterator[None]:
    """Keeps `processes` processes busy, on the CPUs that a row with `cpus` uses."""
    limit = f"os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cpus}])" if cpus else "0"
    code = f"import os\n{limit}\nwhile True: pass"
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()
