"""Depthwise convolution of few channels: lanes are neighbours in a row, not channels of a pixel.

In: an instruction on NHWC images of a few channels and as many filters, of stride one and without
padding. Out: steps: the filters repeated along a panel, then the products.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, is_one, product
from jitgraph.lowering.library.blocking import Blocking, lanewise_blocking
from jitgraph.lowering.library.native import native_code
from jitgraph.lowering.library.tiling import worker_count, worker_grain
from jitgraph.lowering.library.windows import Windows
from jitgraph.lowering.steps import KernelStep, Pointer

_MOST_CHANNELS = 12
_WIDEST = 1 << 10


def goes_by_rows(windows: Windows, w: Value) -> bool:
    """Whether few channels have one filter each, that moves by single pixels and hangs over no
    edge."""
    depth, times = w.type.dims[2:]
    axes = (windows.rows, windows.columns)
    return (
        isinstance(depth, int)
        and depth <= _MOST_CHANNELS
        and is_one(times)
        and all(axis.stride == 1 and isinstance(axis.pad, int) and axis.pad == 0 for axis in axes)
        and w.type.dtype.name in ("float32", "float64")
    )


def depthwise_rows_steps(
    instr: Instr, fused: Fused, windows: Windows, x: Value, w: Value, y: Value
) -> list[KernelStep]:
    """y = x * w, see `goes_by_rows`."""
    high, wide, depth = y.type.dims[1:]
    total = y.type.dims[0] * high
    tile = lanewise_blocking(y.type.dtype.name, _WIDEST, _WIDEST)
    step, panel = _repeated(instr, fused, w, tile)
    workers = worker_count()
    slot = 16 * tile.rows // y.type.dtype.size
    slot = (slot + 15) // 16 * 16
    scratch = Value(f"{y.name}.scratch", Type(y.type.dtype, (workers * slot,)))
    place = fused.access(x)
    rows, columns = windows.rows, windows.columns
    words = (
        Pointer(place.base, place.offset), Pointer(panel), Pointer(y), Pointer(scratch),
        x.type.dims[1], x.type.dims[2] * depth, high, wide * depth, total,
        rows.window, columns.window, rows.dilation, columns.dilation * depth,
        tile.columns // depth * depth, workers, slot,
    )  # fmt: skip
    code = native_code("depthwise_rows", y.type.dtype.name, tile, "lanewise", beside=())
    work: Any = product(y.type.dims) * rows.window * columns.window
    product_step = KernelStep(
        code, words, workers, worker_grain(work, workers), (place.base, panel), (y, scratch),
        (instr,), f"{instr.name} is a library kernel",
    )  # fmt: skip
    return [step, product_step]


def _repeated(instr: Instr, fused: Fused, w: Value, tile: Blocking) -> tuple[KernelStep, Value]:
    """For each tap its weights, again and again for as many numbers as a tile is wide."""
    rows, columns, depth, _ = w.type.dims
    panel = Value(f"{w.name}.along", Type(w.type.dtype, (rows * columns, tile.columns)))
    arguments = Arguments(instr, fused)
    arguments.read("w", w)
    arguments.write("y", panel)
    arguments.word("depth", depth)
    arguments.word("width", tile.columns)
    body = [
        "    for i in range(lo, hi):",
        "        for k in range(width):",
        "            store(y, 1, i * width + k, load(w, 0, i * depth + k % depth))",
    ]
    count = rows * columns
    return arguments.step("repeat_weights", body, count, grain_of(tile.columns)), panel
