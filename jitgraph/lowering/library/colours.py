"""Colours of JPEG pictures: samples that pixels share are spread smoothly, then turned to RGB.

In: an instruction with pixels of which the first channel, brightness, is read, two colours of every
second row or column, and how many rows and columns share them. Out: one step; outer iterations
are bands of rows. Numbers are floats of which all digits count, so that results are libjpeg's
integers.
"""

from __future__ import annotations

from jitgraph import dtypes
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of
from jitgraph.lowering.steps import KernelStep

_BAND = 8
_WORK_PER_PIXEL = 4


def _fixed(number: float) -> str:
    """A factor as libjpeg has it, in 65536ths."""
    return _float(int(number * 65536 + 0.5) / 65536)


def _float(number: float) -> str:
    return f"cast_float32({number!r})"


_FACTORS = {
    "three": _float(3.0),
    "middle": _float(128.0),
    "half": _float(0.5),
    "least": _float(0.0),
    "most": _float(255.0),
    "red_part": _fixed(1.402),
    "blue_part": _fixed(1.772),
    "green_of_blue": _fixed(0.34414),
    "green_of_red": _fixed(0.71414),
}

_ROWS = """\
    for band in range(lo, hi):
        start = band * 4 * half_w
        stop = start + 2 * half_w
        smooth = band * 4 * half_w
        end = (band + 1) * {band}
        for row in range(band * {band}, end if end < height else height):
            near = row // {down} * half_w
{sums}
{spread}
            for x in range(width):
                light = cast_float32(load(pixels, 0, {channels} * (row * width + x)))
                blue = load(colours, 5, smooth + x)
                red = load(colours, 5, smooth + 2 * half_w + x)
                r = light + floor(red * {red_part} + {half})
                g = light + floor({half} - blue * {green_of_blue} - red * {green_of_red})
                b = light + floor(blue * {blue_part} + {half})
                r = r if r > {least} else {least}
                g = g if g > {least} else {least}
                b = b if b > {least} else {least}
                to = 3 * (row * width + x)
                store(y, 3, to, cast_uint8(r if r < {most} else {most}))
                store(y, 3, to + 1, cast_uint8(g if g < {most} else {most}))
                store(y, 3, to + 2, cast_uint8(b if b < {most} else {most}))
"""

_ONE_ROW = """\
for j in range(half_w):
    store(sums, 4, start + j, cast_float32(load(blue_of, 1, near + j)))
    store(sums, 4, stop + j, cast_float32(load(red_of, 2, near + j)))
"""

_TWO_ROWS = """\
other = row // 2 - 1 if row % 2 == 0 else row // 2 + 1
other = other if other > 0 else 0
other = (other if other < half_h else half_h - 1) * half_w
for j in range(half_w):
    far = cast_float32(load(blue_of, 1, other + j))
    store(sums, 4, start + j, cast_float32(load(blue_of, 1, near + j)) * {three} + far)
    far = cast_float32(load(red_of, 2, other + j))
    store(sums, 4, stop + j, cast_float32(load(red_of, 2, near + j)) * {three} + far)
"""

_SAME_COLUMNS = """\
bias = {odd} if row % 2 else {even}
for j in range(half_w):
    value = floor((load(sums, 4, start + j) + bias) * {part}) - {middle}
    store(colours, 5, smooth + j, value)
    value = floor((load(sums, 4, stop + j) + bias) * {part}) - {middle}
    store(colours, 5, smooth + 2 * half_w + j, value)
"""

_TWO_COLUMNS = """\
for plane in range(2):
    source = start + plane * 2 * half_w
    to = smooth + plane * 2 * half_w
    for j in range(1, half_w - 1):
        own = load(sums, 4, source + j) * {three}
        before = own + load(sums, 4, source + j - 1) + {even}
        after = own + load(sums, 4, source + j + 1) + {odd}
        store(colours, 5, to + 2 * j, floor(before * {part}) - {middle})
        store(colours, 5, to + 2 * j + 1, floor(after * {part}) - {middle})
    last = half_w - 1
    first = load(sums, 4, source)
    value = floor((first * {four} + {even}) * {part}) - {middle}
    store(colours, 5, to, value)
    value = floor((first * {three} + load(sums, 4, source + (1 if last else 0)) + {odd}) * {part})
    store(colours, 5, to + 1, value - {middle})
    final = load(sums, 4, source + last)
    value = floor((final * {four} + {odd}) * {part}) - {middle}
    store(colours, 5, to + 2 * last + 1, value)
    if last > 0:
        value = final * {three} + load(sums, 4, source + last - 1) + {even}
        store(colours, 5, to + 2 * last, floor(value * {part}) - {middle})
"""


def jpeg_colours_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Red, green and blue of a picture."""
    pixels, blue, red = instr.values
    height, width, _ = pixels.type.dims
    half_h, half_w = blue.type.dims
    bands = (height + _BAND - 1) // _BAND
    arguments = Arguments(instr, fused)
    arguments.read("pixels", pixels)
    arguments.read("blue_of", blue)
    arguments.read("red_of", red)
    result = instr.outputs[0]
    arguments.write("y", result)
    room = Type(dtypes.float32, (bands, 4 * half_w))
    arguments.write("sums", Value(f"{result.name}.sums", room))
    arguments.write("colours", Value(f"{result.name}.colours", room))
    arguments.word("height", height)
    arguments.word("width", width)
    arguments.word("half_h", half_h)
    arguments.word("half_w", half_w)
    choices = (int(instr.attrs[name]) for name in ("down", "across", "channels"))
    lines = _source(*choices).splitlines()
    grain = grain_of(width * _BAND * _WORK_PER_PIXEL)
    return [arguments.step("jpeg_colours", lines, bands, grain)]


def _source(down: int, across: int, channels: int) -> str:
    even, odd = (8.0, 7.0) if (down, across) == (2, 2) else (1.0, 2.0)
    named = {
        **_FACTORS,
        "four": _float(4.0),
        "even": _float(even),
        "odd": _float(odd),
        "part": _float(1 / 16 if (down, across) == (2, 2) else 1 / 4),
    }
    sums = _ONE_ROW if down == 1 else _TWO_ROWS
    spread = _SAME_COLUMNS if across == 1 else _TWO_COLUMNS
    return _ROWS.format(
        down=down,
        band=_BAND,
        channels=channels,
        sums=_indented(sums.format(**named)),
        spread=_indented(spread.format(**named)),
        **_FACTORS,
    )


def _indented(text: str) -> str:
    return "\n".join(" " * 12 + line for line in text.splitlines())
