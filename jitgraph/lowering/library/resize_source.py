"""The sources of kernels that resize images, behind the lines that read their arguments.

A first kernel finds the taps of all rows and, behind them, of all columns: places and weights,
[taps, rows + columns]. An outer iteration of the others is a row of the result, or a band of rows
of an image's gradient. Places are rounded to float32 as TensorFlow rounds them.
"""

from __future__ import annotations

from itertools import product

from jitgraph.ops.resize_taps import BICUBIC, BILINEAR, NEAREST, SHARP, SOFT, TABLE

TAPS = {NEAREST: 1, BILINEAR: 2, BICUBIC: 4}

_PLACE = """\
    count = out_h + out_w
    for i in range(lo, hi):
        is_row = i < out_h
        step = i if is_row else i - out_h
        size = in_h if is_row else in_w
        made = out_h if is_row else out_w
        scale = cast_float64({scale})
        place = cast_float32({place})
"""
_SCALE = "cast_float32(cast_float64(size) / cast_float64(made))"
_ALIGNED = (
    """\
cast_float32(cast_float64(size - 1) / cast_float64(made - 1)) if (made > 1 and size > 1) else """
    + _SCALE
)

_STEP = "cast_float64(step) * scale"
_HALF_STEP = "(cast_float64(step) + 0.5) * scale"
_HALF_PLACE = f"cast_float64(cast_float32({_HALF_STEP})) - 0.5"

_NEAREST = """\
        at = cast_int64(floor({rounded}))
        at = at if at < size else size - 1
        store(places, 0, i, cast_int32(at if at > 0 else 0))
"""

_BILINEAR = """\
        below = floor(place)
        part = place - below
        low, high = cast_int64(below), cast_int64(ceil(place))
        store(places, 0, i, cast_int32(low if low > 0 else 0))
        store(places, 0, count + i, cast_int32(high if high < size else size - 1))
        store(weights, 1, i, cast_float32(1) - part)
        store(weights, 1, count + i, part)
"""

_BICUBIC = """\
        below = floor(place)
        first = cast_int64(below) - 1
        part = cast_float64(rint((place - below) * cast_float32({table}))) / {table}
        for k in range(4):
            distance = part + 1 - k if k < 2 else k - 1 - part
            near = (({slope} + 2) * distance - ({slope} + 3)) * distance * distance + 1
            far = (({slope} * distance - 5 * {slope}) * distance + 8 * {slope}) * distance
            at = first + k
            inside = at if at < size else size - 1
            inside = inside if inside > 0 else 0
            weight = near if (k == 1 or k == 2) else far - 4 * {slope}
            {kept}
            store(places, 0, k * count + i, cast_int32(inside))
            store(weights, 1, k * count + i, cast_float32(weight))
"""

_NORMALISED = """\
        total = load(weights, 1, i) + load(weights, 1, count + i)
        total = total + load(weights, 1, 2 * count + i) + load(weights, 1, 3 * count + i)
        for k in range(4):
            store(weights, 1, k * count + i, load(weights, 1, k * count + i) / total)
"""


def taps_source(method: str, *, align_corners: bool, half_pixel: bool) -> str:
    """The kernel that finds places and weights."""
    if half_pixel:
        place = _HALF_STEP if method == NEAREST else _HALF_PLACE
    else:
        place = _STEP
    head = _PLACE.format(scale=_ALIGNED if align_corners else _SCALE, place=place)
    if method == NEAREST:
        rounded = "cast_float64(place) + 0.5" if align_corners else "place"
        return head + _NEAREST.format(rounded=rounded)
    if method == BILINEAR:
        return head + _BILINEAR
    kept = "weight = weight if inside == at else cast_float64(0)" if half_pixel else "pass"
    slope = SHARP if half_pixel else SOFT
    body = _BICUBIC.format(slope=f"({slope})", table=TABLE, kept=kept)
    return head + body + (_NORMALISED if half_pixel else "")


_COLOURS = 3
"""So many channels go as four, of which the last is the next pixel's, written over by that one."""

_ROW = """\
    count = out_h + out_w
    for row in range(lo, hi):
        image = row // out_h
        r = row - image * out_h
        to = row * out_w * depth
"""


