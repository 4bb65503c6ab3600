"""Convolution with 3×3 and 5×5 filters, stride 1, by Winograd's algorithm.

In: an instruction on NHWC images of enough channels and positions. Out: two steps: the filters
transformed, then blocks of tiles. A tile of 4×4 results of a 3×3 filter takes 36 products a channel
where a direct convolution takes 144; one of 2×2 results of a 5×5 filter 36, not 100. Errors are of
the order of a direct convolution's, those of the filters' gradient up to ten times as large
(tests/lowering/test_library_winograd.py); but an infinite element makes its neighbours' results
NaN. `JITGRAPH_WINOGRAD=off` convolves directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jitgraph import settings
from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.sizes import hint, smax, smin
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.library.blocking import Blocking, blocking
from jitgraph.lowering.library.native import native_code
from jitgraph.lowering.library.tiling import thread_count, worker_count, worker_grain
from jitgraph.lowering.library.windows import Windows
from jitgraph.lowering.steps import KernelCode, KernelStep

LEAST_CHANNELS = 32
LEAST_TILES = 32
TABLE_BYTES = 1024
_BLOCK_ITEMS = 64 * 1024
_MOST_IN_BLOCK = 60
_TRANSFORMS = "from jitgraph.lowering.library.transforms import"


@dataclass(frozen=True, slots=True)
class Scheme:
    """Tiles of `made` × `made` results of windows of `window` × `window` taps."""

    made: int
    window: int

    @property
    def side(self) -> int:
        """Elements that a tile sees, along an axis."""
        return self.made + self.window - 1

    @property
    def planes(self) -> int:
        """Products of a tile, for each channel and filter."""
        return self.side * self.side

    def tiles(self, images: Any, rows: Any, columns: Any) -> Any:
        """So many tiles cover the results."""
        more = self.made - 1
        return images * ((rows + more) // self.made) * ((columns + more) // self.made)


SCHEMES = {3: Scheme(4, 3), 5: Scheme(2, 5)}
"""By the side of the window."""


def scheme_for(windows: Windows, x: Value, y: Value) -> Scheme | None:
    """The scheme, where it is faster than a direct convolution: by the sizes of the first call.

    Args:
      windows: what is convolved; x, y: images of it and of the results, or of gradients of these.
    """
    rows, columns = windows.rows, windows.columns
    if not isinstance(rows.window, int) or rows.window != columns.window:
        return None
    if any(axis.stride != 1 or axis.dilation != 1 for axis in (rows, columns)):
        return None
    scheme = SCHEMES.get(rows.window)
    if scheme is None or not settings.winograd():
        return None
    channels = min(hint(x.type.dims[3]), hint(y.type.dims[3]))
    tiles = hint(scheme.tiles(*y.type.dims[:3]))
    enough = channels >= LEAST_CHANNELS and tiles >= LEAST_TILES * thread_count()
    return scheme if enough else None


def winograd_steps(
    instr: Instr,
    fused: Fused,
    windows: Windows,
    values: tuple[Value, Value, Value],
    scheme: Scheme,
    *,
    is_transposed: bool,
) -> list[KernelStep]:
    """The steps of a convolution, or of its gradient to the images (a convolution, too)."""
    x, w, y = values
    tile = blocking(y.type.dtype.name, hint(y.type.dims[3]))
    pack, packed = _transformed_filters(instr, fused, w, (x, y), tile, scheme, is_transposed)
    reach = scheme.window - 1
    pads = [
        reach - axis.pad if is_transposed else axis.pad for axis in (windows.rows, windows.columns)
    ]
    return [pack, _product_step(instr, fused, (x, packed, y), tile, scheme, pads)]


def _transformed_filters(
    instr: Instr,
    fused: Fused,
    w: Value,
    images: tuple[Value, Value],
    tile: Blocking,
    scheme: Scheme,
    is_transposed: bool,
) -> tuple[KernelStep, Value]:
    depth, filters = (image.type.dims[3] for image in images)
    panels = (filters + tile.columns - 1) // tile.columns
    dims = (scheme.planes, panels, depth, tile.columns)
    packed = Value(f"{w.name}.transformed", Type(w.type.dtype, dims))
    arguments = Arguments(instr, fused)
    arguments.read("w", w)
    arguments.write("packed", packed)
    for name, word in (("depth", depth), ("filters", filters), ("panels", panels)):
        arguments.word(name, word)
    arguments.word("transposed", int(is_transposed))
    code = code_of("winograd_filters", w.type.dtype, tile, scheme, "filter")
    grain = grain_of(2 * scheme.planes * tile.columns)
    return arguments.step_of(code, panels * depth, grain), packed


def _product_step(
    instr: Instr,
    fused: Fused,
    values: tuple[Value, Value, Value],
    tile: Blocking,
    scheme: Scheme,
    pads: list[Any],
) -> KernelStep:
    x, packed, y = values
    depth, workers = x.type.dims[3], worker_count()
    tiles = scheme.tiles(*y.type.dims[:3])
    block = block_of(tile, scheme, tiles, workers, depth)
    room = scheme.planes * block * (depth + tile.columns) + depth + tile.columns
    slot = slot_of(room, TABLE_BYTES + 16 * scheme.planes * block, y.type.dtype)
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.read("packed", packed)
    arguments.write("y", y)
    arguments.write("memory", Value(f"{y.name}.scratch", Type(y.type.dtype, (workers * slot,))))
    add_sizes(arguments, x, y, pads, block, slot, workers)
    work = tiles * scheme.planes * depth * y.type.dims[3]
    code = code_of("winograd", y.type.dtype, tile, scheme, "output")
    return arguments.step_of(code, workers, worker_grain(work, workers))


def add_sizes(
    arguments: Arguments,
    x: Value,
    y: Value,
    pads: list[Any],
    block: Any,
    slot: Any,
    workers: int,
) -> None:
    """The words of kernels that go through tiles, behind the pointers."""
    (images, in_h, in_w, depth), (_, out_h, out_w, filters) = x.type.dims, y.type.dims
    sizes = {
        "in_h": in_h, "in_w": in_w, "depth": depth, "out_h": out_h, "out_w": out_w,
        "filters": filters, "pad_h": pads[0], "pad_w": pads[1], "images": images,
        "block": block, "slot": slot, "workers": workers,
    }  # fmt: skip
    for name, word in sizes.items():
        arguments.word(name, word)


def block_of(tile: Blocking, scheme: Scheme, tiles: Any, workers: int, depth: Any) -> Any:
    """Tiles of a block, in whole register tiles: what it takes stays in the second-level cache."""
    room = _BLOCK_ITEMS // (scheme.planes * (depth + tile.columns))
    shared = (tiles + workers - 1) // workers
    wanted = smin(smin(room, shared), _MOST_IN_BLOCK)
    return smax(1, wanted // tile.rows) * tile.rows


def slot_of(items: Any, table_bytes: Any, dtype: DType) -> Any:
    """Elements of a worker's scratch memory."""
    return (table_bytes // dtype.size + items + 15) // 16 * 16


def code_of(name: str, dtype: DType, tile: Blocking, scheme: Scheme, kind: str) -> KernelCode:
    """The kernel of a file, whose `transform` or `transform_<kind>` is of that kind."""
    is_of_tiles = kind in ("output", "gradient")
    imports = [(kind, f"transform_{kind}" if is_of_tiles else "transform")]
    if is_of_tiles:
        imports.append(("input", "transform_input"))
    suffix = f"{scheme.made}x{scheme.window}_{dtype.name}_{tile.lanes}"
    constants = {
        "MADE": scheme.made, "WINDOW": scheme.window, "SIDE": scheme.side, "PLANES": scheme.planes,
    }  # fmt: skip
    return native_code(
        name,
        dtype.name,
        tile,
        beside=("winograd_tiles",) if is_of_tiles else (),
        imports=tuple(f"{_TRANSFORMS} {each}_{suffix} as {alias}" for each, alias in imports),
        more=constants,
    )


def bytes_of_sums(scheme: Scheme, dw: Value) -> int:
    """What a worker's sums of the filters' gradient take."""
    return scheme.planes * hint(product(dw.type.dims[2:])) * dw.type.dtype.size
