"""Library, native: products of matrices by register tiles, c = a·b over a batch, row-major.

The word language: every value is an int64. A worker takes a panel of columns of the right factor,
copies it into its scratch memory, and multiplies it with tiles of rows of the left factor, which
are read in place. Where b lies transposed and is the longer one, or both lie transposed, the roles
are exchanged: the transpose of c is computed, and stored tile by tile. Flat and small matrices, and
few rows times a transposed matrix, are left to OpenBLAS, each worker computing a part of c; so are
those of which panels would compute much in vain.

The loops around the tile are those of K. Goto and R. van de Geijn, "Anatomy of High-Performance
Matrix Multiplication", ACM TOMS 34 (2008).
"""

# mypy: ignore-errors

from jitgraph.lowering.library.native.gemm import gemm_float32 as gemm
from jitgraph.lowering.library.native.memory import (
    clear_bytes,
    copy_bytes,
    load_word,
    prefetch,
    store_word,
    transpose_block,
)
from jitgraph.lowering.library.tile import tile_float32_6x4x16 as tile

ITEM = 4
ROWS = 6
COLUMNS = 64

STATUS = 0
CODE = 8
GEMM = 16
A = 24
B = 32
C = 40
SCRATCH = 48
M = 56
N = 64
K = 72
A_ROW = 80
A_INNER = 88
B_INNER = 96
B_COLUMN = 104
BATCH = 112
A_STEP = 120
B_STEP = 128
C_STEP = 136
THREADS = 144
WORKERS = 152
SLOT = 160
DEEPEST = 168

FLAT = 24
DEEP = 16
SMALL = 524288
WORTH_PACKING = 48
WORTH_WASTING = 192
LARGEST_SIDE = 2147483647
TOO_LARGE = 5
NO_TRANS = 111
TRANS = 112
PARTS_PER_THREAD = 2
LEAST_GROUP = 48
NOTED = 480
COPIED_ROWS = 16
AHEAD = 8
LINE = 64


def kernel(args, lo, hi):
    """The parts of workers lo to hi."""
    m = load_word(args + M)
    n = load_word(args + N)
    k = load_word(args + K)
    if m <= 0 or n <= 0 or load_word(args + BATCH) <= 0:
        return 0
    if k <= 0:
        return empty(args, lo, hi, m * n)
    if min(m, n) < FLAT or (m * n * k <= SMALL and k >= DEEP):
        return flat(args, lo, hi, m, n, k)
    a_row = load_word(args + A_ROW)
    a_inner = load_word(args + A_INNER)
    b_inner = load_word(args + B_INNER)
    b_column = load_word(args + B_COLUMN)
    a = load_word(args + A)
    b = load_word(args + B)
    a_step = load_word(args + A_STEP) * ITEM
    b_step = load_word(args + B_STEP) * ITEM
    if b_column != 1:
        if a_inner != 1 or m * (k + n) < n * k:
            return tiled(
                args, lo, hi, n, m, k, b, b_column, b_inner, b_step, a, a_inner, a_row, a_step, 1, n
            )
        if k >= DEEP and (m < WORTH_PACKING or (m < WORTH_WASTING and hangs_over(n))):
            return flat(args, lo, hi, m, n, k)
    return tiled(
        args, lo, hi, m, n, k, a, a_row, a_inner, a_step, b, b_inner, b_column, b_step, n, 1
    )


def hangs_over(columns):
    """Whether a tenth of the panels' columns, or more, are none of the result's."""
    wasted = (columns + COLUMNS - 1) // COLUMNS * COLUMNS - columns
    return 1 if wasted * 10 > columns else 0


def empty(args, lo, hi, items):
    """Sums of nothing."""
    if lo == 0:
        clear_bytes(load_word(args + C), load_word(args + BATCH) * items * ITEM)
    return 0


