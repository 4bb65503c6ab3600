"""Native code: a row of an instruction table that notes when it is reached.

In: arguments [status, code, address of C's clock_gettime, clock, seconds, nanoseconds]; the range
of iterations is of no use. Out: the time, in the last two words.
"""
# mypy: ignore-errors

from jitgraph.kernels.word_primitives import call, load_word
from jitgraph.runtime.native.layout import NOTE_CLOCK, NOTE_FUNCTION, NOTE_TIME


def kernel(args, lo, hi):
    call(load_word(args + NOTE_FUNCTION), load_word(args + NOTE_CLOCK), args + NOTE_TIME)
