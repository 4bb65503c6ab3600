"""The source of a convolution's gradient to its filters: register tiles that sum over positions.

In: the dtype and the tile. Out: source and names. The rows of the product are a filter's elements
(tap and channel), its columns the filters. A worker sums a part of the tiles of positions
(`splits` parts: each its own partial sum) into a part of the product (`shares` parts).
Windows come from the image or a copy with zeros around, as in a convolution; gradients are read in
place or, where columns hang over the tile, from a panel copied with zeros.
"""

from __future__ import annotations

from jitgraph.lowering.library.blocking import Blocking
from jitgraph.lowering.library.convolution_source import HELPERS, ITEM_BYTES, SLAB, named

__all__ = ["HELPERS", "WORDS", "filter_gradient_source"]

WORDS = (
    "images", "in_h", "in_w", "depth", "out_h", "out_w", "filters",
    "taps_h", "taps_w", "move_h", "move_w", "apart_h", "apart_w", "pad_h", "pad_w",
    "group", "tile_h", "tile_w", "slot", "panel_start", "splits", "shares",
)  # fmt: skip
"""Argument words after the four addresses, in order."""

_WORK = """\
    size = taps_h * taps_w * depth
    blocks = (size + {rows} - 1) // {rows}
    items = (filters + {columns} - 1) // {columns} * blocks
    tiles_h = (out_h + tile_h - 1) // tile_h
    tiles_w = (out_w + tile_w - 1) // tile_w
    tiles = (images + group - 1) // group * tiles_h * tiles_w
    for worker in range(lo, hi):
        split, share = worker // shares, worker % shares
        first_item, last_item = share * items // shares, (share + 1) * items // shares
        first_tile, last_tile = split * tiles // splits, (split + 1) * tiles // splits
        sums_at = dw_at + {bytes} * split * size * filters
        rows = scratch_at + {bytes} * worker * slot
        note = worker * slot * {bytes} // 8
        slab_start = worker * slot + 16 * {rows} // {bytes}
        panel_items = worker * slot + panel_start
        for tile in range(first_tile, max(last_tile, first_tile + 1)):
            image = tile // (tiles_w * tiles_h) * group
            place_h = tile // tiles_w % tiles_h * tile_h
            place_w = tile % tiles_w * tile_w
            seen = min(group, images - image) if tile < last_tile else 0
            tall, wide = min(tile_h, out_h - place_h), min(tile_w, out_w - place_w)
            origin_h, origin_w = -pad_h, -pad_w
"""

_PANELS = """\
            total = seen * tall * wide
            first_place = ((image * out_h + place_h) * out_w + place_w) * filters
            for panel in range(first_item // blocks, (last_item + blocks - 1) // blocks):
                column = panel * {columns}
                width = min({columns}, filters - column)
                panel_at = dy_at + {bytes} * first_place
                if filters != {columns}:
                    panel_at = scratch_at + {bytes} * panel_items
                    for place in range(total):
                        source = first_place + place * filters + column
                        to = panel_items + place * {columns}
                        if width == {columns}:
                            for j in range({columns}):
                                store(scratch, 1, to + j, load(dy, 0, source + j))
                        else:
                            for j in range(width):
                                store(scratch, 1, to + j, load(dy, 0, source + j))
                            for j in range(width, {columns}):
                                store(scratch, 1, to + j, cast_{dtype}(0))
                last_block = min(last_item - panel * blocks, blocks)
                for block in range(max(0, first_item - panel * blocks), last_block):
                    for r in range({rows}):
                        row = min(block * {rows} + r, size - 1)
                        tap, channel = row // depth, row % depth
                        window = tap // taps_w * apart_h * row_items
                        window += tap % taps_w * apart_w * depth + channel
                        store(notes, 1, note + r, start + {bytes} * window)
                        store(notes, 1, note + {rows} + r, sums_at + {bytes} * row * filters)
                    {tile}(
                        rows, 0, rows + 8 * {rows}, column, panel_at,
                        seen, image_items, tall * wide * {columns},
                        tall, move_h * row_items, wide * {columns},
                        wide, move_w * depth, {columns}, tile - first_tile, width,
                    )
"""


def filter_gradient_source(dtype: str, tile: Blocking) -> tuple[str, tuple[str, ...]]:
    """The kernel, and the names it uses."""
    head = ["def kernel(args, lo, hi):"]
    addresses = ("x", "dy", "dw", "scratch")
    head += [f"    {name}_at = args[{k + 2}]" for k, name in enumerate(addresses)]
    head += [f"    {name} = args[{k + 6}]" for k, name in enumerate(WORDS)]
    head += [f"    x = ptr_{dtype}(args, 2)", f"    dy = ptr_{dtype}(args, 3)"]
    head += [f"    scratch = ptr_{dtype}(args, 5)", "    notes = ptr_int64(args, 5)", ""]
    body = (_WORK + SLAB + _PANELS).format(
        dtype=dtype,
        bytes=ITEM_BYTES[dtype],
        rows=tile.rows,
        columns=tile.columns,
        tile=f"tile_{dtype}_{tile.suffix}",
    )
    return named("\n".join(head) + body)
