"""The sources of pooling kernels, behind the lines that read their arguments.

Forward, an outer iteration is a row of results; backward, a band of rows of the images. Windows are
cut off at the edges; the innermost loops run over channels, which lie side by side. Numba types a
conditional expression in a tenth of the time that min and max take.
"""

from __future__ import annotations

from typing import NamedTuple

_FORWARD = """\
    for row in range(lo, hi):
        image = row // out_h
        top = (row - image * out_h) * stride_h - pad_h
        first_h = -top if top < 0 else 0
        rest_h = in_h - top
        last_h = window_h if window_h < rest_h else rest_h
        for column in range(out_w):
            left = column * stride_w - pad_w
            first_w = -left if left < 0 else 0
            rest_w = in_w - left
            last_w = window_w if window_w < rest_w else rest_w
            to = (row * out_w + column) * depth
            corner = (image * in_h + top) * in_w + left
"""

_MAX = """\
            source = (corner + first_h * in_w + first_w) * depth
            for k in range(depth):
                store(y, 1, to + k, load(x, 0, source + k))
            for i in range(first_h, last_h):
                for j in range(first_w, last_w):
                    source = (corner + i * in_w + j) * depth
                    for k in range(depth):
                        new = load(x, 0, source + k)
                        old = load(y, 1, to + k)
                        store(y, 1, to + k, new if new > old else old)
"""

_MEAN = """\
            for k in range(depth):
                store(y, 1, to + k, cast_{dtype}(0))
            for i in range(first_h, last_h):
                for j in range(first_w, last_w):
                    source = (corner + i * in_w + j) * depth
                    for k in range(depth):
                        store(y, 1, to + k, load(y, 1, to + k) + load(x, 0, source + k))
            seen = cast_{dtype}((last_h - first_h) * (last_w - first_w))
            for k in range(depth):
                store(y, 1, to + k, load(y, 1, to + k) / seen)
"""

_BACKWARD = """\
    for part in range(lo, hi):
        image = part // bands
        begin = (part - image * bands) * band
        end = begin + band
        end = end if end < in_h else in_h
        start = image * in_h + begin
        for k in range(start * in_w * depth, (start + end - begin) * in_w * depth):
            store(dx, {operand}, k, cast_{dtype}(0))
        row = (begin + pad_h - window_h + stride_h) // stride_h
        row = row if row > 0 else 0
        while row < out_h and row * stride_h - pad_h < end:
            top = row * stride_h - pad_h
            first_h = -top if top < 0 else 0
            rest_h = in_h - top
            last_h = window_h if window_h < rest_h else rest_h
            begin_h, stop_h = begin - top, end - top
            own_h = first_h if first_h > begin_h else begin_h
            end_h = last_h if last_h < stop_h else stop_h
            for column in range(out_w):
                left = column * stride_w - pad_w
                first_w = -left if left < 0 else 0
                rest_w = in_w - left
                last_w = window_w if window_w < rest_w else rest_w
                given = ((image * out_h + row) * out_w + column) * depth
                corner = (image * in_h + top) * in_w + left
"""

_FIND_MAXIMUM = """\
                source = (corner + first_h * in_w + first_w) * depth
                for k in range(depth):
                    store(best, 4, note + k, load(x, 0, source + k))
                    store(where, 3, note + k, first_h * window_w + first_w)
                for i in range(first_h, last_h):
                    for j in range(first_w, last_w):
                        source = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            new, old = load(x, 0, source + k), load(best, 4, note + k)
                            place = load(where, 3, note + k)
                            store(best, 4, note + k, new if new > old else old)
                            at = i * window_w + j if new > old else place
                            store(where, 3, note + k, at)
"""

_TO_MAXIMUM = """\
                note = part * depth
{find}                for i in range(own_h, end_h):
                    for j in range(first_w, last_w):
                        to = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            is_here = load(where, 3, note + k) == i * window_w + j
                            part_of = load(dy, 1, given + k) if is_here else cast_{dtype}(0)
                            store(dx, 2, to + k, load(dx, 2, to + k) + part_of)
            row += 1
"""

_TO_ALL = """\
                seen = cast_{dtype}((last_h - first_h) * (last_w - first_w))
                part_of_each = cast_{dtype}(1) / seen
                for i in range(own_h, end_h):
                    for j in range(first_w, last_w):
                        to = (corner + i * in_w + j) * depth
                        for k in range(depth):
                            share = load(dy, 0, given + k) * part_of_each
                            store(dx, 1, to + k, load(dx, 1, to + k) + share)
            row += 1
"""

MOST_TAPS = 16
"""Windows of so many elements are gone through in registers."""


def source(title: str, height: int, width: int) -> str:
    """A kernel's body for windows of that size; `{dtype}` stands for the type of the elements."""
    if title == "avg_pool":
        return _FORWARD + _in_registers(height, width, _MEAN, _MEAN_STEPS)
    if title == "max_pool":
        return _FORWARD + _in_registers(height, width, _MAX, _MAX_STEPS)
    if title == "avg_pool_gradient":
        return _BACKWARD.replace("{operand}", "1") + _TO_ALL
    find = _in_registers(height, width, _FIND_MAXIMUM, _FIND_STEPS)
    return _BACKWARD.replace("{operand}", "2") + _TO_MAXIMUM.replace("{find}", find)


class _Steps(NamedTuple):
    """What is done for each channel: at first, for each further tap, and at last."""

    first: str
    then: tuple[str, ...]
    last: str


_MAX_STEPS = _Steps(
    "old = load(x, 0, {source})",
    ("new = load(x, 0, {source})", "old = new if new > old else old"),
    "store(y, 1, to + k, old)",
)
_MEAN_STEPS = _Steps(
    "total = load(x, 0, {source})",
    ("total = total + load(x, 0, {source})",),
    "store(y, 1, to + k, total / cast_{dtype}({taps}))",
)
_FIND_STEPS = _Steps(
    "at, old = 0, load(x, 0, {source})",
    (
        "new = load(x, 0, {source})",
        "at = {tap} if new > old else at",
        "old = new if new > old else old",
    ),
    "store(where, 3, note + k, at)",
)


def _in_registers(height: int, width: int, piecewise: str, steps: _Steps) -> str:
    """`piecewise` for windows that an edge cuts off, all taps at once for the others."""
    if not 1 < height * width <= MOST_TAPS:
        return piecewise
    pad = " " * (len(piecewise) - len(piecewise.lstrip()))
    lines = [
        f"if last_h - first_h == {height} and last_w - first_w == {width}:",
        *(f"    corner{i} = (corner + {i} * in_w) * depth" for i in range(height)),
        *(f"    depth{j} = {j} * depth" for j in range(1, width)),
        "    for k in range(depth):",
    ]
    for tap in range(height * width):
        i, j = divmod(tap, width)
        place = f"corner{i} + depth{j} + k" if j else f"corner{i} + k"
        lines += [
            f"        {line.replace('{source}', place).replace('{tap}', str(tap))}"
            for line in (steps.then if tap else (steps.first,))
        ]
    lines += [f"        {steps.last.replace('{taps}', str(height * width))}", "else:"]
    whole = "".join(f"{pad}{line}\n" for line in lines)
    return whole + "".join(f"    {line}\n" for line in piecewise.splitlines())