def flat(args, lo, hi, m, n, k):
    """A part of the batch, of the rows or of the columns by OpenBLAS."""
    if m > LARGEST_SIDE or n > LARGEST_SIDE or k > LARGEST_SIDE:
        store_word(load_word(args + STATUS), load_word(args + CODE) | TOO_LARGE)
        return 0
    workers = load_word(args + WORKERS)
    first = 0
    last = load_word(args + BATCH)
    row = 0
    rows = m
    column = 0
    columns = n
    if last >= workers:
        first = lo * last // workers
        last = hi * last // workers
    else:
        if m >= n:
            row = lo * m // workers
            rows = hi * m // workers - row
        else:
            column = lo * n // workers
            columns = hi * n // workers - column
    if rows <= 0 or columns <= 0:
        return 0
    a_row = load_word(args + A_ROW)
    a_inner = load_word(args + A_INNER)
    b_inner = load_word(args + B_INNER)
    b_column = load_word(args + B_COLUMN)
    a = load_word(args + A) + (first * load_word(args + A_STEP) + row * a_row) * ITEM
    b = load_word(args + B) + (first * load_word(args + B_STEP) + column * b_column) * ITEM
    c = load_word(args + C) + (first * load_word(args + C_STEP) + row * n + column) * ITEM
    for _matrix in range(last - first):
        gemm(
            load_word(args + GEMM),
            NO_TRANS if a_inner == 1 else TRANS, NO_TRANS if b_column == 1 else TRANS,
            rows, columns, k, a, leading(a_row, a_inner, k),
            b, leading(b_inner, b_column, n), c, n,
        )  # fmt: skip
        a += load_word(args + A_STEP) * ITEM
        b += load_word(args + B_STEP) * ITEM
        c += load_word(args + C_STEP) * ITEM
    return 0


def leading(row, column, width):
    """The leading dimension of a matrix stored by rows, of one stored by columns."""
    if column != 1:
        return column
    return row if row > width else width


