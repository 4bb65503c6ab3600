"""The gradient of a convolution to its filters: register tiles that sum over positions.

In: an instruction on NHWC images and gradients. Out: steps. Where filters are few, each worker
sums over a part of the positions and a second step adds these sums; else each computes a part of
the filters.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library import convolution_filter_source
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.blocking import blocking
from jitgraph.lowering.library.tiling import Tiling, tiling_of, worker_count, worker_grain
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.library.windows import Windows, windows_of
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer

_MOST_PARTIAL_BYTES = 64 << 20
_SUMMED_AT_ONCE = 1024


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
    x, dy, dw = values
    workers = worker_count()
    splits = workers if _fits_partial_sums(x, dw, workers) else 1
    tiling = tiling_of(windows, x.type.dims[3], splits)
    if splits == 1:
        return [_step(instr, fused, windows, (x, dy, dw), dw, tiling, (1, workers))]
    dtype, size = dw.type.dtype, product(dw.type.dims)
    sums = Value(f"{dw.name}.partial", Type(dtype, (splits, size)))
    step = _step(instr, fused, windows, (x, dy, sums), dw, tiling, (splits, 1))
    return [step, _sum_step(instr, fused, sums, dw, splits)]


def _fits_partial_sums(x: Value, dw: Value, workers: int) -> bool:
    """Whether adding partial sums costs less than every worker reading the whole image."""
    size = hint(product(dw.type.dims))
    is_small = size * workers * dw.type.dtype.size <= _MOST_PARTIAL_BYTES
    return is_small and size <= hint(product(x.type.dims))


def _step(
    instr: Instr, fused: Fused, windows: Windows, values: tuple[Value, ...], given: Value,
    tiling: Tiling, parts: tuple[int, int],
) -> KernelStep:  # fmt: skip
    x, dy, sums = values
    dw = given.type
    dtype = dw.dtype
    tile = blocking(dtype.name, hint(dw.dims[3]))
    notes = 2 * tile.rows * 8 // dtype.size
    panel_start = (notes + tiling.slab + 15) // 16 * 16
    slot = panel_start + tiling.places * tile.columns
    workers = parts[0] * parts[1]
    scratch = Value(f"{sums.name}.scratch", Type(dtype, (workers * slot,)))
    code = KernelCode(
        "conv2d_filter_gradient",
        *convolution_filter_source.filter_gradient_source(dtype.name, tile),
        convolution_filter_source.HELPERS,
    )
    places = [fused.access(value) for value in (x, dy)]
    axes = [
        word
        for name in ("window", "stride", "dilation", "pad")
        for word in (getattr(windows.rows, name), getattr(windows.columns, name))
    ]
    words = (
        *(Pointer(place.base, place.offset) for place in places), Pointer(sums), Pointer(scratch),
        windows.images, *x.type.dims[1:], *dy.type.dims[1:], *axes,
        tiling.group, tiling.rows, tiling.columns, slot, panel_start, *parts,
    )  # fmt: skip
    work = product(dw.dims) * product(dy.type.dims[:3])
    reads = tuple(dict.fromkeys(place.base for place in places))
    return KernelStep(
        code, words, workers, worker_grain(work, workers), reads, (sums, scratch), (instr,),
        "a convolution's gradient is a library kernel",
    )  # fmt: skip


def _sum_step(instr: Instr, fused: Fused, sums: Value, dw: Value, splits: int) -> KernelStep:
    """Adds up partial sums."""
    arguments = Arguments(instr, fused)
    arguments.read("sums", sums)
    arguments.write("dw", dw)
    arguments.word("size", product(dw.type.dims))
    arguments.word("splits", splits)
    body = [
        f"    for start in range(lo, hi, {_SUMMED_AT_ONCE}):",
        f"        stop = min(hi, start + {_SUMMED_AT_ONCE})",
        "        for i in range(start, stop):",
        "            store(dw, 1, i, load(sums, 0, i))",
        "        for split in range(1, splits):",
        "            for i in range(start, stop):",
        "                more = load(sums, 0, split * size + i)",
        "                store(dw, 1, i, load(dw, 1, i) + more)",
    ]
    return arguments.step("add_partial_sums", body, product(dw.type.dims), grain_of(splits))
