"""Many processes on one empty directory, spawned and forked, some of them killed."""

import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from jitgraph.kernels.store import KernelStore

PROCESSES = 8
KERNELS = 12

WORKER = """
import ctypes, json, os, signal, sys, threading, warnings
sys.path.insert(0, {tests!r})
from calls import apply_words
from jitgraph.kernels.cache import KernelCache, KernelSource

def source(n):
    body = f"def kernel(args, lo, hi):\\n    return lo * hi + {{n}}\\n"
    return KernelSource(f"number_{{n}}", body, (), (("language", "words"),))

def work():
    cache = KernelCache({directory!r})
    kernels = [cache.get(source(n)) for n in range({kernels})]
    results = [apply_words(kernel, 3, 4) for kernel in kernels]
    compiled = [kernel.key for kernel in kernels if kernel.origin == "compiled"]
    os.write(1, f"{{json.dumps([results, compiled])}}\\n".encode())
"""
SPAWNED = WORKER + "sys.stdin.read()\nwork()\n"
FORKED = (
    WORKER
    + """
warnings.simplefilter("ignore", DeprecationWarning)
KernelCache(None).get(source(-1))
children = []
for _ in range({processes}):
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    children.append(child)
sys.exit(max(os.waitpid(child, 0)[1] for child in children))
"""
)

WHILE_COMPILING = (
    WORKER
    + """
from kernel_sources import elementwise
warnings.simplefilter("ignore", DeprecationWarning)
cache = KernelCache(None)
cache.get(elementwise("x[i]"))
done = threading.Event()

def compile_on():
    number = 0
    while not done.is_set():
        number += 1
        cache.get_many([elementwise(f"x[i] + np.float32({{number}}.{{k}})") for k in range(3)])

thread = threading.Thread(target=compile_on)
thread.start()
statuses = []
for n in range(5):
    child = os.fork()
    if not child:
        signal.alarm(30)
        cache.reset_after_fork()
        kernels = cache.get_many([elementwise(f"x[i] * np.float32({{n}})"), source(n)])
        os._exit(apply_words(kernels[1], 3, 4) != 12 + n)
    statuses.append(os.waitpid(child, 0)[1])
done.set()
thread.join()
print(statuses)
"""
)


def started(text: str, directory: Path) -> subprocess.Popen:
    tests = str(Path(__file__).parent)
    script = text.format(
        tests=tests, directory=str(directory), kernels=KERNELS, processes=PROCESSES
    )
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def release(processes: list[subprocess.Popen]) -> None:
    """Lets processes begin that wait for the end of their input."""
    for process in processes:
        process.stdin.close()
        process.stdin = None


def check(directory: Path, lines: list[str], at_most: int) -> None:
    """Results are right, nothing is damaged, no kernel was compiled too often."""
    times: Counter[str] = Counter()
    for line in lines:
        results, compiled = json.loads(line)
        assert results == [12 + n for n in range(KERNELS)]
        times.update(compiled)
    assert max(times.values(), default=0) <= at_most
    (folder,) = directory.iterdir()
    store = KernelStore(directory, folder.name, 10**9)
    assert store.verify() == []


def wait_for(files: int, directory: Path, processes: list[subprocess.Popen]) -> None:
    """Until so many files have come, whole or half, or nobody writes any more."""
    while any(process.poll() is None for process in processes):
        if len(list(directory.glob("*/*"))) + len(list(directory.glob("*/.*"))) >= files:
            return
        os.sched_yield()


def test_processes_spawned_at_once(directory):
    processes = [started(SPAWNED, directory) for _ in range(PROCESSES)]
    release(processes)
    lines = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    check(directory, lines, PROCESSES)
    assert len(list(directory.glob("*/*.o"))) == KERNELS
    assert list(directory.glob("*/.*")) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_processes_forked_at_once(directory):
    out, _ = started(FORKED, directory).communicate()
    lines = out.splitlines()
    assert len(lines) == PROCESSES
    check(directory, lines, PROCESSES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork")
def test_a_child_forked_while_a_thread_compiles_can_compile(directory):
    out, _ = started(WHILE_COMPILING, directory).communicate()
    assert json.loads(out) == [0] * 5


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="SIGKILL")
def test_killed_processes_leave_nothing_that_harms(directory):
    rng = random.Random(4)
    processes = [started(SPAWNED, directory) for _ in range(PROCESSES)]
    release(processes)
    for process in rng.sample(processes, PROCESSES - 2):
        wait_for(rng.randrange(1, 4 * KERNELS), directory, processes)
        process.kill()
    lines = [line for process in processes if (line := process.communicate()[0])]
    statuses = {process.returncode for process in processes}
    assert statuses <= {0, -signal.SIGKILL}
    check(directory, lines, PROCESSES)
    after = started(SPAWNED, directory)
    line, _ = after.communicate()
    check(directory, [line], 0)
