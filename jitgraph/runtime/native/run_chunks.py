"""Native code: claim chunks of the pool's job until none is left. Caller and workers alike.

A claim is one compare-and-swap on a word that holds the job's generation beside the next chunk.
Whoever read the job's fields before it changed fails to claim, so that a thread descheduled in
here can wake up in any later job and do no harm.
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import (
    atomic_add,
    atomic_load,
    atomic_replace_if,
    call,
)
from jitgraph.runtime.native.layout import (
    CLOSED,
    POOL_ARGS,
    POOL_CHUNKS,
    POOL_CLAIM,
    POOL_COUNT,
    POOL_DONE,
    POOL_FUNCTION,
    POOL_STEP,
)


def kernel(pool):
    while True:
        claim = atomic_load(pool + POOL_CLAIM)
        function = atomic_load(pool + POOL_FUNCTION)
        args = atomic_load(pool + POOL_ARGS)
        count = atomic_load(pool + POOL_COUNT)
        step = atomic_load(pool + POOL_STEP)
        chunk = claim & CLOSED
        if chunk >= atomic_load(pool + POOL_CHUNKS):
            return
        if atomic_replace_if(pool + POOL_CLAIM, claim, claim + 1):
            lo = chunk * step
            call(function, args, lo, min(count, lo + step))
            atomic_add(pool + POOL_DONE, 1)
