"""Library, native: the windows of a tile of positions, read in place or from a copy with zeros.

The word language: every value is an int64. A tile is some images, or some rows of one image, or
some columns of one row.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.layout import (
    CYCLE_H,
    DEPTH,
    DILATION_H,
    GROUP,
    IMAGES,
    IN_H,
    IN_W,
    OUT_H,
    PAD_H,
    PLAN_APART,
    PLAN_COUNT,
    PLAN_FIRST,
    PLAN_IMAGE,
    PLAN_MOVE,
    PLAN_ORIGIN,
    PLAN_OUT_STEP,
    PLAN_PICTURE,
    PLAN_PLACE,
    PLAN_ROW,
    PLAN_SEEN,
    PLAN_SIZE,
    PLAN_START,
    PLAN_TAP_STEP,
    PLAN_TAPS,
    STRIDE_H,
    TILE_H,
    TRANSPOSED,
    WINDOW_H,
    X,
)
from jitgraph.lowering.library.native.memory import clear_bytes, copy_bytes, load_word, store_word

ITEM = 4


def tiles_along(args, axis):
    """Tiles along an axis, of the longest phase."""
    phases = load_word(args + STRIDE_H + axis) if load_word(args + TRANSPOSED) else 1
    count = (load_word(args + OUT_H + axis) + phases - 1) // phases
    size = load_word(args + TILE_H + axis)
    return (count + size - 1) // size


def image_groups(args):
    """Tiles over the images."""
    group = load_word(args + GROUP)
    return (load_word(args + IMAGES) + group - 1) // group


def plan_tile(args, plan, tile, phase):
    """Note what a tile is; its phase counts columns before rows. Gives its number of positions."""
    tiles_w = tiles_along(args, 8)
    tiles_h = tiles_along(args, 0)
    row = tile // tiles_w
    image = row // tiles_h
    phases_w = load_word(args + STRIDE_H + 8) if load_word(args + TRANSPOSED) else 1
    phase_h = phase // phases_w
    tall = plan_axis(args, plan, 0, phase_h, row - image * tiles_h)
    wide = plan_axis(args, plan, 8, phase - phase_h * phases_w, tile - row * tiles_w)
    first = image * load_word(args + GROUP)
    seen = min(load_word(args + GROUP), load_word(args + IMAGES) - first)
    store_word(plan + PLAN_IMAGE, first)
    store_word(plan + PLAN_SEEN, seen)
    if seen <= 0 or tall <= 0 or wide <= 0:
        return 0
    return seen * tall * wide


def plan_axis(args, plan, axis, phase, tile):
    """Note one axis of a tile; gives its positions."""
    to = plan + axis
    stride = load_word(args + STRIDE_H + axis)
    dilation = load_word(args + DILATION_H + axis)
    pad = load_word(args + PAD_H + axis)
    if load_word(args + TRANSPOSED):
        plan_phase(args, to, axis, phase, stride, dilation, pad)
    else:
        store_word(to + PLAN_TAPS, load_word(args + WINDOW_H + axis))
        store_word(to + PLAN_ORIGIN, -pad)
        store_word(to + PLAN_MOVE, stride)
        store_word(to + PLAN_APART, dilation)
        store_word(to + PLAN_FIRST, 0)
        store_word(to + PLAN_TAP_STEP, 1)
        store_word(to + PLAN_OUT_STEP, 1)
        store_word(to + PLAN_COUNT, load_word(args + OUT_H + axis))
    first = tile * load_word(args + TILE_H + axis)
    size = min(load_word(args + TILE_H + axis), load_word(to + PLAN_COUNT) - first)
    store_word(to + PLAN_PLACE, first)
    store_word(to + PLAN_SIZE, size)
    return size


def plan_phase(args, to, axis, phase, stride, dilation, pad):
    """Of a transposed convolution: results phase + stride*k see each `cycle`th tap, backwards."""
    cycle = load_word(args + CYCLE_H + axis)
    reach = phase + pad
    first = 0
    while first < cycle and not divides(stride, reach - first * dilation):
        first += 1
    taps = 0
    if first < cycle:
        taps = (load_word(args + WINDOW_H + axis) - first + cycle - 1) // cycle
        taps = taps if taps > 0 else 0
    apart = dilation // (stride // cycle)
    store_word(to + PLAN_TAPS, taps)
    store_word(to + PLAN_ORIGIN, (reach - first * dilation) // stride - (taps - 1) * apart)
    store_word(to + PLAN_MOVE, 1)
    store_word(to + PLAN_APART, apart)
    store_word(to + PLAN_FIRST, first + (taps - 1) * cycle)
    store_word(to + PLAN_TAP_STEP, -cycle)
    store_word(to + PLAN_OUT_STEP, stride)
    store_word(to + PLAN_COUNT, (load_word(args + OUT_H + axis) - phase + stride - 1) // stride)


def divides(divisor, number):
    """Whether a number is a multiple of another."""
    return number // divisor * divisor == number


def window_place(plan, axis):
    """The element under the first tap of the first window."""
    moved = load_word(plan + axis + PLAN_PLACE) * load_word(plan + axis + PLAN_MOVE)
    return moved + load_word(plan + axis + PLAN_ORIGIN)


def window_reach(plan, axis):
    """The elements from the first tap of the first window to the last of the last."""
    moves = (load_word(plan + axis + PLAN_SIZE) - 1) * load_word(plan + axis + PLAN_MOVE)
    taps = load_word(plan + axis + PLAN_TAPS)
    return moves + (taps - 1) * load_word(plan + axis + PLAN_APART) + 1


def overhangs(args, plan, axis):
    """Whether windows reach beyond the image."""
    place = window_place(plan, axis)
    return place < 0 or place + window_reach(plan, axis) > load_word(args + IN_H + axis)


def find_windows(args, plan, slab):
    """Note where the windows of a tile begin: in the image, or in a copy made at `slab`."""
    depth = load_word(args + DEPTH)
    in_h = load_word(args + IN_H)
    in_w = load_word(args + IN_W)
    if load_word(plan + PLAN_TAPS) == 0 or load_word(plan + 8 + PLAN_TAPS) == 0:
        note_windows(plan, slab, 0, 0)
    elif overhangs(args, plan, 0) or overhangs(args, plan, 8):
        width = window_reach(plan, 8) * depth
        note_windows(plan, slab, width, window_reach(plan, 0) * width)
        copy_images(args, plan, slab)
    else:
        first = (load_word(plan + PLAN_IMAGE) * in_h + window_place(plan, 0)) * in_w
        at = load_word(args + X) + ITEM * (first + window_place(plan, 8)) * depth
        note_windows(plan, at, in_w * depth, in_h * in_w * depth)


def note_windows(plan, start, row, picture):
    """Note the first window's address, and the elements between rows and between images."""
    store_word(plan + PLAN_START, start)
    store_word(plan + PLAN_ROW, row)
    store_word(plan + PLAN_PICTURE, picture)


def copy_images(args, plan, slab):
    """What windows see of each image of the tile."""
    to = slab
    for g in range(load_word(plan + PLAN_SEEN)):
        copy_image(args, plan, load_word(plan + PLAN_IMAGE) + g, to)
        to += ITEM * load_word(plan + PLAN_PICTURE)


def copy_image(args, plan, image, slab):
    """Rows that windows see, with zeros beyond the edges."""
    in_h = load_word(args + IN_H)
    in_w = load_word(args + IN_W)
    pixel = ITEM * load_word(args + DEPTH)
    width = window_reach(plan, 8)
    left = window_place(plan, 8)
    before = min(width, -left if left < 0 else 0)
    after = min(width, in_w - left)
    after = after if after > before else before
    row = window_place(plan, 0)
    to = slab
    for _ in range(window_reach(plan, 0)):
        if row < 0 or row >= in_h:
            clear_bytes(to, width * pixel)
        else:
            source = load_word(args + X) + ((image * in_h + row) * in_w + left + before) * pixel
            clear_bytes(to, before * pixel)
            copy_bytes(to + before * pixel, source, (after - before) * pixel)
            clear_bytes(to + after * pixel, (width - after) * pixel)
        to += width * pixel
        row += 1
