"""Library, native: convolution and transposed convolution by register tiles.

The word language: every value is an int64. A worker takes tiles of positions one by one; it notes
the address of each position's window and of its results, and multiplies with one panel of filters
after the other. A transposed convolution is one plain convolution for each phase of its strides.
Lanewise tiles make it a convolution of each channel by itself, with one filter a channel.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.layout import (
    B_PANEL,
    B_ROW,
    COLUMN_GROUPS,
    DEPTH,
    FACTOR,
    FILTERS,
    OUT_H,
    OUT_W,
    PLACES,
    PLAN_APART,
    PLAN_BYTES,
    PLAN_FIRST,
    PLAN_IMAGE,
    PLAN_MOVE,
    PLAN_OUT_STEP,
    PLAN_PICTURE,
    PLAN_PLACE,
    PLAN_ROW,
    PLAN_SEEN,
    PLAN_SIZE,
    PLAN_START,
    PLAN_TAP_STEP,
    PLAN_TAPS,
    RESULT,
    SCRATCH,
    SLOT,
    STRIDE_H,
    STRIDE_W,
    TAP_ROWS,
    TRANSPOSED,
    WINDOW_W,
    WORKERS,
)
from jitgraph.lowering.library.native.memory import load_word, store_word
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
    phases_w = load_word(args + STRIDE_W) if load_word(args + TRANSPOSED) else 1
    phases = load_word(args + STRIDE_H) * phases_w if load_word(args + TRANSPOSED) else 1
    items = tiles * phases * load_word(args + COLUMN_GROUPS)
    workers = load_word(args + WORKERS)
    worker = lo
    while worker < hi:
        plan = load_word(args + SCRATCH) + ITEM * load_word(args + SLOT) * worker
        item = worker * items // workers
        while item < (worker + 1) * items // workers:
            part = item // tiles
            group = part // phases
            convolve_tile(args, plan, item - part * tiles, part - group * phases, phases_w, group)
            item += 1
        worker += 1


def convolve_tile(args, plan, number, phase, phases_w, group):
    """The results of one tile, for one group of panels."""
    total = plan_tile(args, plan, number, phase)
    if total == 0:
        return
    places = load_word(args + PLACES)
    rows = plan + PLAN_BYTES
    results = rows + 8 * places
    find_windows(args, plan, results + 8 * places)
    phase_h = phase // phases_w
    note_places(args, plan, rows, results, phase_h, phase - phase_h * phases_w)
    while total // ROWS * ROWS != total:
        store_word(rows + 8 * total, load_word(rows + 8 * total - 8))
        store_word(results + 8 * total, load_word(results + 8 * total - 8))
        total += 1
    groups = load_word(args + COLUMN_GROUPS)
    panels = (load_word(args + FILTERS) + COLUMNS - 1) // COLUMNS
    panel = group * panels // groups
    while panel < (group + 1) * panels // groups:
        multiply_panel(args, plan, rows, results, total, panel)
        panel += 1


def note_places(args, plan, rows, results, phase_h, phase_w):
    """Note the addresses of each position's window and results."""
    pixel = ITEM * load_word(args + FILTERS)
    step_h = load_word(plan + PLAN_OUT_STEP)
    step_w = load_word(plan + 8 + PLAN_OUT_STEP)
    move = ITEM * load_word(plan + 8 + PLAN_MOVE) * load_word(args + DEPTH)
    first_w = load_word(plan + 8 + PLAN_PLACE) * step_w + phase_w
    at = 0
    for g in range(load_word(plan + PLAN_SEEN)):
        image = (load_word(plan + PLAN_IMAGE) + g) * load_word(args + OUT_H)
        for i in range(load_word(plan + PLAN_SIZE)):
            step = i * load_word(plan + PLAN_MOVE) * load_word(plan + PLAN_ROW)
            window = load_word(plan + PLAN_START) + ITEM * (
                g * load_word(plan + PLAN_PICTURE) + step
            )
            row = image + (load_word(plan + PLAN_PLACE) + i) * step_h + phase_h
            result = load_word(args + RESULT) + (row * load_word(args + OUT_W) + first_w) * pixel
            for _ in range(load_word(plan + 8 + PLAN_SIZE)):
                store_word(rows + at, window)
                store_word(results + at, result)
                window += move
                result += step_w * pixel
                at += 8


def multiply_panel(args, plan, rows, results, total, panel):
    """All positions of a tile times one panel of filters, some rows of taps at a time."""
    depth = load_word(args + DEPTH)
    b_row = load_word(args + B_ROW)
    taps_h = load_word(plan + PLAN_TAPS)
    runs = load_word(plan + 8 + PLAN_TAPS)
    run_a = load_word(plan + 8 + PLAN_APART) * depth
    run_b = load_word(plan + 8 + PLAN_TAP_STEP) * depth * b_row
    start = 0
    length = depth
    if LANEWISE:
        start = panel * COLUMNS
        length = 1
    elif run_a == depth and run_b == depth * b_row:
        length = runs * depth
        runs = 1
    row_a = load_word(plan + PLAN_APART) * load_word(plan + PLAN_ROW)
    row_b = load_word(plan + PLAN_TAP_STEP) * load_word(args + WINDOW_W) * depth * b_row
    first = load_word(plan + PLAN_FIRST) * load_word(args + WINDOW_W)
    first = (first + load_word(plan + 8 + PLAN_FIRST)) * depth * b_row
    b = load_word(args + FACTOR) + ITEM * (panel * load_word(args + B_PANEL) + first)
    columns = load_word(args + FILTERS) - panel * COLUMNS
    tap = 0
    while tap == 0 or tap < taps_h:
        taps = min(load_word(args + TAP_ROWS), taps_h - tap)
        place = 0
        while place < total:
            tile(
                rows + 8 * place, start + tap * row_a, results + 8 * place, panel * COLUMNS,
                b + ITEM * tap * row_b, taps, row_a, row_b, runs, run_a, run_b,
                length, 1, b_row, tap, columns,
            )  # fmt: skip
            place += ROWS
        tap += load_word(args + TAP_ROWS)
