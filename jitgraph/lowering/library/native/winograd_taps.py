"""Library, native: the gradient of filters out of its planes, [plane, depth, filter].

The word language: every value is an int64.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_word, stack_bytes, store_word
from jitgraph.lowering.library.transforms import taps_2x3_float32_16 as transform

ITEM = 4
SIDE = 4
WINDOW = 3
MOST_TABLE_BYTES = 512

SUMS = 16
TAPS = 24
DEPTH = 32
WIDTH = 40


def kernel(args, lo, hi):
    """Rows lo to hi of depth."""
    inputs = stack_bytes(MOST_TABLE_BYTES)
    outputs = stack_bytes(MOST_TABLE_BYTES)
    depth = load_word(args + DEPTH)
    row_bytes = load_word(args + WIDTH) * ITEM
    row = lo
    while row < hi:
        for plane in range(SIDE * SIDE):
            place = load_word(args + SUMS) + (plane * depth + row) * row_bytes
            store_word(inputs + 8 * plane, place)
        for tap in range(WINDOW * WINDOW):
            store_word(outputs + 8 * tap, load_word(args + TAPS) + (tap * depth + row) * row_bytes)
        transform(inputs, outputs, load_word(args + WIDTH))
        row += 1