def resize_source(method: str, channels: int | None) -> str:
    """The kernel that makes rows of the result; `channels` if there are few, and always as many."""
    taps = TAPS[method]
    lines = []
    for tap in range(taps):
        base = f"(image * in_h + cast_int64(load(places, 1, {tap} * count + r))) * in_w"
        lines.append(f"row{tap} = {base}")
        if method != NEAREST:
            lines.append(f"down{tap} = load(weights, 2, {tap} * count + r)")
    last = taps - 1
    body = _columns(method, channels)
    if channels == _COLOURS and method != NEAREST:
        lines += [
            "wide = count - 1",
            f"while wide > out_h and load(places, 1, {last} * count + wide - 1) >= in_w - 1:",
            "    wide = wide - 1",
            "for column in range(out_h, wide):",
            *_columns(method, _COLOURS + 1),
            "for column in range(wide, count):",
            *body,
        ]
    else:
        lines += ["for column in range(out_h, count):", *body]
    return _ROW + "".join(f"        {line}\n" for line in lines)


def _columns(method: str, channels: int | None) -> list[str]:
    """The lines of the loop over columns."""
    taps = TAPS[method]
    lines = []
    for tap in range(taps):
        place = f"cast_int64(load(places, 1, {tap} * count + column))"
        lines.append(f"    column{tap} = {place}")
        if method != NEAREST:
            lines.append(f"    across{tap} = load(weights, 2, {tap} * count + column)")
    each = product(range(taps), repeat=2)
    lines += [
        f"    at{down}{across} = (row{down} + column{across}) * depth" for down, across in each
    ]
    lines += [f"    {line}" for line in _channels(method, channels)]
    return [*lines, "    to += depth"]


def _channels(method: str, channels: int | None) -> list[str]:
    if channels is None:
        return ["for k in range(depth):", *(f"    {line}" for line in _element(method, "k"))]
    return [line for k in range(channels) for line in _element(method, str(k))]


def _element(method: str, k: str) -> list[str]:
    result = "y, {operand}, to + " + k
    if method == NEAREST:
        return [f"store({result.format(operand=2)}, load(x, 0, at00 + {k}))"]
    if method == BILINEAR:
        names = ("left", "right")
        lines = []
        for down, side in enumerate(("top", "bottom")):
            for across, name in enumerate(names):
                lines.append(f"{name} = cast_float32(load(x, 0, at{down}{across} + {k}))")
            lines.append(f"{side} = left + (right - left) * across1")
        total = "top + (bottom - top) * down1"
    else:
        lines = []
        for across in range(4):
            parts = [
                f"cast_float32(load(x, 0, at{down}{across} + {k})) * down{down}"
                for down in range(4)
            ]
            lines.append(f"sum{across} = " + " + ".join(parts))
        total = " + ".join(f"sum{across} * across{across}" for across in range(4))
    return [*lines, f"store({result.format(operand=3)}, {total})"]


_AREA = """\
    down = {down}
    across = {across}
    part_of_all = cast_float32(1) / (down * across)
    for row in range(lo, hi):
        image = row // out_h
        r = row - image * out_h
        top = cast_float32(cast_float64(r) * cast_float64(down))
        bottom = cast_float32(cast_float64(r + 1) * cast_float64(down))
        first_h, end_h = cast_int64(floor(top)), cast_int64(ceil(bottom))
        for column in range(out_w):
            left = cast_float32(cast_float64(column) * cast_float64(across))
            right = cast_float32(cast_float64(column + 1) * cast_float64(across))
            first_w, end_w = cast_int64(floor(left)), cast_int64(ceil(right))
            to = (row * out_w + column) * depth
{begin}
            for i in range(first_h, end_h):
                stop = minimum(cast_float32(i + 1), bottom)
                is_inside = cast_float32(i) < top and cast_float32(i + 1) > bottom
                height = down if is_inside else stop - maximum(cast_float32(i), top)
                line = (image * in_h + (i if i < in_h else in_h - 1)) * in_w
{add}
{end}
"""


