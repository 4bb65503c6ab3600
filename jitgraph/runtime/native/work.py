"""Native code: the life of a pool worker. Spin briefly for a launch, then sleep; run chunks."""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import (
    atomic_add,
    atomic_load,
    call,
    cpu_pause,
    load_word,
)
from jitgraph.runtime.native.layout import (
    POOL_FUTEX_NUMBER,
    POOL_LAUNCH,
    POOL_RUN_CHUNKS,
    POOL_SLEEP,
    POOL_SLEEP_AMOUNT,
    POOL_SLEEPERS,
    POOL_SPINS,
    POOL_STOP,
    POOL_SYSCALL,
)

FUTEX_WAIT_PRIVATE = 128


def sleep_until_launch(pool, seen):
    atomic_add(pool + POOL_SLEEPERS, 1)
    futex = load_word(pool + POOL_SYSCALL)
    if futex != 0:
        number = load_word(pool + POOL_FUTEX_NUMBER)
        call(futex, number, pool + POOL_LAUNCH, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0)
    else:
        call(load_word(pool + POOL_SLEEP), load_word(pool + POOL_SLEEP_AMOUNT))
    atomic_add(pool + POOL_SLEEPERS, -1)


def kernel(pool):
    seen = -1
    while atomic_load(pool + POOL_STOP) == 0:
        spins = load_word(pool + POOL_SPINS)
        while atomic_load(pool + POOL_LAUNCH) == seen:
            if spins > 0:
                spins -= 1
                cpu_pause()
            else:
                sleep_until_launch(pool, seen)
        seen = atomic_load(pool + POOL_LAUNCH)
        call(load_word(pool + POOL_RUN_CHUNKS), pool)
