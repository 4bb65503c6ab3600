"""Library: where native kernels find their arguments and their notes, in bytes.

Each `.._W` lies 8 bytes behind its `.._H`: functions take the axis as 0 or 8.
"""

X = 16
FACTOR = 24
RESULT = 32
SCRATCH = 40
IMAGES = 48
IN_H = 56
IN_W = 64
DEPTH = 72
OUT_H = 80
OUT_W = 88
FILTERS = 96
WINDOW_H = 104
WINDOW_W = 112
STRIDE_H = 120
STRIDE_W = 128
DILATION_H = 136
DILATION_W = 144
PAD_H = 152
PAD_W = 160
CYCLE_H = 168
CYCLE_W = 176
TRANSPOSED = 184
GROUP = 192
TILE_H = 200
TILE_W = 208
SLOT = 216
WORKERS = 224

PLACES = 232
COLUMN_GROUPS = 240
B_ROW = 248
B_PANEL = 256
TAP_ROWS = 264

SHARES = 232
PANEL_START = 240

PLAN_TAPS = 0
PLAN_ORIGIN = 16
PLAN_MOVE = 32
PLAN_APART = 48
PLAN_FIRST = 64
PLAN_TAP_STEP = 80
PLAN_OUT_STEP = 96
PLAN_COUNT = 112
PLAN_PLACE = 128
PLAN_SIZE = 144
PLAN_IMAGE = 160
PLAN_SEEN = 168
PLAN_START = 176
PLAN_ROW = 184
PLAN_PICTURE = 192
PLAN_BYTES = 256
"""A worker's notes on its tile: for each axis the taps, the position of the first one, the elements
from a window to the next and from a tap to the next, the filter's first tap and the step to its
next one, the results from one to the next, how many there are, the tile's first and their number.
Then the tile's first image, how many it has, the address of its first window, and the elements
from a row to the next and from an image to the next."""
