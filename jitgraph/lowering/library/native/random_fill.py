"""Library, native: numbers of a Philox generator, block by block.

The word language: every value is an int64. The last block is made in scratch memory, and as much
of it is copied as the result has room for.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import (
    copy_bytes,
    load_int32 as load_bound,
    load_word,
    stack_bytes,
    store_word,
)
from jitgraph.lowering.library.random_text import numbers_uniform_float32 as numbers

ITEM = 4
BLOCK = 64
STEPS = 16
WHOLE = 0
EMPTY_RANGE = 8


def kernel(args, lo, hi):
    """Blocks lo to hi."""
    scale = load_word(args + 40)
    shift = load_word(args + 48)
    if WHOLE:
        low = load_bound(scale)
        scale = load_bound(shift)
        shift = low
        if low >= scale:
            store_word(load_word(args), load_word(args + 8) | EMPTY_RANGE)
            return
        scale = scale - low
    scratch = stack_bytes(BLOCK * ITEM)
    whole = min(load_word(args + 32) // BLOCK, hi)
    fill(args, load_word(args + 24) + lo * BLOCK * ITEM, lo, whole - lo, scale, shift)
    if whole < hi:
        fill(args, scratch, whole, 1, scale, shift)
        rest = (load_word(args + 32) - whole * BLOCK) * ITEM
        copy_bytes(load_word(args + 24) + whole * BLOCK * ITEM, scratch, rest)


def fill(args, to, block, blocks, scale, shift):
    """Some blocks, written one behind the other."""
    state = load_word(args + 16)
    step = load_word(state) + block * STEPS
    high = load_word(state + 8)
    key = load_word(state + 16)
    log = load_word(args + 56)
    sin = load_word(args + 64)
    numbers(to, 0, step, 1, blocks, high, key, scale, shift, log, sin, load_word(args + 72))
