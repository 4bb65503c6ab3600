"""Depthwise convolution and its gradients: each channel by itself, by lanewise register tiles.

In: an instruction on NHWC images and filters [rows, columns, channels, multiplier]. Out: steps.
With a multiplier, channels are repeated first, and gradients to the input added up last, so that
there is one filter a channel.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, is_one, product
from jitgraph.lowering.library.blocking import lanewise_blocking
from jitgraph.lowering.library.convolution import product_step
from jitgraph.lowering.library.convolution_filter import sum_steps
from jitgraph.lowering.library.depthwise_rows import depthwise_rows_steps, goes_by_rows
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.library.windows import windows_of
from jitgraph.lowering.steps import KernelStep

_MOST_ROWS = 1 << 10


def depthwise_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """y = x * w."""

    def steps(x: Value, w: Value, y: Value) -> list[KernelStep]:
        made, repeated = _repeated(instr, fused, x, w)
        windows = windows_of(instr.attrs, repeated.type.dims, y.type.dims, w.type.dims[:2])
        if goes_by_rows(windows, w):
            return depthwise_rows_steps(instr, fused, windows, x, w, y)
        tile = lanewise_blocking(y.type.dtype.name, hint(y.type.dims[3]), _MOST_ROWS)
        values = (repeated, w, y)
        step = product_step(
            instr, fused, windows, values, tile, is_transposed=False, is_lanewise=True
        )
        return [*made, step]

    return in_float32(instr, fused, instr.values[-2:], instr.outputs[0], steps)


def depthwise_input_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient to the input: the transposed convolution."""

    def steps(w: Value, dy: Value, dx: Value) -> list[KernelStep]:
        dims = (*dx.type.dims[:3], dy.type.dims[3])
        whole = is_one(w.type.dims[3])
        wide = dx if whole else Value(f"{dx.name}.repeated", Type(dx.type.dtype, dims))
        windows = windows_of(instr.attrs, dims, dy.type.dims, w.type.dims[:2])
        tile = lanewise_blocking(dx.type.dtype.name, hint(dims[3]), _MOST_ROWS)
        values = (dy, w, wide)
        step = product_step(
            instr, fused, windows, values, tile, is_transposed=True, is_lanewise=True
        )
        return [step] if whole else [step, _added_up(instr, fused, wide, w, dx)]

    return in_float32(instr, fused, instr.values[-2:], instr.outputs[0], steps)


def depthwise_filter_gradient_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient to the filters: sums over positions of windows of x times dy."""

    def steps(x: Value, dy: Value, dw: Value) -> list[KernelStep]:
        made, repeated = _repeated(instr, fused, x, dw)
        dims = dw.type.dims
        windows = windows_of(instr.attrs, repeated.type.dims, dy.type.dims, dims[:2])
        columns = hint(dy.type.dims[3])
        tile = lanewise_blocking(dw.type.dtype.name, columns, hint(product(dims[:2])))
        values = (repeated, dy, dw)
        return [*made, *sum_steps(instr, fused, windows, values, tile, is_lanewise=True)]

    operands = (instr.values[0], instr.values[-1])
    return in_float32(instr, fused, operands, instr.outputs[0], steps)


def _repeated(instr: Instr, fused: Fused, x: Value, w: Value) -> tuple[list[KernelStep], Value]:
    """x with every channel as often as it has filters."""
    times = w.type.dims[3]
    if is_one(times):
        return [], x
    dims = (*x.type.dims[:3], x.type.dims[3] * times)
    repeated = Value(f"{x.name}.repeated", Type(x.type.dtype, dims))
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", repeated)
    arguments.word("times", times)
    body = [
        "    for i in range(lo, hi):",
        "        for k in range(times):",
        "            store(y, 1, i * times + k, load(x, 0, i))",
    ]
    step = arguments.step("repeat_channels", body, product(x.type.dims), grain_of(times))
    return [step], repeated


def _added_up(instr: Instr, fused: Fused, wide: Value, w: Value, dx: Value) -> KernelStep:
    """dx from the gradients of repeated channels."""
    arguments = Arguments(instr, fused)
    arguments.read("x", wide)
    arguments.write("y", dx)
    arguments.word("times", w.type.dims[3])
    body = [
        "    for i in range(lo, hi):",
        f"        total = cast_{dx.type.dtype.name}(0)",
        "        for k in range(times):",
        "            total += load(x, 0, i * times + k)",
        "        store(y, 1, i, total)",
    ]
    count = product(dx.type.dims)
    return arguments.step("add_channels", body, count, grain_of(w.type.dims[3]))
