"""The pool runs each iteration of a job once, whoever else is using it."""

import os
import threading

import numpy as np
import pytest
from word_kernels import COUNT_VISITS, FAIL, address, words

from jitgraph.runtime import platform
from jitgraph.runtime.executor import execute
from jitgraph.runtime.native import layout
from jitgraph.runtime.pool import Pool


@pytest.fixture
def pool():
    made = Pool(4, spins=50)
    yield made
    made.stop()


class Visits:
    """A job that counts how often each iteration was done, and in how many chunks."""

    def __init__(self, count, grain):
        self.visits = np.zeros(count, np.int64)
        self.chunks = np.zeros(1, np.int64)
        self.status = np.zeros(1, np.int64)
        self.args = words(
            self.status.ctypes.data, 0, self.visits.ctypes.data, self.chunks.ctypes.data
        )
        self.table = words(address(COUNT_VISITS), self.args.ctypes.data, count, grain)[None]

    def run(self, pool):
        execute(self.table, self.status, pool)


@pytest.mark.parametrize("count", [0, 1, 7, 16, 1000, 100_003])
@pytest.mark.parametrize("grain", [0, 1, 100])
def test_every_iteration_is_done_once(pool, count, grain):
    job = Visits(count, grain)
    job.run(pool)
    assert (job.visits == 1).all()


def test_chunks_are_at_least_the_grain_and_at_most_a_few_a_thread(pool):
    small, large, serial = Visits(1000, 400), Visits(1000, 1), Visits(1000, 0)
    for job in (small, large, serial):
        job.run(pool)
    assert small.chunks == 2
    assert large.chunks == layout.CHUNKS_PER_THREAD * 4
    assert serial.chunks == 1


def test_launches_from_several_threads_do_not_disturb_each_other(pool):
    jobs = [Visits(64, 1) for _ in range(4)]

    def launch(job):
        for _ in range(2000):
            job.run(pool)

    threads = [threading.Thread(target=launch, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((job.visits == 2000).all() for job in jobs)


def test_a_taken_pool_is_done_without(pool):
    pool._set(layout.POOL_OWNER, 1)
    job = Visits(1000, 1)
    job.run(pool)
    assert job.chunks == 1
    pool._set(layout.POOL_OWNER, 0)
    job.run(pool)
    assert job.chunks > 2


def test_workers_wait_for_the_first_launch_and_end_on_stop():
    pool = Pool(3)
    assert not pool._workers
    pool.start()
    workers = list(pool._workers)
    assert len(workers) == 2
    pool.start()
    assert pool._workers == workers
    pool.stop()
    assert not any(worker.is_alive() for worker in workers)


def test_a_stopped_pool_still_computes(pool):
    pool.start()
    pool.stop()
    job = Visits(1000, 1)
    job.run(pool)
    assert (job.visits == 1).all()


def test_workers_sleep_without_futexes_too():
    pool = Pool(2, spins=0)
    pool._set(layout.POOL_SYSCALL, 0)
    for _ in range(20):
        job = Visits(1000, 1)
        job.run(pool)
        assert (job.visits == 1).all()
    pool.stop()


def test_rows_behind_a_failure_do_not_run():
    job = Visits(8, 0)
    failing = words(job.status.ctypes.data, 5 << 8)
    job.table = np.vstack([[[address(FAIL), failing.ctypes.data, 1, 0]], job.table])
    job.run(None)
    assert job.status == 5 << 8 | 2
    assert not job.visits.any()


@pytest.mark.parametrize(
    "table", [np.zeros((1, 3), np.int64), np.zeros((1, 4)), np.zeros((4, 4), np.int64).T]
)
def test_a_table_of_another_form_is_refused(table):
    with pytest.raises(ValueError, match="an instruction table is"):
        execute(table, np.zeros(1, np.int64))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_makes_workers_of_its_own(pool):
    Visits(1000, 1).run(pool)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            pool.reset_after_fork()
            job = Visits(1000, 1)
            job.run(pool)
            alive = sum(worker.is_alive() for worker in pool._workers)
            code = 0 if (job.visits == 1).all() and alive == 3 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_threads_are_as_many_as_asked_for(monkeypatch):
    monkeypatch.setenv("JITGRAPH_NUM_THREADS", "7")
    assert platform.thread_count() == 7


@pytest.mark.parametrize("asked", ["0", "-1", "two", "1.5"])
def test_a_wrong_number_of_threads_is_refused(monkeypatch, asked):
    monkeypatch.setenv("JITGRAPH_NUM_THREADS", asked)
    with pytest.raises(ValueError, match="JITGRAPH_NUM_THREADS must be a positive integer"):
        platform.thread_count()


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({}, float("inf")),
        ({"cpu.max": "max 100000"}, float("inf")),
        ({"cpu.max": "150000 100000"}, 1.5),
        ({"a/cpu.max": "400000 100000", "cpu.max": "max 100000"}, 4.0),
        ({"a/cpu.max": "400000 100000", "cpu.max": "200000 100000"}, 2.0),
        ({"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, float("inf")),
    ],
)
def test_the_limit_of_a_container_is_read(tmp_path, files, limit):
    root = tmp_path / "cgroup"
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    membership = tmp_path / "membership"
    membership.write_text("0::/a\n")
    assert platform._container_limit(root, membership) == limit
