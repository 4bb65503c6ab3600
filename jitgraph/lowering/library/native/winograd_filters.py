"""Library, native: filters transformed for Winograd's convolution: [plane, panel, depth, column].

The word language: every value is an int64. Columns that no filter has are zeros. For a transposed
convolution filters are turned by half a circle, and depth and filters exchange their roles.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import (
    clear_bytes,
    copy_bytes,
    load_word,
    stack_bytes,
    store_word,
)
from jitgraph.lowering.library.transforms import filter_2x3_float32_16 as transform

ITEM = 4
COLUMNS = 64
SIDE = 4
WINDOW = 3
MOST_ROW_BYTES = 512
MOST_BYTES = 12800
MOST_TABLE_BYTES = 512

W = 16
TO = 24
DEPTH = 32
FILTERS = 40
PANELS = 48
TRANSPOSED = 56


def kernel(args, lo, hi):
    """Rows lo to hi of depth, those of a panel behind each other."""
    rows = stack_bytes(MOST_BYTES)
    inputs = stack_bytes(MOST_TABLE_BYTES)
    outputs = stack_bytes(MOST_TABLE_BYTES)
    depth = load_word(args + DEPTH)
    panels = load_word(args + PANELS)
    for k in range(WINDOW * WINDOW):
        store_word(inputs + 8 * k, rows + k * MOST_ROW_BYTES)
    part = lo
    while part < hi:
        panel = part // depth
        filled = min(COLUMNS, load_word(args + FILTERS) - panel * COLUMNS)
        if filled < COLUMNS:
            clear_bytes(rows, MOST_BYTES)
        gather(args, rows, panel * COLUMNS, part - panel * depth, filled)
        to = load_word(args + TO) + part * COLUMNS * ITEM
        for k in range(SIDE * SIDE):
            store_word(outputs + 8 * k, to + k * panels * depth * COLUMNS * ITEM)
        transform(inputs, outputs, COLUMNS)
        part += 1


def gather(args, rows, first, d, filled):
    """All taps of some filters at one depth."""
    depth = load_word(args + DEPTH)
    filters = load_word(args + FILTERS)
    w = load_word(args + W)
    for tap in range(WINDOW * WINDOW):
        to = rows + tap * MOST_ROW_BYTES
        if load_word(args + TRANSPOSED):
            source = w + (((WINDOW * WINDOW - 1 - tap) * filters + first) * depth + d) * ITEM
            for _ in range(filled):
                copy_bytes(to, source, ITEM)
                to += ITEM
                source += depth * ITEM
        else:
            copy_bytes(to, w + ((tap * depth + d) * filters + first) * ITEM, filled * ITEM)
