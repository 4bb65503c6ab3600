"""Library, native: a random order of numbers, by words of a Philox generator.

The word language: every value is an int64. Each place takes, of the numbers at it and behind it,
the one that the next word says, and gives its own in exchange.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_int32, load_word, stack_bytes, store_int32
from jitgraph.lowering.library.random_text import numbers_bits_int32 as numbers

BLOCK = 64
STEPS = 16
LOW = 0xFFFFFFFF


def kernel(args, lo, hi):
    """The whole order; `lo` and `hi` are 0 and 1."""
    order = load_word(args + 24)
    size = load_word(args + 32)
    words = stack_bytes(4 * BLOCK)
    for place in range(size):
        store_int32(order + 4 * place, place)
    start = 0
    while start < size - 1:
        make(args, words, start // BLOCK)
        count = min(BLOCK, size - 1 - start)
        for k in range(count):
            swap(order + 4 * (start + k), load_int32(words + 4 * k) & LOW, size - start - k)
        start += BLOCK


def make(args, words, block):
    """The words of a block of steps."""
    state = load_word(args + 16)
    step = load_word(state) + block * STEPS
    numbers(words, 0, step, 1, 1, load_word(state + 8), load_word(state + 16), 0, 0, 0, 0, 0)


def swap(here, word, left):
    """Exchanges a place with one of the `left` places from it on."""
    there = here + 4 * (word - word // left * left)
    number = load_int32(here)
    store_int32(here, load_int32(there))
    store_int32(there, number)
