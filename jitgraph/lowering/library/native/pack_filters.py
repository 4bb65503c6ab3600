"""Library, native: filters as panels of a tile's columns, [panel, tap, depth, column].

The word language: every value is an int64. Columns that no filter has are zeros.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import clear_bytes, copy_bytes, load_word

ITEM = 4


def kernel(args, lo, hi):
    """Taps lo to hi, those of a panel behind each other; each is `depth` rows of columns."""
    taps = load_word(args + 32)
    depth = load_word(args + 40)
    filters = load_word(args + 48)
    columns = load_word(args + 56)
    to = load_word(args + 24) + lo * depth * columns * ITEM
    part = lo
    while part < hi:
        panel = part // taps
        tap = part - panel * taps
        first = panel * columns
        filled = min(columns, filters - first) * ITEM
        source = load_word(args + 16) + (tap * depth * filters + first) * ITEM
        for _ in range(depth):
            copy_bytes(to, source, filled)
            if filled < columns * ITEM:
                clear_bytes(to + filled, columns * ITEM - filled)
            to += columns * ITEM
            source += filters * ITEM
        part += 1