def area_source(channels: int | None, kind: str, *, align_corners: bool) -> str:
    """The kernel of area resizing, which finds its taps by itself.

    Args:
      channels: their number if there are few.
      kind: the dtype in which whole pixels of a line are added.
      align_corners: the attribute.
    """

    def scale(size: str, made: str) -> str:
        found = _ALIGNED if align_corners else _SCALE
        return found.replace("size", size).replace("made", made)

    if channels is None:
        every = "for k in range(depth):"
        begin = [every, "    store(y, 1, to + k, cast_float32(0))"]
        add = _PIXELS.splitlines()
        end = [every, "    store(y, 1, to + k, load(y, 1, to + k) * part_of_all)"]
    else:
        begin = [f"sum{k} = cast_float32(0)" for k in range(channels)]
        add = _few_channels(channels, kind)
        end = [f"store(y, 1, to + {k}, sum{k} * part_of_all)" for k in range(channels)]
    down, across = scale("in_h", "out_h"), scale("in_w", "out_w")
    return _AREA.format(
        down=down,
        across=across,
        begin=_indented(begin, 12),
        add=_indented(add, 16),
        end=_indented(end, 12),
    )


def _few_channels(channels: int, kind: str) -> list[str]:
    """A line of pixels: those inside count wholly, the first and the last one in part."""
    each = [(k, _VALUE.format(k)) for k in range(channels)]
    counted = [(k, f"cast_{kind}(load(x, 0, source + {k}))") for k in range(channels)]
    return _FEW_CHANNELS.format(
        begin=_indented([f"count{k} = cast_{kind}(0)" for k, _ in each], 0),
        inside=_indented([f"count{k} = count{k} + {value}" for k, value in counted], 4),
        widened=_indented([f"line{k} = cast_float32(count{k})" for k, _ in each], 0),
        edge=_indented([f"line{k} = line{k} + {value} * part" for k, value in each], 0),
        end=_indented([f"sum{k} = sum{k} + line{k} * height" for k, _ in each], 0),
    ).splitlines()


def _indented(lines: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)


_VALUE = "cast_float32(load(x, 0, source + {}))"

_PIXELS = """\
for j in range(first_w, end_w):
    stop = minimum(cast_float32(j + 1), right)
    is_inside = cast_float32(j) < left and cast_float32(j + 1) > right
    part = (across if is_inside else stop - maximum(cast_float32(j), left)) * height
    source = (line + (j if j < in_w else in_w - 1)) * depth
    for k in range(depth):
        store(y, 1, to + k, load(y, 1, to + k) + {value} * part)
""".replace("{value}", _VALUE.format("k"))

_FEW_CHANNELS = """\
{begin}
end = end_w - 1 if end_w - 1 < in_w else in_w
for j in range(first_w + 1, end):
    source = (line + j) * depth
{inside}
{widened}
is_inside = cast_float32(first_w) < left and cast_float32(first_w + 1) > right
part = across if is_inside else minimum(cast_float32(first_w + 1), right) - left
source = (line + (first_w if first_w < in_w else in_w - 1)) * depth
{edge}
outside = end_w - 1 - (end if end > first_w else first_w + 1)
part = cast_float32(outside if outside > 0 else 0)
part = part + (right - cast_float32(end_w - 1) if end_w - 1 > first_w else cast_float32(0))
source = (line + (end_w - 1 if end_w - 1 < in_w else in_w - 1)) * depth
{edge}
{end}
"""

_GRADIENT = """\
    count = out_h + out_w
    for part in range(lo, hi):
        image = part // bands
        begin = (part - image * bands) * band
        end = begin + band
        end = end if end < in_h else in_h
        start = image * in_h
        for k in range((start + begin) * in_w * depth, (start + end) * in_w * depth):
            store(dx, {result}, k, cast_{dtype}(0))
        for row in range(out_h):
            for down in range({taps}):
                line = cast_int64(load(places, 1, down * count + row))
                if line >= begin and line < end:
                    {of_row}
                    source = (image * out_h + row) * out_w * depth
                    line = (start + line) * in_w
                    for column in range(out_h, count):
                        for across in range({taps}):
                            to = (line + load(places, 1, across * count + column)) * depth
                            {of_column}
                            for k in range(depth):
                                new = {new}
                                store(dx, {result}, to + k, load(dx, {result}, to + k) + new)
                        source += depth
"""


def gradient_source(method: str, dtype: str) -> str:
    """The kernel of a gradient; `dtype` is the result's."""
    grad = "load(dy, 0, source + k)"
    is_nearest = method == NEAREST
    return _GRADIENT.format(
        result=2 if is_nearest else 3,
        dtype=dtype,
        taps=TAPS[method],
        of_row="pass" if is_nearest else "height = load(weights, 2, down * count + row)",
        of_column=(
            "pass" if is_nearest else "area = height * load(weights, 2, across * count + column)"
        ),
        new=grad if is_nearest else f"cast_{dtype}({grad} * area)",
    )
