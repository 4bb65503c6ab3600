"""Runs one side of one row in a process of its own: `python -m bench.worker ROW SIDE`.

In: commands on standard input, one JSON object a line. Out: replies, the same way; arrays go to
a file that the command names. What libraries print goes to standard error.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, TextIO

_MODULES = {"jitgraph": "jitgraph", "tensorflow": "tensorflow.compat.v1"}


def import_side(side: str) -> Any:
    """The module of that side: jitgraph or TensorFlow's compat.v1; None for the others."""
    if side not in _MODULES:
        return None
    module = importlib.import_module(_MODULES[side])
    if side == "tensorflow":
        module.disable_v2_behavior()
        module.logging.set_verbosity(module.logging.ERROR)
    return module


def main(row_name: str, side: str) -> None:
    """Answers commands until standard input ends."""
    replies = _claim_stdout()
    from bench.rows import find_row

    row = find_row(row_name)
    if row.cpus and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: row.cpus])
    make = row.sides[side]
    made = make(lambda: import_side(side)) if row.lazy_import else make(import_side(side))
    for line in sys.stdin:
        replies.write(json.dumps(_answer(made, json.loads(line), row.batch_seconds)) + "\n")
        replies.flush()


def _claim_stdout() -> TextIO:
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return replies


def _answer(made: Any, command: dict[str, Any], batch_seconds: float) -> dict[str, Any]:
    if command["do"] == "figures":
        _save(made.result, command["path"])
        return {"figures": dict(made.figures)}
    if command["do"] == "result":
        _save(made.result(), command["path"])
        return {}
    return {"samples": sample(made.run, command["seconds"], batch_seconds)}


def _save(arrays: Sequence[Any], path: str) -> None:
    import numpy as np

    np.savez(path, *[np.asarray(array) for array in arrays])


def sample(run: Callable[[], Any], seconds: float, batch_seconds: float) -> list[float]:
    """Seconds per call, one sample a batch, batches until `seconds` are over (three at least)."""
    run()
    count = _calls_per_batch(run, batch_seconds)
    samples: list[float] = []
    gc.collect()
    gc.disable()
    end = time.perf_counter() + seconds
    while len(samples) < 3 or time.perf_counter() < end:
        samples.append(_time_batch(run, count))
    gc.enable()
    return samples


def _calls_per_batch(run: Callable[[], Any], batch_seconds: float) -> int:
    count = 1
    while batch_seconds and _time_batch(run, count) * count < batch_seconds:
        count *= 2
    return count


def _time_batch(run: Callable[[], Any], count: int) -> float:
    calls = range(count)
    start = time.perf_counter()
    for _ in calls:
        run()
    return (time.perf_counter() - start) / count


if __name__ == "__main__":
    main(*sys.argv[1:])
