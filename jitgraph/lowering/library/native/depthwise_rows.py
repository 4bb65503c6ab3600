"""Library, native: depthwise convolution of few channels, by lanewise tiles along rows of images.

The word language: every value is an int64. A row of an image is a row of numbers, whatever channel
they belong to: the lanes of a tile are neighbours in it, and filters are repeated along a panel.
Panels start at a whole pixel; where they overlap, they write the same numbers.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_word, store_word
from jitgraph.lowering.library.tile import lanewise_float32_6x4x16 as tile

ITEM = 4
ROWS = 6
COLUMNS = 64
LANEWISE = 1

X = 16
PANEL = 24
RESULT = 32
SCRATCH = 40
ROWS_IN = 48
WIDE_IN = 56
ROWS_OUT = 64
WIDE_OUT = 72
TOTAL = 80
TAPS_H = 88
TAPS_W = 96
APART_H = 104
APART_W = 112
STEP = 120
WORKERS = 128
SLOT = 136


def kernel(args, lo, hi):
    """The parts of workers lo to hi."""
    blocks = (load_word(args + TOTAL) + ROWS - 1) // ROWS
    workers = load_word(args + WORKERS)
    worker = lo
    while worker < hi:
        notes = load_word(args + SCRATCH) + ITEM * load_word(args + SLOT) * worker
        block = worker * blocks // workers
        while block < (worker + 1) * blocks // workers:
            note_rows(args, notes, block * ROWS)
            multiply_rows(args, notes)
            block += 1
        worker += 1


def note_rows(args, notes, first):
    """Note the addresses of the rows that a tile reads first, and of those that it writes."""
    last = load_word(args + TOTAL) - 1
    high = load_word(args + ROWS_OUT)
    for number in range(ROWS):
        row = min(first + number, last)
        image = row // high
        seen = image * load_word(args + ROWS_IN) + row - image * high
        x = load_word(args + X) + ITEM * seen * load_word(args + WIDE_IN)
        result = load_word(args + RESULT) + ITEM * row * load_word(args + WIDE_OUT)
        store_word(notes + 8 * number, x)
        store_word(notes + 8 * ROWS + 8 * number, result)


def multiply_rows(args, notes):
    """Some rows of results, panel by panel."""
    wide = load_word(args + WIDE_OUT)
    taps_w = load_word(args + TAPS_W)
    row_a = load_word(args + APART_H) * load_word(args + WIDE_IN)
    start = 0
    while start < wide:
        tile(
            notes, start, notes + 8 * ROWS, start, load_word(args + PANEL),
            1, 0, 0, load_word(args + TAPS_H), row_a, taps_w * COLUMNS,
            taps_w, load_word(args + APART_W), COLUMNS, 0, wide - start,
        )  # fmt: skip
        start += load_word(args + STEP)
