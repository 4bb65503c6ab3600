"""The gradient of 3×3 and 5×5 filters by Winograd's algorithm.

In: an instruction on NHWC images and gradients of enough channels and positions. Out: three steps:
workers sum the products of transformed tiles, these sums are added up, and transformed into taps.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of
from jitgraph.lowering.library.blocking import blocking
from jitgraph.lowering.library.partial_sums import sum_step
from jitgraph.lowering.library.tiling import thread_count, worker_grain
from jitgraph.lowering.library.windows import Windows
from jitgraph.lowering.library.winograd import (
    TABLE_BYTES,
    Scheme,
    add_sizes,
    block_of,
    bytes_of_sums,
    code_of,
    scheme_for,
    slot_of,
)
from jitgraph.lowering.steps import KernelStep

_MOST_SUM_BYTES = 64 << 20
_ROW_TABLE_BYTES = 256


def scheme_for_sums(windows: Windows, values: tuple[Value, Value, Value]) -> Scheme | None:
    """The scheme, where it is faster than a direct sum: by the sizes of the first call."""
    x, dy, dw = values
    scheme = scheme_for(windows, x, dy)
    if scheme is None or bytes_of_sums(scheme, dw) * thread_count() > _MOST_SUM_BYTES:
        return None
    return scheme


def winograd_filter_steps(
    instr: Instr,
    fused: Fused,
    windows: Windows,
    values: tuple[Value, Value, Value],
    scheme: Scheme,
) -> list[KernelStep]:
    """The steps."""
    x, dy, dw = values
    dtype, (depth, filters) = dw.type.dtype, dw.type.dims[2:]
    tile, workers = blocking(dtype.name, hint(filters)), thread_count()
    tiles = scheme.tiles(*dy.type.dims[:3])
    block = block_of(tile, scheme, tiles, workers, depth)
    size = scheme.planes * depth * filters
    sums = Value(f"{dw.name}.partial", Type(dtype, (workers * size,)))
    room = scheme.planes * block * (depth + tile.columns) + depth + tile.columns
    slot = slot_of(room, TABLE_BYTES + _ROW_TABLE_BYTES, dtype)
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.read("dy", dy)
    arguments.write("sums", sums)
    arguments.write("memory", Value(f"{dw.name}.scratch", Type(dtype, (workers * slot,))))
    pads = [windows.rows.pad, windows.columns.pad]
    add_sizes(arguments, x, dy, pads, block, slot, workers)
    code = code_of("winograd_gradient", dtype, tile, scheme, "gradient")
    steps = [arguments.step_of(code, workers, worker_grain(tiles * size, workers))]
    planes = sums
    if workers > 1:
        planes = Value(f"{dw.name}.planes", Type(dtype, (size,)))
        steps.append(sum_step(instr, fused, sums, planes, workers))
    taps = Arguments(instr, fused)
    taps.read("planes", planes)
    taps.write("dw", dw)
    taps.word("depth", depth)
    taps.word("filters", filters)
    code = code_of("winograd_taps", dtype, tile, scheme, "taps")
    return [*steps, taps.step_of(code, depth, grain_of(scheme.planes * filters))]
