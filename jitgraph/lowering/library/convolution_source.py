"""The source of convolutions: register tiles over windows, which are copied where they overhang.

In: the dtype and the tile. Out: source and names. A worker takes tiles of positions one by one; it
notes the address of each position's window and of its results, and multiplies with one panel of
filters after the other. What windows see beyond the image's edges lies in a copy with zeros, the
slab; where they don't overhang, the image is read in place.

A transposed convolution is run as one plain convolution for each phase of its strides: results
`phase + stride*place` see only the taps that hit an element, in reversed order.
"""

from __future__ import annotations

import re

from jitgraph.lowering.library.blocking import Blocking

HELPERS = "jitgraph.lowering.library.tile"

WORDS = (
    "images", "in_h", "in_w", "depth", "out_h", "out_w", "filters",
    "window_h", "window_w", "stride_h", "stride_w", "dilation_h", "dilation_w", "pad_h", "pad_w",
    "cycle_h", "cycle_w", "transposed", "group", "tile_h", "tile_w", "places", "slot", "workers",
    "column_groups", "b_row", "b_panel", "tap_rows",
)  # fmt: skip
"""Argument words after the four addresses, in order."""

ITEM_BYTES = {"float32": 4, "float64": 8}
_NOT_CALLS = frozenset(("kernel", "range", "min", "max"))

_TILES = """\
    panels = (filters + {columns} - 1) // {columns}
    phases_h, phases_w = (stride_h, stride_w) if transposed != 0 else (1, 1)
    tiles_h = ((out_h + phases_h - 1) // phases_h + tile_h - 1) // tile_h
    tiles_w = ((out_w + phases_w - 1) // phases_w + tile_w - 1) // tile_w
    tiles = (images + group - 1) // group * tiles_h * tiles_w
    items = tiles * phases_h * phases_w * column_groups
    for worker in range(lo, hi):
        rows = scratch_at + {bytes} * worker * slot
        results = rows + 8 * places
        note = worker * slot * {bytes} // 8
        slab_start = worker * slot + 16 * places // {bytes}
        for item in range(worker * items // workers, (worker + 1) * items // workers):
            tile = item % tiles
            phase_w = item // tiles % phases_w
            phase_h = item // (tiles * phases_w) % phases_h
            column_group = item // (tiles * phases_w * phases_h)
"""

AXIS = """\
            taps_{x}, origin_{x} = window_{x}, -pad_{x}
            move_{x}, apart_{x} = stride_{x}, dilation_{x}
            first_{x}, tap_step_{x}, apart_out_{x}, count_{x} = 0, 1, 1, out_{x}
            if transposed != 0:
                reach = phase_{x} + pad_{x}
                while first_{x} < cycle_{x}:
                    if (reach - first_{x} * dilation_{x}) % stride_{x} == 0:
                        break
                    first_{x} += 1
                taps_{x} = 0
                if first_{x} < cycle_{x}:
                    taps_{x} = max(0, (window_{x} - first_{x} + cycle_{x} - 1) // cycle_{x})
                apart_{x} = dilation_{x} // (stride_{x} // cycle_{x})
                origin_{x} = (reach - first_{x} * dilation_{x}) // stride_{x}
                origin_{x} -= (taps_{x} - 1) * apart_{x}
                first_{x} += (taps_{x} - 1) * cycle_{x}
                tap_step_{x}, move_{x}, apart_out_{x} = -cycle_{x}, 1, stride_{x}
                count_{x} = (out_{x} - phase_{x} + stride_{x} - 1) // stride_{x}
"""

_PLACES = """\
            image = tile // (tiles_w * tiles_h) * group
            place_h = tile // tiles_w % tiles_h * tile_h
            place_w = tile % tiles_w * tile_w
            seen = min(group, images - image)
            tall, wide = min(tile_h, count_h - place_h), min(tile_w, count_w - place_w)
            if seen <= 0 or tall <= 0 or wide <= 0:
                continue
"""

