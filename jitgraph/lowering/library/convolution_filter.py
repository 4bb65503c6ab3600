"""The gradient of a convolution to its filters: register tiles that sum over positions.

In: an instruction on NHWC images and gradients. Out: steps. Where filters are few, each worker
sums over a part of the positions and a second step adds these sums; else each computes a part of
the filters.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import product
from jitgraph.lowering.library.blocking import Blocking, blocking
from jitgraph.lowering.library.native import layout, native_code
from jitgraph.lowering.library.partial_sums import sum_step
from jitgraph.lowering.library.tiling import tiling_of, worker_count
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.library.window_step import window_step
from jitgraph.lowering.library.windows import Windows, windows_of
from jitgraph.lowering.library.winograd_filter import scheme_for_sums, winograd_filter_steps
from jitgraph.lowering.steps import KernelStep

_MOST_PARTIAL_BYTES = 64 << 20


def conv2d_filter_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """dw = sum over positions of windows of x times dy."""
    x, dy = instr.values[0], instr.values[-1]

    def steps(x: Value, dy: Value, dw: Value) -> list[KernelStep]:
        windows = windows_of(instr.attrs, x.type.dims, dy.type.dims, dw.type.dims[:2])
        return _steps(instr, fused, windows, (x, dy, dw))

    return in_float32(instr, fused, (x, dy), instr.outputs[0], steps)


def _steps(
    instr: Instr, fused: Fused, windows: Windows, values: tuple[Value, Value, Value]
) -> list[KernelStep]:
    scheme = scheme_for_sums(windows, values)
    if scheme is not None:
        return winograd_filter_steps(instr, fused, windows, values, scheme)
    dw = values[2]
    tile = blocking(dw.type.dtype.name, hint(dw.type.dims[3]))
    return sum_steps(instr, fused, windows, values, tile)


def sum_steps(
    instr: Instr,
    fused: Fused,
    windows: Windows,
    values: tuple[Value, Value, Value],
    tile: Blocking,
    *,
    is_lanewise: bool = False,
) -> list[KernelStep]:
    """The sums over positions.

    Args:
      values: images, gradients, the filters' gradient.
      is_lanewise: each channel has one filter of its own.
    """
    x, dy, dw = values
    workers = worker_count()
    splits = workers if _fits_partial_sums(x, dw, workers) else 1
    shares = 1 if splits > 1 else workers
    item, size = dw.type.dtype.size, product(dw.type.dims)
    tiling = tiling_of(windows, x.type.dims[3], splits)
    notes = layout.PLAN_BYTES + 16 * tile.rows
    panel_start = (notes // item + tiling.slab + 15) // 16 * 16
    slot = panel_start + (0 if is_lanewise else tiling.places * tile.columns)
    words = {layout.SHARES: shares, layout.PANEL_START: panel_start, layout.TRANSPOSED: 0}
    sums = Value(f"{dw.name}.partial", Type(dw.type.dtype, (splits, size))) if splits > 1 else dw
    kind = "lanewise" if is_lanewise else "tile"
    step = window_step(
        instr, fused, native_code("filter_gradient", dw.type.dtype.name, tile, kind), windows,
        (x, dy, sums), (x, dy), tiling, (workers, slot), words, size * product(dy.type.dims[:3]),
    )  # fmt: skip
    return [step] if splits == 1 else [step, sum_step(instr, fused, sums, dw, splits)]


def _fits_partial_sums(x: Value, dw: Value, workers: int) -> bool:
    """Whether adding partial sums costs less than every worker reading the whole image."""
    size = hint(product(dw.type.dims))
    is_small = size * workers * dw.type.dtype.size <= _MOST_PARTIAL_BYTES
    return is_small and size <= hint(product(x.type.dims))
