"""Parts of images made one size, and the gradients of that.

In: an instruction with images, boxes and the numbers of images. Out: one step. An outer iteration
is a row of a crop, a band of an image's rows, or a box.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of
from jitgraph.lowering.library.widening import in_float32
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.definition import INDEX_OUT_OF_RANGE

_BAND = 8


def _place(name: str, step: str, first: int) -> list[str]:
    """Lines that find where a step along an axis ("h" or "w") lies in the image of `box`."""
    low, high = (f"load(boxes, {{boxes}}, 4 * box + {k})" for k in (first, first + 2))
    ends = f"cast_float32(in_{name} - 1)"
    return [
        f"if crop_{name} > 1:",
        f"    scale = ({high} - {low}) * {ends} / cast_float32(crop_{name} - 1)",
        f"    at_{name} = {low} * {ends} + cast_float32({step}) * scale",
        "else:",
        f"    at_{name} = cast_float32(0.5) * ({low} + {high}) * {ends}",
        f"is_in_{name} = at_{name} >= cast_float32(0) and at_{name} <= {ends}",
        f"at_{name} = at_{name} if is_in_{name} else cast_float32(0)",
        f"low_{name}, high_{name} = cast_int64(floor(at_{name})), cast_int64(ceil(at_{name}))",
        f"part_{name} = at_{name} - floor(at_{name})",
        f"near_{name} = cast_int64(floor(at_{name} + cast_float32(0.5)))",
    ]


_CROPS = """\
    for line in range(lo, hi):
        box = line // crop_h
        row = line - box * crop_h
        image = cast_int64(load(box_ind, 2, box))
        if image < 0 or image >= batch:
            fail(args, {out_of_range})
            return
{place_h}
        for column in range(crop_w):
            to = (line * crop_w + column) * depth
{place_w}
            if is_in_h and is_in_w:
                above = (image * in_h + low_h) * in_w
                below = (image * in_h + high_h) * in_w
                nearest = ((image * in_h + near_h) * in_w + near_w) * depth
                for k in range(depth):
{inside}
            else:
                for k in range(depth):
                    store(y, 3, to + k, cast_float32({outside!r}))
"""

_BILINEAR = """\
left = cast_float32(load(x, 0, (above + low_w) * depth + k))
right = cast_float32(load(x, 0, (above + high_w) * depth + k))
top = left + (right - left) * part_w
left = cast_float32(load(x, 0, (below + low_w) * depth + k))
right = cast_float32(load(x, 0, (below + high_w) * depth + k))
bottom = left + (right - left) * part_w
store(y, 3, to + k, top + (bottom - top) * part_h)
"""

_NEAREST = "store(y, 3, to + k, cast_float32(load(x, 0, nearest + k)))"

_TO_IMAGE = """\
    for part in range(lo, hi):
        image = part // bands
        begin = (part - image * bands) * {band}
        end = begin + {band}
        end = end if end < in_h else in_h
        start = image * in_h
        for k in range((start + begin) * in_w * depth, (start + end) * in_w * depth):
            store(dx, 3, k, cast_{dtype}(0))
        for box in range(number):
            of = cast_int64(load(box_ind, 2, box))
            if of < 0 or of >= batch:
                fail(args, {out_of_range})
                return
            for row in range(crop_h if of == image else 0):
{place_h}
                for side in range({sides}):
                    line = {line}
                    if is_in_h and line >= begin and line < end:
                        height = {height}
                        for column in range(crop_w):
{place_w}
                            for edge in range({sides} if is_in_w else 0):
                                across = {across}
                                area = height * {width}
                                to = ((start + line) * in_w + across) * depth
                                source = ((box * crop_h + row) * crop_w + column) * depth
                                for k in range(depth):
                                    new = cast_{dtype}(load(dy, 0, source + k) * area)
                                    store(dx, 3, to + k, load(dx, 3, to + k) + new)
"""

_TO_BOXES = """\
    for box in range(lo, hi):
        image = cast_int64(load(box_ind, 3, box))
        if image < 0 or image >= batch:
            fail(args, {out_of_range})
            return
        y1, x1 = cast_float32(0), cast_float32(0)
        y2, x2 = cast_float32(0), cast_float32(0)
        for row in range(crop_h):
{place_h}
            for column in range(crop_w if is_in_h else 0):
{place_w}
                slope_y, slope_x = cast_float32(0), cast_float32(0)
                above = (image * in_h + low_h) * in_w
                below = (image * in_h + high_h) * in_w
                source = ((box * crop_h + row) * crop_w + column) * depth
                for k in range(depth if is_in_w else 0):
                    a = cast_float32(load(x, 1, (above + low_w) * depth + k))
                    b = cast_float32(load(x, 1, (above + high_w) * depth + k))
                    c = cast_float32(load(x, 1, (below + low_w) * depth + k))
                    d = cast_float32(load(x, 1, (below + high_w) * depth + k))
                    grad = load(dy, 0, source + k)
                    along = (c - a) + part_w * ((d - b) - (c - a))
                    slope_y = slope_y + along * grad
                    along = (b - a) + part_h * ((d - c) - (b - a))
                    slope_x = slope_x + along * grad
                share = cast_float32(0.5)
                if crop_h > 1:
                    share = cast_float32(row) / cast_float32(crop_h - 1)
                slope_y = slope_y * cast_float32(in_h - 1)
                y1 = y1 + slope_y * (cast_float32(1) - share)
                y2 = y2 + slope_y * share
                share = cast_float32(0.5)
                if crop_w > 1:
                    share = cast_float32(column) / cast_float32(crop_w - 1)
                slope_x = slope_x * cast_float32(in_w - 1)
                x1 = x1 + slope_x * (cast_float32(1) - share)
                x2 = x2 + slope_x * share
        store(y, 4, 4 * box, y1)
        store(y, 4, 4 * box + 1, x1)
        store(y, 4, 4 * box + 2, y2)
        store(y, 4, 4 * box + 3, x2)
