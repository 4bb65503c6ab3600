"""Library, native: a convolution's gradient to its filters by register tiles.

The word language: every value is an int64. The rows of the product are a filter's elements (tap
and channel), its columns the filters. A worker sums a part of the tiles of positions (one of
`splits`, each with a sum of its own) into a part of the product (one of `shares`). Lanewise tiles
have taps for rows and the channels, with one filter each, for columns.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.layout import (
    DEPTH,
    DILATION_H,
    DILATION_W,
    FACTOR,
    FILTERS,
    OUT_H,
    OUT_W,
    PANEL_START,
    PLAN_BYTES,
    PLAN_IMAGE,
    PLAN_PICTURE,
    PLAN_PLACE,
    PLAN_ROW,
    PLAN_SEEN,
    PLAN_SIZE,
    PLAN_START,
    RESULT,
    SCRATCH,
    SHARES,
    SLOT,
    STRIDE_H,
    STRIDE_W,
    WINDOW_H,
    WINDOW_W,
    WORKERS,
)
from jitgraph.lowering.library.native.memory import clear_bytes, copy_bytes, load_word, store_word
from jitgraph.lowering.library.native.windows import (
    find_windows,
    image_groups,
    plan_tile,
    tiles_along,
)
from jitgraph.lowering.library.tile import tile_float32_6x4x16 as tile

ITEM = 4
ROWS = 6
COLUMNS = 64
LANEWISE = 0


def kernel(args, lo, hi):
    """The parts of workers lo to hi."""
    tiles = image_groups(args) * tiles_along(args, 0) * tiles_along(args, 8)
    shares = load_word(args + SHARES)
    splits = load_word(args + WORKERS) // shares
    worker = lo
    while worker < hi:
        split = worker // shares
        first = split * tiles // splits
        last = (split + 1) * tiles // splits
        sum_tiles(args, worker, first, last, worker - split * shares, split)
        worker += 1


def sum_tiles(args, worker, first, last, share, split):
    """A share of the product, summed over some tiles; zeros if there are none."""
    plan = load_word(args + SCRATCH) + ITEM * load_word(args + SLOT) * worker
    size = filter_size(args)
    sums = load_word(args + RESULT) + ITEM * split * size * load_word(args + FILTERS)
    number = first
    while number == first or number < last:
        total = 0
        if number < last:
            total = plan_tile(args, plan, number, 0)
        if total == 0:
            store_word(plan + PLAN_SEEN, 0)
            store_word(plan + PLAN_SIZE, 0)
            store_word(plan + 8 + PLAN_SIZE, 0)
        else:
            find_windows(args, plan, plan + PLAN_BYTES + 16 * ROWS)
        sum_tile(args, plan, sums, share, total, number - first)
        number += 1


def filter_size(args):
    """Elements of one filter."""
    return load_word(args + WINDOW_H) * load_word(args + WINDOW_W) * filter_depth(args)


def filter_depth(args):
    """Channels that one filter looks at."""
    return 1 if LANEWISE else load_word(args + DEPTH)


def sum_tile(args, plan, sums, share, total, adds):
    """A share's blocks of rows, one panel of columns after the other."""
    blocks = (filter_size(args) + ROWS - 1) // ROWS
    panels = (load_word(args + FILTERS) + COLUMNS - 1) // COLUMNS
    shares = load_word(args + SHARES)
    item = share * panels * blocks // shares
    last = (share + 1) * panels * blocks // shares
    while item < last:
        panel = item // blocks
        end = min(last, (panel + 1) * blocks)
        factor = gradient_panel(args, plan, panel, total)
        while item < end:
            sum_block(args, plan, sums, item - panel * blocks, panel, factor, adds)
            item += 1


def gradient_panel(args, plan, panel, total):
    """The address of a panel of the gradients: in place if it is the only one, else copied."""
    filters = load_word(args + FILTERS)
    row = load_word(plan + PLAN_IMAGE) * load_word(args + OUT_H) + load_word(plan + PLAN_PLACE)
    first = row * load_word(args + OUT_W) + load_word(plan + 8 + PLAN_PLACE)
    source = load_word(args + FACTOR) + ITEM * (first * filters + panel * COLUMNS)
    if LANEWISE or filters == COLUMNS:
        return source
    begin = plan + ITEM * load_word(args + PANEL_START)
    width = min(COLUMNS, filters - panel * COLUMNS)
    to = begin
    for _ in range(total):
        copy_row(to, source, width)
        source += ITEM * filters
        to += ITEM * COLUMNS
    return begin


def copy_row(to, source, width):
    """One row of a panel, with zeros behind."""
    if width == COLUMNS:
        copy_bytes(to, source, ITEM * COLUMNS)
    else:
        copy_bytes(to, source, ITEM * width)
        clear_bytes(to + ITEM * width, ITEM * (COLUMNS - width))


def sum_block(args, plan, sums, block, panel, factor, adds):
    """One block of rows of a panel, summed over the positions of a tile."""
    filters = load_word(args + FILTERS)
    factor_row = filters if LANEWISE else COLUMNS
    start = panel * COLUMNS if LANEWISE else 0
    tall = load_word(plan + PLAN_SIZE)
    wide = load_word(plan + 8 + PLAN_SIZE)
    rows = plan + PLAN_BYTES
    note_rows(args, plan, rows, sums, block)
    tile(
        rows, start, rows + 8 * ROWS, panel * COLUMNS, factor,
        load_word(plan + PLAN_SEEN), load_word(plan + PLAN_PICTURE), tall * wide * factor_row,
        tall, load_word(args + STRIDE_H) * load_word(plan + PLAN_ROW), wide * factor_row,
        wide, load_word(args + STRIDE_W) * load_word(args + DEPTH), factor_row,
        adds, filters - panel * COLUMNS,
    )  # fmt: skip


def note_rows(args, plan, rows, sums, block):
    """Note the addresses of what each row reads and adds to; the last row is repeated."""
    depth = filter_depth(args)
    window_w = load_word(args + WINDOW_W)
    row_step = load_word(args + DILATION_H) * load_word(plan + PLAN_ROW)
    column_step = load_word(args + DILATION_W) * load_word(args + DEPTH)
    last = filter_size(args) - 1
    for r in range(ROWS):
        row = min(block * ROWS + r, last)
        tap = row // depth
        tap_h = tap // window_w
        at = tap_h * row_step + (tap - tap_h * window_w) * column_step + row - tap * depth
        store_word(rows + 8 * r, load_word(plan + PLAN_START) + ITEM * at)
        place = row * load_word(args + FILTERS)
        store_word(rows + 8 * ROWS + 8 * r, sums + ITEM * place)
