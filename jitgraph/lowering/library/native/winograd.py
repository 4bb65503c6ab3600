"""Library, native: convolution by Winograd's products of transformed tiles.

The word language: every value is an int64. A worker takes blocks of tiles; a tile is MADE × MADE
results and the elements that they see. It transforms the block's elements, multiplies each of the
planes with a panel of the transformed filters, and transforms the products back. What lies
beyond an edge is read from a row of zeros, and written to a row that nobody reads.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import clear_bytes, load_word, store_word
from jitgraph.lowering.library.native.winograd_tiles import (
    BLOCK,
    DEPTH,
    FACTOR,
    FILTERS,
    FROM,
    IMAGES,
    OUT_H,
    OUT_W,
    RESULT,
    SCRATCH,
    SLOT,
    TABLES,
    TO,
    WORKERS,
    spread,
)
from jitgraph.lowering.library.tile import tile_float32_6x4x16 as tile
from jitgraph.lowering.library.transforms import output_2x3_float32_16 as transform_output

ITEM = 4
MADE = 2
PLANES = 16
ROWS = 6
COLUMNS = 64


def kernel(args, lo, hi):
    """The parts of workers lo to hi."""
    tiles_h = (load_word(args + OUT_H) + MADE - 1) // MADE
    tiles_w = (load_word(args + OUT_W) + MADE - 1) // MADE
    tiles = load_word(args + IMAGES) * tiles_h * tiles_w
    block = load_word(args + BLOCK)
    blocks = (tiles + block - 1) // block
    workers = load_word(args + WORKERS)
    depth = load_word(args + DEPTH)
    worker = lo
    while worker < hi:
        notes = load_word(args + SCRATCH) + ITEM * load_word(args + SLOT) * worker
        zeros = notes + TABLES + 16 * PLANES * block
        spare = zeros + depth * ITEM
        planes = spare + COLUMNS * ITEM
        products = planes + PLANES * block * depth * ITEM
        note_rows(notes + TABLES, planes, PLANES * block, depth * ITEM)
        note_rows(notes + TABLES + 8 * PLANES * block, products, PLANES * block, COLUMNS * ITEM)
        clear_bytes(zeros, depth * ITEM)
        number = worker * blocks // workers
        while number < (worker + 1) * blocks // workers:
            first = number * block
            count = min(block, tiles - first)
            for k in range(count):
                spread(args, notes, zeros, planes, first + k, k, tiles_h, tiles_w)
            multiply(args, notes, spare, products, first, count, tiles_h, tiles_w)
            number += 1
        worker += 1


def note_rows(table, address, count, step):
    """Addresses of rows."""
    for k in range(count):
        store_word(table + 8 * k, address + k * step)


def multiply(args, notes, spare, products, first, count, tiles_h, tiles_w):
    """The block's planes times one panel of filters after the other, transformed back."""
    depth = load_word(args + DEPTH)
    filters = load_word(args + FILTERS)
    block = load_word(args + BLOCK)
    panels = (filters + COLUMNS - 1) // COLUMNS
    rows = notes + TABLES
    results = rows + 8 * PLANES * block
    for panel in range(panels):
        for plane in range(PLANES):
            b = load_word(args + FACTOR) + (plane * panels + panel) * depth * COLUMNS * ITEM
            k = 0
            while k < count:
                at = 8 * (plane * block + k)
                tile(
                    rows + at, 0, results + at, 0, b,
                    1, 0, 0, 1, 0, 0, depth, 1, COLUMNS, 0, COLUMNS,
                )  # fmt: skip
                k += ROWS
        column = panel * COLUMNS
        width = min(COLUMNS, filters - column)
        for k in range(count):
            gather(args, notes, spare, products, first + k, k, column, tiles_h, tiles_w)
            transform_output(notes + FROM, notes + TO, width)


def gather(args, notes, spare, products, number, k, column, tiles_h, tiles_w):
    """Where the products of tile `number` lie, and where its results belong."""
    out_h = load_word(args + OUT_H)
    out_w = load_word(args + OUT_W)
    block = load_word(args + BLOCK)
    line = number // tiles_w
    image = line // tiles_h
    top = MADE * (line - image * tiles_h)
    left = MADE * (number - line * tiles_w)
    for plane in range(PLANES):
        store_word(notes + FROM + 8 * plane, products + (plane * block + k) * COLUMNS * ITEM)
    for i in range(MADE):
        for j in range(MADE):
            place = ((image * out_h + top + i) * out_w + left + j) * load_word(args + FILTERS)
            at = load_word(args + RESULT) + (place + column) * ITEM
            if top + i >= out_h or left + j >= out_w:
                at = spare
            store_word(notes + TO + 8 * (MADE * i + j), at)
