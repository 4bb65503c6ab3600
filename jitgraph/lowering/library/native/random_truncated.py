"""Library, native: normal numbers near 0, those of each step from a stream of its own.

The word language: every value is an int64. A block is what `STEPS` streams give. One step of all
of them after the other is made, and each stream takes what is near 0 until it has enough; more
goes to a place behind, which nobody reads.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import (
    clear_bytes,
    copy_bytes,
    load_int32 as load_item,
    load_int32 as load_raw,
    load_word,
    stack_bytes,
    store_int32 as store_item,
    store_word,
)
from jitgraph.lowering.library.random_text import numbers_both_float32 as numbers

ITEM = 4
RAW_ITEM = 4
GROUP = 4
STEPS = 16
APART = 256
MAGNITUDE = 0x7FFFFFFF
LIMIT = 0x40000000


def kernel(args, lo, hi):
    """Blocks lo to hi."""
    given = stack_bytes(STEPS * GROUP * ITEM)
    raw = stack_bytes(STEPS * GROUP * RAW_ITEM)
    taken = stack_bytes(STEPS * (GROUP + 1) * ITEM)
    counts = stack_bytes(STEPS * 8)
    block = lo
    while block < hi:
        clear_bytes(counts, STEPS * 8)
        step = 0
        while take(given, raw, taken, counts, make(args, given, raw, block, step)):
            step += 1
        write(args, taken, block)
        block += 1


def make(args, given, raw, block, step):
    """One step of each stream of a block."""
    state = load_word(args + 16)
    step = load_word(state) + block * STEPS * APART + step
    high = load_word(state + 8)
    key = load_word(state + 16)
    scale = load_word(args + 40)
    shift = load_word(args + 48)
    log = load_word(args + 56)
    sin = load_word(args + 64)
    cos = load_word(args + 72)
    numbers(given, raw, step, APART, 1, high, key, scale, shift, log, sin, cos)
    return 0


def take(given, raw, taken, counts, made):
    """Takes what is near 0. Gives whether a stream has too little."""
    wanting = 0
    for stream in range(STEPS):
        count = load_word(counts + 8 * stream)
        for k in range(GROUP):
            number = stream * GROUP + k
            place = stream * (GROUP + 1) + count
            store_item(taken + place * ITEM, load_item(given + number * ITEM))
            is_near = (load_raw(raw + number * RAW_ITEM) & MAGNITUDE) < LIMIT
            count = min(count + is_near, GROUP)
        store_word(counts + 8 * stream, count)
        wanting = wanting | (count < GROUP)
    return wanting


def write(args, taken, block):
    """The numbers of a block that the result has room for."""
    size = load_word(args + 32)
    for stream in range(STEPS):
        place = (block * STEPS + stream) * GROUP
        if place < size:
            count = min(GROUP, size - place)
            to = load_word(args + 24) + place * ITEM
            copy_bytes(to, taken + stream * (GROUP + 1) * ITEM, count * ITEM)
