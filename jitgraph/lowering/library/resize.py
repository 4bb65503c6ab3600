"""Resizing images and its gradients: taps of rows and columns, then rows of the result.

In: an instruction with align_corners and half_pixel_centers. Out: two steps (one for area), and
conversions for the gradients of half floats.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint, smax
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library import resize_source
from jitgraph.lowering.library.arguments import Arguments, grain_of
from jitgraph.lowering.library.items import copied_item
from jitgraph.lowering.library.tiling import worker_count
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.resize_taps import NEAREST

_MOST_UNROLLED = 4
_BAND_ROWS = 8


def resize_steps(instr: Instr, fused: Fused, method: str) -> list[KernelStep]:
    """Nearest, bilinear or bicubic resizing."""
    x, y = instr.values[0], instr.outputs[0]
    places, weights = _tables(y, method, x, y)
    arguments = Arguments(instr, fused)
    item, parts = copied_item(x.type.dtype) if method == NEAREST else (None, 1)
    arguments.read("x", x, item)
    arguments.read("places", places)
    if method != NEAREST:
        arguments.read("weights", weights)
    arguments.write("y", y, item)
    depth = x.type.dims[3] * parts
    _add_sizes(arguments, x, y, depth)
    lines = resize_source.resize_source(method, _few(depth)).splitlines()
    batch, rows, columns, _ = y.type.dims
    work = columns * depth * resize_source.TAPS[method] ** 2
    main = arguments.step(f"resize_{method}", lines, batch * rows, grain_of(work))
    return [_taps_step(instr, fused, method, places, weights, (x, y)), main]


def resize_area_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Area resizing."""
    x, y = instr.values[0], instr.outputs[0]
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", y)
    _add_sizes(arguments, x, y, x.type.dims[3])
    batch, height, width, depth = x.type.dims
    is_aligned = bool(instr.attrs["align_corners"])
    kind = "int32" if x.type.dtype.is_integer and x.type.dtype.size <= 2 else "float32"
    source = resize_source.area_source(_few(depth), kind, align_corners=is_aligned)
    rows = y.type.dims[1]
    work = (height // smax(rows, 1) + 1) * width * depth
    return [arguments.step("resize_area", source.splitlines(), batch * rows, grain_of(work))]


def resize_gradient_steps(instr: Instr, fused: Fused, method: str) -> list[KernelStep]:
    """The gradients of nearest, bilinear or bicubic resizing, of which the first is the gradient
    of the resized images. Outer iterations are bands of rows: each is written by one thread."""

    def steps(dy: Value, dx: Value) -> list[KernelStep]:
        places, weights = _tables(dx, method, dx, dy)
        arguments = Arguments(instr, fused)
        arguments.read("dy", dy)
        arguments.read("places", places)
        if method != NEAREST:
            arguments.read("weights", weights)
        arguments.write("dx", dx)
        batch, height, width, depth = dx.type.dims
        _add_sizes(arguments, dx, dy, depth)
        band: Any = smax(1, height) if hint(batch) >= 2 * worker_count() else _BAND_ROWS
        bands = (height + band - 1) // band
        arguments.word("band", band)
        arguments.word("bands", bands)
        lines = resize_source.gradient_source(method, dx.type.dtype.name).splitlines()
        work = band * width * depth + dy.type.dims[1] * dy.type.dims[2] // smax(bands, 1) * depth
        title = f"resize_{method}_gradient"
        main = arguments.step(title, lines, batch * bands, grain_of(work))
        return [_taps_step(instr, fused, method, places, weights, (dx, dy)), main]

    dy, dx = instr.values[0], instr.outputs[0]
    if dy.type.dtype.size == 2:
        return in_float32(instr, fused, (dy,), dx, steps)
    return in_float32(instr, fused, (), dx, lambda wide: steps(dy, wide))


def _few(depth: Any) -> int | None:
    """The number of channels if code is written for each of them."""
    return depth if isinstance(depth, int) and depth <= _MOST_UNROLLED else None


def _tables(named: Value, method: str, image: Value, resized: Value) -> tuple[Value, Value]:
    """Places and weights of the taps of rows, and behind them of columns."""
    rows, columns = resized.type.dims[1:3]
    dims = (resize_source.TAPS[method], rows + columns)
    return (
        Value(f"{named.name}.places", Type(dtypes.int32, dims)),
        Value(f"{named.name}.weights", Type(dtypes.float32, dims)),
    )


def _taps_step(
    instr: Instr,
    fused: Fused,
    method: str,
    places: Value,
    weights: Value,
    sides: tuple[Value, Value],
) -> KernelStep:
    arguments = Arguments(instr, fused)
    arguments.write("places", places)
    if method != NEAREST:
        arguments.write("weights", weights)
    image, resized = sides
    for name, place in (("h", 1), ("w", 2)):
        arguments.word(f"in_{name}", image.type.dims[place])
        arguments.word(f"out_{name}", resized.type.dims[place])
    source = resize_source.taps_source(
        method,
        align_corners=bool(instr.attrs["align_corners"]),
        half_pixel=bool(instr.attrs["half_pixel_centers"]),
    )
    rows, columns = resized.type.dims[1:3]
    return arguments.step(f"{method}_taps", source.splitlines(), rows + columns, grain_of(8))


def _add_sizes(arguments: Arguments, image: Value, resized: Value, depth: Any) -> None:
    arguments.word("depth", depth)
    for name, place in (("h", 1), ("w", 2)):
        arguments.word(f"in_{name}", image.type.dims[place])
        arguments.word(f"out_{name}", resized.type.dims[place])
