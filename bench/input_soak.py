"""Queues and datasets under random delays and ends: `python -m bench.input_soak [--seconds N]`.

In: how long. Out: how many programs ran, and what they left; 1 if a thread was left, memory grew,
or a program took long. A program that hangs is told by faulthandler, with what all threads do.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import jitgraph as tf

SECONDS = 30.0
"""No program may take longer."""

MEBIBYTES = 32
"""What may be held in the end beyond what was held after the first programs."""

ENDS = ("stops", "closes", "drains", "fails")


def _delayed(rng: random.Random, value: Any) -> Any:
    if rng.random() < 0.02:
        time.sleep(rng.random() * 0.004)
    return value


def _element(rng: random.Random, epochs: int | None) -> Any:
    """A number out of a queue, and through Python."""
    producer = tf.train.range_input_producer(
        200, num_epochs=epochs, shuffle=rng.random() < 0.5, capacity=rng.choice((2, 32))
    )
    number = producer.dequeue()
    element = tf.py_func(lambda n: _delayed(rng, np.float32(n)), [number], tf.float32)
    element.set_shape([])
    return element


def _batch(rng: random.Random, epochs: int | None, size: int) -> Any:
    fewer = rng.random() < 0.5
    tensors, threads = [_element(rng, epochs)], rng.choice((1, 3))
    return tf.train.batch(tensors, size, threads, allow_smaller_final_batch=fewer)


def _shuffled(rng: random.Random, epochs: int | None, size: int) -> Any:
    return tf.train.shuffle_batch([_element(rng, epochs)], size, 64 + size, 16, num_threads=2)


def _joined(rng: random.Random, epochs: int | None, size: int) -> Any:
    element = _element(rng, epochs)
    return tf.train.batch_join([[element], [element * 2]], size)


def _dataset(rng: random.Random, epochs: int | None, size: int) -> Any:
    def changed(number: Any) -> Any:
        return tf.py_func(lambda n: _delayed(rng, n), [number], tf.int64)

    data = tf.data.Dataset.range(300).map(changed, rng.choice((None, 2, 4))).shuffle(20)
    data = data.repeat(epochs).batch(size).prefetch(rng.choice((1, 4)))
    return tf.data.make_one_shot_iterator(data).get_next()


PROGRAMS: tuple[Callable[[random.Random, int | None, int], Any], ...] = (
    _batch, _shuffled, _joined, _dataset
)  # fmt: skip


def run_one(seed: int) -> str:
    """One program: made, run for a while, ended; tells how."""
    rng = random.Random(seed)
    epochs, end = rng.choice((None, 1, 3)), rng.choice(ENDS)
    steps = 100_000 if end == "drains" and epochs else rng.randrange(60)
    with tf.Graph().as_default(), tf.Session() as session:
        made = rng.choice(PROGRAMS)(rng, epochs, rng.choice((1, 7, 32)))
        total = tf.reduce_sum(tf.cast(made, tf.float32))
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            for _ in range(steps):
                session.run(total)
        except tf.errors.OutOfRangeError:
            pass
        _end(end, session, coordinator, threads)
    return end


def _end(end: str, session: tf.Session, coordinator: Any, threads: list[threading.Thread]) -> None:
    if end == "closes":
        session.close()
    coordinator.request_stop(ValueError("on purpose") if end == "fails" else None)
    try:
        coordinator.join(threads, stop_grace_period_secs=20)
    except ValueError:
        assert end == "fails"
    except tf.errors.CancelledError:
        assert end == "closes"


def _memory() -> int:
    """What the process holds, in MiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024


def main() -> int:
    """Runs programs, and tells what they left."""
    parser = argparse.ArgumentParser(prog="python -m bench.input_soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tf.logging.set_verbosity(tf.logging.ERROR)
    begin, number, held, ends = time.monotonic(), 0, 0, Counter[str]()
    while time.monotonic() - begin < asked.seconds:
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        ends[run_one(asked.seed * 1_000_000 + number)] += 1
        number += 1
        if number == 50:
            gc.collect()
            held = _memory()
    faulthandler.cancel_dump_traceback_later()
    gc.collect()
    left, grown = threading.active_count() - 1, _memory() - (held or _memory())
    told = ", ".join(f"{count} {end}" for end, count in ends.items())
    print(f"{number} programs ({told}): {left} threads left, {grown} MiB more than after 50")
    return int(left > 0 or grown > MEBIBYTES)


if __name__ == "__main__":
    sys.exit(main())
