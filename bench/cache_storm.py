"""Many processes on one empty cache, some of them killed: `python -m bench.cache_storm`.

In: how many rounds and processes. Out: a line for each round; 1 if a result was wrong, an entry
damaged, or a kernel compiled more often than there are processes. Each process trains a small
network; processes are spawned or forked, and in every second round half of them are killed by
SIGKILL at moments drawn by chance.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KILLED = "killed"


@dataclass(frozen=True)
class Round:
    """What came of one round."""

    kind: str
    finished: int
    killed: int
    kernels: int
    most_compiled: int
    damaged: int
    wrong: int
    leftovers: int
    seconds: float

    def is_good(self, processes: int) -> bool:
        """Nothing wrong, nothing damaged, nobody failed."""
        everybody = self.finished + self.killed == processes
        return everybody and not self.wrong + self.damaged and self.most_compiled <= processes

    def __str__(self) -> str:
        return (
            f"{self.kind:14} {self.finished} finished, {self.killed} killed, {self.kernels} kernels"
            f" compiled at most {self.most_compiled} times, {self.damaged} damaged,"
            f" {self.leftovers} leftovers, {self.wrong} wrong, {self.seconds:.1f} s"
        )


def train() -> tuple[float, list[str]]:
    """A few steps of Adam: the last loss, and the keys of the kernels compiled for it."""
    import numpy as np

    import jitgraph as tf
    from jitgraph.kernels.cache import default_cache

    data = np.random.default_rng(1).normal(size=(32, 8)).astype(np.float32)
    x = tf.placeholder(tf.float32, [None, 8])
    w = tf.Variable(np.full((8, 16), 0.1, np.float32))
    v = tf.Variable(np.full((16, 1), 0.1, np.float32))
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.tanh(tf.matmul(x, w)), v) - 1.0))
    step = tf.train.AdamOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run(step, {x: data})
        result = float(session.run(loss, {x: data}))
    made = [kernel.key for kernel in default_cache().kernels() if kernel.origin == "compiled"]
    return result, made


def tell() -> None:
    """Trains, and prints what came of it."""
    os.write(1, f"{json.dumps(train())}\n".encode())


def fork(count: int, victims: int, seconds: float, seed: int) -> None:
    """Trains in forked children, of which some are killed within so many seconds."""
    from jitgraph.kernels import numba_internals

    assert numba_internals
    warnings.simplefilter("ignore", DeprecationWarning)
    children = []
    for _ in range(count):
        child = os.fork()
        if not child:
            tell()
            os._exit(0)
        children.append(child)
    _kill([lambda pid=child: os.kill(pid, signal.SIGKILL) for child in children[:victims]],
          seconds, seed)  # fmt: skip
    for child in children:
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            print(json.dumps(KILLED), flush=True)


def _kill(killers: list[Callable[[], Any]], seconds: float, seed: int) -> None:
    rng = random.Random(seed)
    begin = time.monotonic()
    for moment, killer in zip(sorted(rng.random() for _ in killers), killers, strict=True):
        time.sleep(max(0.0, begin + moment * seconds - time.monotonic()))
        killer()


def _started(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "JITGRAPH_CACHE_DIR": str(directory), "JITGRAPH_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "bench.cache_storm", *arguments],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def _spawned(directory: Path, count: int, victims: int, seconds: float, seed: int) -> list[Any]:
    processes = [_started(directory, "--tell") for _ in range(count)]
    _kill([process.kill for process in processes[:victims]], seconds, seed)
    told = []
    for process in processes:
        out, _ = process.communicate()
        told += [json.loads(line) for line in out.splitlines()]
        told += [KILLED] * (process.returncode == -signal.SIGKILL and not out)
    return told


def _forked(directory: Path, count: int, victims: int, seconds: float, seed: int) -> list[Any]:
    asked = [str(each) for each in (count, victims, seconds, seed)]
    out, _ = _started(directory, "--fork", *asked).communicate()
    return [json.loads(line) for line in out.splitlines()]


def storm(kind: str, count: int, victims: int, seconds: float, seed: int, right: float) -> Round:
    """One round on an empty directory, then one process that finds what is left."""
    from jitgraph.kernels.store import KernelStore

    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "kernels"
        begin = time.monotonic()
        run = _forked if kind.startswith("fork") else _spawned
        told = run(directory, count, victims, seconds, seed)
        spent = time.monotonic() - begin
        (version,) = [path.name for path in directory.iterdir()]
        store = KernelStore(directory, version, 1 << 30)
        damaged = len(store.verify())
        leftovers = store.sweep(0.0)
        told += _spawned(directory, 1, 0, 0.0, 0)
        finished = [each for each in told if each != KILLED]
        times = Counter(key for _, keys in finished for key in keys)
        wrong = sum(abs(result - right) > 1e-5 * abs(right) for result, _ in finished)
        return Round(
            kind, len(finished) - 1, told.count(KILLED), len(list(store.kernels())),
            max(times.values()), damaged, wrong, leftovers, spent,
        )  # fmt: skip


def main() -> int:
    """Runs the rounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.cache_storm", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--tell", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--fork", nargs=4, type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.tell:
        tell()
        return 0
    if asked.fork:
        count, victims, seconds, seed = asked.fork
        fork(int(count), int(victims), seconds, int(seed))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        ((right, _),) = _spawned(Path(folder) / "kernels", 1, 0, 0.0, 0)
        alone = time.monotonic() - begin
    good = True
    for number in range(asked.rounds):
        kind = ("spawned", "spawned, kills", "forked", "forked, kills")[number % 4]
        victims = asked.processes // 2 if "kills" in kind else 0
        found = storm(kind, asked.processes, victims, alone * asked.processes / 2, number, right)
        good = good and found.is_good(asked.processes)
        print(f"{number + 1:3} {found}", flush=True)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
