"""Convolution and its gradient to the input: packed filters, then register tiles over windows.

In: an instruction on NHWC images and HWIO filters. Out: steps. Half floats are computed in float32.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint, smax, smin
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.blocking import Blocking, blocking
from jitgraph.lowering.library.native import layout, moving_code, native_code
from jitgraph.lowering.library.tiling import tiling_of, worker_count
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.library.window_step import window_step
from jitgraph.lowering.library.windows import Windows, windows_of
from jitgraph.lowering.library.winograd import scheme_for, winograd_steps
from jitgraph.lowering.steps import KernelStep

_PANEL_BYTES = 512 * 1024


def conv2d_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """y = x * w."""
    y = instr.outputs[0]

    def steps(x: Value, w: Value, y: Value) -> list[KernelStep]:
        windows = windows_of(instr.attrs, x.type.dims, y.type.dims, w.type.dims[:2])
        return _steps(instr, fused, windows, (x, w, y), is_transposed=False)

    return in_float32(instr, fused, instr.values[-2:], y, steps)


def conv2d_input_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient of a convolution to its input: the transposed convolution."""
    dx = instr.outputs[0]

    def steps(w: Value, dy: Value, dx: Value) -> list[KernelStep]:
        windows = windows_of(instr.attrs, dx.type.dims, dy.type.dims, w.type.dims[:2])
        return _steps(instr, fused, windows, (dy, w, dx), is_transposed=True)

    return in_float32(instr, fused, instr.values[-2:], dx, steps)


def _steps(
    instr: Instr,
    fused: Fused,
    windows: Windows,
    values: tuple[Value, Value, Value],
    *,
    is_transposed: bool,
) -> list[KernelStep]:
    x, w, y = values
    scheme = scheme_for(windows, x, y)
    if scheme is not None:
        return winograd_steps(instr, fused, windows, values, scheme, is_transposed=is_transposed)
    tile = blocking(y.type.dtype.name, hint(y.type.dims[3]))
    pack, packed = pack_filters(instr, fused, w, tile, is_transposed=is_transposed)
    step = product_step(instr, fused, windows, (x, packed, y), tile, is_transposed=is_transposed)
    return [pack, step]


def product_step(
    instr: Instr,
    fused: Fused,
    windows: Windows,
    values: tuple[Value, Value, Value],
    tile: Blocking,
    *,
    is_transposed: bool,
    is_lanewise: bool = False,
) -> KernelStep:
    """The products of windows and filters.

    Args:
      values: images, filters, results; filters are packed, or [rows, columns, channels, 1].
      is_lanewise: each channel has one filter of its own.
    """
    x, _, y = values
    workers = worker_count()
    channels, depth, item = y.type.dims[3], x.type.dims[3], y.type.dtype.size
    tiling = tiling_of(windows, depth, workers, is_transposed=is_transposed)
    places = (tiling.places + tile.rows - 1) // tile.rows * tile.rows
    slot = ((layout.PLAN_BYTES + 16 * places) // item + tiling.slab + 15) // 16 * 16
    panels = (channels + tile.columns - 1) // tile.columns
    taps = windows.rows.window * windows.columns.window
    length = 1 if is_lanewise else depth
    panel = tile.columns if is_lanewise else taps * depth * tile.columns
    cached = smax(1, _PANEL_BYTES * windows.rows.window // (panel * item + 1))
    words = {
        layout.TRANSPOSED: int(is_transposed),
        layout.PLACES: places,
        layout.COLUMN_GROUPS: smax(1, smin(panels, 2 * workers // (tiling.count + 1) + 1)),
        layout.B_ROW: 1 if is_lanewise else tile.columns,
        layout.B_PANEL: panel,
        layout.TAP_ROWS: windows.rows.window if is_lanewise else cached,
    }
    kind = "lanewise" if is_lanewise else "tile"
    return window_step(
        instr, fused, native_code("convolution", y.type.dtype.name, tile, kind), windows, values,
        (x, y), tiling, (workers, slot), words, product(y.type.dims) * taps * length,
    )  # fmt: skip


def pack_filters(
    instr: Instr, fused: Fused, w: Value, tile: Blocking, *, is_transposed: bool
) -> tuple[KernelStep, Value]:
    """Filters as panels of a tile's columns, padded with zeros: [panel, tap, depth, column]."""
    rows, columns, inputs, outputs = w.type.dims
    filters, depth = (inputs, outputs) if is_transposed else (outputs, inputs)
    panels = (filters + tile.columns - 1) // tile.columns
    dims = (panels, rows * columns, depth, tile.columns)
    packed = Value(f"{w.name}.packed", Type(w.type.dtype, dims))
    arguments = Arguments(instr, fused)
    arguments.read("w", w)
    arguments.write("packed", packed)
    arguments.word("taps", rows * columns)
    arguments.word("depth", depth)
    arguments.word("filters", filters)
    arguments.word("columns", tile.columns)
    name = "pack_filters_transposed" if is_transposed else "pack_filters"
    code = moving_code(name, w.type.dtype.name)
    grain = grain_of(depth * tile.columns)
    return arguments.step_of(code, panels * rows * columns, grain), packed
