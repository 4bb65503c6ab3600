"""Library, native: the gradient of filters by Winograd's tiles, but for the last step.

The word language: every value is an int64. A worker takes blocks of tiles; it transforms the
elements that they see, and their gradients, and adds the products of each plane to sums
of its own: [plane, depth, filter].
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
from jitgraph.lowering.library.transforms import gradient_2x3_float32_16 as transform_gradient

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
    filters = load_word(args + FILTERS)
    worker = lo
    while worker < hi:
        notes = load_word(args + SCRATCH) + ITEM * load_word(args + SLOT) * worker
        zeros = notes + TABLES + 256
        wide = depth
        if wide < COLUMNS:
            wide = COLUMNS
        planes = zeros + wide * ITEM
        gradients = planes + PLANES * block * depth * ITEM
        sums = load_word(args + RESULT) + worker * PLANES * depth * filters * ITEM
        clear_bytes(zeros, wide * ITEM)
        number = worker * blocks // workers
        last = (worker + 1) * blocks // workers
        if number == last:
            clear_bytes(sums, PLANES * depth * filters * ITEM)
        adds = 0
        while number < last:
            first = number * block
            count = min(block, tiles - first)
            for k in range(count):
                spread(args, notes, zeros, planes, first + k, k, tiles_h, tiles_w)
            add(args, notes, zeros, planes, gradients, sums, first, count, tiles_h, tiles_w, adds)
            adds = 1
            number += 1
        worker += 1


def add(args, notes, zeros, planes, gradients, sums, first, count, tiles_h, tiles_w, adds):
    """The products of a block's planes, one panel of filters after the other."""
    depth = load_word(args + DEPTH)
    filters = load_word(args + FILTERS)
    block = load_word(args + BLOCK)
    rows = notes + TABLES
    results = rows + 8 * ROWS
    column = 0
    while column < filters:
        width = min(COLUMNS, filters - column)
        for k in range(count):
            gather(args, notes, zeros, gradients, first + k, k, column, tiles_h, tiles_w)
            transform_gradient(notes + FROM, notes + TO, width)
        for plane in range(PLANES):
            b = gradients + plane * block * COLUMNS * ITEM
            d = 0
            while d < depth:
                for r in range(ROWS):
                    row = min(d + r, depth - 1)
                    store_word(rows + 8 * r, planes + (plane * block * depth + row) * ITEM)
                    store_word(results + 8 * r, sums + (plane * depth + row) * filters * ITEM)
                tile(
                    rows, 0, results, column, b,
                    1, 0, 0, 1, 0, 0, count, depth, COLUMNS, adds, width,
                )  # fmt: skip
                d += ROWS
        column += COLUMNS


def gather(args, notes, zeros, gradients, number, k, column, tiles_h, tiles_w):
    """Where the gradients of tile `number` lie, and row k of each of their planes."""
    out_h = load_word(args + OUT_H)
    out_w = load_word(args + OUT_W)
    block = load_word(args + BLOCK)
    line = number // tiles_w
    image = line // tiles_h
    top = MADE * (line - image * tiles_h)
    left = MADE * (number - line * tiles_w)
    for plane in range(PLANES):
        store_word(notes + TO + 8 * plane, gradients + (plane * block + k) * COLUMNS * ITEM)
    for i in range(MADE):
        for j in range(MADE):
            place = ((image * out_h + top + i) * out_w + left + j) * load_word(args + FILTERS)
            at = load_word(args + FACTOR) + (place + column) * ITEM
            if top + i >= out_h or left + j >= out_w:
                at = zeros
            store_word(notes + FROM + 8 * (MADE * i + j), at)
