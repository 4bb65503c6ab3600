"""Library, native: where Winograd's kernels find their arguments, and how they read the images.

The word language: every value is an int64. A tile is MADE × MADE positions and the SIDE × SIDE
elements that their windows see; what lies beyond an edge is read from a row of zeros.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.memory import load_word, store_word
from jitgraph.lowering.library.transforms import input_2x3_float32_16 as transform_input

ITEM = 4
MADE = 2
SIDE = 4

X = 16
FACTOR = 24
RESULT = 32
SCRATCH = 40
IN_H = 48
IN_W = 56
DEPTH = 64
OUT_H = 72
OUT_W = 80
FILTERS = 88
PAD_H = 96
PAD_W = 104
IMAGES = 112
BLOCK = 120
SLOT = 128
WORKERS = 136

FROM = 0
TO = 512
TABLES = 1024


def spread(args, notes, zeros, planes, number, k, tiles_h, tiles_w):
    """The elements that tile `number` sees, transformed, as row k of each plane."""
    depth = load_word(args + DEPTH)
    in_h = load_word(args + IN_H)
    in_w = load_word(args + IN_W)
    line = number // tiles_w
    image = line // tiles_h
    top = MADE * (line - image * tiles_h) - load_word(args + PAD_H)
    left = MADE * (number - line * tiles_w) - load_word(args + PAD_W)
    block = load_word(args + BLOCK)
    for i in range(SIDE):
        row = top + i
        place = load_word(args + X) + ((image * in_h + row) * in_w + left) * depth * ITEM
        for j in range(SIDE):
            at = place
            if row < 0 or row >= in_h or left + j < 0 or left + j >= in_w:
                at = zeros
            store_word(notes + FROM + 8 * (SIDE * i + j), at)
            store_word(
                notes + TO + 8 * (SIDE * i + j),
                planes + ((SIDE * i + j) * block + k) * depth * ITEM,
            )
            place += depth * ITEM
    transform_input(notes + FROM, notes + TO, depth)
