"""Library, native: filters [tap, filter, depth] as panels of columns, [panel, tap, depth, column].

The word language: every value is an int64. Columns that no filter has are zeros. A few of a
filter's numbers are read at a time, so that the rows which they are written to stay in the cache.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import (
    clear_bytes,
    load_int32 as load_item,
    load_word,
    store_int32 as store_item,
)

ITEM = 4
AT_ONCE = 16


def kernel(args, lo, hi):
    """Taps lo to hi, those of a panel behind each other; each is `depth` rows of columns."""
    taps = load_word(args + 32)
    depth = load_word(args + 40)
    filters = load_word(args + 48)
    columns = load_word(args + 56)
    part = lo
    while part < hi:
        panel = part // taps
        tap = part - panel * taps
        first = panel * columns
        width = min(columns, filters - first)
        to = load_word(args + 24) + part * depth * columns * ITEM
        source = load_word(args + 16) + (tap * filters + first) * depth * ITEM
        start = 0
        while start < depth:
            rows = min(AT_ONCE, depth - start)
            pack_rows(
                to + start * columns * ITEM, source + start * ITEM, rows, width, depth, columns
            )
            start += AT_ONCE
        part += 1


def pack_rows(to, source, rows, width, depth, columns):
    """Some rows: column j is part of filter j."""
    row_bytes = columns * ITEM
    for j in range(width):
        place = to + j * ITEM
        item = source + j * depth * ITEM
        for _ in range(rows):
            store_item(place, load_item(item))
            place += row_bytes
            item += ITEM
    if width < columns:
        for k in range(rows):
            clear_bytes(to + k * row_bytes + width * ITEM, row_bytes - width * ITEM)
