"""One library's process: `python -m bench.ops.worker SIDE KIND THREADS FOLDER SECONDS`.

In: names of cases on standard input. Out: for each, a line of JSON: least seconds of a run, and
where its
results were saved, and what the graph and its first run took.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from bench.ops.case import Case
from bench.worker import import_side

MOST_RUNS = 500


def cases_of(kind: str) -> dict[str, Case]:
    """All cases of a kind: "cases", "wider", "pictures", "models"; others are not made."""
    found: dict[str, Case] = getattr(import_module(f"bench.ops.{kind}"), kind.upper())
    return found


def main(side: str, kind: str, threads: str, folder: str, seconds: str) -> None:
    """Answers until standard input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tf = import_side(side)
    config = tf.ConfigProto(
        intra_op_parallelism_threads=int(threads), inter_op_parallelism_threads=1
    )
    known = cases_of(kind)
    for number, line in enumerate(sys.stdin):
        path = os.path.join(folder, f"{side}{number}.npz")
        try:
            reply = _measured(tf, config, known[line.strip()], path, float(seconds))
        except Exception as error:
            reply = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


def _measured(tf: Any, config: Any, case: Case, path: str, seconds: float) -> dict[str, Any]:
    start = time.perf_counter()
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        run = _runner(tf, session, case)
        results = _listed(run())
        first = time.perf_counter() - start
        np.savez(path, *results)
        return {"seconds": _least(run, seconds), "path": path, "first": first}


def _runner(tf: Any, session: Any, case: Case) -> Callable[[], Any]:
    given = [tf.placeholder(array.dtype, array.shape) for array in case.feeds]
    call = session.make_callable(case.build(tf, *given), given)
    session.run(tf.global_variables_initializer())
    return lambda: call(*case.feeds)


def _listed(results: Any) -> list[Any]:
    found = list(results) if isinstance(results, (list, tuple)) else [results]
    return [each for each in found if each is not None]


def _least(run: Callable[[], Any], seconds: float) -> float:
    samples: list[float] = []
    end = time.perf_counter() + seconds
    while len(samples) < 3 or (len(samples) < MOST_RUNS and time.perf_counter() < end):
        start = time.perf_counter()
        run()
        samples.append(time.perf_counter() - start)
    return min(samples)


if __name__ == "__main__":
    main(*sys.argv[1:])
