"""Library: how the positions of windows are cut into tiles for workers.

In: windows, and how far they move. Out: a `Tiling`: sizes of tiles, possibly symbolic, such that
what a tile's windows see stays in the cache, and there are enough tiles for all workers.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import gcd
from typing import Any

from jitgraph import settings
from jitgraph.ir.sizes import hint, smax, smin
from jitgraph.lowering.library.windows import Axis, Windows

WORK_PER_WORKER = 1 << 17
_SLAB_ITEMS = 48 * 1024
_MOST_PLACES, _FEWEST_PLACES = 1024, 64


@dataclass(frozen=True, slots=True)
class Tiling:
    """Images, rows and columns of a tile; its positions; items of its slab; number of tiles."""

    group: Any
    rows: Any
    columns: Any
    places: Any
    slab: Any
    count: Any


def worker_count() -> int:
    """Into how many parts work is cut: each part has scratch memory of its own."""
    threads = thread_count()
    return threads * (4 if threads <= 4 else 2)


def thread_count() -> int:
    """The threads that share the work."""
    return settings.num_threads() or os.cpu_count() or 1


def worker_grain(work: Any, workers: int) -> Any:
    """Workers a chunk, so that it is worth its overhead."""
    return WORK_PER_WORKER * workers // (work + 1) + 1


def cycle_of(axis: Axis) -> int:
    """Taps from one that hits an element to the next, in a transposed convolution."""
    return axis.stride // gcd(axis.stride, axis.dilation)


def tiling_of(windows: Windows, depth: Any, workers: int, *, is_transposed: bool = False) -> Tiling:
    """Tiles of positions.

    Args:
      windows: what is looked at; depth: channels of what is read.
      workers: how many share the tiles.
      is_transposed: the tiles are those of a phase of a transposed convolution.
    """
    extents = [_extent(axis, is_transposed) for axis in (windows.rows, windows.columns)]
    (move_h, reach_h, places_h), (move_w, reach_w, places_w) = extents
    room = _SLAB_ITEMS // max(1, hint(depth) * move_h * move_w)
    most = max(_FEWEST_PLACES, min(_MOST_PLACES, room))
    wide = smax(1, smin(places_w, most))
    enough = (_FEWEST_PLACES - 1) // wide + 1
    balanced = windows.images * places_h // workers
    tall = smax(1, smin(places_h, smax(enough, smin(most // wide, balanced))))
    shared = (windows.images - 1) // (2 * workers) + 1 if workers > 1 else windows.images
    group = smax(1, smin(most // (places_h * places_w + 1), shared))
    tiles = [(size + part - 1) // part for size, part in ((places_h, tall), (places_w, wide))]
    count = ((windows.images + group - 1) // group) * tiles[0] * tiles[1]
    if is_transposed:
        count = count * windows.rows.stride * windows.columns.stride
    slab = group * ((tall - 1) * move_h + reach_h) * ((wide - 1) * move_w + reach_w) * depth
    return Tiling(group, tall, wide, group * tall * wide, slab, count)


def _extent(axis: Axis, is_transposed: bool) -> tuple[int, Any, Any]:
    """(elements from a window to the next, elements a window spans, most places of a phase)."""
    if not is_transposed:
        return axis.stride, (axis.window - 1) * axis.dilation + 1, axis.positions
    cycle = cycle_of(axis)
    taps = (axis.window + cycle - 1) // cycle
    places = (axis.image + axis.stride - 1) // axis.stride
    return 1, (taps - 1) * (axis.dilation // (axis.stride // cycle)) + 1, places
