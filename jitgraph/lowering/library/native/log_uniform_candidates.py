"""Library, native: classes drawn with log-uniform probability, by words of a Philox generator.

The word language: every value is an int64; float64 are held as their bits. Two words make a number
of [0, 1), and that the class exp(number * log(classes + 1)) - 1.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.doubles import less, result_of, times, whole
from jitgraph.lowering.library.native.memory import (
    load_int32,
    load_word,
    stack_bytes,
    store_word,
)
from jitgraph.lowering.library.random_text import numbers_bits_int32 as numbers

STEPS = 16
NUMBERS = 32
LOW = 0xFFFFFFFF
ONE = 0x3FF0000000000000


def kernel(args, lo, hi):
    """All of them; `lo` and `hi` are 0 and 1."""
    words = stack_bytes(8 * NUMBERS)
    picked = load_word(args + 24)
    count = load_word(args + 40)
    is_unique = load_word(args + 48)
    found = 0
    tries = 0
    while found < count:
        if tries & (NUMBERS - 1) == 0:
            make(args, words, tries // NUMBERS)
        drawn = candidate(args, words + 8 * (tries & (NUMBERS - 1)))
        tries += 1
        if is_unique == 0 or is_new(picked, found, drawn):
            store_word(picked + 8 * found, drawn)
            found += 1
    store_word(load_word(args + 32), tries)


def make(args, words, block):
    """The words of a block of steps."""
    state = load_word(args + 16)
    step = load_word(state) + block * STEPS
    numbers(words, 0, step, 1, 1, load_word(state + 8), load_word(state + 16), 0, 0, 0, 0, 0)


def candidate(args, words):
    """The class that two words say."""
    high = (load_int32(words) & 0xFFFFF) << 32
    unit = less(high | (load_int32(words + 4) & LOW) | ONE, ONE)
    power = result_of(load_word(args + 72), times(unit, load_word(args + 64)))
    drawn = whole(power) - 1
    classes = load_word(args + 56)
    return drawn - drawn // classes * classes


def is_new(picked, found, drawn):
    """Whether it isn't among those picked."""
    for place in range(found):
        if load_word(picked + 8 * place) == drawn:
            return 0
    return 1
