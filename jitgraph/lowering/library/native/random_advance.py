"""Library, native: the state of a Philox generator some steps on.

The word language: every value is an int64. It may be written where it was read.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_word, store_word


def kernel(args, lo, hi):
    """The whole state; `lo` and `hi` are 0 and 1."""
    state = load_word(args + 16)
    to = load_word(args + 24)
    store_word(to, load_word(state) + load_word(args + 32))
    store_word(to + 8, load_word(state + 8))
    store_word(to + 16, load_word(state + 16))