SLAB = """\
            top, left = place_h * move_h + origin_h, place_w * move_w + origin_w
            height = (tall - 1) * move_h + (taps_h - 1) * apart_h + 1
            width = (wide - 1) * move_w + (taps_w - 1) * apart_w + 1
            if top >= 0 and left >= 0 and top + height <= in_h and left + width <= in_w:
                row_items = in_w * depth
                image_items = in_h * row_items
                start = x_at + {bytes} * (((image * in_h + top) * in_w + left) * depth)
            elif taps_h > 0 and taps_w > 0:
                row_items = width * depth
                image_items = height * row_items
                start = scratch_at + {bytes} * slab_start
                before = min(width, max(0, -left)) * depth
                after = max(before, min(width, in_w - left) * depth)
                to = slab_start
                for g in range(image, image + seen):
                    for row in range(top, top + height):
                        if row < 0 or row >= in_h:
                            for k in range(row_items):
                                store(scratch, 1, to + k, cast_{dtype}(0))
                        else:
                            source = ((g * in_h + row) * in_w + left) * depth
                            for k in range(before):
                                store(scratch, 1, to + k, cast_{dtype}(0))
                            for k in range(before, after):
                                store(scratch, 1, to + k, load(x, 0, source + k))
                            for k in range(after, row_items):
                                store(scratch, 1, to + k, cast_{dtype}(0))
                        to += row_items
            else:
                row_items, image_items, start = 0, 0, x_at
"""

_NOTES = """\
            total = 0
            for g in range(seen):
                for i in range(tall):
                    window = start + {bytes} * (g * image_items + i * move_h * row_items)
                    result = (image + g) * out_h + (place_h + i) * apart_out_h + phase_h
                    result = (result * out_w + place_w * apart_out_w + phase_w) * filters
                    result = y_at + {bytes} * result
                    for j in range(wide):
                        store(notes, 1, note + total, window + {bytes} * j * move_w * depth)
                        at = note + places + total
                        store(notes, 1, at, result + {bytes} * j * apart_out_w * filters)
                        total += 1
            for at in range(note + total, note + (total + {rows} - 1) // {rows} * {rows}):
                store(notes, 1, at, load(notes, 1, note + total - 1))
                store(notes, 1, at + places, load(notes, 1, note + places + total - 1))
"""

_PRODUCTS = """\
            runs, length, run_x, run_b = taps_w, depth, apart_w * depth, tap_step_w * depth * b_row
            if apart_w == 1 and tap_step_w == 1:
                runs, length = 1, taps_w * depth
            row_x, row_b = apart_h * row_items, tap_step_h * window_w * depth * b_row
            first_panel = column_group * panels // column_groups
            for panel in range(first_panel, (column_group + 1) * panels // column_groups):
                column = panel * {columns}
                b_panel_at = panel * b_panel + (first_h * window_w + first_w) * depth * b_row
                tap = 0
                while tap == 0 or tap < taps_h:
                    b_tap_at = b_at + {bytes} * (b_panel_at + tap * row_b)
                    taps = min(tap_rows, taps_h - tap)
                    for place in range(0, total, {rows}):
                        {tile}(
                            rows + 8 * place, tap * row_x, results + 8 * place, column, b_tap_at,
                            taps, row_x, row_b, runs, run_x, run_b, length, 1, b_row,
                            tap, filters - column,
                        )
                    tap += tap_rows
"""


def convolution_source(dtype: str, tile: Blocking) -> tuple[str, tuple[str, ...]]:
    """The kernel, and the names it uses."""
    head = ["def kernel(args, lo, hi):"]
    head += [f"    {name}_at = args[{k + 2}]" for k, name in enumerate(("x", "b", "y", "scratch"))]
    head += [f"    {name} = args[{k + 6}]" for k, name in enumerate(WORDS)]
    head += [f"    x = ptr_{dtype}(args, 2)", f"    scratch = ptr_{dtype}(args, 5)"]
    head += ["    notes = ptr_int64(args, 5)", ""]
    axes = AXIS.format(x="h") + AXIS.format(x="w")
    body = (_TILES + "{axes}" + _PLACES + SLAB + _NOTES + _PRODUCTS).format(
        axes=axes,
        dtype=dtype,
        bytes=ITEM_BYTES[dtype],
        rows=tile.rows,
        columns=tile.columns,
        tile=f"tile_{dtype}_{tile.suffix}",
    )
    return named("\n".join(head) + body)


def named(source: str) -> tuple[str, tuple[str, ...]]:
    """A source with the names it calls."""
    called = set(re.findall(r"\b(\w+)\(", source)) - _NOT_CALLS
    return source, tuple(sorted(called))
