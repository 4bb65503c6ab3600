"""Library, native: the state of the generator that two integers stand for.

The word language: every value is an int64. One step of another generator, whose counter they are,
scrambles them: its words are the key and the high half of the counter.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import copy_bytes, load_word, stack_bytes, store_word
from jitgraph.lowering.library.random_text import numbers_bits_int32 as numbers

BLOCK = 64
KEY = 0


def kernel(args, lo, hi):
    """The whole state; `lo` and `hi` are 0 and 1."""
    seed = load_word(args + 16)
    state = load_word(args + 24)
    words = stack_bytes(4 * BLOCK)
    numbers(words, 0, load_word(seed), 1, 1, load_word(seed + 8), KEY, 0, 0, 0, 0, 0)
    store_word(state, 0)
    copy_bytes(state + 8, words + 8, 8)
    copy_bytes(state + 16, words, 8)
