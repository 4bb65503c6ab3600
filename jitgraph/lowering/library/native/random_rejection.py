"""Library, native: numbers drawn by rejection, each from a stream of its own.

The word language. Stands behind `random_streams` and the file that says how to `draw` one.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_word, stack_bytes, store_word
from jitgraph.lowering.library.native.random_gamma import draw
from jitgraph.lowering.library.native.random_streams import (
    READY,
    STEP_BYTES,
    STREAM_BYTES,
    STREAMS,
    begin,
    opened,
)


def kernel(args, lo, hi):
    """Blocks lo to hi: a number of each stream."""
    stream = stack_bytes(STREAM_BYTES)
    shared = stack_bytes(STREAMS * READY * STEP_BYTES)
    own = stack_bytes(STREAMS * STEP_BYTES)
    size = load_word(args + 32)
    samples = load_word(args + 40)
    parameters = load_word(args + 48)
    block = lo
    while block < hi:
        first = opened(args, stream, shared, own, block)
        count = min(STREAMS, size - block * STREAMS)
        for number in range(count):
            output = block * STREAMS + number
            parameter = output // samples
            place = (output - parameter * samples) * (size // samples) + parameter
            begin(stream, first, number)
            drawn = draw(args, stream, number, load_word(parameters + 8 * parameter))
            store_word(load_word(args + 24) + 8 * place, drawn)
        block += 1
