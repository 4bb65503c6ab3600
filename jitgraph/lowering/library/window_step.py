"""Library: a step of a native kernel over windows.

In: the kernel, its operands, the tiles. Out: a step whose words lie as `native.layout` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.native import layout
from jitgraph.lowering.library.tiling import Tiling, cycle_of, worker_grain
from jitgraph.lowering.library.windows import Windows
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer

_FIRST_WORD = 2


def window_step(
    instr: Instr,
    fused: Fused,
    code: KernelCode,
    windows: Windows,
    values: tuple[Value, Value, Value],
    images: tuple[Value, Value],
    tiling: Tiling,
    scratch: tuple[int, Any],
    words: Mapping[int, Any],
    work: Any,
) -> KernelStep:
    """The step.

    Args:
      instr: what is computed; fused: where values lie; code: the kernel; windows: over what.
      values: two that are read, one that is written.
      images: those whose shapes are the kernel's input, of `depth` channels, and its output, of
        `filters` channels.
      tiling: of the positions.
      scratch: how many workers, and items of scratch memory each.
      words: more arguments, by where they lie. work: multiplications.
    """
    first, second, result = values
    workers, slot = scratch
    memory = Value(f"{result.name}.scratch", Type(result.type.dtype, (workers * slot,)))
    places = [fused.access(value) for value in (first, second)]
    pointers = [Pointer(place.base, place.offset) for place in places]
    given = {
        layout.X: pointers[0],
        layout.FACTOR: pointers[1],
        layout.RESULT: Pointer(result),
        layout.SCRATCH: Pointer(memory),
        layout.IMAGES: windows.images,
        **_shape(layout.IN_H, images[0]),
        **_shape(layout.OUT_H, images[1]),
        **_axes(windows),
        layout.GROUP: tiling.group,
        layout.TILE_H: tiling.rows,
        layout.TILE_W: tiling.columns,
        layout.SLOT: slot,
        layout.WORKERS: workers,
        **words,
    }
    ordered = tuple(given[8 * k] for k in range(_FIRST_WORD, _FIRST_WORD + len(given)))
    reads = tuple(dict.fromkeys(place.base for place in places))
    return KernelStep(
        code, ordered, workers, worker_grain(work, workers), reads, (result, memory), (instr,),
        f"{instr.name} is a library kernel",
    )  # fmt: skip


def _shape(start: int, image: Value) -> dict[int, Any]:
    """Rows, columns and channels of images."""
    return {start + 8 * k: dim for k, dim in enumerate(image.type.dims[1:])}


def _axes(windows: Windows) -> dict[int, Any]:
    """What kernels are told of each axis."""
    found: dict[int, Any] = {}
    for place, axis in ((0, windows.rows), (8, windows.columns)):
        found[layout.WINDOW_H + place] = axis.window
        found[layout.STRIDE_H + place] = axis.stride
        found[layout.DILATION_H + place] = axis.dilation
        found[layout.PAD_H + place] = axis.pad
        found[layout.CYCLE_H + place] = cycle_of(axis)
    return found
