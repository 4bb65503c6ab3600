"""One library's process: `python -m bench.ops.worker SIDE THREADS`.

In: names of cases on standard input. Out: for each, a line of JSON: least seconds of a run, and
where its results were saved.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.ops.cases import CASES, Case
from bench.ops.models import MODELS
from bench.worker import import_side

MOST_RUNS = 500


def main(side: str, threads: str, folder: str, seconds: str) -> None:
    """Answers until standard input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tf = import_side(side)
    config = tf.ConfigProto(
        intra_op_parallelism_threads=int(threads), inter_op_parallelism_threads=1
    )
    for number, line in enumerate(sys.stdin):
        case = (CASES | MODELS)[line.strip()]
        with tf.Graph().as_default(), tf.Session(config=config) as session:
            run = _runner(tf, session, case)
            path = os.path.join(folder, f"{side}{number}.npz")
            np.savez(path, *_listed(run()))
            reply = {"seconds": _least(run, float(seconds)), "path": path}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


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
