"""Native code: walk an instruction table, chunking over the pool what is large enough.

In: table address, number of rows, pool address (0: none), address of the status word.
Stops behind the first row that leaves the status nonzero. A row without a function is a jump: its
count says how many rows further, its grain when (see lowering/steps.py), its third word where the
predicate is.
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import (
    atomic_add,
    atomic_load,
    atomic_replace_if,
    atomic_store,
    call,
    cpu_pause,
    load_byte,
    load_word,
    store_word,
)
from jitgraph.runtime.native.layout import (
    ALIGNED_STEP,
    CHUNK_BITS,
    CHUNKS_PER_THREAD,
    CLOSED,
    INTERRUPTED,
    JUMP_ALWAYS,
    JUMP_CHECK,
    JUMP_CLEAR,
    JUMP_CLOCK,
    JUMP_CODE,
    JUMP_COUNT,
    JUMP_ENSURE,
    JUMP_IF_TRUE,
    JUMP_PREDICATE,
    JUMP_RELEASE,
    JUMP_SECONDS_BEFORE,
    JUMP_TIME,
    MOST_CHUNKS,
    POOL_ARGS,
    POOL_CHUNKS,
    POOL_CLAIM,
    POOL_COUNT,
    POOL_DONE,
    POOL_FUNCTION,
    POOL_FUTEX_NUMBER,
    POOL_LAUNCH,
    POOL_OWNER,
    POOL_RUN_CHUNKS,
    POOL_SLEEPERS,
    POOL_STEP,
    POOL_SYSCALL,
    POOL_THREADS,
    POOL_YIELD,
    ROW_ARGS,
    ROW_BYTES,
    ROW_COUNT,
    ROW_FUNCTION,
    ROW_GRAIN,
)

FUTEX_WAKE_PRIVATE = 129
SPINS_BEFORE_YIELD = 2000
LOOP_PATIENCE = 63
PATIENCE_WITHOUT_CLOCK = 65535
CLOCK_REALTIME = 0
ALL_OF_INT = 4294967295


def wake_workers(pool, wanted):
    sleepers = atomic_load(pool + POOL_SLEEPERS)
    futex = load_word(pool + POOL_SYSCALL)
    if sleepers == 0 or futex == 0:
        return
    number = load_word(pool + POOL_FUTEX_NUMBER)
    woken = min(wanted, sleepers)
    call(futex, number, pool + POOL_LAUNCH, FUTEX_WAKE_PRIVATE, woken, 0, 0, 0)


def wait_for_chunks(pool, chunks):
    spins = 0
    while atomic_load(pool + POOL_DONE) < chunks:
        spins += 1
        if spins < SPINS_BEFORE_YIELD:
            cpu_pause()
        else:
            call(load_word(pool + POOL_YIELD))


def publish(pool, function, args, count, step, chunks):
    generation = (atomic_load(pool + POOL_CLAIM) >> CHUNK_BITS) + 1
    atomic_store(pool + POOL_CLAIM, (generation << CHUNK_BITS) | CLOSED)
    atomic_store(pool + POOL_FUNCTION, function)
    atomic_store(pool + POOL_ARGS, args)
    atomic_store(pool + POOL_COUNT, count)
    atomic_store(pool + POOL_STEP, step)
    atomic_store(pool + POOL_CHUNKS, chunks)
    atomic_store(pool + POOL_DONE, 0)
    atomic_store(pool + POOL_CLAIM, generation << CHUNK_BITS)
    atomic_add(pool + POOL_LAUNCH, 1)


def run_parallel(pool, function, args, count, wanted):
    """False, with nothing done, when another thread has the pool."""
    if not atomic_replace_if(pool + POOL_OWNER, 0, 1):
        return False
    step = (count + wanted - 1) // wanted
    if step >= 16 * ALIGNED_STEP:
        step = (step + ALIGNED_STEP - 1) & -ALIGNED_STEP
    chunks = (count + step - 1) // step
    publish(pool, function, args, count, step, chunks)
    wake_workers(pool, chunks - 1)
    call(load_word(pool + POOL_RUN_CHUNKS), pool)
    wait_for_chunks(pool, chunks)
    atomic_store(pool + POOL_OWNER, 0)
    return True


def chunks_wanted(pool, count, grain):
    if pool == 0 or grain <= 0 or count < 2 * grain:
        return 1
    threads = load_word(pool + POOL_THREADS)
    if threads < 2:
        return 1
    return min(min(CHUNKS_PER_THREAD * threads, MOST_CHUNKS), count // grain)


def is_another_second(args, count):
    """Whether the clock shows another second than before; without a clock, whether many iterations
    have run."""
    clock = load_word(args + JUMP_CLOCK)
    if clock == 0:
        return count & PATIENCE_WITHOUT_CLOCK == 0
    call(clock, CLOCK_REALTIME, args + JUMP_TIME)
    seconds = load_word(args + JUMP_TIME)
    if seconds == load_word(args + JUMP_SECONDS_BEFORE):
        return False
    store_word(args + JUMP_SECONDS_BEFORE, seconds)
    return True


def is_interrupted(args):
    """Whether a signal ended the run: asked by a loop about once a second."""
    count = load_word(args + JUMP_COUNT) + 1
    store_word(args + JUMP_COUNT, count)
    if count & LOOP_PATIENCE != 0:
        return False
    if not is_another_second(args, count):
        return False
    gil = call(load_word(args + JUMP_ENSURE))
    found = call(load_word(args + JUMP_CHECK)) & ALL_OF_INT
    if found != 0:
        call(load_word(args + JUMP_CLEAR))
    call(load_word(args + JUMP_RELEASE), gil)
    return found != 0


def jump(row):
    """How many rows further the next one is."""
    when = load_word(row + ROW_GRAIN)
    args = load_word(row + ROW_ARGS)
    if when != JUMP_ALWAYS:
        predicate = load_byte(load_word(args + JUMP_PREDICATE))
        if (predicate != 0) != (when == JUMP_IF_TRUE):
            return 1
    count = load_word(row + ROW_COUNT)
    if count < 0 and is_interrupted(args):
        store_word(load_word(args), load_word(args + JUMP_CODE) | INTERRUPTED)
    return count


def kernel(table, rows, pool, status):
    row = table
    end = table + rows * ROW_BYTES
    while row < end:
        function = load_word(row + ROW_FUNCTION)
        if function == 0:
            row += jump(row) * ROW_BYTES
            if load_word(status) != 0:
                return
        else:
            args = load_word(row + ROW_ARGS)
            count = load_word(row + ROW_COUNT)
            wanted = chunks_wanted(pool, count, load_word(row + ROW_GRAIN))
            if wanted < 2 or not run_parallel(pool, function, args, count, wanted):
                call(function, args, 0, count)
            if load_word(status) != 0:
                return
            row += ROW_BYTES
