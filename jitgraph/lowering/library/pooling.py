"""Pooling and its gradients: windows over NHWC images, vectorised across channels.

In: an instruction with ksize, strides and padding. Out: one step (and conversions for half
floats). Padding takes no part: it is neither a maximum nor counted by a mean. Of equal maxima the
first in row-major order is the one that gets the gradient.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint, smax
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library import pooling_source
from jitgraph.lowering.library.arguments import Arguments, grain_of
from jitgraph.lowering.library.tiling import worker_count
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.library.windows import Axis, Windows, windows_of
from jitgraph.lowering.steps import KernelStep

_BAND_WINDOWS = 4


def max_pool_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The greatest element of each window."""
    return _pool_steps(instr, fused, "max_pool")


def avg_pool_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The mean of each window."""
    return _pool_steps(instr, fused, "avg_pool")


def max_pool_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient of each window's maximum, to where it came from.

    The operands are the images, what pooling made of them, and the gradients.
    """

    def steps(x: Value, dy: Value, dx: Value) -> list[KernelStep]:
        return [_gradient_step(instr, fused, "max_pool_gradient", x, dy, dx)]

    x, dy = instr.values[0], instr.values[-1]
    return in_float32(instr, fused, (x, dy), instr.outputs[0], steps)


def avg_pool_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Each window's gradient, in equal parts to its elements."""

    def steps(dy: Value, dx: Value) -> list[KernelStep]:
        return [_gradient_step(instr, fused, "avg_pool_gradient", None, dy, dx)]

    return in_float32(instr, fused, instr.values[-1:], instr.outputs[0], steps)


def _pool_steps(instr: Instr, fused: Fused, title: str) -> list[KernelStep]:
    def steps(x: Value, y: Value) -> list[KernelStep]:
        arguments = Arguments(instr, fused)
        arguments.read("x", x)
        arguments.write("y", y)
        windows = _pool_windows(instr, x, y)
        _add_windows(arguments, windows)
        lines = _lines(title, windows, y)
        work = windows.columns.positions * windows.depth * _taps(windows)
        count = windows.images * windows.rows.positions
        return [arguments.step(title, lines, count, grain_of(work))]

    return in_float32(instr, fused, instr.values[:1], instr.outputs[0], steps)


def _gradient_step(
    instr: Instr, fused: Fused, title: str, x: Value | None, dy: Value, dx: Value
) -> KernelStep:
    """Outer iterations are bands of rows of the images: each is written by one thread alone."""
    arguments = Arguments(instr, fused)
    if x is not None:
        arguments.read("x", x)
    arguments.read("dy", dy)
    arguments.write("dx", dx)
    windows = _pool_windows(instr, dx, dy)
    _add_windows(arguments, windows)
    band = _band(windows)
    bands = (windows.rows.image + band - 1) // smax(band, 1)
    arguments.word("band", band)
    arguments.word("bands", bands)
    count = windows.images * bands
    if x is not None:
        index = dtypes.int64 if dx.type.dtype.size == 8 else dtypes.int32
        dims = (count, windows.depth)
        arguments.write("where", Value(f"{dx.name}.where", Type(index, dims)))
        arguments.write("best", Value(f"{dx.name}.best", Type(dx.type.dtype, dims)))
    per_band = band // windows.rows.stride + 1
    work = per_band * windows.columns.positions * windows.depth * _taps(windows) * 2
    return arguments.step(title, _lines(title, windows, dx), count, grain_of(work))


def _band(windows: Windows) -> Any:
    """Rows of a band: the whole image where images are many, else whole strides of windows."""
    rows = windows.rows
    if hint(windows.images) >= 2 * worker_count():
        return smax(1, rows.image)
    return rows.stride * _BAND_WINDOWS


def _lines(title: str, windows: Windows, value: Value) -> list[str]:
    source = pooling_source.source(title, windows.rows.window, windows.columns.window)
    return source.replace("{dtype}", value.type.dtype.name).splitlines()


def _taps(windows: Windows) -> Any:
    return windows.rows.window * windows.columns.window


def _pool_windows(instr: Instr, image: Value, positions: Value) -> Windows:
    ksize = [int(size) for size in instr.attrs["ksize"]]
    if ksize[3] == 1:
        return windows_of(instr.attrs, image.type.dims, positions.type.dims, ksize[1:3])
    images, rows, columns, depth = image.type.dims
    stride = int(instr.attrs["strides"][3])
    along = Axis(depth, positions.type.dims[3], ksize[3], stride, 1, 0)
    return Windows(images * rows * columns, along, Axis(1, 1, 1, 1, 1, 0), 1)


def _add_windows(arguments: Arguments, windows: Windows) -> None:
    """The words that all kernels take."""
    arguments.word("depth", windows.depth)
    for name, axis in (("h", windows.rows), ("w", windows.columns)):
        arguments.word(f"in_{name}", axis.image)
        arguments.word(f"out_{name}", axis.positions)
        arguments.word(f"window_{name}", axis.window)
        arguments.word(f"stride_{name}", axis.stride)
        arguments.word(f"pad_{name}", axis.pad)