"""


def _indented(lines: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)


def _placed(text: str, boxes: int, indents: tuple[int, int], **named: Any) -> list[str]:
    place_h = _indented(_place("h", "row", 0), indents[0]).format(boxes=boxes)
    place_w = _indented(_place("w", "column", 1), indents[1]).format(boxes=boxes)
    named = {"out_of_range": INDEX_OUT_OF_RANGE, **named}
    return text.format(place_h=place_h, place_w=place_w, **named).splitlines()


def _add_sizes(arguments: Arguments, image: Any, crops: Any) -> None:
    for name, size in zip(("batch", "in_h", "in_w", "depth"), image, strict=True):
        arguments.word(name, size)
    for name, size in zip(("number", "crop_h", "crop_w"), crops[:3], strict=True):
        arguments.word(name, size)


def crop_and_resize_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The insides of boxes, of one size."""
    x, boxes, box_ind = instr.values[:3]
    y = instr.outputs[0]
    arguments = Arguments(instr, fused)
    for name, value in (("x", x), ("boxes", boxes), ("box_ind", box_ind)):
        arguments.read(name, value)
    arguments.write("y", y)
    _add_sizes(arguments, x.type.dims, y.type.dims)
    inside = _NEAREST if instr.attrs["method"] == "nearest" else _BILINEAR
    outside = float(instr.attrs["extrapolation_value"])
    lines = _placed(_CROPS, 1, (8, 12), inside=_indented(inside.splitlines(), 20), outside=outside)
    number, rows, columns, depth = y.type.dims
    work = grain_of(columns * (depth + 4) * 4)
    return [arguments.step("crop_and_resize", lines, number * rows, work)]


def crop_and_resize_to_image_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient of crops to the images: each band of rows is written by one thread."""
    dy, boxes, box_ind = instr.values[:3]

    def steps(dx: Value) -> list[KernelStep]:
        arguments = Arguments(instr, fused)
        for name, value in (("dy", dy), ("boxes", boxes), ("box_ind", box_ind)):
            arguments.read(name, value)
        arguments.write("dx", dx)
        _add_sizes(arguments, dx.type.dims, dy.type.dims)
        batch, height, width, depth = dx.type.dims
        bands = (height + _BAND - 1) // _BAND
        arguments.word("bands", bands)
        is_nearest = instr.attrs["method"] == "nearest"
        lines = _placed(
            _TO_IMAGE,
            1,
            (16, 28),
            band=_BAND,
            dtype=dx.type.dtype.name,
            sides=1 if is_nearest else 2,
            line="near_h" if is_nearest else "high_h if side else low_h",
            across="near_w" if is_nearest else "high_w if edge else low_w",
            height=_weight("h", "side", is_nearest),
            width=_weight("w", "edge", is_nearest),
        )
        work = grain_of(_BAND * width * depth * 2)
        return [arguments.step("crop_and_resize_to_image", lines, batch * bands, work)]

    return in_float32(instr, fused, (), instr.outputs[0], steps)


def _weight(name: str, side: str, is_nearest: bool) -> str:
    one = "cast_float32(1)"
    return one if is_nearest else f"(part_{name} if {side} else {one} - part_{name})"


def crop_and_resize_to_boxes_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """The gradient of crops to the corners of the boxes."""
    dy, x, boxes, box_ind = instr.values
    arguments = Arguments(instr, fused)
    for name, value in (("dy", dy), ("x", x), ("boxes", boxes), ("box_ind", box_ind)):
        arguments.read(name, value)
    arguments.write("y", instr.outputs[0])
    _add_sizes(arguments, x.type.dims, dy.type.dims)
    number, rows, columns, depth = dy.type.dims
    lines = _placed(_TO_BOXES, 2, (12, 16))
    work = grain_of(rows * columns * (depth + 4) * 4)
    return [arguments.step("crop_and_resize_to_boxes", lines, number, work)]