def tiled(
    args, lo, hi, tall, wide, k, left, left_row, left_inner, left_step,
    right, right_inner, right_column, right_step, c_row, c_column,
):  # fmt: skip
    """c or its transpose, panel by panel of the right factor."""
    panels = (wide + COLUMNS - 1) // COLUMNS
    tiles = (tall + ROWS - 1) // ROWS
    batch = load_word(args + BATCH)
    wanted = load_word(args + THREADS) * PARTS_PER_THREAD
    groups = min((wanted + panels * batch - 1) // (panels * batch), tall // LEAST_GROUP)
    if groups < 1:
        groups = 1
    items = batch * panels * groups
    workers = load_word(args + WORKERS)
    deepest = load_word(args + DEEPEST)
    item = lo * items // workers
    notes = load_word(args + SCRATCH) + lo * load_word(args + SLOT) * ITEM
    packed = notes + NOTED * 16 + ROWS * COLUMNS * ITEM
    while item < hi * items // workers:
        part = item // groups
        group = item - part * groups
        index = part // panels
        column = (part - index * panels) * COLUMNS
        width = min(COLUMNS, wide - column)
        first = group * tiles // groups * ROWS
        last = min(tall, (group + 1) * tiles // groups * ROWS)
        a = left + index * left_step
        c = load_word(args + C) + index * load_word(args + C_STEP) * ITEM
        start = 0
        while start < k:
            depth = min(deepest, k - start)
            b = right + index * right_step
            b += (column * right_column + start * right_inner) * ITEM
            pack(packed, b, depth, width, right_inner * ITEM, right_column * ITEM)
            row = first
            while row < last:
                total = min(NOTED, last - row)
                place = a + (row * left_row + start * left_inner) * ITEM
                note(notes, place, total, left_row * ITEM)
                if c_column == 1:
                    note(notes + NOTED * 8, c + row * c_row * ITEM, total, c_row * ITEM)
                    multiply(notes, packed, total, depth, left_inner, column, width, start)
                else:
                    to = c + (row + column * c_column) * ITEM
                    multiply_turned(
                        notes, packed, total, depth, left_inner, width, start, to, c_column * ITEM
                    )
                row += total
            start += depth
        item += 1
    return 0


def note(table, address, count, step):
    """Addresses of rows; the last one is repeated to fill a tile."""
    for number in range((count + ROWS - 1) // ROWS * ROWS):
        store_word(table + number * 8, address + min(number, count - 1) * step)
    return 0


def multiply(notes, packed, total, depth, left_inner, column, width, adds):
    """Tiles of results, written where they belong."""
    place = 0
    while place < total:
        at = notes + place * 8
        tile(
            at, 0, at + NOTED * 8, column, packed,
            1, 0, 0, 1, 0, 0, depth, left_inner, COLUMNS, adds, width,
        )  # fmt: skip
        place += ROWS
    return 0


def multiply_turned(notes, packed, total, depth, left_inner, width, adds, to, c_column):
    """Tiles of results, turned by way of the scratch memory."""
    results = notes + NOTED * 8
    corner = notes + NOTED * 16
    for number in range(ROWS):
        store_word(results + number * 8, corner + number * COLUMNS * ITEM)
    place = 0
    while place < total:
        high = min(ROWS, total - place)
        if adds:
            turn(to, corner, high, width, c_column, 0)
        tile(
            notes + place * 8, 0, results, 0, packed,
            1, 0, 0, 1, 0, 0, depth, left_inner, COLUMNS, adds, COLUMNS,
        )  # fmt: skip
        turn(to, corner, high, width, c_column, 1)
        to += ROWS * ITEM
        place += ROWS
    return 0


def turn(c, corner, high, width, c_column, is_stored):
    """Between c, where the tile's rows lie side by side, and the tile."""
    for j in range(width):
        at = corner + j * ITEM
        for i in range(high):
            if is_stored:
                copy_bytes(c + i * ITEM, at, ITEM)
            else:
                copy_bytes(at, c + i * ITEM, ITEM)
            at += COLUMNS * ITEM
        c += c_column
    return 0


def pack(packed, b, depth, width, inner, column):
    """Copy a panel: its rows one behind the other, filled with zeros."""
    if column == ITEM and width == COLUMNS:
        for _row in range(depth):
            ahead = b + AHEAD * inner
            for line in range(COLUMNS * ITEM // LINE):
                prefetch(ahead + line * LINE)
            copy_bytes(packed, b, COLUMNS * ITEM)
            packed += COLUMNS * ITEM
            b += inner
        return 0
    if width < COLUMNS:
        clear_bytes(packed, depth * COLUMNS * ITEM)
    if column == ITEM:
        for _row in range(depth):
            copy_bytes(packed, b, width * ITEM)
            packed += COLUMNS * ITEM
            b += inner
        return 0
    pack_transposed(packed, b, depth, width, inner, column)
    return 0


def pack_transposed(packed, b, depth, width, inner, column):
    """Copy a panel that lies by columns, square by square."""
    square = LINE // ITEM
    high = depth // square * square if inner == ITEM else 0
    wide = width // square * square
    start = 0
    while start < high:
        j = 0
        while j < wide:
            transpose_block(
                packed + (start * COLUMNS + j) * ITEM, COLUMNS * ITEM,
                b + j * column + start * inner, column, ITEM,
            )  # fmt: skip
            j += square
        start += square
    pack_items(packed + wide * ITEM, b + wide * column, high, width - wide, inner, column)
    rest = packed + high * COLUMNS * ITEM
    pack_items(rest, b + high * inner, depth - high, width, inner, column)
    return 0


def pack_items(packed, b, depth, width, inner, column):
    """Copy a panel number by number."""
    start = 0
    while start < depth:
        deep = min(COPIED_ROWS, depth - start)
        for j in range(width):
            source = b + j * column
            target = packed + j * ITEM
            for _row in range(deep):
                copy_bytes(target, source, ITEM)
                source += inner
                target += COLUMNS * ITEM
        packed += deep * COLUMNS * ITEM
        b += deep * inner
        start += deep
    return 0
